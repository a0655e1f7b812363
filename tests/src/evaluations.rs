//! `POST /v1/evaluations`: the golden vectors of findings, and what else it answers.

use std::collections::BTreeSet;

use harness::examples::{GATES, patched, standard, vectors};
use harness::{Cast, Client, Setup, Show};
use serde_json::{Value, json};

/// Findings as vectors compare them, sorted.
fn keys(findings: &Value) -> Vec<String> {
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap().to_owned();
    let key = |finding: &Value| {
        ["rule", "status", "severity", "path"].map(|member| text(finding, member)).join(" ")
    };
    let mut keys: Vec<String> = findings.as_array().unwrap().iter().map(key).collect();
    keys.sort();
    keys
}

/// What differs from the findings a vector expects, if anything does.
fn difference(vector: &Value, findings: &Value) -> Option<String> {
    let (got, expected) = (keys(findings), keys(&vector["expect"]));
    (got != expected).then(|| format!("{}\n  got      {got:#?}\n  expected {expected:#?}", vector["name"]))
}

/// Whether a vector says what trainings and rehearsals were held on; a campaign that is not stored has no such past.
fn has_a_past(vector: &&Value) -> bool {
    vector.get("recorded").is_some()
}

/// The body that asks for what a vector expects.
fn question(vector: &Value) -> Value {
    let mut body = patched(standard(), &vector["patch"]);
    for member in ["now", "params", "rules", "others"] {
        if let Some(value) = vector.get(member) {
            body[member] = value.clone();
        }
    }
    body
}

async fn evaluate(who: &Client, body: &Value) -> Value {
    who.post("/v1/evaluations", body).expect(200).await.body
}

#[tokio::test]
async fn golden_vectors_of_findings_hold_over_http() {
    let server = Setup::sandbox("2027-03-20T17:00:00+08:00").start().await;
    let vectors = vectors("findings");
    assert_eq!(vectors.len(), 279);
    let mut wrong = Vec::new();
    for vector in vectors.iter().filter(|vector| !has_a_past(vector)) {
        let answer = evaluate(&server.admin, &question(vector)).await;
        wrong.extend(difference(vector, &answer["findings"]));
    }
    assert!(wrong.is_empty(), "{} vectors differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn golden_vectors_with_a_past_hold_on_stored_campaigns() {
    let server = Setup::sandbox("2027-03-20T17:00:00+08:00").start().await;
    let lead = Cast::join(&server).await.lead.client;
    let vectors = vectors("findings");
    let with_a_past: Vec<&Value> = vectors.iter().filter(has_a_past).collect();
    assert_eq!(with_a_past.len(), 7);
    let mut wrong = Vec::new();
    for vector in with_a_past {
        let [then, now] = ["recorded", "patch"].map(|patch| patched(standard(), &vector[patch]));
        let show = Show::standard(&lead, &json!({ "external_ref": null })).await;
        for gate in GATES {
            show.fill(&lead, gate, &then["gates"][gate]).await;
        }
        for gate in GATES.iter().filter(|gate| then["gates"][**gate] != now["gates"][**gate]) {
            show.fill(&lead, gate, &now["gates"][*gate]).await;
        }
        let readiness = lead.get(&show.path("/readiness")).expect(200).await.body;
        wrong.extend(difference(vector, &readiness["findings"]));
        server.admin.post(&show.path("/cancel"), &json!({})).expect(200).await;
    }
    assert!(wrong.is_empty(), "{} vectors differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn an_evaluation_answers_findings_readiness_and_schedule_and_keeps_nothing() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let mut body = standard();
    body["gates"]["goal"]["gmv_target"] = json!(1);
    let answer = evaluate(&server.admin, &body).await;
    let finding =
        answer["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "goal.gmv_adds_up").unwrap();
    let members: BTreeSet<&str> = finding.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "fix", "gate", "message", "observed", "path", "required", "rule", "severity", "status", "waivable",
        "waived",
    ];
    assert_eq!(members, expected.into());
    assert_eq!(finding["path"], "/gates/goal/gmv_target");
    assert!(body.pointer(finding["path"].as_str().unwrap()).is_some());
    assert_eq!(answer["schedule"]["gates"].as_array().unwrap().len(), 7, "{answer:#}");
    assert!(answer.get("readiness").is_some(), "{answer:#}");
    let campaigns = server.admin.get("/v1/campaigns").expect(200).await;
    assert_eq!(campaigns.body["data"], json!([]));
}

#[tokio::test]
async fn an_evaluation_speaks_the_readers_language() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let body = json!({ "campaign": standard()["campaign"], "gates": {} });
    let ask = |language: &'static str| {
        let call = server.admin.post("/v1/evaluations", &body);
        async move { call.header("accept-language", language).expect(200).await.body["findings"][0].clone() }
    };
    let (english, chinese) = (ask("en").await, ask("zh-CN").await);
    assert_eq!((&english["rule"], &english["path"]), (&chinese["rule"], &chinese["path"]));
    assert!(english["message"].as_str().unwrap().is_ascii(), "{english:#}");
    assert!(!chinese["message"].as_str().unwrap().is_ascii(), "{chinese:#}");
}

#[tokio::test]
async fn the_catalogue_of_rules_names_every_rule_that_can_be_found() {
    let server = Setup::sandbox("2027-03-20T17:00:00+08:00").start().await;
    let rules = server.admin.get("/v1/rules").expect(200).await.body["data"].clone();
    let known: BTreeSet<&str> =
        rules.as_array().unwrap().iter().map(|rule| rule["rule"].as_str().unwrap()).collect();
    for vector in vectors("findings") {
        for finding in vector["expect"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            assert!(known.contains(rule), "{rule}");
        }
    }
}
