//! A whole campaign as one document: what it is read into, and where its faults point.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod support;

use domain::document::campaign;
use domain::gate::{Contents, GateKey, Goal};
use serde_json::{Value, json};
use support::{patched, standard, vectors};

fn faults(patch: Value) -> Vec<(String, &'static str)> {
    let faults = campaign(&patched(standard(), &patch)).unwrap_err();
    faults.into_iter().map(|fault| (fault.pointer, fault.kind.code())).collect()
}

#[test]
fn a_document_without_gates_is_a_campaign_with_empty_gates() {
    let read = campaign(&json!({ "campaign": standard()["campaign"] })).unwrap();
    assert_eq!(read.contents, Contents::default());
    assert!(read.id.0.is_nil());
    assert_eq!(read.profile.room_ref, "杭州直播基地 3 号间");
}

#[test]
fn every_gate_of_the_document_is_read() {
    let read = campaign(&standard()).unwrap();
    for gate in GateKey::ALL {
        assert_ne!(read.contents.write(*gate), json!({}), "{gate}");
    }
    let without =
        campaign(&patched(standard(), &json!([{ "op": "remove", "path": "/gates/goal" }]))).unwrap();
    assert_eq!(without.contents, Contents { goal: Goal::default(), ..read.contents });
}

#[test]
fn faults_point_into_the_document() {
    let unknown = |path: &str| json!([{ "op": "add", "path": path, "value": 1 }]);
    for path in ["/gate", "/gates/goals", "/gates/goal/fame", "/campaign/title"] {
        assert_eq!(faults(unknown(path)), [(path.to_owned(), "field.unknown")]);
    }
    let limits = json!([
        { "op": "replace", "path": "/campaign/planned_minutes", "value": 0 },
        { "op": "replace", "path": "/gates/products/skus/0/cost", "value": -1 },
    ]);
    assert_eq!(
        faults(limits),
        [
            ("/campaign/planned_minutes".to_owned(), "number.out_of_range"),
            ("/gates/products/skus/0/cost".to_owned(), "number.out_of_range"),
        ]
    );
}

#[test]
fn a_campaign_needs_all_its_own_fields() {
    assert_eq!(
        faults(json!([{ "op": "remove", "path": "/campaign/room_ref" }])),
        [("/campaign/room_ref".to_owned(), "field.required")]
    );
    let empty = campaign(&json!({})).unwrap_err();
    assert_eq!(empty.len(), 10, "every field but the external reference");
    assert_eq!(empty[0].pointer, "/campaign/name");
}

#[test]
fn every_golden_vector_is_a_document() {
    for vector in vectors("findings").iter().chain(&vectors("staleness")) {
        assert!(campaign(&patched(standard(), &vector["patch"])).is_ok(), "{}", vector["name"]);
    }
}

#[test]
fn a_content_larger_than_a_mebibyte_is_refused_at_its_gate() {
    let talk = |characters: usize| "今".repeat(characters);
    let row =
        |characters: usize| json!({ "start_seconds": 0, "kind": "product", "talk_track": talk(characters) });
    let script = |rows: usize| json!({ "rows": vec![row(4_000); rows] });
    let body =
        |rows: usize| json!({ "campaign": standard()["campaign"], "gates": { "script": script(rows) } });
    assert!(domain::document::campaign(&body(86)).is_ok());
    let faults = domain::document::campaign(&body(400)).unwrap_err();
    let told: Vec<(&str, &str)> =
        faults.iter().map(|fault| (fault.pointer.as_str(), fault.kind.code())).collect();
    assert_eq!(told, [("/gates/script", "content.too_large")]);
}
