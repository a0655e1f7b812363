//! What a refusal says helps: it names what was sent and what there is, in both languages, and points to its place.

use harness::examples::content;
use harness::{Answer, Cast, Client, Setup, Show};
use reqwest::Method;
use serde_json::{Value, json};

const NOW: &str = "2027-02-27T10:00:00+08:00";

/// Asks in both languages; what is said in each.
async fn said(who: &Client, method: Method, path: &str, body: Option<&Value>) -> [Answer; 2] {
    let ask = async |language: &str| {
        let call = who.call(method.clone(), path).header("accept-language", language).if_match("*");
        body.iter().fold(call, |call, body| call.json(body)).send().await
    };
    [ask("en").await, ask("zh-CN").await]
}

fn detail(answer: &Answer) -> &str {
    answer.text_at("/detail")
}

#[tokio::test]
async fn whoever_asks_for_what_is_not_there_is_told_what_there_is() {
    let server = Setup::new(&["serve"]).start().await;
    let show = Show::standard(&server.admin, &json!({ "owner": null })).await;
    for (path, en, zh) in [
        (
            show.gate_path("gaol", ""),
            "There is no gate \"gaol\"; there are: goal, audience,",
            "没有关卡“gaol”",
        ),
        ("/v1/sandbox/clock".to_owned(), "--sandbox", "--sandbox"),
        ("/problems/foo.bar".to_owned(), "no problem with this code", "没有此错误代码"),
        ("/v1/campaigns/x".to_owned(), "Check the id", "请检查编号"),
    ] {
        let [english, chinese] = said(&server.admin, Method::GET, &path, None).await;
        english.is_problem(404, "resource.not_found");
        assert!(detail(&english).contains(en), "{english}");
        assert!(detail(&chinese).contains(zh), "{chinese}");
    }
    let [refused, _] = said(&server.admin, Method::POST, "/metrics", Some(&json!({}))).await;
    refused.is_problem(405, "method.not_allowed");
    assert_eq!(refused.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn an_owner_nobody_knows_is_named_with_what_to_do() {
    let server = Setup::sandbox(NOW).start().await;
    let mut campaign = harness::examples::campaign();
    campaign["owner"] = json!("nobody@heyan.example");
    let [english, chinese] = said(&server.admin, Method::POST, "/v1/campaigns", Some(&campaign)).await;
    assert_eq!(english.errors(), [("/owner".to_owned(), "reference.not_found".to_owned())], "{english}");
    assert_eq!(
        english.text_at("/errors/0/detail"),
        "No active member has the id or e-mail \"nobody@heyan.example\"; add one with POST /v1/members, or leave this \
         out."
    );
    assert_eq!(
        chinese.text_at("/errors/0/detail"),
        "没有编号或邮箱为“nobody@heyan.example”的在职成员，请用 POST /v1/members 添加，或不填此字段。"
    );
}

#[tokio::test]
async fn what_is_about_one_place_of_the_input_points_there() {
    let server = Setup::sandbox(NOW).start().await;
    let show = Show::standard(&server.admin, &json!({ "owner": null })).await;
    for (path, code, pointer) in [
        ("/v1/members?pagesize=7", "query.unknown", "/pagesize"),
        ("/v1/members?a%2Fb=7", "query.unknown", "/a~1b"),
        ("/v1/members?limit=7&limit=7", "query.repeated", "/limit"),
        ("/v1/members?cursor=x", "cursor.invalid", "/cursor"),
    ] {
        let refused = server.admin.get(path).refused(400, code).await;
        assert_eq!(refused.errors(), [(pointer.to_owned(), code.to_owned())], "{refused}");
        assert_eq!(refused.text_at("/errors/0/detail"), detail(&refused), "{refused}");
    }
    let first = json!({ "op": "add", "path": "/gmv_target", "value": 1 });
    for second in [json!({ "op": "remove", "path": "/nothing" }), json!({ "op": "remove" }), json!(7)] {
        let patch = json!([first, second]).to_string();
        let call = server.admin.call(Method::PATCH, &show.gate_path("goal", "/content")).if_match("*");
        let refused = call.raw("application/json-patch+json", patch).refused(422, "patch.failed").await;
        assert_eq!(refused.errors(), [("/1".to_owned(), "patch.failed".to_owned())], "{refused}");
    }
}

#[tokio::test]
async fn whoever_was_overtaken_gets_the_version_that_stands() {
    let server = Setup::sandbox(NOW).start().await;
    let show = Show::standard(&server.admin, &json!({ "owner": null })).await;
    let written = show.fill(&server.admin, "goal", &content("goal")).await;
    let put = server.admin.put(&show.gate_path("goal", "/content"), &content("goal"));
    let refused = put.if_match("\"0\"").refused(412, "version.changed").await;
    assert_eq!(refused.tag(), show.tag(&server.admin, "goal").await);
    assert_eq!(refused.tag(), format!("\"{}\"", written["version"]));
}

#[tokio::test]
async fn whoever_submitted_is_told_who_can_decide_and_an_edit_shows_at_the_submission() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let (bo, lead) = (&cast.bo.client, &cast.lead.client);
    let show = Show::standard(lead, &json!({ "gates": { "goal": content("goal") } })).await;
    show.tick_all(lead, "goal").await;
    let view = show.submit(bo, "goal").await;
    assert_eq!((&view["status"], &view["submission"]["is_current"]), (&json!("in_review"), &json!(true)));
    let decision = json!({ "verdict": "approve", "revision": view["revision"] });
    let path = show.gate_path("goal", "/decisions");
    let [english, chinese] = said(bo, Method::POST, &path, Some(&decision)).await;
    english.is_problem(403, "gate.own_approval");
    assert_eq!(english.text_at("/title"), "Nobody decides on what they submitted");
    assert!(detail(&english).contains("these can: ") && detail(&english).contains("Admin"), "{english}");
    assert!(detail(&chinese).contains("可审批的人：") && detail(&chinese).contains("Admin"), "{chinese}");
    let edited = show.change(lead, "goal", &json!({ "stop_loss": "Stop at a loss of CNY 20,000." })).await;
    assert_eq!(edited["status"], "open");
    assert_eq!(
        (&edited["submission"]["is_current"], &edited["submission"]["outcome"]),
        (&json!(false), &Value::Null)
    );
    let undone = show.change(lead, "goal", &json!({ "stop_loss": content("goal")["stop_loss"] })).await;
    assert_eq!((&undone["status"], &undone["submission"]["is_current"]), (&json!("in_review"), &json!(true)));
}
