//! What the service really answers is what the document says: status, media type, headers, body. Every operation is
//! called on a campaign in the middle of its life, and on one that is live.

use harness::client::Answer;
use harness::spec::Operation;
use harness::{Cast, Server, Setup, Show, Spec, examples};
use reqwest::Method;
use serde_json::{Value, json};

const EVE: &str = "2027-03-19T18:00:00+08:00";

/// What is wrong with an answer, judged by the document.
fn faults(spec: &Spec, operation: &Operation, answer: &Answer) -> Vec<String> {
    let Some(said) = operation.said["responses"].get(answer.status.to_string()) else {
        return vec![format!("the status is not documented: {answer}")];
    };
    let said = spec.resolved(said);
    let mut faults = Vec::new();
    for name in said["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
        let is_optional = match name.as_str() {
            "Link" | "Idempotent-Replayed" => true,
            // Of what is refused for the state it is in, only who has the key under way can wait for anything.
            "Retry-After" => answer.status == 409 && answer.body["code"] != "idempotency.key_in_flight",
            _ => false,
        };
        if !is_optional && !answer.headers.contains_key(name) {
            faults.push(format!("no {name}"));
        }
    }
    let media = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    match said["content"].get(&media) {
        Some(content) if media.ends_with("json") => {
            faults.extend(spec.faults(&content["schema"], &answer.body))
        }
        Some(_) => {}
        None if answer.text.is_empty() && said["content"].is_null() => {}
        None => faults.push(format!("the media type {media:?} is not documented")),
    }
    faults
}

/// Some time after everything else.
const LATER: &str = "2027-05-01T00:00:00+08:00";

/// Where an operation is called.
struct Place<'p> {
    server: &'p Server,
    cast: &'p Cast,
    show: &'p Show,
    gate: &'p str,
    key: String,
    delegation: String,
    delivery: String,
    reminder: String,
    organization_reminder: String,
}

impl Place<'_> {
    fn filled(&self, path: &str) -> String {
        path.replace("{campaign}", &self.show.id)
            .replace("{gate}", self.gate)
            .replace("{item}", "one_goal_shared")
            .replace("{member}", &self.cast.viewer.id)
            .replace("{api_key}", &self.key)
            .replace("{delegation}", &self.delegation)
            .replace("{delivery}", &self.delivery)
            .replace("{reminder}", &self.reminder)
            .replace("{organization_reminder}", &self.organization_reminder)
            .replace("{playbook}", "standard@1")
            .replace("{rule}", "goal.complete")
            .replace("{code}", "auth.key_needed")
    }

    async fn call(&self, spec: &Spec, operation: &Operation) -> Answer {
        let (media, body) = crate::contract::body_of(&spec.0, &operation.said);
        let path = self.filled(&operation.path);
        let body = match operation.said["operationId"].as_str().unwrap() {
            "replace_content" => examples::content(self.gate),
            "change_content" => json!({}),
            "move_clock" => json!({ "now": EVE }),
            "create_delegation" => json!({ "delegate_id": self.cast.su.id, "ends_at": LATER }),
            _ => body,
        };
        let call = self.server.admin.call(operation.method.clone(), &path).if_match("*");
        if operation.method == Method::GET {
            call.send().await
        } else {
            call.raw(media, body.to_string()).send().await
        }
    }
}

#[tokio::test]
async fn answers_are_what_the_document_says() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let spec = Spec::committed();
    let shows = [Show::standard(&cast.lead.client, &json!({})).await, busy(&server, &cast).await];
    let absence = json!({ "member_id": cast.viewer.id, "delegate_id": cast.su.id, "ends_at": LATER });
    let absence = server.admin.post("/v1/delegations", &absence).expect(201).await.text_at("/id").to_owned();
    let told = shows[1].delivery(&server.admin).await;
    let (mut succeeded, mut wrong) = (std::collections::BTreeSet::new(), Vec::new());
    for show in &shows {
        let reminder = show.remind(&server.admin, "Stock").await;
        let organization_reminder = harness::show::remind(&server.admin, "Stock").await;
        for gate in examples::GATES {
            let spare = server
                .admin
                .post("/v1/api-keys", &json!({ "name": "spare", "role": "viewer" }))
                .expect(201)
                .await;
            let (key, delegation) = (spare.text_at("/id").to_owned(), absence.clone());
            let (delivery, reminder) = (told.clone(), reminder.clone());
            let (server, cast, organization_reminder) = (&server, &cast, organization_reminder.clone());
            let place = Place {
                server,
                cast,
                show,
                gate,
                key,
                delegation,
                delivery,
                reminder,
                organization_reminder,
            };
            for operation in reading_first(&spec) {
                if gate != "goal" && !operation.path.contains("{gate}") {
                    continue;
                }
                let answer = place.call(&spec, &operation).await;
                if answer.status < 300 {
                    succeeded.insert(operation.said["operationId"].as_str().unwrap().to_owned());
                }
                let found = faults(&spec, &operation, &answer);
                wrong.extend(found.into_iter().map(|fault| format!("{}: {fault}", answer.what)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(succeeded.len() > 35, "only these succeeded: {succeeded:?}");
}

/// Reading before writing, and the end of a campaign last.
fn reading_first(spec: &Spec) -> Vec<Operation> {
    let mut operations = spec.operations();
    let last = ["cancel_campaign", "complete_campaign", "go_live", "resume_campaign", "hold_campaign"];
    operations.sort_by_key(|operation| {
        let id = operation.said["operationId"].as_str().unwrap_or_default();
        let position = last.iter().rev().position(|last| *last == id).map_or(0, |position| position + 1);
        (operation.method != Method::GET, position)
    });
    operations
}

/// A campaign with something of everything: passed, waiting, stale, assigned, ticked.
async fn busy(server: &Server, cast: &Cast) -> Show {
    let lead = &cast.lead.client;
    let show =
        Show::standard(lead, &json!({ "external_ref": "CRM-busy", "metadata": { "stage": 3, "vip": null } }))
            .await;
    for gate in ["goal", "audience", "products"] {
        show.pass(cast, gate).await;
    }
    show.change(lead, "goal", &json!({ "stop_loss": "Another limit." })).await;
    let assignee = json!({ "assignee": cast.lead.email });
    lead.patch(&show.gate_path("script", ""), &assignee).expect(200).await;
    show.fill(lead, "script", &examples::content("script")).await;
    show.tick_all(lead, "script").await;
    let _: Value = show.gate(&server.admin, "script").await;
    show
}

#[tokio::test]
async fn refusals_are_what_the_document_says() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let spec = Spec::committed();
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let nobody = harness::Client::new(server.admin.base());
    let [key, delegation, delivery, reminder, organization_reminder] =
        [(); 5].map(|()| cast.viewer.id.clone());
    let (gate, server, cast, show) = ("goal", &server, &cast, &show);
    let place =
        Place { server, cast, show, gate, key, delegation, delivery, reminder, organization_reminder };
    let mut wrong = Vec::new();
    for operation in spec.operations().iter().filter(|operation| operation.path.starts_with("/v1/")) {
        let path = place.filled(&operation.path);
        let strange = format!("{path}?nobody_knows_this=1");
        for call in [
            nobody.call(operation.method.clone(), &path),
            cast.viewer.client.call(operation.method.clone(), &path).json(&json!({})),
            server.admin.call(operation.method.clone(), &path).raw("text/plain", "x"),
            server.admin.call(operation.method.clone(), &path).json(&json!([1])).if_match("*"),
            server.admin.call(operation.method.clone(), &strange).json(&json!({})).if_match("*"),
        ] {
            let answer = call.send().await;
            let found = faults(&spec, operation, &answer);
            wrong.extend(found.into_iter().map(|fault| format!("{}: {fault}", answer.what)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
