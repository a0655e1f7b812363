//! Our canonical JSON is that of RFC 8785, as another project's writer has it.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use domain::canonical::canonical;
use domain::shape::json_number;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn held_together(value: &Value) {
    let witness = serde_json_canonicalizer::to_vec(value).unwrap();
    assert_eq!(String::from_utf8(canonical(value)).unwrap(), String::from_utf8(witness).unwrap());
}

#[test]
fn the_standard_contents_are_written_as_the_witness_writes_them() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/examples/standard");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            held_together(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap());
            seen += 1;
        }
    }
    assert_eq!(seen, 8);
}

#[test]
fn names_are_sorted_by_their_utf_16_units() {
    // U+E000 sorts before U+1F600 as UTF-8, behind it as UTF-16.
    held_together(&json!({"\u{e000}": 1, "\u{1f600}": 2, "b": {"z": 1, "a": [1, {"y": 0, "x": 0}]}, "a": 3}));
    assert_eq!(canonical(&json!({"b": 1, "a": 2})), br#"{"a":2,"b":1}"#);
}

fn number() -> impl Strategy<Value = Value> {
    (-1_000_000_000_000_i64..1_000_000_000_000, 0_u32..=4)
        .prop_map(|(digits, scale)| json_number(Decimal::new(digits, scale)))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| members.into_iter().collect::<Value>())
        ]
    })
}

proptest! {
    #[test]
    fn every_value_is_written_as_the_witness_writes_it(value in value()) {
        held_together(&value);
    }
}
