//! How ready a campaign is, from nothing to go-live, as readers see it.

use harness::examples::{GATES, standard};
use harness::{Cast, Setup, Show};
use serde_json::{Value, json};

const NOW: &str = "2027-03-20T17:00:00+08:00";

/// In hundredths, so that adding is exact.
fn hundredths(points: &Value) -> i64 {
    let points = points.as_f64().unwrap() * 100.0;
    assert!((points - points.round()).abs() < 1e-6, "{points}");
    format!("{points:.0}").parse().unwrap()
}

/// Checks that the losses explain the score, and answers it.
fn explained(readiness: &Value) -> i64 {
    let losses = readiness["losses"].as_array().unwrap();
    let missing: i64 = losses.iter().map(|loss| hundredths(&loss["points"])).sum();
    let score = hundredths(&readiness["score"]);
    assert_eq!(score + missing, 10_000, "{readiness:#}");
    for loss in losses {
        assert!(!loss["what"].as_str().unwrap().is_empty(), "{loss:#}");
        let of_kind = match loss["kind"].as_str().unwrap() {
            "finding" => &loss["rule"],
            "item" => &loss["item"],
            "status" => &loss["status"],
            other => panic!("{other}"),
        };
        assert!(of_kind.is_string(), "{loss:#}");
    }
    score
}

#[tokio::test]
async fn the_score_grows_from_gate_to_gate_until_nothing_is_missing() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    let read = || async { show_readiness(&show, &cast).await };
    let mut before = explained(&read().await);
    for gate in GATES {
        show.pass(&cast, gate).await;
        let readiness = read().await;
        let after = explained(&readiness);
        assert!(after > before, "{gate}: {before} to {after}");
        before = after;
    }
    let ready = read().await;
    assert_eq!(ready["score"], json!(100), "{ready:#}");
    assert_eq!((&ready["losses"], &ready["top_blockers"]), (&json!([]), &json!([])));
    assert_eq!((&ready["critical_gate"], &ready["slack_hours"]), (&Value::Null, &Value::Null));
    assert_eq!((&ready["gates_passed"], &ready["gates_total"]), (&json!(7), &json!(7)));
}

async fn show_readiness(show: &Show, cast: &Cast) -> Value {
    cast.viewer.client.get(&show.path("/readiness")).expect(200).await.body
}

#[tokio::test]
async fn a_complete_campaign_that_nobody_reviewed_lacks_items_and_reviews() {
    let server = Setup::sandbox(NOW).start().await;
    let mut body = standard();
    body["now"] = json!(NOW);
    let ask = |body: &Value| {
        server.admin.post("/v1/evaluations", body).header("accept-language", "zh-CN").expect(200)
    };
    let readiness = ask(&body).await.body["readiness"].clone();
    assert_eq!(explained(&readiness), 5800, "seven gates lack 2 points of items and 4 of their review");
    assert_eq!(readiness["critical_gate"], "goal");
    assert_eq!(readiness["slack_hours"], json!(-503), "due 02-27 18:00, which is 20 days and 23 hours ago");
    let first = &readiness["top_blockers"][0];
    assert_eq!((&first["gate"], &first["kind"]), (&json!("goal"), &json!("item")), "{first:#}");
    assert!(!first["what"].as_str().unwrap().is_ascii(), "{first:#}");
    body["gates"]["goal"]["gmv_target"] = json!(1);
    let readiness = ask(&body).await.body["readiness"].clone();
    assert_eq!(readiness["top_blockers"][0]["rule"], "goal.gmv_adds_up", "{readiness:#}");
    assert!(explained(&readiness) < 5800);
}
