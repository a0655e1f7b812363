//! Which required fields are missing. What follows from that, and for whom, is not decided here.

use serde_json::Value;

use crate::fault::At;
use crate::locale::Bilingual;
use crate::shape::Shape;

/// A required field that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// RFC 6901 pointer of the field.
    pub pointer: String,
    /// What people call it.
    pub label: Bilingual,
}

/// The required fields that are missing in `value`, in the order of the domain page, each list element and
/// object with its own after it; pointers start with `pointer`. An absent object lacks itself, not its members.
#[must_use]
pub fn missing(shape: &Shape, value: &Value, pointer: &str) -> Vec<Missing> {
    let mut found = Vec::new();
    collect(shape, value, &At::root(pointer), &mut found);
    found
}

fn collect(shape: &Shape, value: &Value, at: &At<'_>, found: &mut Vec<Missing>) {
    match shape {
        Shape::Record(record) => {
            for field in record.fields {
                let here = at.member(field.name);
                match value.get(field.name) {
                    Some(given) if is_given(given) => collect(&(field.shape)(), given, &here, found),
                    Some(_) | None if field.required => {
                        found.push(Missing { pointer: here.to_string(), label: field.label });
                    }
                    Some(_) | None => {}
                }
            }
        }
        Shape::List { of, .. } | Shape::Set { of, .. } => {
            let of = of();
            for (index, element) in value.as_array().into_iter().flatten().enumerate() {
                collect(&of, element, &at.index(index), found);
            }
        }
        Shape::Text { .. }
        | Shape::Integer { .. }
        | Shape::Decimal { .. }
        | Shape::Bool
        | Shape::Instant
        | Shape::Date
        | Shape::Choice(_)
        | Shape::Id
        | Shape::Map(_)
        | Shape::Free => {}
    }
}

fn is_given(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(elements) => !elements.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => true,
    }
}
