//! Lists of every kind: forged cursors and impossible limits are refused, each with its code.

use std::fmt::Write as _;

use harness::{Cast, Client, Setup, Show};
use serde_json::{Value, json};

use crate::places::{Operation, Spot, encoded, every_operation};

const NOW: &str = "2027-02-27T10:00:00+08:00";

/// The lists of the contract that have pages, by their addresses.
fn paged(document: &Value, show: &Show) -> Vec<String> {
    let is_list = |operation: &Operation| operation.has(Spot::Query, "cursor");
    let lists: Vec<String> = every_operation(document, "goal")
        .into_iter()
        .filter(is_list)
        .map(|operation| operation.path.replace("{campaign}", &show.id))
        .collect();
    assert!(lists.len() >= 5 && lists.iter().all(|path| !path.contains('{')), "{lists:?}");
    lists
}

/// A cursor of each list, as the service gave it.
async fn genuine(admin: &Client, lists: &[String]) -> Vec<String> {
    let mut cursors = Vec::new();
    for list in lists {
        let page = admin.get(&format!("{list}?limit=1")).expect(200).await;
        cursors.push(page.text_at("/next_cursor").to_owned());
    }
    cursors
}

/// Cursors nobody was given, made from one that somebody was.
fn forged(cursor: &str) -> Vec<String> {
    let (text, signature) = cursor.split_once('.').unwrap();
    let turned = |text: &str| {
        let middle = text.len() / 2;
        let other = if text.as_bytes()[middle] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &text[..middle], &text[middle + 1..])
    };
    vec![
        cursor[..cursor.len() - 1].to_owned(),
        cursor[..cursor.len() / 2].to_owned(),
        cursor[1..].to_owned(),
        text.to_owned(),
        format!("{text}."),
        format!(".{signature}"),
        format!("{}.{signature}", turned(text)),
        format!("{text}.{}", turned(signature)),
        format!("{text}.{text}"),
        format!("{cursor}.{signature}"),
        format!("{cursor}="),
        format!("{cursor}{cursor}"),
        "AAAA".to_owned(),
        "e30.e30".to_owned(),
        "....".to_owned(),
        "%00".to_owned(),
        "' OR '1'='1".to_owned(),
        "../../etc/passwd".to_owned(),
        "游标".to_owned(),
        "x".repeat(2_000),
    ]
}

#[tokio::test]
async fn a_cursor_that_the_list_did_not_give_is_refused() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    Show::standard(&cast.lead.client, &json!({ "external_ref": null })).await;
    for away in [&cast.bo, &cast.viewer] {
        let until = json!({ "delegate_id": cast.su.id, "ends_at": "2027-05-01T00:00:00Z" });
        away.client.post("/v1/delegations", &until).expect(201).await;
    }
    // Something is planned and something has happened, so that every list has a second page.
    server.admin.patch(&show.gate_path("goal", ""), &json!({ "assignee": cast.lead.id })).ok().await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let lists = paged(&document, &show);
    let cursors = genuine(&server.admin, &lists).await;
    let (mut faults, mut tried) = (String::new(), 0);
    for (list, own) in lists.iter().zip(&cursors) {
        let others = cursors.iter().filter(|cursor| *cursor != own).cloned();
        for cursor in forged(own).into_iter().chain(others) {
            let answer = server.admin.get(&format!("{list}?cursor={}", encoded(&cursor))).send().await;
            tried += 1;
            if (answer.status, answer.body["code"].as_str()) != (400, Some("cursor.invalid")) {
                writeln!(faults, "{list} {cursor}: {answer}").unwrap();
            }
        }
        let huge = format!("{list}?cursor={}", "x".repeat(2_001));
        server.admin.get(&huge).refused(400, "query.invalid").await;
        server.admin.get(&format!("{list}?cursor=")).refused(400, "query.invalid").await;
        let page = server.admin.get(&format!("{list}?cursor={}", encoded(own))).expect(200).await;
        assert!(!page.body["data"].as_array().unwrap().is_empty(), "{page}");
    }
    println!("{} lists, {tried} forged cursors", lists.len());
    assert!(faults.is_empty(), "{faults}");
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let bad = [
        "0",
        "-1",
        "-0",
        "201",
        "1e9",
        "1e1",
        "1.5",
        "0x10",
        "x",
        "",
        "%20",
        "5%20",
        "%2B5",
        "05",
        "1_0",
        "null",
        "true",
        "[5]",
        "%EF%BC%95",
        "99999999999999999999",
        "NaN",
        "Infinity",
        "5%00",
        "5;6",
        "5,6",
    ];
    for list in paged(&document, &show) {
        for limit in bad {
            let answer = server.admin.get(&format!("{list}?limit={limit}")).send().await;
            assert_eq!(answer.status, 400, "{limit}: {answer}");
            answer.is_problem(400, "query.invalid");
        }
        server.admin.get(&format!("{list}?limit=5&limit=5")).refused(400, "query.repeated").await;
        server.admin.get(&format!("{list}?limit=5&limit=6")).refused(400, "query.repeated").await;
        server.admin.get(&format!("{list}?limit[]=5")).refused(400, "query.unknown").await;
        server.admin.get(&format!("{list}?Limit=5")).refused(400, "query.unknown").await;
        for limit in ["1", "200"] {
            server.admin.get(&format!("{list}?limit={limit}")).expect(200).await;
        }
    }
}

#[tokio::test]
async fn an_offset_whose_plus_was_not_encoded_is_understood() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    for plus in ["+", "%2B", "%20"] {
        let listed = |from: &str| {
            server.admin.get(&format!("/v1/campaigns?go_live_from={from}{plus}08:00")).expect(200)
        };
        let from = listed("2027-03-20T20:00:00").await;
        assert_eq!(from.body["data"][0]["id"], show.id, "{from}");
        let after = listed("2027-03-20T20:00:01").await;
        assert_eq!(after.body["data"], json!([]), "{after}");
    }
    for odd in ["2027-03-20+20:00:00", "2027-03-20T20:00:00++08:00", "2027-03-20T20:00:00+0800+"] {
        server.admin.get(&format!("/v1/campaigns?go_live_from={odd}")).refused(400, "query.invalid").await;
    }
}

#[tokio::test]
async fn texts_of_a_query_may_be_as_long_as_the_document_says_and_no_longer() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let spec = harness::Spec::committed();
    let mut tried = Vec::new();
    for operation in
        spec.operations().iter().filter(|operation| operation.said["operationId"] == "list_campaigns")
    {
        for parameter in operation.said["parameters"].as_array().unwrap() {
            let (name, schema) = (parameter["name"].as_str().unwrap(), spec.resolved(&parameter["schema"]));
            let Some(most) = schema["maxLength"].as_u64().filter(|_| schema["enum"].is_null()) else {
                continue;
            };
            let ask = async |length: u64| {
                let text = "a".repeat(usize::try_from(length).unwrap());
                server.admin.get(&format!("/v1/campaigns?{name}={text}")).send().await
            };
            let (fits, too_long) = (ask(most).await, ask(most + 1).await);
            // A cursor of the right length is none of ours.
            let code = if name == "cursor" { "cursor.invalid" } else { "" };
            assert_eq!(fits.body["code"].as_str().unwrap_or_default(), code, "{name}: {fits}");
            too_long.is_problem(400, "query.invalid");
            assert_eq!(too_long.errors(), [(format!("/{name}"), "text.too_long".to_owned())], "{too_long}");
            tried.push(name.to_owned());
        }
    }
    tried.sort();
    assert_eq!(tried, ["cursor", "external_ref", "owner", "q"]);
}
