//! The CRM's own members of a campaign, kept as sent.

use serde_json::{Map, Value};

use crate::fault::{At, FaultKind, Faults};
use crate::record::{Member, type_name};
use crate::scalar::Text;
use crate::shape::{MapShape, Shape};

/// Most members.
const MOST_MEMBERS: usize = 50;

/// The CRM's own members: at most 50, with texts, numbers, booleans or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(pub Map<String, Value>);

impl Member for Metadata {
    fn shape() -> Shape {
        Shape::Map(MapShape { max: MOST_MEMBERS, max_name: 80, max_text: 500, any_scalar: true })
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let Value::Object(map) = value else {
            faults.add(at, FaultKind::WrongType { needed: "an object", found: type_name(value) });
            return None;
        };
        if map.len() > MOST_MEMBERS {
            faults.add(at, FaultKind::TooMany { max: MOST_MEMBERS, found: map.len() });
        }
        for (name, value) in map {
            let here = at.member(name);
            Text::<80>::read(&Value::from(name.as_str()), &here, faults);
            match value {
                Value::String(_) => drop(Text::<500>::read(value, &here, faults)),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
                Value::Array(_) | Value::Object(_) => {
                    faults.add(&here, FaultKind::WrongType { needed: "a text", found: type_name(value) });
                }
            }
        }
        Some(Self(map.clone()))
    }

    fn write(&self) -> Value {
        Value::Object(self.0.clone())
    }
}
