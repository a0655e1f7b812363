//! Regions of countries by their ISO 3166-2 codes.

use serde_json::Value;

use crate::fault::{At, FaultKind, Faults};
use crate::record::Member;
use crate::scalar::Text;
use crate::shape::{Form, Shape};

/// A code of the form of ISO 3166-2, such as `CN-SH`; whether the region exists is not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Text<10>);

impl Region {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Member for Region {
    fn shape() -> Shape {
        Shape::Text { max: 10, form: Form::Region }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = Text::read(value, at, faults)?;
        if is_code(text.as_str()) {
            return Some(Self(text));
        }
        faults.add(at, FaultKind::bad_format("CN-SH (ISO 3166-2)", text.as_str()));
        None
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

/// Two capital letters, a hyphen, and one to three capital letters or digits.
fn is_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(country, part)| {
        country.len() == 2
            && country.bytes().all(|byte| byte.is_ascii_uppercase())
            && (1..=3).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}
