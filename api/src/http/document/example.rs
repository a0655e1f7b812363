//! Examples of views, put together from those of their parts.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::{Content, RefOr, Schema};

/// Takes the example of the view where the operation gives none of its own.
pub(super) fn give_example(content: &mut Content, schemas: &BTreeMap<String, RefOr<Schema>>) {
    if content.example.is_none() && content.examples.is_empty() {
        content.example = content.schema.as_ref().and_then(|schema| example(schema, schemas));
    }
}

/// The example of a schema: its own, or one put together from those of its parts.
fn example(schema: &RefOr<Schema>, schemas: &BTreeMap<String, RefOr<Schema>>) -> Option<Value> {
    let schema = match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            return example(schemas.get(name)?, schemas);
        }
        RefOr::T(schema) => serde_json::to_value(schema).ok()?,
    };
    of_json(&schema, schemas)
}

pub(super) fn of_json(schema: &Value, schemas: &BTreeMap<String, RefOr<Schema>>) -> Option<Value> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return example(schemas.get(reference.rsplit('/').next()?)?, schemas);
    }
    if let Some(own) = schema.get("example").or_else(|| schema.get("examples")?.get(0)) {
        return Some(own.clone());
    }
    if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
        return choices
            .iter()
            .find_map(|choice| of_json(choice, schemas).filter(|example| !example.is_null()));
    }
    let own = schema.get("type")?;
    match own.as_str().or_else(|| own.get(0)?.as_str())? {
        "object" => {
            let members = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            Some(Value::Object(
                members
                    .filter_map(|(name, member)| Some((name.clone(), of_json(member, schemas)?)))
                    .collect(),
            ))
        }
        "array" => Some(json!([of_json(schema.get("items")?, schemas)?])),
        "string" => Some(of_text(schema)),
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or_else(|| json!(1))),
        "boolean" => Some(json!(true)),
        _ => Some(Value::Null),
    }
}

fn of_text(schema: &Value) -> Value {
    match (schema.get("enum").and_then(|keys| keys.get(0)), schema.get("format").and_then(Value::as_str)) {
        (Some(key), _) => key.clone(),
        (None, Some("uuid")) => json!("01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d"),
        (None, Some("date-time")) => json!("2027-03-20T20:00:00+08:00"),
        (None, Some("date")) => json!("2027-03-20"),
        (None, Some("email")) => json!("mu.li@heyan.example"),
        (None, Some(_) | None) => json!("text"),
    }
}
