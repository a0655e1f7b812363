//! `POST /v1/evaluations`: the golden vectors of findings, and what else it answers.

use std::collections::BTreeSet;

use harness::examples::{patched, standard, vectors};
use harness::{Client, Setup};
use serde_json::{Value, json};

/// Gates whose rules are all written; of the others the findings are not compared.
const WRITTEN: [&str; 3] = ["goal", "audience", "products"];

/// The gates of the portfolio rules.
const PORTFOLIO: [(&str, &str); 5] = [
    ("portfolio.room_free", "goal"),
    ("portfolio.account_free", "goal"),
    ("portfolio.stock_promised_once", "products"),
    ("portfolio.cheapest_here", "products"),
    ("portfolio.people_free", "team"),
];

fn gate_of(rule: &str) -> &str {
    let of_portfolio = PORTFOLIO.iter().find(|(known, _)| *known == rule).map(|(_, gate)| *gate);
    of_portfolio.unwrap_or_else(|| rule.split_once('.').unwrap().0)
}

/// Findings of the written gates as vectors compare them, sorted.
fn keys(findings: &Value) -> Vec<String> {
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap().to_owned();
    let findings = findings.as_array().unwrap().iter();
    let written = findings.filter(|finding| WRITTEN.contains(&gate_of(finding["rule"].as_str().unwrap())));
    let key = |finding: &Value| {
        ["rule", "status", "severity", "path"].map(|member| text(finding, member)).join(" ")
    };
    let mut keys: Vec<String> = written.map(key).collect();
    keys.sort();
    keys
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
    let of_written = |vector: &&Value| WRITTEN.contains(&vector["gate"].as_str().unwrap());
    assert_eq!(vectors.iter().filter(of_written).count(), 89);
    let mut wrong = Vec::new();
    for vector in &vectors {
        let answer = evaluate(&server.admin, &question(vector)).await;
        let (got, expected) = (keys(&answer["findings"]), keys(&vector["expect"]));
        if got != expected {
            wrong.push(format!("{}\n  got      {got:#?}\n  expected {expected:#?}", vector["name"]));
        }
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
            assert!(known.contains(rule) || !WRITTEN.contains(&gate_of(rule)), "{rule}");
        }
    }
}
