//! The standard campaign from its creation through seven gates to the end of its show, as its people live it.

use harness::examples::{self, GATES};
use harness::show::{COMMENT, tick};
use harness::{Cast, Person, Server, Setup, Show};
use serde_json::{Value, json};

/// An instant at which the whole standard example holds: its last measurement is ten minutes old.
const EVE: &str = "2027-03-19T18:00:00+08:00";

/// For each gate an edit of its own content, by merge patch, that costs it its approval.
fn costly_edit(gate: &str) -> Value {
    let mut content = examples::content(gate);
    match gate {
        "goal" => json!({ "stop_loss": "Stop at once when the stream is down." }),
        "audience" => json!({ "persona": "Somebody else altogether." }),
        "products" => {
            content["skus"][0]["supplier"] = "another supplier".into();
            json!({ "skus": content["skus"] })
        }
        "script" => json!({ "theme": "another theme" }),
        "team" => {
            content["roster"][0]["responsibilities"] = "other work".into();
            json!({ "roster": content["roster"] })
        }
        "warm_up" => {
            content["assets"][0]["title"] = "another title".into();
            json!({ "assets": content["assets"] })
        }
        "equipment_test" => json!({ "ups_minutes": 45 }),
        other => panic!("no gate is called {other}"),
    }
}

#[tokio::test]
async fn the_standard_campaign_passes_its_gates_in_order_and_goes_live() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let (lead, bo) = (&cast.lead.client, &cast.bo.client);
    let outsider = Person::join(&server.admin, "buyer@heyan.example", "operator", &[]).await;
    let show = Show::standard(lead, &json!({})).await;
    let first = show.statuses(lead).await;
    assert_eq!(first, ["open", "blocked", "blocked", "blocked", "blocked", "blocked", "blocked"]);
    for gate in GATES {
        assert_eq!(show.view(lead).await["current_gate"], gate);
        later_gates_wait(&show, lead, gate).await;
        submission_needs_content_and_checklist(&show, lead, gate).await;
        decision_needs_another_person_a_role_and_the_revision(&show, &cast, &outsider, gate).await;
        let passed = show.decide(bo, gate, "approve").await;
        assert_eq!(passed["status"], "passed", "{passed:#}");
        an_edit_costs_the_approval_and_its_undo_restores_it(&show, lead, gate).await;
    }
    let ready = show.view(lead).await;
    assert_eq!((&ready["status"], &ready["current_gate"]), (&json!("ready"), &Value::Null));
    goes_live_and_ends(&server, &show, &cast).await;
}

/// Every gate after `gate` refuses to be submitted: none can be skipped.
async fn later_gates_wait(show: &Show, lead: &harness::Client, gate: &str) {
    for later in GATES.iter().skip_while(|earlier| **earlier != gate).skip(1) {
        let call = lead.post(&show.gate_path(later, "/submission"), &json!({ "comment": COMMENT }));
        let refused = call.refused(409, "gate.requirements_open").await;
        assert!(refused.text_at("/detail").contains(gate), "{refused}");
        assert!(refused.body["allowed_actions"].is_array(), "{refused}");
    }
}

async fn submission_needs_content_and_checklist(show: &Show, lead: &harness::Client, gate: &str) {
    let path = show.gate_path(gate, "/submission");
    let body = json!({ "comment": COMMENT });
    lead.post(&path, &body).refused(409, "gate.blockers_open").await;
    show.fill(lead, gate, &examples::content(gate)).await;
    lead.post(&path, &body).refused(409, "gate.items_open").await;
    show.tick_all(lead, gate).await;
    show.submit(lead, gate).await;
    lead.post(&path, &body).refused(409, "gate.wrong_status").await;
}

async fn decision_needs_another_person_a_role_and_the_revision(
    show: &Show,
    cast: &Cast,
    outsider: &Person,
    gate: &str,
) {
    let path = show.gate_path(gate, "/decisions");
    let view = show.gate(&cast.lead.client, gate).await;
    let today = json!({ "verdict": "approve", "revision": view["revision"] });
    let other = json!({ "verdict": "approve", "revision": "0".repeat(64) });
    cast.lead.client.post(&path, &today).refused(403, "gate.own_approval").await;
    cast.viewer.client.post(&path, &today).refused(403, "actor.role_too_low").await;
    outsider.client.post(&path, &today).refused(403, "gate.fits_no_slot").await;
    let refused = cast.bo.client.post(&path, &other).refused(409, "gate.revision_changed").await;
    assert!(refused.text_at("/detail").contains(view["revision"].as_str().unwrap()), "{refused}");
    assert_eq!(show.gate(&cast.lead.client, gate).await["decisions"], json!([]));
}

async fn an_edit_costs_the_approval_and_its_undo_restores_it(
    show: &Show,
    lead: &harness::Client,
    gate: &str,
) {
    let stale = show.change(lead, gate, &costly_edit(gate)).await;
    assert_eq!(stale["status"], "stale", "{gate}: {:#}", stale["stale"]);
    let facets = stale["stale"]["facets"].as_array().unwrap();
    assert!(facets.iter().all(|facet| facet["facet"].as_str().unwrap().starts_with(gate)), "{facets:?}");
    let restored = show.fill(lead, gate, &examples::content(gate)).await;
    assert_eq!(restored["status"], "passed", "{gate}");
}

async fn goes_live_and_ends(server: &Server, show: &Show, cast: &Cast) {
    let path = show.path("/go-live");
    server.move_clock("2027-03-20T18:00:00+08:00").await;
    show.change(&cast.lead.client, "equipment_test", &examples::recheck()).await;
    server.move_clock("2027-03-20T20:00:00+08:00").await;
    cast.lead.client.post(&path, &json!({})).refused(403, "actor.role_too_low").await;
    let live = cast.bo.client.post(&path, &json!({ "comment": "On air." })).expect(200).await;
    assert_eq!(live.body["status"], "live");
    cast.bo.client.post(&path, &json!({})).refused(409, "campaign.wrong_status").await;
    let tag = show.tag(&cast.lead.client, "goal").await;
    let edit = cast.lead.client.patch(&show.gate_path("goal", "/content"), &json!({ "roi_floor": 4 }));
    edit.if_match(&tag).refused(409, "campaign.only_progress_while_live").await;
    server.move_clock("2027-03-21T10:59:59+08:00").await;
    assert_eq!(show.view(&cast.lead.client).await["status"], "live");
    server.move_clock("2027-03-21T11:00:00+08:00").await;
    assert_eq!(show.view(&cast.lead.client).await["status"], "completed");
    let events = show.events(&cast.lead.client).await;
    let completed = events.iter().find(|event| event["type"] == "campaign.completed").unwrap();
    assert_eq!(completed["actor"]["kind"], "system");
    let at: jiff::Timestamp = completed["occurred_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(at, "2027-03-21T03:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn a_gate_that_was_sent_back_passes_after_another_round() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let (lead, bo) = (&cast.lead.client, &cast.bo.client);
    let show = Show::standard(lead, &json!({ "gates": { "goal": examples::content("goal") } })).await;
    show.tick_all(lead, "goal").await;
    show.submit(lead, "goal").await;
    assert_eq!(show.decide(bo, "goal", "request_changes").await["status"], "changes_requested");
    show.submit(lead, "goal").await;
    let edited = show.change(lead, "goal", &json!({ "differentiator": "Something better." })).await;
    assert_ne!(edited["status"], "in_review", "an edit voids what waits for review");
    show.submit(lead, "goal").await;
    let withdrawn = lead.call(reqwest::Method::DELETE, &show.gate_path("goal", "/submission")).ok().await;
    assert_eq!(withdrawn.body["submission"]["outcome"], "withdrawn", "{withdrawn}");
    show.submit(lead, "goal").await;
    assert_eq!(show.decide(&cast.su.client, "goal", "approve").await["status"], "passed");
}

#[tokio::test]
async fn a_signature_of_a_duty_is_asked_for_while_somebody_holds_it() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let finance = Person::join(&server.admin, "finance@heyan.example", "operator", &["finance"]).await;
    let show =
        Show::standard(&cast.lead.client, &json!({ "gates": { "goal": examples::content("goal") } })).await;
    show.tick_all(&cast.lead.client, "goal").await;
    show.submit(&cast.lead.client, "goal").await;
    let waits = show.decide(&cast.bo.client, "goal", "approve").await;
    assert_eq!(waits["status"], "in_review");
    let body = json!({ "verdict": "approve", "revision": waits["revision"] });
    let path = show.gate_path("goal", "/decisions");
    cast.bo.client.post(&path, &body).refused(409, "gate.already_decided").await;
    assert_eq!(show.decide(&finance.client, "goal", "approve").await["status"], "passed");
}

#[tokio::test]
async fn a_manager_confirms_what_needs_no_new_review() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let (lead, bo) = (&cast.lead.client, &cast.bo.client);
    let show = Show::standard(lead, &json!({})).await;
    show.pass(&cast, "goal").await;
    let path = show.gate_path("goal", "/reconfirmation");
    bo.post(&path, &json!({ "revision": "0".repeat(64) })).refused(409, "gate.wrong_status").await;
    let stale = show.change(lead, "goal", &json!({ "stop_loss": "Another limit." })).await;
    assert_eq!(stale["stale"]["effect"], "reconfirm");
    bo.post(&path, &json!({ "revision": "0".repeat(64) })).refused(409, "gate.revision_changed").await;
    lead.post(&path, &json!({ "revision": stale["revision"] })).refused(403, "gate.fits_no_slot").await;
    let passed = bo.post(&path, &json!({ "revision": stale["revision"] })).expect(200).await;
    assert_eq!(passed.body["status"], "passed");
    let stale = show.change(lead, "goal", &json!({ "ad_budget": 20_000_001 })).await;
    assert_eq!(stale["stale"]["effect"], "revoke");
    bo.post(&path, &json!({ "revision": stale["revision"] })).refused(409, "gate.review_needed").await;
    let reopened =
        bo.post(&show.gate_path("goal", "/reopen"), &json!({ "reason": "Start over." })).expect(200).await;
    assert_eq!(reopened.body["status"], "open");
}

#[tokio::test]
async fn a_tick_without_its_evidence_is_refused_and_counts_for_nothing() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    let path = |item: &str| show.gate_path("goal", &format!("/checklist/{item}"));
    let refused = lead.put(&path("budget_confirmed"), &json!({ "done": true }));
    assert_eq!(
        refused.refused(422, "checklist.evidence_needed").await.errors(),
        [("/evidence/note".to_owned(), "checklist.evidence_needed".to_owned())]
    );
    let refused = lead.put(&path("one_goal_shared"), &json!({ "done": true, "not_applicable": true }));
    refused.refused(422, "checklist.not_applicable_refused").await;
    lead.put(&path("no_such_item"), &json!({ "done": true })).refused(404, "checklist.unknown_item").await;
    cast.viewer.client.put(&path("one_goal_shared"), &tick("none")).refused(403, "actor.role_too_low").await;
    let items = show.gate(lead, "goal").await["checklist"].clone();
    assert!(items.as_array().unwrap().iter().all(|item| item["done"] == false), "{items:#}");
    let ticked = lead.put(&path("budget_confirmed"), &tick("note")).expect(200).await;
    let items = ticked.body["checklist"].as_array().unwrap();
    let item = items.iter().find(|item| item["key"] == "budget_confirmed").unwrap();
    assert_eq!((&item["done"], &item["done_by"]["id"]), (&json!(true), &json!(cast.lead.id)));
}
