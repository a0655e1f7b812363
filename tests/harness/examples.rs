//! The standard campaign and the golden vectors.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::binary::root;

/// The gates in order.
pub const GATES: [&str; 7] = ["goal", "audience", "products", "script", "team", "warm_up", "equipment_test"];

/// The standard campaign as `{"campaign", "gates"}`.
pub fn standard() -> Value {
    let gates: Map<String, Value> = GATES.iter().map(|gate| ((*gate).to_owned(), content(gate))).collect();
    json!({ "campaign": campaign(), "gates": gates })
}

/// The fields of the standard campaign itself.
pub fn campaign() -> Value {
    read(&folder("standard").join("campaign.json"))
}

/// The standard content of a gate.
pub fn content(gate: &str) -> Value {
    read(&folder("standard").join(format!("{gate}.json")))
}

/// What is added to gate `equipment_test` on the evening itself, a little before go-live at 20:00.
pub fn recheck() -> Value {
    json!({ "recheck": {
        "checked_at": "2027-03-20T17:55:00+08:00", "checked_by": "bo@heyan.example",
        "network_ok": true, "audio_ok": true,
    } })
}

/// A document after a JSON Patch.
pub fn patched(mut document: Value, patch: &Value) -> Value {
    let patch: json_patch::Patch = serde_json::from_value(patch.clone()).unwrap();
    json_patch::patch(&mut document, &patch).unwrap();
    document
}

/// Every golden vector of a folder, ordered by file name.
pub fn vectors(name: &str) -> Vec<Value> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn folder(name: &str) -> PathBuf {
    root().join("tests/examples").join(name)
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|cause| panic!("{}: {cause}", file.display()));
    serde_json::from_str(&text).unwrap()
}
