//! Many callers at once: one winner, nothing lost, one effect.

use std::collections::BTreeMap;

use harness::examples::content;
use harness::people::key;
use harness::{Answer, Cast, Client, Server, Setup, Show};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const NOW: &str = "2027-03-01T12:00:00+08:00";
const CLIENTS: usize = 32;

/// A server, its people, and as many managers as there are clients.
async fn crowd() -> (Server, Cast, Vec<Client>) {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let mut managers = Vec::new();
    for number in 0..CLIENTS {
        let body = json!({ "name": format!("m{number}"), "email": format!("m{number}@heyan.example"), "role": "manager" });
        let member = server.admin.post("/v1/members", &body).expect(201).await;
        managers.push(key(&server.admin, &json!({ "name": "key", "member_id": member.body["id"] })).await);
    }
    (server, cast, managers)
}

/// A campaign whose goal waits for review.
async fn in_review(cast: &Cast, name: &str) -> Show {
    let changes = json!({ "external_ref": name, "gates": { "goal": content("goal") } });
    let show = Show::standard(&cast.lead.client, &changes).await;
    show.tick_all(&cast.lead.client, "goal").await;
    show.submit(&cast.lead.client, "goal").await;
    show
}

/// Runs all at once and answers what each was told.
async fn together(
    calls: impl IntoIterator<Item = impl Future<Output = Answer> + Send + 'static>,
) -> Vec<Answer> {
    let mut set = JoinSet::new();
    for call in calls {
        set.spawn(call);
    }
    set.join_all().await
}

/// How often each status and code was answered.
fn tally(answers: &[Answer]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        let code = answer.body["code"].as_str().unwrap_or("").to_owned();
        *tally.entry((answer.status, code)).or_default() += 1;
    }
    tally
}

fn count(events: &[Value], kind: &str) -> usize {
    events.iter().filter(|event| event["type"] == kind).count()
}

#[tokio::test]
async fn of_many_who_decide_at_once_one_wins() {
    let (_server, cast, managers) = crowd().await;
    for round in 0..5 {
        let show = in_review(&cast, &format!("round {round}")).await;
        let revision = show.gate(&cast.lead.client, "goal").await["revision"].clone();
        let path = show.gate_path("goal", "/decisions");
        let body = json!({ "verdict": "approve", "revision": revision });
        let calls: Vec<_> = managers.iter().map(|who| who.post(&path, &body).send()).collect();
        let tally = tally(&together(calls).await);
        let expected = [((200, String::new()), 1), ((409, "gate.wrong_status".to_owned()), CLIENTS - 1)];
        assert_eq!(tally, expected.into());
        let events = show.events(&cast.lead.client).await;
        assert_eq!((count(&events, "gate.decided"), count(&events, "gate.passed")), (1, 1));
        assert_eq!(show.gate(&cast.lead.client, "goal").await["decisions"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn of_many_who_write_from_one_version_one_wins() {
    let (_server, cast, managers) = crowd().await;
    let show = in_review(&cast, "written at once").await;
    let path = show.gate_path("goal", "/content");
    let tag = show.tag(&cast.lead.client, "goal").await;
    let calls: Vec<_> = managers
        .iter()
        .enumerate()
        .map(|(number, who)| {
            who.patch(&path, &json!({ "stop_loss": format!("limit {number}") })).if_match(&tag).send()
        })
        .collect();
    let answers = together(calls).await;
    let expected = [((200, String::new()), 1), ((412, "version.changed".to_owned()), CLIENTS - 1)];
    assert_eq!(tally(&answers), expected.into());
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    let now = show.gate(&cast.lead.client, "goal").await;
    assert_eq!(now["content"], winner.body["content"]);
    assert_eq!(now["version"], 2);
    assert_eq!(count(&show.events(&cast.lead.client).await, "gate.content_changed"), 1);
}

#[tokio::test]
async fn an_approval_never_covers_an_edit_its_approver_did_not_see() {
    let (_server, cast, managers) = crowd().await;
    for round in 0..5 {
        let show = in_review(&cast, &format!("race {round}")).await;
        let view = show.gate(&cast.lead.client, "goal").await;
        let tag = show.tag(&cast.lead.client, "goal").await;
        let decision = json!({ "verdict": "approve", "revision": view["revision"] });
        let calls: Vec<_> = managers
            .iter()
            .enumerate()
            .map(|(number, who)| match number % 2 {
                0 => who.post(&show.gate_path("goal", "/decisions"), &decision).send(),
                _ => {
                    let edit = json!({ "differentiator": format!("new {number}") });
                    who.patch(&show.gate_path("goal", "/content"), &edit).if_match(&tag).send()
                }
            })
            .collect::<Vec<_>>();
        let mut set = JoinSet::new();
        for (number, call) in calls.into_iter().enumerate() {
            set.spawn(async move { (number, call.await) });
        }
        let answers = set.join_all().await;
        let of = |parity: usize| {
            let mine = answers.iter().filter(move |(number, _)| number % 2 == parity);
            mine.map(|(_, answer)| answer.clone()).collect::<Vec<_>>()
        };
        let (decided, edited) = (of(0), of(1));
        let won = |answers: &[Answer]| answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(won(&edited), 1, "{:?}", tally(&edited));
        assert!(edited.iter().all(|answer| [200, 412].contains(&answer.status)), "{:?}", tally(&edited));
        assert!(won(&decided) <= 1 && decided.iter().all(|answer| [200, 409].contains(&answer.status)));
        let after = show.gate(&cast.lead.client, "goal").await;
        let expected = if won(&decided) == 1 { "stale" } else { "open" };
        assert_eq!(after["status"], expected, "{:#}", after["stale"]);
        assert_ne!(after["revision"], view["revision"]);
    }
}

#[tokio::test]
async fn changes_of_the_organization_take_turns_and_none_is_lost() {
    let (server, _cast, _managers) = crowd().await;
    let members = ["/name", "/planned_minutes", "/account_ref", "/room_ref"];
    let calls: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let text = if number % 4 == 1 { json!(60 + number) } else { json!(format!("value {number}")) };
            let change = json!({ members[number % 4].trim_start_matches('/'): text });
            server.admin.patch("/v1/organization", &change).send()
        })
        .collect();
    let answers = together(calls).await;
    assert_eq!(tally(&answers), [((200, String::new()), CLIENTS)].into());
    // The version counts the changes, so the last answer is what all of them came to.
    let last = answers.iter().max_by_key(|answer| answer.body["version"].as_i64()).unwrap();
    let now = server.admin.get("/v1/organization").expect(200).await;
    assert_eq!(now.body, last.body);
    let unset = members.iter().filter(|member| now.body.pointer(member).is_none_or(Value::is_null));
    assert_eq!(unset.count(), 0, "{now}");
}

#[tokio::test]
async fn writes_to_different_gates_never_collide() {
    let (_server, cast, managers) = crowd().await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let calls: Vec<_> = harness::examples::GATES
        .iter()
        .zip(&managers)
        .map(|(gate, who)| {
            who.put(&show.gate_path(gate, "/content"), &content(gate)).if_match("\"0\"").send()
        })
        .collect();
    let answers = together(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{:?}", tally(&answers));
    for gate in harness::examples::GATES {
        assert_eq!(show.gate(&cast.lead.client, gate).await["version"], 1, "{gate}");
    }
}

#[tokio::test]
async fn a_hundred_posts_with_one_key_have_one_effect() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let body = harness::examples::campaign();
    let calls: Vec<_> =
        (0..100).map(|_| cast.lead.client.post("/v1/campaigns", &body).once("one-wish").send()).collect();
    let answers = together(calls).await;
    let first = answers.iter().find(|answer| answer.status == 201).expect("one was created");
    let same = |answer: &Answer| {
        (answer.status, answer.text.as_str(), answer.header("location"), answer.header("etag"))
            == (first.status, first.text.as_str(), first.header("location"), first.header("etag"))
    };
    for answer in &answers {
        assert!(same(answer) || answer.status == 409, "{answer}");
        if answer.status == 409 {
            answer.is_problem(409, "idempotency.key_in_flight");
        }
    }
    let fresh = answers
        .iter()
        .filter(|answer| answer.status == 201 && answer.header("idempotent-replayed") != "true");
    assert_eq!(fresh.count(), 1, "exactly one was no replay");
    let listed = cast.lead.client.get("/v1/campaigns").expect(200).await;
    assert_eq!(listed.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_repeats_its_first_answer_and_is_refused_for_another_wish() {
    let mut server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = in_review(&cast, "repeated").await;
    let revision = show.gate(&cast.lead.client, "goal").await["revision"].clone();
    let (bo, path) = (&cast.bo.client, show.gate_path("goal", "/decisions"));
    let body = json!({ "verdict": "approve", "revision": revision });
    let first = bo.post(&path, &body).once("k1").expect(200).await;
    server.kill();
    server.start().await;
    let again = bo.post(&path, &body).once("k1").expect(200).await;
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = json!({ "verdict": "request_changes", "revision": revision });
    bo.post(&path, &other).once("k1").refused(422, "idempotency.other_body").await;
    bo.post(&show.path("/hold"), &body).once("k1").send().await.is_problem(422, "request.invalid");
    bo.post(&show.path("/hold"), &json!({})).once("k1").refused(422, "idempotency.other_body").await;
    cast.su.client.post(&path, &body).once("k1").refused(409, "gate.wrong_status").await;
    assert_eq!(count(&show.events(bo).await, "gate.decided"), 1);
    let made = json!({ "name": "secret", "role": "viewer" });
    let key = server.admin.post("/v1/api-keys", &made).once("k2").expect(201).await;
    let again = server.admin.post("/v1/api-keys", &made).once("k2").expect(201).await;
    assert_eq!(again.body["key"], key.body["key"], "an answer with a secret is repeated too");
    assert!(server.folder.holds("idempotency"), "the test sees what the database holds");
    assert!(!server.folder.holds(key.text_at("/key")), "the database holds the key in plain text");
}
