//! Canonical JSON (RFC 8785) of the values that digests are taken over. Written here because every command needs
//! it often and the library copies every object to sort it, at ten times the cost; tests hold the two together.

use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The canonical JSON of a value whose numbers are whole, or have at most six decimals and stay below 10^15:
/// within these bounds a number is written as RFC 8785 demands. Ours all are.
#[must_use]
pub fn canonical(value: &Value) -> Vec<u8> {
    // Writing a `Value` into memory does not fail.
    serde_json::to_vec(&Sorted(value)).unwrap_or_default()
}

/// Writes objects with their members in order of UTF-16 code units.
struct Sorted<'v>(&'v Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => {
                let mut members: Vec<(&String, &Value)> = map.iter().collect();
                members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
                let mut object = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    object.serialize_entry(name, &Sorted(value))?;
                }
                object.end()
            }
            Value::Array(elements) => {
                let mut list = serializer.serialize_seq(Some(elements.len()))?;
                for element in elements {
                    list.serialize_element(&Sorted(element))?;
                }
                list.end()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                self.0.serialize(serializer)
            }
        }
    }
}
