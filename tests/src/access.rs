//! Who may come in, what lies at no address, and what a viewer never reads.

use harness::{Cast, Client, Setup, Show};
use reqwest::Method;
use serde_json::{Value, json};

const NOW: &str = "2027-02-27T10:00:00+08:00";

#[tokio::test]
async fn without_a_working_key_nothing_is_shown_or_done() {
    let server = Setup::sandbox(NOW).start().await;
    let nobody = Client::new(server.admin.base());
    let needed = nobody.get("/v1/me").refused(401, "auth.key_needed").await;
    assert!(needed.header("www-authenticate").starts_with("Bearer"), "{needed}");
    for key in ["gr_unknown", "", "gr_测试"] {
        let answer = nobody.get("/v1/me").header("authorization", &format!("Bearer {key}")).send().await;
        assert_eq!(answer.status, 401, "{answer}");
    }
    nobody.get("/v1/me").header("authorization", "Basic YTpi").refused(401, "auth.key_needed").await;
    let garbage = nobody.call(Method::PUT, "/v1/campaigns/1/gates/x/content").raw("text/plain", "{");
    assert_eq!(garbage.send().await.status, 401, "who asks is looked at before what is asked");
    for open in ["/livez", "/readyz", "/openapi.json", "/problems/auth.key_needed"] {
        nobody.get(open).expect(200).await;
    }
    assert_eq!(nobody.get("/docs/").expect(200).await.header("content-type"), "text/html");
}

#[tokio::test]
async fn a_revoked_key_and_the_key_of_somebody_who_left_stop_working() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let keys = harness::show::all(&server.admin, "/v1/api-keys?limit=200").await;
    let key = keys.iter().find(|key| key["member_id"] == cast.bo.id || key["member"]["id"] == cast.bo.id);
    let path = format!("/v1/api-keys/{}", key.unwrap()["id"].as_str().unwrap());
    server.admin.call(Method::DELETE, &path).ok().await;
    cast.bo.client.get("/v1/me").refused(401, "auth.key_invalid").await;
    let path = format!("/v1/members/{}", cast.su.id);
    let mut leave = server.admin.patch(&path, &json!({ "active": false }));
    if let Some(tag) = server.admin.get(&path).expect(200).await.headers.get("etag") {
        leave = leave.if_match(tag.to_str().unwrap());
    }
    leave.expect(200).await;
    cast.su.client.get("/v1/me").refused(401, "auth.key_invalid").await;
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there_say_so() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    lead.get("/v1/nothing").refused(404, "route.unknown").await;
    for unknown in ["/v1/campaigns/1", "/v1/campaigns/00000000-0000-7000-8000-000000000000"] {
        lead.get(unknown).refused(404, "resource.not_found").await;
    }
    lead.get(&show.path("/gates/party")).refused(404, "resource.not_found").await;
    lead.get("/v1/rules/goal.nothing").refused(404, "resource.not_found").await;
    lead.get("/v1/playbooks/weekly@1").refused(404, "resource.not_found").await;
    for (method, path) in [
        (Method::DELETE, show.path("")),
        (Method::PUT, show.path("/gates/goal")),
        (Method::POST, "/v1/me".to_owned()),
    ] {
        let answer = lead.call(method, &path).refused(405, "method.not_allowed").await;
        assert!(answer.header("allow").contains("GET"), "{answer}");
    }
}

#[tokio::test]
async fn a_viewer_never_reads_what_goods_cost() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let mut products = harness::examples::content("products");
    for sku in products["skus"].as_array_mut().unwrap() {
        sku["cost"] = json!(123_456_789);
    }
    let show = Show::standard(&cast.lead.client, &json!({ "gates": { "products": products } })).await;
    for rest in
        ["", "/readiness", "/gates/products", "/gates/products/content", "/events", "/schedule", "/notices"]
    {
        let read = cast.viewer.client.get(&show.path(rest)).expect(200).await;
        assert!(!read.text.contains("123456789") && !read.text.contains("1234567.89"), "{read}");
    }
    let content = cast.lead.client.get(&show.gate_path("products", "/content")).expect(200).await;
    assert!(content.text.contains("123456789"));
}

/// Rules whose figures would tell what goods cost.
const COST_RULES: [&str; 2] = ["products.margin_floor", "products.loss_only_on_traffic"];

/// Findings of those rules, wherever in an answer they stand.
fn of_cost_rules(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(members)
            if members.get("rule").is_some_and(|rule| COST_RULES.iter().any(|one| rule == one)) =>
        {
            vec![value]
        }
        Value::Object(members) => members.values().flat_map(of_cost_rules).collect(),
        Value::Array(elements) => elements.iter().flat_map(of_cost_rules).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// The viewer is told that the rules fail, and the lead why.
fn figures_are_withheld(viewer: &Value, lead: &Value) {
    let (seen, whole) = (of_cost_rules(viewer), of_cost_rules(lead));
    assert_eq!(seen.len(), whole.len());
    for rule in COST_RULES {
        assert!(seen.iter().any(|finding| finding["rule"] == rule), "{rule} is not found: {viewer:#}");
    }
    for (seen, whole) in seen.into_iter().zip(whole) {
        assert_eq!((&seen["rule"], &seen["path"]), (&whole["rule"], &whole["path"]));
        // A loss of readiness says in `what` what its finding says.
        let texts: &[&str] = if whole.get("what").is_some() {
            &["what"]
        } else {
            assert_eq!((&seen["observed"], &seen["required"]), (&Value::Null, &Value::Null), "{seen:#}");
            assert!(!whole["observed"].is_null() || !whole["required"].is_null(), "{whole:#}");
            &["message", "fix"]
        };
        for member in texts {
            let text = seen[*member].as_str().unwrap();
            assert!(!text.is_empty() && !text.contains(|one: char| one.is_ascii_digit()), "{seen:#}");
        }
        assert_ne!(seen[texts[0]], whole[texts[0]]);
    }
}

#[tokio::test]
async fn a_viewer_reads_no_figures_of_rules_that_tell_what_goods_cost() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let (viewer, lead) = (&cast.viewer.client, &cast.lead.client);
    let mut example = harness::examples::standard();
    for sku in example["gates"]["products"]["skus"].as_array_mut().unwrap() {
        sku["cost"] = json!(123_456_789);
    }
    let products = json!({ "gates": { "products": example["gates"]["products"] } });
    let show = Show::standard(lead, &products).await;
    let gate = show.gate(lead, "products").await;
    figures_are_withheld(&show.gate(viewer, "products").await, &gate);
    let readiness = viewer.get(&show.path("/readiness")).expect(200).await;
    for finding in of_cost_rules(&readiness.body) {
        assert!(finding["observed"].is_null() && finding["required"].is_null(), "{finding:#}");
    }
    for finding in of_cost_rules(&gate) {
        let message = finding["message"].as_str().unwrap();
        assert!(!readiness.text.contains(message), "{readiness}");
    }
    let ask = |who: &Client| who.post("/v1/evaluations", &example).expect(200);
    figures_are_withheld(&ask(viewer).await.body, &ask(lead).await.body);
}
