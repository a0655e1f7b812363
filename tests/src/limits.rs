//! Limits that only several steps could exceed: a patch that doubles its document, metadata that grows.

use std::time::{Duration, Instant};

use harness::examples::content;
use harness::{Cast, Setup, Show};
use reqwest::Method;
use serde_json::{Map, Value, json};

const NOW: &str = "2027-02-27T10:00:00+08:00";

#[tokio::test]
async fn a_patch_that_doubles_the_document_again_and_again_is_refused_quickly() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({ "gates": { "goal": content("goal") } })).await;
    let before = show.gate(lead, "goal").await;
    let doubling = |number: u8| json!({ "op": "copy", "from": "", "path": format!("/copy_{number}") });
    let operations: Value = (0..26).map(doubling).collect();
    let path = show.gate_path("goal", "/content");
    let call = lead.call(Method::PATCH, &path).raw("application/json-patch+json", operations.to_string());
    let since = Instant::now();
    let answer = call.if_match(&show.tag(lead, "goal").await).send().await;
    assert_eq!(answer.status, 422, "{answer}");
    assert!(since.elapsed() < Duration::from_secs(5), "it took {:?}", since.elapsed());
    lead.get("/readyz").expect(200).await;
    assert_eq!(show.gate(lead, "goal").await, before, "a refused patch changed something");
}

/// A patch with so many new members of metadata.
fn members(patch: &str, count: usize) -> Value {
    let members: Map<String, Value> =
        (0..count).map(|number| (format!("{patch}_{number}"), json!(number))).collect();
    json!({ "metadata": members })
}

#[tokio::test]
async fn metadata_grows_to_fifty_members_and_null_clears_it() {
    let server = Setup::sandbox(NOW).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    for patch in ["a", "b", "c", "d"] {
        show.amend(lead, &members(patch, 12)).await;
    }
    show.amend(lead, &members("e", 2)).await;
    let full = show.view(lead).await["metadata"].clone();
    assert_eq!(full.as_object().unwrap().len(), 50);
    let tag = lead.get(&show.path("")).expect(200).await.tag();
    let one_more = lead.patch(&show.path(""), &members("f", 1)).if_match(&tag);
    let refused = one_more.refused(422, "request.invalid").await;
    assert_eq!(refused.errors().len(), 1, "{refused}");
    assert_eq!(refused.errors()[0].0, "/metadata");
    assert_eq!(show.view(lead).await["metadata"], full);
    let replaced = json!({ "metadata": { "a_0": null, "f_0": 1 } });
    show.amend(lead, &replaced).await;
    assert_eq!(show.view(lead).await["metadata"].as_object().unwrap().len(), 50);
    show.amend(lead, &json!({ "metadata": null })).await;
    assert_eq!(show.view(lead).await["metadata"], json!({}));
}
