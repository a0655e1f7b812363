//! Values whose inside is somebody else's: the CRM's metadata, a playbook overlay on trial, results of a show.

use domain::fault::{At, FaultKind, Faults};
use domain::record::{Member, type_name};
use domain::scalar::Text;
use domain::shape::Shape;
use serde_json::{Map, Value};

/// Most members of metadata.
const MOST_METADATA: usize = 50;

/// The CRM's own members: at most 50, with texts, numbers, booleans or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata(pub Map<String, Value>);

impl Member for Metadata {
    fn shape() -> Shape {
        Shape::Map { max: MOST_METADATA }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let map = object(value, at, faults)?;
        if map.len() > MOST_METADATA {
            faults.add(at, FaultKind::TooMany { max: MOST_METADATA, found: map.len() });
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

/// An object that is read elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnyObject(pub Map<String, Value>);

impl Member for AnyObject {
    fn shape() -> Shape {
        Shape::Free
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        object(value, at, faults).cloned().map(Self)
    }

    fn write(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

fn object<'v>(value: &'v Value, at: &At<'_>, faults: &mut Faults) -> Option<&'v Map<String, Value>> {
    let map = value.as_object();
    if map.is_none() {
        faults.add(at, FaultKind::WrongType { needed: "an object", found: type_name(value) });
    }
    map
}
