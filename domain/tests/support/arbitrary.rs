//! Arbitrary legal contents of gates and other records, made from their shapes: whatever the input checks let
//! through, rules must be able to judge.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use domain::gate::{Content, GateKey};
use domain::shape::{Form, RecordShape, Shape, json_number};
use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Few names, so that people, products and places of one list are those of another.
const NAMES: [&str; 9] =
    ["林知夏", "周可", "HY-1", "HY-2", "最佳 100%", "a", "b\nc", "🙂", "tech@heyan.example"];

/// What a draft of the gate may look like: any member may be missing, any limit reached.
pub(crate) fn content(gate: GateKey) -> impl Strategy<Value = Value> {
    value(&gate.shape()).prop_map(move |draft| legal(draft, |draft| Content::read(gate, draft, "").map(drop)))
}

/// A draft without what its reader finds at fault, such as the second of two products with one number.
pub(crate) fn legal(
    mut draft: Value,
    read: impl Fn(&Value) -> Result<(), Vec<domain::fault::Fault>>,
) -> Value {
    while let Err(faults) = read(&draft) {
        // From the last to the first, so that the places of those before stay as they are.
        for fault in faults.iter().rev() {
            let removal = json!([{ "op": "remove", "path": fault.pointer }]);
            json_patch::patch(&mut draft, &serde_json::from_value::<json_patch::Patch>(removal).unwrap())
                .unwrap();
        }
    }
    draft
}

/// A value of a shape, within its own limits.
pub(crate) fn value(shape: &Shape) -> BoxedStrategy<Value> {
    match shape {
        Shape::Text { max, form } => text(*max, *form),
        Shape::Integer { min, max, step } => integer(*min, *max, *step),
        Shape::Decimal { min, max, scale } => decimal(*min, *max, *scale),
        Shape::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Shape::Instant => instant().prop_map(Value::from).boxed(),
        Shape::Date => select(vec!["2027-03-19", "2027-03-20", "2027-03-21", "0001-01-01", "9999-12-31"])
            .prop_map(Value::from)
            .boxed(),
        Shape::Choice(choice) => select(choice.keys).prop_map(Value::from).boxed(),
        Shape::Id => Just(json!("0190a5f0-7c3b-7e11-8a43-0123456789ab")).boxed(),
        Shape::List { of, max } | Shape::Set { of, max } => {
            prop::collection::vec(value(&of()), 0..=(*max).min(4)).prop_map(Value::from).boxed()
        }
        Shape::Record(record) => object(record),
        Shape::Map(_) | Shape::Free => Just(json!({})).boxed(),
    }
}

/// Instants around the show of the standard campaign, and the first and last there are.
pub(crate) fn instant() -> impl Strategy<Value = String> {
    let around = (-130_i64..=6, prop_oneof![Just(0), -60..=60_i64]).prop_map(|(hours, seconds)| {
        let show: jiff::Timestamp = "2027-03-20T12:00:00Z".parse().unwrap();
        show.checked_add(jiff::SignedDuration::from_secs(hours * 3600 + seconds)).unwrap().to_string()
    });
    let first_and_last = select(vec!["0001-01-02T00:00:00Z", "9998-12-31T23:59:59Z", "2026-12-20T09:00:00Z"]);
    prop_oneof![9 => around, 1 => first_and_last.prop_map(str::to_owned)]
}

fn text(max: usize, form: Form) -> BoxedStrategy<Value> {
    let known = match form {
        Form::Free => NAMES.to_vec(),
        Form::Email => vec!["tech@heyan.example"],
        Form::Zone => vec!["Asia/Shanghai", "America/New_York"],
        Form::Currency => vec!["CNY", "JPY"],
        Form::Clock => vec!["22:00", "08:05"],
        Form::Region => vec!["CN-SH", "US-CA"],
    };
    let free = form == Form::Free;
    let longest = Just(Value::from("长".repeat(if free { max } else { 0 })));
    let known = select(known).prop_map(Value::from);
    if free { prop_oneof![19 => known, 1 => longest].boxed() } else { known.boxed() }
}

fn integer(min: i64, max: i64, step: i64) -> BoxedStrategy<Value> {
    let few = max.min(min + 20 * step);
    let number = prop_oneof![5 => min..=few, 2 => min..=max, 1 => Just(min), 1 => Just(max)];
    number.prop_map(move |number| Value::from(number - number.rem_euclid(step))).boxed()
}

fn decimal(min: i64, max: i64, scale: u32) -> BoxedStrategy<Value> {
    let unit = 10_i64.pow(scale);
    let number = prop_oneof![4 => min * unit..=max * unit, 1 => Just(min * unit), 1 => Just(max * unit)];
    number.prop_map(move |digits| json_number(Decimal::new(digits, scale))).boxed()
}

fn object(record: &RecordShape) -> BoxedStrategy<Value> {
    let names: Vec<&str> = record.fields.iter().map(|field| field.name).collect();
    let members: Vec<_> =
        record.fields.iter().map(|field| prop::option::weighted(0.9, value(&(field.shape)()))).collect();
    let given = move |members: Vec<Option<Value>>| {
        let given =
            names.iter().zip(members).filter_map(|(name, member)| Some(((*name).to_owned(), member?)));
        Value::Object(given.collect::<Map<String, Value>>())
    };
    members.prop_map(given).boxed()
}
