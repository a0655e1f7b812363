//! The golden vectors of staleness on real, approved campaigns.

use harness::examples::{GATES, patched, standard, vectors};
use harness::{Cast, Client, Setup, Show};
use serde_json::{Value, json};

/// One approved campaign of each playbook, changed and changed back by every vector.
#[tokio::test]
async fn golden_vectors_of_staleness_hold_on_approved_campaigns() {
    let server = Setup::sandbox("2027-03-20T17:00:00+08:00").start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let vectors = vectors("staleness");
    assert_eq!(vectors.len(), 30);
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for playbook in ["standard", "fast", "daily"] {
        let room = &standard()["campaign"]["room_ref"];
        let account = &standard()["campaign"]["account_ref"];
        let changes = json!({
            "playbook": playbook, "external_ref": playbook, "room_ref": room, "account_ref": account,
        });
        let show = Show::standard(lead, &changes).await;
        show.pass_all(&cast).await;
        for vector in vectors.iter().filter(|vector| vector["playbook"] == playbook) {
            seen += 1;
            let base = standard();
            let changed = patched(base.clone(), &vector["patch"]);
            rewrite(&show, lead, &base, &changed).await;
            wrong.extend(differences(&show, lead, vector).await);
            rewrite(&show, lead, &changed, &base).await;
            let restored = show.statuses(lead).await;
            if restored != ["passed"; 7] {
                wrong.push(format!("{}: after its undo {restored:?}", vector["name"]));
            }
        }
        // Its people and goods are needed for the next.
        cast.bo.client.post(&show.path("/cancel"), &json!({})).expect(200).await;
    }
    assert_eq!(seen, vectors.len(), "every vector names a playbook we have");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Writes what differs between two documents.
async fn rewrite(show: &Show, who: &Client, from: &Value, to: &Value) {
    let empty = serde_json::Map::new();
    let before = from["campaign"].as_object().unwrap_or(&empty);
    let changed =
        to["campaign"].as_object().unwrap().iter().filter(|(name, value)| before.get(*name) != Some(value));
    let patch: serde_json::Map<String, Value> =
        changed.map(|(name, value)| (name.clone(), value.clone())).collect();
    if !patch.is_empty() {
        show.amend(who, &Value::Object(patch)).await;
    }
    for gate in GATES.iter().filter(|gate| from["gates"][**gate] != to["gates"][**gate]) {
        show.fill(who, gate, &to["gates"][*gate]).await;
    }
}

/// What differs from the expectation of a vector.
async fn differences(show: &Show, who: &Client, vector: &Value) -> Vec<String> {
    let expect = &vector["expect"];
    let facets: Vec<&str> =
        expect["facets"].as_array().unwrap().iter().map(|facet| facet.as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    for gate in GATES {
        let view = show.gate(who, gate).await;
        let stale = &view["stale"];
        let got = stale["effect"].as_str().unwrap_or("none");
        let expected = match expect[gate].as_str().unwrap() {
            "notify" => "none",
            other => other,
        };
        let status = if expected == "none" { "passed" } else { "stale" };
        if (got, view["status"].as_str().unwrap()) != (expected, status) {
            wrong.push(format!(
                "{}: {gate} is {} by {got}, not {status} by {expected}",
                vector["name"], view["status"]
            ));
        }
        for facet in stale["facets"].as_array().into_iter().flatten() {
            if !facets.contains(&facet["facet"].as_str().unwrap()) {
                wrong.push(format!("{}: {gate} lists {facet}, which did not change", vector["name"]));
            }
        }
        let single = facets.len() == 1 && status == "stale";
        if single && stale["facets"][0] != json!({ "facet": facets[0], "effect": expected }) {
            wrong.push(format!("{}: {gate} lists {}", vector["name"], stale["facets"]));
        }
    }
    wrong
}
