//! What a value may look like: types, limits, labels. One description serves reading, completeness,
//! digests, and the published schema, so that no limit is written twice.

use rust_decimal::Decimal;

use crate::locale::Bilingual;

/// The shape of one JSON value.
#[derive(Clone, Debug)]
pub enum Shape {
    /// 1 to `max` Unicode scalar values after trimming; no control characters but line feed.
    Text { max: usize, form: Form },
    /// An integer within limits, inclusive; a multiple of `step`.
    Integer { min: i64, max: i64, step: i64 },
    /// A number within limits, inclusive, with at most `scale` decimals.
    Decimal { min: i64, max: i64, scale: u32 },
    /// `true` or `false`.
    Bool,
    /// RFC 3339 with an offset, whole seconds.
    Instant,
    /// `YYYY-MM-DD`.
    Date,
    /// One of the listed keys.
    Choice(ChoiceShape),
    /// A UUID.
    Id,
    /// A list whose order has a meaning.
    List { of: fn() -> Shape, max: usize },
    /// A list without duplicates whose order has no meaning.
    Set { of: fn() -> Shape, max: usize },
    /// An object with named fields and no others.
    Record(RecordShape),
    /// An object with members of the caller's own.
    Map(MapShape),
    /// Any JSON object; its own reader checks it.
    Free,
}

/// What a text must look like beyond its length.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// As people write it.
    Free,
    /// An e-mail address.
    Email,
    /// The IANA name of a time zone.
    Zone,
    /// Three capital letters.
    Currency,
    /// Hours and minutes of a day, `22:00`.
    Clock,
    /// Two capital letters, a hyphen, and one to three capital letters or digits.
    Region,
}

/// The shape of a closed list of keys.
#[derive(Copy, Clone, Debug)]
pub struct ChoiceShape {
    /// Name of the type in the published schema.
    pub name: &'static str,
    /// What is chosen.
    pub doc: &'static str,
    /// The keys in the order of the domain page.
    pub keys: &'static [&'static str],
    /// What each key means, in the same order.
    pub meanings: &'static [&'static str],
}

/// The shape of an object whose members the caller names.
#[derive(Copy, Clone, Debug)]
pub struct MapShape {
    /// Most members.
    pub max: usize,
    /// Most characters of a name.
    pub max_name: usize,
    /// Most characters of a text.
    pub max_text: usize,
    /// Whether numbers, booleans and `null` may stand beside texts.
    pub any_scalar: bool,
}

/// The shape of an object.
#[derive(Copy, Clone, Debug)]
pub struct RecordShape {
    /// Name of the type in the published schema.
    pub name: &'static str,
    /// What the object means.
    pub doc: &'static str,
    /// Whether it is refused where a required field is missing; drafts may miss anything.
    pub whole: bool,
    /// Its fields in the order of the domain page.
    pub fields: &'static [Field],
}

/// One field of an object.
#[derive(Copy, Clone, Debug)]
pub struct Field {
    /// Member name in JSON.
    pub name: &'static str,
    /// Whether the object is incomplete without it.
    pub required: bool,
    /// Whether `null` may be sent for it, which means the same as leaving it out, or removes it.
    pub removable: bool,
    /// What people call it.
    pub label: Bilingual,
    /// What it means.
    pub doc: &'static str,
    /// What its value may look like.
    pub shape: fn() -> Shape,
}

impl Shape {
    /// The field called `name`, if this shape is an object that has it.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        match self {
            Self::Record(record) => record.fields.iter().find(|field| field.name == name),
            Self::Text { .. }
            | Self::Integer { .. }
            | Self::Decimal { .. }
            | Self::Bool
            | Self::Instant
            | Self::Date
            | Self::Choice(_)
            | Self::Id
            | Self::List { .. }
            | Self::Set { .. }
            | Self::Map(_)
            | Self::Free => None,
        }
    }
}

/// Reads a JSON number exactly; `None` when it is no number or has more digits than we keep.
#[must_use]
pub fn exact(value: &serde_json::Value) -> Option<Decimal> {
    let serde_json::Value::Number(number) = value else { return None };
    let text = number.to_string();
    if text.contains(['e', 'E']) { Decimal::from_scientific(&text).ok() } else { text.parse().ok() }
}

/// Writes a number without trailing zeros: 35.50 becomes 35.5.
#[must_use]
pub fn json_number(number: Decimal) -> serde_json::Value {
    let text = number.normalize().to_string();
    serde_json::from_str(&text).unwrap_or(serde_json::Value::Null)
}
