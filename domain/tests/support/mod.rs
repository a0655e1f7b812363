//! The example campaign and the golden vectors, as every test of the domain reads them.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::fs;
use std::path::PathBuf;

use domain::gate::GateKey;
use serde_json::{Value, json};

/// The standard campaign as one document.
pub(crate) fn standard() -> Value {
    let gate =
        |gate: &GateKey| (gate.key().to_owned(), read(&examples().join(format!("standard/{gate}.json"))));
    let gates: Value = GateKey::ALL.iter().map(gate).collect();
    json!({ "campaign": read(&examples().join("standard/campaign.json")), "gates": gates })
}

/// A document after a JSON Patch.
pub(crate) fn patched(mut document: Value, patch: &Value) -> Value {
    let patch: json_patch::Patch = serde_json::from_value(patch.clone()).unwrap();
    json_patch::patch(&mut document, &patch).unwrap();
    document
}

/// Every golden vector of a folder, ordered by file name.
pub(crate) fn vectors(folder: &str) -> Vec<Value> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(examples().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(read).collect()
}

fn read(file: &PathBuf) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
    serde_json::from_str(&text).unwrap()
}

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples")
}
