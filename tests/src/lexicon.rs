//! An organization's own lexicon: what it adds, disables and excuses, what that does to campaigns in preparation, and
//! who is told.

use harness::examples::standard;
use harness::show::COMMENT;
use harness::{Cast, Client, Server, Setup, Show};
use serde_json::{Value, json};

const EVE: &str = "2027-03-19T18:00:00+08:00";

/// Of the standard campaign only the first highlight says "现场讲成分".
fn term(severity: &str) -> Value {
    json!({ "term": "现场讲成分", "category": "medical", "severity": severity, "jurisdiction": "cn", "note": "需备案依据" })
}

async fn put(admin: &Client, tag: &str, changes: &Value) -> Value {
    admin.put("/v1/lexicon", changes).if_match(tag).expect(200).await.body
}

/// Lets the jobs do what is due.
async fn do_what_is_due(server: &Server, at: &str) {
    server.move_clock(at).await;
}

/// The findings of wording at a gate.
async fn wording(who: &Client, show: &Show, gate: &str) -> Vec<Value> {
    let view = show.gate(who, gate).await;
    let findings = view["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["rule"].as_str().unwrap().contains(".wording_")).cloned().collect()
}

#[tokio::test]
async fn a_new_term_is_found_in_campaigns_in_preparation_told_once_and_stops_the_go_live() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    show.pass_all(&cast).await;
    let bystander = Show::standard(lead, &json!({ "external_ref": "bystander" })).await;
    assert_eq!(show.view(lead).await["status"], "ready");
    put(&server.admin, "\"0\"", &json!({ "add": [term("blocker")] })).await;
    do_what_is_due(&server, "2027-03-19T18:00:01+08:00").await;
    let events = show.events(lead).await;
    let found: Vec<&Value> =
        events.iter().filter(|event| event["type"] == "campaign.wording_found").collect();
    let [found] = found[..] else { panic!("{events:#?}") };
    assert_eq!(
        found["data"],
        json!({ "lexicon_version": 1, "findings": [
            { "rule": "script.wording_forbidden", "path": "/gates/script/highlights/0" },
        ] })
    );
    assert_eq!(found["occurred_at"], "2027-03-19T10:00:00Z", "{found:#}");
    let told: Vec<Value> = notices(lead, &show).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(
        (&told[0]["subject"], &told[0]["status"]),
        (&json!("script"), &json!("sent")),
        "{:#}",
        told[0]
    );
    assert_eq!(notices(lead, &bystander).await, Vec::<Value>::new());
    let events = bystander.events(lead).await;
    assert!(events.iter().all(|event| event["type"] != "campaign.wording_found"), "{events:#?}");
    // The approval signed the text, and the text is the same.
    assert_eq!(show.statuses(lead).await, ["passed"; 7]);
    let go_live = show.view(lead).await["go_live"].clone();
    assert_eq!(go_live["allowed"], false, "{go_live:#}");
    let reopened = cast.bo.client.post(&show.gate_path("script", "/reopen"), &json!({ "reason": "Words." }));
    reopened.expect(200).await;
    let submission = lead.post(&show.gate_path("script", "/submission"), &json!({ "comment": COMMENT }));
    let refused = submission.refused(409, "gate.blockers_open").await;
    assert!(refused.text.contains("需备案依据"), "{refused}");
}

async fn notices(who: &Client, show: &Show) -> Vec<Value> {
    let all = show.notices(who).await;
    all.into_iter().filter(|notice| notice["reason"] == "wording_found").collect()
}

#[tokio::test]
async fn terms_are_added_disabled_and_excused_and_each_change_is_a_version() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let (lead, admin) = (&cast.lead.client, &server.admin);
    let show = Show::standard(lead, &json!({})).await;
    show.fill(lead, "script", &json!({ "theme": "国家级现场讲成分", "highlights": ["现场讲成分表"] })).await;
    let paths = |found: Vec<Value>| -> Vec<String> {
        let mut paths: Vec<String> = found
            .iter()
            .map(|one| format!("{} {}", one["rule"].as_str().unwrap(), one["path"].as_str().unwrap()))
            .collect();
        paths.sort();
        paths
    };
    let theme = "script.wording_forbidden /gates/script/theme";
    let risky =
        ["script.wording_risky /gates/script/highlights/0", "script.wording_risky /gates/script/theme"];
    assert_eq!(paths(wording(lead, &show, "script").await), [theme]);
    let first = admin.get("/v1/lexicon").expect(200).await;
    assert_eq!((first.tag().as_str(), &first.body["version"]), ("\"0\"", &json!(0)));
    let built_in = first.body["terms"].as_array().unwrap().len();
    put(admin, "\"0\"", &json!({ "add": [term("warning")] })).await;
    assert_eq!(paths(wording(lead, &show, "script").await), [theme, risky[0], risky[1]]);
    let disabled = json!({ "add": [term("warning")], "disable": [{ "term": "国家级", "reason": "已获批" }] });
    put(admin, "\"1\"", &disabled).await;
    assert_eq!(paths(wording(lead, &show, "script").await), risky);
    let excused = json!({
        "add": [term("warning")], "disable": [{ "term": "国家级", "reason": "已获批" }],
        "excuse": [{ "term": "现场讲成分", "phrase": "现场讲成分表", "reason": "法定标签用语" }],
    });
    let third = put(admin, "\"2\"", &excused).await;
    assert_eq!(paths(wording(lead, &show, "script").await), risky[1..]);
    assert_eq!(third["terms"].as_array().unwrap().len(), built_in, "one more and one less");
    assert_eq!(third["changes"], excused);
    let again = put(admin, "*", &excused).await;
    assert_eq!(again["version"], 3, "what changes nothing is no change");
    put(admin, "\"3\"", &json!({})).await;
    assert_eq!(paths(wording(lead, &show, "script").await), [theme]);
}

#[tokio::test]
async fn a_lexicon_that_cannot_be_is_refused_with_its_places_and_changes_nothing() {
    let server = Setup::sandbox(EVE).start().await;
    let admin = &server.admin;
    let cases = [
        (json!({ "add": [{ "term": "现场讲成分" }] }), vec![("/add/0/category", "field.required")]),
        (json!({ "add": [term("blocker"), term("warning")] }), vec![("/add/1/term", "list.duplicate")]),
        (
            json!({ "disable": [{ "term": "没有的词", "reason": "x" }] }),
            vec![("/disable/0/term", "reference.not_found")],
        ),
        (
            json!({ "excuse": [{ "term": "第一", "phrase": "第二", "reason": "x" }] }),
            vec![("/excuse/0/phrase", "text.lacks")],
        ),
    ];
    for (body, expected) in cases {
        let refused = admin.put("/v1/lexicon", &body).if_match("*").refused(422, "request.invalid").await;
        let errors = refused.errors();
        for (pointer, code) in expected {
            assert!(errors.contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {refused}");
        }
    }
    admin.put("/v1/lexicon", &json!({})).refused(428, "version.if_match_needed").await;
    admin.put("/v1/lexicon", &json!({})).if_match("\"7\"").refused(412, "version.changed").await;
    assert_eq!(admin.get("/v1/lexicon").expect(200).await.body["version"], 0);
}

#[tokio::test]
async fn an_evaluation_judges_words_by_the_lexicon_of_who_asks() {
    let server = Setup::sandbox(EVE).start().await;
    let elsewhere = server.another_organization("Elsewhere", "other@elsewhere.example");
    let body = standard();
    let found = async |who: &Client| -> Vec<Value> {
        let answer = who.post("/v1/evaluations", &body).expect(200).await.body;
        let findings = answer["findings"].as_array().unwrap().iter();
        findings.filter(|finding| finding["rule"] == "script.wording_forbidden").cloned().collect()
    };
    assert_eq!(found(&server.admin).await, Vec::<Value>::new());
    put(&server.admin, "\"0\"", &json!({ "add": [term("blocker")] })).await;
    let [finding] = &found(&server.admin).await[..] else { panic!("one finding") };
    assert_eq!(finding["path"], "/gates/script/highlights/0");
    assert_eq!(found(&elsewhere).await, Vec::<Value>::new());
}
