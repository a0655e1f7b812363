//! The two languages of everything people read, and texts that exist in both.

use serde_json::Value;

use crate::fault::{At, FaultKind, Faults};
use crate::record::{Choice, Member};
use crate::scalar::plain_text;
use crate::shape::{ChoiceShape, Shape};

/// A reader's language. English and Chinese are equal; codes and keys never change with it.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Locale {
    /// English, the default where nothing is asked for.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Locale {
    /// The BCP 47 tag of every locale.
    pub const TAGS: &'static [&'static str] = &["en", "zh-CN"];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The locale of a BCP 47 tag; `None` for a language we do not speak.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::ZhCn),
            _ => None,
        }
    }
}

impl Choice for Locale {
    const CHOICE: ChoiceShape = ChoiceShape {
        name: "Locale",
        doc: "A language people read.",
        keys: Self::TAGS,
        meanings: &["English", "Simplified Chinese"],
    };
}

impl Member for Locale {
    fn shape() -> Shape {
        Shape::Choice(Self::CHOICE)
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = plain_text(value, at, faults)?;
        let read = Self::of_tag(text).filter(|locale| locale.tag() == text);
        if read.is_none() {
            let allowed = Self::TAGS.iter().map(|tag| (*tag).to_owned()).collect();
            faults.add(at, FaultKind::UnknownChoice { found: text.chars().take(80).collect(), allowed });
        }
        read
    }

    fn write(&self) -> Value {
        Value::from(self.tag())
    }
}

/// The same short text in both languages.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Bilingual {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Bilingual {
    /// The text for a reader of `locale`.
    #[must_use]
    pub const fn to(self, locale: Locale) -> &'static str {
        match locale {
            Locale::En => self.en,
            Locale::ZhCn => self.zh,
        }
    }
}

/// Shorthand for a [`Bilingual`].
#[must_use]
pub const fn both(en: &'static str, zh: &'static str) -> Bilingual {
    Bilingual { en, zh }
}
