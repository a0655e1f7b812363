//! Members and keys: who stands behind a key, who can really decide, and what may be taken back.

use harness::examples::content;
use harness::people::key;
use harness::{Cast, Client, Person, Server, Setup, Show};
use serde_json::{Value, json};

const NOW: &str = "2027-02-27T10:00:00+08:00";

/// A campaign whose goal only waits to be submitted.
async fn ready_goal(cast: &Cast) -> Show {
    let show = Show::standard(&cast.lead.client, &json!({ "gates": { "goal": content("goal") } })).await;
    show.tick_all(&cast.lead.client, "goal").await;
    show
}

#[tokio::test]
async fn a_key_made_through_a_service_key_does_not_approve_its_makers_work() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = ready_goal(&cast).await;
    let service = key(&server.admin, &json!({ "name": "provisioning", "role": "admin" })).await;
    let bo = key(&service, &json!({ "name": "borrowed", "member_id": cast.bo.id })).await;
    let view = show.submit(&server.admin, "goal").await;
    let body = json!({ "verdict": "approve", "revision": view["revision"] });
    bo.post(&show.gate_path("goal", "/decisions"), &body).refused(403, "gate.own_approval").await;
    assert_eq!(show.status(&cast.lead.client, "goal").await, "in_review");
}

/// Tries to approve with this key; the gate must go on waiting.
async fn may_not_approve(who: &Client, show: &Show, revision: &Value, code: &str) {
    let body = json!({ "verdict": "approve", "revision": revision });
    who.post(&show.gate_path("goal", "/decisions"), &body).refused(403, code).await;
    assert_eq!(show.status(who, "goal").await, "in_review");
}

#[tokio::test]
async fn nobody_approves_their_own_work_whatever_key_they_use() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let admin = &server.admin;
    let chief = Person::join(admin, "chief@heyan.example", "admin", &[]).await;
    let show = ready_goal(&cast).await;
    let revision = show.submit(&chief.client, "goal").await["revision"].clone();
    let own = |name: &str, id: &str| json!({ "name": name, "member_id": id });
    // The submitter, though an admin; a key somebody else made for them; a key they made for themselves.
    may_not_approve(&chief.client, &show, &revision, "gate.own_approval").await;
    let given = key(admin, &own("given", &chief.id)).await;
    may_not_approve(&given, &show, &revision, "gate.own_approval").await;
    let second = key(&chief.client, &own("second", &chief.id)).await;
    may_not_approve(&second, &show, &revision, "gate.own_approval").await;
    // A key they made for somebody else.
    let borrowed = key(&chief.client, &own("borrowed", &cast.su.id)).await;
    may_not_approve(&borrowed, &show, &revision, "gate.own_approval").await;
    // A service stands for nobody, whoever it names.
    let service = key(&chief.client, &json!({ "name": "crm", "role": "admin" })).await;
    may_not_approve(&service, &show, &revision, "actor.person_needed").await;
    let through = key(&service, &own("through the crm", &cast.su.id)).await;
    may_not_approve(&through, &show, &revision, "gate.own_approval").await;
    let body = json!({ "verdict": "approve", "revision": revision });
    let named = service.post(&show.gate_path("goal", "/decisions"), &body);
    named.header("greenroom-actor", &cast.bo.email).refused(403, "actor.person_needed").await;
    // Another name, address or role does not make the submitter another person.
    change(&server, &chief, &json!({ "name": "Bo", "email": "other@heyan.example", "role": "manager" }))
        .await;
    may_not_approve(&second, &show, &revision, "gate.own_approval").await;
    assert_eq!(show.decide(&cast.bo.client, "goal", "approve").await["status"], "passed");
}

#[tokio::test]
async fn whoever_is_said_to_be_able_to_decide_is_not_refused_for_fitting_no_slot() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = ready_goal(&cast).await;
    let view = show.submit(&cast.lead.client, "goal").await;
    let late = Person::join(&server.admin, "finance@heyan.example", "operator", &["finance"]).await;
    let gate = show.gate(&late.client, "goal").await;
    let body = json!({ "verdict": "approve", "revision": view["revision"] });
    let path = show.gate_path("goal", "/decisions");
    late.client.post(&path, &body).refused(403, "gate.fits_no_slot").await;
    let able = |person: &Person| {
        let approvers = gate["approvers"].as_array().unwrap().iter();
        let mut theirs = approvers.filter(|approver| approver["member"]["id"] == person.id);
        theirs.next().is_some_and(|approver| approver["can_decide"] == true)
    };
    assert!(!able(&late), "who fits no slot is said to be able to decide: {:#}", gate["approvers"]);
    assert!(!able(&cast.lead), "who submitted is said to be able to decide: {:#}", gate["approvers"]);
    assert!(able(&cast.bo) && able(&cast.su), "{:#}", gate["approvers"]);
    cast.bo.client.post(&path, &body).expect(200).await;
}

#[tokio::test]
async fn a_mobile_number_is_taken_back_with_null() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let changed = change(&server, &cast.bo, &json!({ "mobile": "+8613800138000" })).await;
    assert_eq!(changed["mobile"], "+8613800138000");
    assert_eq!(change(&server, &cast.bo, &json!({ "name": "Bo" })).await["mobile"], "+8613800138000");
    assert_eq!(change(&server, &cast.bo, &json!({ "mobile": null })).await["mobile"], Value::Null);
    let read = server.admin.get(&format!("/v1/members/{}", cast.bo.id)).expect(200).await;
    assert_eq!(read.body["mobile"], Value::Null);
}

/// The member after a change by the admin.
pub(crate) async fn change(server: &Server, person: &Person, patch: &Value) -> Value {
    let path = format!("/v1/members/{}", person.id);
    let tag = server.admin.get(&path).expect(200).await.header("etag").to_owned();
    let call = server.admin.patch(&path, patch);
    let call = if tag.is_empty() { call } else { call.if_match(&tag) };
    call.expect(200).await.body
}

#[tokio::test]
async fn a_key_that_would_have_ended_already_is_not_made() {
    let server = Setup::sandbox(NOW).start().await;
    let keys = |admin: &Client| {
        let admin = admin.clone();
        async move { harness::show::all(&admin, "/v1/api-keys?limit=200").await.len() }
    };
    let before = keys(&server.admin).await;
    let body = json!({ "name": "late", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z" });
    let refused = server.admin.post("/v1/api-keys", &body).refused(422, "request.invalid").await;
    assert_eq!(refused.errors().len(), 1, "{refused}");
    assert_eq!(refused.errors()[0].0, "/expires_at");
    assert_eq!(keys(&server.admin).await, before);
}
