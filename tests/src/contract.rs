//! The published contract: the committed document is the served one, every operation tells what an integrator needs,
//! and no operation falls over whatever it is sent.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use harness::binary::root;
use harness::{Cast, Client, Setup, Show};
use reqwest::Method;
use serde_json::{Value, json};

const NOW: &str = "2027-02-27T10:00:00+08:00";

/// Every operation as address, method and what is said about it.
pub(crate) fn operations(document: &Value) -> Vec<(String, Method, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters");
        let operation = |(name, operation): (&String, &Value)| {
            (path.clone(), name.to_uppercase().parse::<Method>().unwrap(), operation.clone())
        };
        methods.map(operation).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// The content type of an operation's body and the example of it.
pub(crate) fn body_of<'o>(document: &Value, operation: &'o Value) -> (&'o str, Value) {
    let content = operation["requestBody"]["content"].as_object();
    let plain = |name: &str| name != "application/json-patch+json";
    let Some((media, body)) = content.and_then(|content| content.iter().find(|(name, _)| plain(name))) else {
        return ("application/json", json!({}));
    };
    (media, example(document, body).unwrap_or_else(|| json!({})))
}

/// The example of a body, or of the schema it refers to.
fn example(document: &Value, body: &Value) -> Option<Value> {
    let named = body["examples"].as_object().and_then(|examples| examples.values().next());
    let given = named.map(|example| example["value"].clone()).or_else(|| body.get("example").cloned());
    let schema = resolved(document, &body["schema"]);
    let listed = schema["examples"].as_array().and_then(|examples| examples.first().cloned());
    given.or_else(|| schema.get("example").cloned()).or(listed).or_else(|| of_variants(document, schema))
}

/// A schema that is one of several is shown by the first of them.
fn of_variants(document: &Value, schema: &Value) -> Option<Value> {
    let variants = schema["oneOf"].as_array().or(schema["anyOf"].as_array())?;
    variants.iter().find_map(|variant| example(document, &json!({ "schema": variant })))
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

#[tokio::test]
async fn the_committed_document_is_the_served_one() {
    let server = Setup::sandbox(NOW).start().await;
    let served = Client::new(server.admin.base()).get("/openapi.json").expect(200).await.body;
    let committed = std::fs::read_to_string(root().join("openapi/openapi.json")).unwrap();
    let committed: Value = serde_json::from_str(&committed).unwrap();
    let differs = differences(&committed, &served);
    assert!(
        differs.is_empty(),
        "run `cargo run -q -- openapi > openapi/openapi.json`; it differs at:\n{differs}"
    );
}

/// The places at which two documents differ, a line each.
fn differences(committed: &Value, served: &Value) -> String {
    let mut lines = String::new();
    collect(committed, served, "", &mut lines);
    lines
}

fn collect(left: &Value, right: &Value, at: &str, lines: &mut String) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let side =
                    |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or(Value::Null);
                collect(&side(left), &side(right), &format!("{at}/{name}"), lines);
            }
        }
        _ if left != right => writeln!(lines, "  {at}").unwrap(),
        _ => {}
    }
}

#[tokio::test]
async fn every_operation_tells_what_an_integrator_needs() {
    let server = Setup::sandbox(NOW).start().await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let handlers = handlers();
    let mut ids = BTreeSet::new();
    let mut faults = Vec::new();
    for (path, method, operation) in operations(&document) {
        let mut fault = |what: &str| faults.push(format!("{method} {path}: {what}"));
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        if !handlers.contains(&id) {
            fault("its operationId is no handler's name");
        }
        for member in ["summary", "description"] {
            if operation[member].as_str().is_none_or(str::is_empty) {
                fault(&format!("no {member}"));
            }
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            fault("no tag");
        }
        let responses = operation["responses"].as_object().unwrap();
        for (status, answer) in responses {
            missing_in_answer(&document, status, resolved(&document, answer))
                .iter()
                .for_each(|what| fault(what));
        }
        if path.starts_with("/v1/") {
            let needed = ["400", "401", "403", "500", "503"];
            needed.iter().filter(|status| !responses.contains_key(**status)).for_each(|status| fault(status));
            if path.contains('{') && !responses.contains_key("404") {
                fault("no 404");
            }
        }
        for (media, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            if example(&document, body).is_none() && media != "application/json-patch+json" {
                fault("its body has no example");
            }
        }
        if !ids.insert(id) {
            fault("its operationId is used twice");
        }
    }
    assert!(ids.len() > 40, "{ids:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn missing_in_answer(document: &Value, status: &str, answer: &Value) -> Vec<String> {
    let mut missing = Vec::new();
    if answer["description"].as_str().is_none_or(str::is_empty) {
        missing.push(format!("{status} has no description"));
    }
    let content = answer["content"].as_object();
    let is_problem = status.starts_with(['4', '5']);
    let media = if is_problem { "application/problem+json" } else { "application/json" };
    match content.and_then(|content| content.get(media)) {
        Some(body) if body.get("schema").is_none() => missing.push(format!("{status} has no schema")),
        Some(body) if is_problem && example(document, body).is_none() => {
            missing.push(format!("{status} has no example"));
        }
        None if is_problem => missing.push(format!("{status} is no problem")),
        Some(_) | None => {}
    }
    missing
}

/// The names of all handlers.
fn handlers() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(root().join("api/src/http")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.is_file() {
            let text = std::fs::read_to_string(file).unwrap();
            let starts = text.lines().filter_map(|line| line.split_once("async fn "));
            names.extend(
                starts.map(|(_, rest)| rest).map(|rest| rest.split(['(', '<']).next().unwrap().to_owned()),
            );
        }
    }
    names
}

/// An address with its places filled in.
fn filled(path: &str, show: &Show, cast: &Cast) -> String {
    path.replace("{campaign}", &show.id)
        .replace("{gate}", "goal")
        .replace("{item}", "one_goal_shared")
        .replace("{member}", &cast.viewer.id)
        .replace("{api_key}", "00000000-0000-7000-8000-000000000000")
        .replace("{delegation}", "00000000-0000-7000-8000-000000000000")
        .replace("{delivery}", "00000000-0000-7000-8000-000000000000")
        .replace("{organization_reminder}", "00000000-0000-7000-8000-000000000000")
        .replace("{reminder}", "00000000-0000-7000-8000-000000000000")
        .replace("{playbook}", "standard@1")
        .replace("{rule}", "goal.complete")
        .replace("{code}", "auth.key_needed")
}

#[tokio::test]
async fn no_operation_falls_over_whatever_it_is_sent() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let deep = format!("{}1{}", "[".repeat(3_000), "]".repeat(3_000));
    let garbage: [(&str, Vec<u8>); 9] = [
        ("application/json", b"".to_vec()),
        ("application/json", b"null".to_vec()),
        ("application/json", b"[{}]".to_vec()),
        ("application/json", b"{\"\\u0000\":\"\\u0000\"}".to_vec()),
        ("application/json", b"{\"a\":1,\"a\":2}".to_vec()),
        ("application/json", b"{\"name\":{\"name\":[1e308,-0,1E400]}}".to_vec()),
        ("application/json", b"\xff\xff".to_vec()),
        ("application/merge-patch+json", deep.into_bytes()),
        ("text/plain", b"x".to_vec()),
    ];
    for (path, method, _) in operations(&document) {
        let ours = filled(&path, &show, &cast);
        assert!(!ours.contains('{'), "{path} has a place this test does not know");
        for (content_type, body) in &garbage {
            let call = server.admin.call(method.clone(), &ours).raw(content_type, body.clone()).if_match("*");
            let answer = call.send().await;
            assert!(answer.status < 500, "{answer}");
        }
        for path in
            [format!("{ours}?%ff=%00&limit=1e9&cursor=%27--"), strange(&path), format!("{ours}/..%2f")]
        {
            let answer = server.admin.call(method.clone(), &path).json(&json!({})).if_match("*").send().await;
            assert!(answer.status < 500, "{answer}");
        }
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// An address whose places hold what no id looks like.
fn strange(path: &str) -> String {
    let mut strange = path.to_owned();
    while let (Some(from), Some(to)) = (strange.find('{'), strange.find('}')) {
        strange.replace_range(from..=to, "%00'%22%F0%9F%92%A5");
    }
    strange
}

#[tokio::test]
async fn every_operation_refuses_other_methods_and_query_parameters_it_does_not_know() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let mut faults = Vec::new();
    for (path, method, operation) in operations(&document) {
        let ours = filled(&path, &show, &cast);
        if path.starts_with("/v1/") {
            let (media, body) = body_of(&document, &operation);
            let call = server.admin.call(method.clone(), &format!("{ours}?surprise=1"));
            let answer = call.raw(media, body.to_string()).if_match("*").send().await;
            if (answer.status, answer.body["code"].as_str()) != (400, Some("query.unknown")) {
                faults.push(format!("{method} {path}?surprise=1 → {}", answer.status));
            }
        }
        let known = document["paths"][&path].as_object().unwrap();
        for other in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if !known.contains_key(&other.as_str().to_lowercase()) {
                let answer = server.admin.call(other.clone(), &ours).json(&json!({})).send().await;
                let allow = answer.header("allow").to_owned();
                if answer.status != 405 || !allow.contains(method.as_str()) {
                    faults.push(format!("{other} {path} → {} Allow: {allow}", answer.status));
                }
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_code_a_problem_can_have_is_explained() {
    let server = Setup::sandbox(NOW).start().await;
    let nobody = Client::new(server.admin.base());
    for code in ["auth.key_needed", "gate.own_approval", "version.changed", "field.repeated"] {
        for (language, word) in [("en", code), ("zh-CN", code)] {
            let page = nobody
                .get(&format!("/problems/{code}"))
                .header("accept-language", language)
                .expect(200)
                .await;
            assert!(page.text.contains(word), "{page}");
        }
    }
    let refused =
        nobody.get("/v1/me").header("accept-language", "zh-CN").refused(401, "auth.key_needed").await;
    assert_eq!(refused.text_at("/title"), "需要 API 密钥");
    assert_eq!(refused.header("content-language"), "zh-CN");
    nobody.get(refused.text_at("/type")).expect(200).await;
}
