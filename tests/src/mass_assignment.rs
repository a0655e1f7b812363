//! Nobody writes what only the service writes: no column and no member of an answer is taken from a body that does
//! not ask for it.

use std::collections::BTreeSet;

use harness::binary::root;
use harness::{Cast, Person, Setup, Show};
use serde_json::{Value, json};

use crate::places::every_operation;

/// Every column of every table, from the rooms where they are written down.
fn columns() -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    for file in std::fs::read_dir(root().join("api/src/store/entity")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let fields = text.lines().filter_map(|line| line.strip_prefix("    pub ")?.split_once(": "));
        columns.extend(fields.map(|(name, _)| name.trim_start_matches("r#").to_owned()));
    }
    assert!(columns.len() > 60 && columns.contains("org_id"), "{columns:?}");
    columns
}

/// Every member that an answer has anywhere.
fn members_of_views(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let views = schemas.iter().filter(|(name, _)| name.ends_with("View") || name.starts_with("Listed"));
    let members = views.flat_map(|(_, schema)| schema["properties"].as_object().into_iter().flatten());
    let members: BTreeSet<String> = members.map(|(name, _)| name.clone()).collect();
    assert!(members.len() > 80 && members.contains("allowed_actions"), "{members:?}");
    members
}

#[tokio::test]
async fn a_body_sets_nothing_that_its_operation_does_not_ask_for() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let cast = Cast::join(&server).await;
    let spare = Person::join(&server.admin, "spare@heyan.example", "viewer", &[]).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let mut names: BTreeSet<String> = columns();
    names.extend(members_of_views(&document));
    let fill = |name: &str| match name {
        "campaign" => show.id.clone(),
        "member" => spare.id.clone(),
        "gate" => "goal".to_owned(),
        "item" => "one_goal_shared".to_owned(),
        "delivery" => "00000000-0000-7000-8000-000000000000".to_owned(),
        other => panic!("say what stands for {other}"),
    };
    let state = || async {
        let mut state = vec![show.view(&server.admin).await, show.gate(&server.admin, "goal").await];
        for path in [
            "/v1/members?limit=200",
            "/v1/delegations",
            "/v1/organization",
            "/v1/campaigns",
            "/v1/sandbox/clock",
        ] {
            state.push(server.admin.get(path).expect(200).await.body);
        }
        state.push(show.events(&server.admin).await.into());
        state.push(harness::show::all(&server.admin, "/v1/api-keys?limit=200").await.len().into());
        state
    };
    let before = state().await;
    let (mut faults, mut tried) = (Vec::new(), 0);
    for operation in every_operation(&document, "goal").iter().filter(|operation| operation.media.is_some()) {
        for name in names.iter().filter(|name| !operation.members.contains(name)) {
            for value in [json!("00000000-0000-7000-8000-000000000000"), Value::Null] {
                let mut asking = operation.asking(fill);
                asking.body[name.as_str()] = value;
                let answer = asking.send(&server.admin).await;
                tried += 1;
                let place = (format!("/{name}"), "field.unknown".to_owned());
                if answer.status != 422 || answer.errors() != [place] {
                    faults.push(format!("{} {name}: {answer}", operation.id));
                }
            }
        }
    }
    println!("{} names, {tried} requests", names.len());
    assert!(faults.is_empty(), "{} were not refused:\n{}", faults.len(), faults.join("\n"));
    assert!(tried > 2_000, "{tried}");
    assert_eq!(state().await, before, "a refused body changed something");
}

#[tokio::test]
async fn a_patch_sets_nothing_beside_the_content() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let cast = Cast::join(&server).await;
    let (lead, show) = (&cast.lead.client, Show::standard(&cast.lead.client, &json!({})).await);
    let before = show.gate(lead, "goal").await;
    for name in columns() {
        let patch = json!([{ "op": "add", "path": format!("/{name}"), "value": 1 }]).to_string();
        let call = lead.call(reqwest::Method::PATCH, &show.gate_path("goal", "/content"));
        let answer = call.raw("application/json-patch+json", patch).if_match("*").send().await;
        assert_eq!(answer.status, 422, "{answer}");
        assert_eq!(answer.errors(), [(format!("/{name}"), "field.unknown".to_owned())], "{answer}");
    }
    assert_eq!(show.gate(lead, "goal").await, before);
}

#[tokio::test]
async fn nobody_raises_their_own_role() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let cast = Cast::join(&server).await;
    for person in [&cast.viewer, &cast.lead, &cast.bo] {
        let path = format!("/v1/members/{}", person.id);
        let before = server.admin.get(&path).expect(200).await.body;
        person.client.patch(&path, &json!({ "role": "admin" })).refused(403, "actor.role_too_low").await;
        let key = json!({ "name": "more", "role": "admin" });
        person.client.post("/v1/api-keys", &key).refused(403, "actor.role_too_low").await;
        assert_eq!(server.admin.get(&path).expect(200).await.body, before);
    }
}
