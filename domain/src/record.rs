//! Typed objects read from JSON. `record!` and `choices!` turn the tables of the domain page into types that
//! know their limits, labels and required fields; nothing else in the project repeats them.

use serde_json::{Map, Value};

use crate::fault::{At, FaultKind, Faults};
use crate::shape::{ChoiceShape, Field, Shape};

/// A value that can stand in a record.
pub trait Member: Sized {
    /// What it may look like.
    fn shape() -> Shape;

    /// Reads it, reporting every fault; `None` if it could not be read.
    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self>;

    /// Its normal form in JSON: text trimmed, instants in UTC, numbers without trailing zeros.
    fn write(&self) -> Value;

    /// Whether there is anything in it: an empty list counts as missing.
    fn is_given(&self) -> bool {
        true
    }
}

/// An object with named fields.
pub trait Record: Member {
    /// Name of the type in the published schema.
    const NAME: &'static str;

    /// Its fields, in the order of the domain page.
    fn fields() -> &'static [Field];
}

/// A value out of a closed list.
pub trait Choice: Member {
    /// The list.
    const CHOICE: ChoiceShape;
}

/// Reads a whole document as `T`.
///
/// # Errors
/// The first shape error, or every violated limit.
pub fn read<T: Member>(value: &Value, prefix: &str) -> Result<T, Vec<crate::fault::Fault>> {
    let mut faults = Faults::default();
    let read = T::read(value, &At::root(prefix), &mut faults);
    match read {
        Some(read) => faults.or(read),
        None => Err(faults.to_report()),
    }
}

/// Reads a request body: as [`read`], and every required field must be there.
///
/// # Errors
/// The first shape error, or every violated limit and missing field.
pub fn read_body<T: Record>(value: &Value) -> Result<T, Vec<crate::fault::Fault>> {
    let mut faults = Faults::default();
    let root = At::root("");
    let read = T::read(value, &root, &mut faults);
    if let Value::Object(map) = value {
        for field in T::fields().iter().filter(|field| field.required) {
            if map.get(field.name).is_none_or(Value::is_null) {
                faults.add(&root.member(field.name), FaultKind::Required);
            }
        }
    }
    match read {
        Some(read) => faults.or(read),
        None => Err(faults.to_report()),
    }
}

/// The object at hand with only known members; used by `record!`.
pub fn object<'v>(
    value: &'v Value,
    at: &At<'_>,
    fields: &'static [Field],
    faults: &mut Faults,
) -> Option<&'v Map<String, Value>> {
    let Value::Object(map) = value else {
        faults.add(at, FaultKind::WrongType { needed: "an object", found: type_name(value) });
        return None;
    };
    for name in map.keys() {
        if !fields.iter().any(|field| field.name == name) {
            if faults.has_shape() {
                break;
            }
            let nearest = nearest(name, fields.iter().map(|field| field.name));
            faults.add(&at.member(name), FaultKind::UnknownMember { nearest });
        }
    }
    Some(map)
}

/// One member of an object; absent and `null` are both missing. Used by `record!`.
pub fn member<T: Member>(
    map: &Map<String, Value>,
    name: &'static str,
    at: &At<'_>,
    faults: &mut Faults,
) -> Option<T> {
    match map.get(name) {
        None | Some(Value::Null) => None,
        Some(value) => T::read(value, &at.member(name), faults),
    }
}

/// The name of a member in JSON: a field called `r#ref` in Rust is `ref` there. Used by `record!`.
#[must_use]
pub const fn member_name(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', plain @ ..] => match std::str::from_utf8(plain) {
            Ok(plain) => plain,
            Err(_) => field,
        },
        _ => field,
    }
}

/// How JSON calls the type of a value, in words.
#[must_use]
pub const fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The known name most like `name`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    // What is longer or shorter by more than may differ is not compared: a name may be as long as a body.
    let length = name.chars().count();
    known
        .filter(|candidate| length.abs_diff(candidate.len()) <= 1 + candidate.len() / 4)
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// Defines objects: `field: Type, yes|no|kept, "English label", "中文";` where yes means required, and kept that a
/// change may leave it out but not remove it. `sent whole` says that it is refused where a required field is missing,
/// other than a draft.
#[macro_export]
macro_rules! record {
    (@required yes) => { true };
    (@required no) => { false };
    (@required kept) => { false };
    (@whole) => { false };
    (@whole whole) => { true };
    (@removable yes) => { true };
    (@removable no) => { true };
    (@removable kept) => { false };
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis struct $name:ident $(sent $whole:ident)? $(checked by $check:path)? {
            $( $(#[doc = $about:literal])* $field:ident : $ty:ty, $required:ident, $en:literal, $zh:literal; )*
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        $vis struct $name {
            $( $(#[doc = $about])* pub $field: Option<$ty>, )*
        }

        impl $crate::record::Record for $name {
            const NAME: &'static str = stringify!($name);

            fn fields() -> &'static [$crate::shape::Field] {
                const FIELDS: &[$crate::shape::Field] = &[
                    $( $crate::shape::Field {
                        name: $crate::record::member_name(stringify!($field)),
                        required: $crate::record!(@required $required),
                        removable: $crate::record!(@removable $required),
                        label: $crate::locale::both($en, $zh),
                        doc: concat!("" $(, $about)*),
                        shape: <$ty as $crate::record::Member>::shape,
                    }, )*
                ];
                FIELDS
            }
        }

        impl $crate::record::Member for $name {
            fn shape() -> $crate::shape::Shape {
                $crate::shape::Shape::Record($crate::shape::RecordShape {
                    name: stringify!($name),
                    doc: concat!("" $(, $doc)*),
                    whole: $crate::record!(@whole $($whole)?),
                    fields: <Self as $crate::record::Record>::fields(),
                })
            }

            fn read(
                value: &serde_json::Value,
                at: &$crate::fault::At<'_>,
                faults: &mut $crate::fault::Faults,
            ) -> Option<Self> {
                let map = $crate::record::object(
                    value, at, <Self as $crate::record::Record>::fields(), faults,
                )?;
                let read = Self {
                    $( $field: $crate::record::member(
                        map, $crate::record::member_name(stringify!($field)), at, faults,
                    ), )*
                };
                $( $check(&read, at, faults); )?
                Some(read)
            }

            fn write(&self) -> serde_json::Value {
                let mut map = serde_json::Map::new();
                $(
                    if let Some(value) = &self.$field {
                        let name = $crate::record::member_name(stringify!($field));
                        map.insert(name.to_owned(), $crate::record::Member::write(value));
                    }
                )*
                serde_json::Value::Object(map)
            }

            fn is_given(&self) -> bool {
                true
            }
        }
    )*};
}

/// Defines closed lists of keys: `Name = "key", "English", "中文";`.
#[macro_export]
macro_rules! choices {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident {
            $( $(#[doc = $about:literal])* $variant:ident = $key:literal, $en:literal, $zh:literal; )*
        }
    )*) => {$(
        $(#[doc = $doc])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $( #[doc = concat!($en $(, $about)*)] $variant, )*
        }

        impl $name {
            /// Every value, in the order of the domain page.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The key of every value, in the same order.
            pub const KEYS: &'static [&'static str] = &[$( $key, )*];

            /// The key in JSON.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $( Self::$variant => $key, )* }
            }

            /// What people call it.
            #[must_use]
            pub const fn label(self) -> $crate::locale::Bilingual {
                match self { $( Self::$variant => $crate::locale::both($en, $zh), )* }
            }

            /// The value of a key.
            #[must_use]
            pub fn of_key(key: &str) -> Option<Self> {
                match key { $( $key => Some(Self::$variant), )* _ => None }
            }
        }

        impl $crate::record::Choice for $name {
            const CHOICE: $crate::shape::ChoiceShape = $crate::shape::ChoiceShape {
                name: stringify!($name),
                doc: concat!("" $(, $doc)*),
                keys: Self::KEYS,
                meanings: &[$( concat!($en $(, $about)*), )*],
            };
        }

        impl $crate::record::Member for $name {
            fn shape() -> $crate::shape::Shape {
                $crate::shape::Shape::Choice(<Self as $crate::record::Choice>::CHOICE)
            }

            fn read(
                value: &serde_json::Value,
                at: &$crate::fault::At<'_>,
                faults: &mut $crate::fault::Faults,
            ) -> Option<Self> {
                let text = $crate::scalar::plain_text(value, at, faults)?;
                let read = Self::of_key(text);
                if read.is_none() {
                    faults.add(at, $crate::fault::FaultKind::UnknownChoice {
                        found: text.chars().take(80).collect(),
                        allowed: Self::KEYS.iter().map(|key| (*key).to_owned()).collect(),
                    });
                }
                read
            }

            fn write(&self) -> serde_json::Value {
                serde_json::Value::from(self.key())
            }
        }

        impl From<$name> for $crate::word::Word {
            fn from(choice: $name) -> Self {
                Self::Label(choice.key(), choice.label())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.key())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let key = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::of_key(&key).ok_or_else(|| serde::de::Error::unknown_variant(&key, Self::KEYS))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.key())
            }
        }
    )*};
}
