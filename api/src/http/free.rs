//! Values whose inside is somebody else's: a playbook overlay on trial, results of a show.

use domain::fault::{At, FaultKind, Faults};
use domain::record::{Member, type_name};
use domain::shape::Shape;
use serde_json::{Map, Value};

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
