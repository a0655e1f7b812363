//! Texts, numbers, instants and lists with their limits in the type.

use jiff::Timestamp;
use jiff::civil;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::fault::{At, FaultKind, Faults};
use crate::record::{Member, type_name};
use crate::shape::{Form, Shape, exact, json_number};

/// A text of 1 to `MAX` Unicode scalar values after trimming; CR LF is stored as LF.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

/// A link, file id or document number.
pub type Ref = Text<300>;

/// A member's e-mail or a name, compared exactly.
pub type Person = Text<120>;

impl<const MAX: usize> Text<MAX> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> std::ops::Deref for Text<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> Member for Text<MAX> {
    fn shape() -> Shape {
        Shape::Text { max: MAX, form: Form::Free }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let whole = plain_text(value, at, faults)?.replace("\r\n", "\n");
        let text = whole.trim();
        let found = text.chars().count();
        if whole.chars().any(|c| c.is_control() && c != '\n') {
            faults.add(at, FaultKind::ForbiddenCharacter);
        } else if found == 0 {
            faults.add(at, FaultKind::EmptyText);
        } else if found > MAX {
            faults.add(at, FaultKind::TooLong { max: MAX, found });
        } else {
            return Some(Self(text.to_owned()));
        }
        None
    }

    fn write(&self) -> Value {
        Value::from(self.0.as_str())
    }
}

/// The text of a JSON string; a fault for any other type.
pub fn plain_text<'v>(value: &'v Value, at: &At<'_>, faults: &mut Faults) -> Option<&'v str> {
    let text = value.as_str();
    if text.is_none() {
        faults.add(at, FaultKind::WrongType { needed: "a text", found: type_name(value) });
    }
    text
}

/// An integer from `MIN` to `MAX`, inclusive, that is a multiple of `STEP`.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int<const MIN: i64, const MAX: i64, const STEP: i64 = 1>(i64);

/// Money in minor units (分, cents) of the campaign's currency: 0 to 10^12.
pub type Money = Int<0, 1_000_000_000_000>;

/// A count of people or things: 0 to 10^9.
pub type Count = Int<0, 1_000_000_000>;

impl<const MIN: i64, const MAX: i64, const STEP: i64> Int<MIN, MAX, STEP> {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number, for exact arithmetic with others.
    #[must_use]
    pub fn exact(self) -> Decimal {
        Decimal::from(self.0)
    }
}

impl<const MIN: i64, const MAX: i64, const STEP: i64> Member for Int<MIN, MAX, STEP> {
    fn shape() -> Shape {
        Shape::Integer { min: MIN, max: MAX, step: STEP }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let number = number_within(value, MIN, MAX, at, faults)?;
        if !number.is_integer() {
            faults.add(at, FaultKind::WrongType { needed: "an integer", found: "a number" });
            return None;
        }
        let number = i64::try_from(number).ok()?;
        if number % STEP != 0 {
            faults.add(at, FaultKind::NotMultiple { step: STEP });
            return None;
        }
        Some(Self(number))
    }

    fn write(&self) -> Value {
        Value::from(self.0)
    }
}

/// A number from `MIN` to `MAX`, inclusive, with at most `SCALE` decimals; exact, never a float.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dec<const MIN: i64, const MAX: i64, const SCALE: u32>(Decimal);

/// A percentage: 35.5 means 35.5 %.
pub type Pct = Dec<0, 100, 2>;

impl<const MIN: i64, const MAX: i64, const SCALE: u32> Dec<MIN, MAX, SCALE> {
    /// The number.
    #[must_use]
    pub const fn exact(self) -> Decimal {
        self.0
    }
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> Member for Dec<MIN, MAX, SCALE> {
    fn shape() -> Shape {
        Shape::Decimal { min: MIN, max: MAX, scale: SCALE }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let number = number_within(value, MIN, MAX, at, faults)?.normalize();
        if number.scale() > SCALE {
            faults.add(at, FaultKind::TooPrecise { decimals: SCALE });
            return None;
        }
        Some(Self(number))
    }

    fn write(&self) -> Value {
        json_number(self.0)
    }
}

fn number_within(value: &Value, min: i64, max: i64, at: &At<'_>, faults: &mut Faults) -> Option<Decimal> {
    if !value.is_number() {
        faults.add(at, FaultKind::WrongType { needed: "a number", found: type_name(value) });
        return None;
    }
    let number = exact(value);
    match number {
        Some(number) if number >= Decimal::from(min) && number <= Decimal::from(max) => Some(number),
        Some(_) | None => {
            let (min, max) = (min.to_string(), max.to_string());
            faults.add(at, FaultKind::OutOfRange { min, max, found: value.to_string() });
            None
        }
    }
}

impl Member for bool {
    fn shape() -> Shape {
        Shape::Bool
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        if value.as_bool().is_none() {
            faults.add(at, FaultKind::WrongType { needed: "a boolean", found: type_name(value) });
        }
        value.as_bool()
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

/// A point in time in whole seconds; any offset may be sent, compared as instants.
impl Member for Timestamp {
    fn shape() -> Shape {
        Shape::Instant
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = plain_text(value, at, faults)?;
        let read = parse_instant(text);
        if read.is_none() {
            faults.add(at, FaultKind::bad_format("2027-03-20T20:00:00+08:00", text));
        }
        read
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}

/// Reads RFC 3339 with an offset and whole seconds, in years 1 to 9999 of every zone.
#[must_use]
pub fn parse_instant(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 20
        && bytes[10] == b'T'
        && bytes[..19].iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            10 => true,
            13 | 16 => *b == b':',
            _ => b.is_ascii_digit(),
        });
    let offset = &bytes[19.min(bytes.len())..];
    let offset_fits = offset == b"Z" || (offset.len() == 6 && (offset[0] == b'+' || offset[0] == b'-'));
    if !shaped || !offset_fits {
        return None;
    }
    let instant: Timestamp = text.parse().ok()?;
    let year = instant.to_zoned(jiff::tz::TimeZone::UTC).year();
    (1..=9998).contains(&year).then_some(instant)
}

impl Member for civil::Date {
    fn shape() -> Shape {
        Shape::Date
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = plain_text(value, at, faults)?;
        let read = (text.len() == 10).then(|| text.parse().ok()).flatten();
        if read.is_none() {
            faults.add(at, FaultKind::bad_format("2027-03-20", text));
        }
        read
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}

/// A list of at most `MAX` elements, in an order that has a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T, const MAX: usize>(Vec<T>);

/// A list of at most `MAX` elements without duplicates, whose order has no meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> std::ops::Deref for List<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MAX: usize> std::ops::Deref for Set<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: PartialEq, const MAX: usize> Set<T, MAX> {
    /// The set without an element.
    #[must_use]
    pub fn without(mut self, gone: &T) -> Self {
        self.0.retain(|element| element != gone);
        self
    }

    /// The set with an element; a full one stays as it is.
    #[must_use]
    pub fn with(mut self, new: T) -> Self {
        if self.0.len() < MAX && !self.0.contains(&new) {
            self.0.push(new);
        }
        self
    }
}

impl<T, const MAX: usize> Default for Set<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'l, T, const MAX: usize> IntoIterator for &'l List<T, MAX> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'l, T, const MAX: usize> IntoIterator for &'l Set<T, MAX> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Member, const MAX: usize> Member for List<T, MAX> {
    fn shape() -> Shape {
        Shape::List { of: T::shape, max: MAX }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        elements(value, MAX, at, faults).map(Self)
    }

    fn write(&self) -> Value {
        self.0.iter().map(Member::write).collect()
    }

    fn is_given(&self) -> bool {
        !self.0.is_empty()
    }
}

impl<T: Member + PartialEq, const MAX: usize> Member for Set<T, MAX> {
    fn shape() -> Shape {
        Shape::Set { of: T::shape, max: MAX }
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let read: Vec<T> = elements(value, MAX, at, faults)?;
        if value.as_array().is_some_and(|values| values.len() == read.len()) {
            unique(&read, at, "", faults, Some);
        }
        Some(Self(read))
    }

    fn write(&self) -> Value {
        self.0.iter().map(Member::write).collect()
    }

    fn is_given(&self) -> bool {
        !self.0.is_empty()
    }
}

fn elements<T: Member>(value: &Value, max: usize, at: &At<'_>, faults: &mut Faults) -> Option<Vec<T>> {
    let Value::Array(values) = value else {
        faults.add(at, FaultKind::WrongType { needed: "a list", found: type_name(value) });
        return None;
    };
    if values.len() > max {
        faults.add(at, FaultKind::TooMany { max, found: values.len() });
        return None;
    }
    Some(values.iter().enumerate().filter_map(|(i, value)| T::read(value, &at.index(i), faults)).collect())
}

/// Reports every element whose key an earlier element has; `name` is the member that holds the key.
pub fn unique<'e, T, K: PartialEq>(
    elements: &'e [T],
    at: &At<'_>,
    name: &str,
    faults: &mut Faults,
    key: impl Fn(&'e T) -> Option<K>,
) {
    let keys: Vec<Option<K>> = elements.iter().map(key).collect();
    for (i, own) in keys.iter().enumerate().filter(|(_, own)| own.is_some()) {
        if let Some(first) = keys[..i].iter().position(|earlier| earlier == own) {
            let (here, there) = (at.index(i), at.index(first));
            let (here, there) = if name.is_empty() {
                (here.to_string(), there.to_string())
            } else {
                (here.member(name).to_string(), there.member(name).to_string())
            };
            faults.add(&At::root(&here), FaultKind::Duplicate { first: there });
        }
    }
}
