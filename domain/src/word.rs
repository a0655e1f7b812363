//! Values in findings: exact JSON for machines, the same written for people in their language.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::campaign::Profile;
use crate::locale::{Bilingual, Locale, both};
use crate::shape::json_number;

/// One value of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// No value.
    Nothing,
    /// Minor units of the campaign's currency; people read major units.
    Money(Decimal),
    /// A number; people read at most two decimals.
    Number(Decimal),
    /// A text as somebody wrote it.
    Text(String),
    /// A key that is the same in every language.
    Key(&'static str),
    /// A key with the label people know it by.
    Label(&'static str, Bilingual),
    /// A text with its translation; machines read the English one.
    Translated { en: String, zh: String },
    /// Several of them.
    List(Vec<Word>),
    /// Several of which one is enough.
    AnyOf(Vec<Word>),
    /// A point in time; people read it in the campaign's zone.
    Instant(Timestamp),
    /// A date.
    Date(Date),
    /// A structure for machines.
    Json(Value),
}

impl Word {
    /// A whole number.
    #[must_use]
    pub fn number(number: impl Into<Decimal>) -> Self {
        Self::Number(number.into())
    }

    /// A whole amount in minor units.
    #[must_use]
    pub fn money(minor_units: impl Into<Decimal>) -> Self {
        Self::Money(minor_units.into())
    }

    /// How many of something.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::Number(Decimal::from(count))
    }

    /// Whether something is so, for machines.
    #[must_use]
    pub const fn truth(truth: bool) -> Self {
        Self::Json(Value::Bool(truth))
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// Several of them by name, for machines.
    #[must_use]
    pub fn fields<const N: usize>(fields: [(&'static str, Self); N]) -> Self {
        Self::Json(fields.iter().map(|(name, word)| ((*name).to_owned(), word.json())).collect())
    }

    /// The JSON of a finding's `observed` and `required`. Shown numbers are rounded half up to two decimals.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Money(number) | Self::Number(number) => json_number(rounded(*number)),
            Self::Text(text) | Self::Translated { en: text, .. } => Value::from(text.as_str()),
            Self::Key(key) | Self::Label(key, _) => Value::from(*key),
            Self::List(words) | Self::AnyOf(words) => words.iter().map(Self::json).collect(),
            Self::Instant(instant) => Value::from(instant.to_string()),
            Self::Date(date) => Value::from(date.to_string()),
            Self::Json(value) => value.clone(),
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn text_for(&self, locale: Locale, profile: &Profile) -> String {
        match self {
            Self::Nothing => both("nothing", "无").to(locale).to_owned(),
            Self::List(words) if words.is_empty() => Self::Nothing.text_for(locale, profile),
            Self::Money(minor) => money_text(*minor, &profile.currency),
            Self::Number(number) => rounded(*number).to_string(),
            Self::Text(text) => text.clone(),
            Self::Key(key) => (*key).to_owned(),
            Self::Label(_, label) => label.to(locale).to_owned(),
            Self::Translated { en, zh } => match locale {
                Locale::En => en.clone(),
                Locale::ZhCn => zh.clone(),
            },
            Self::List(words) => joined(words, both(", ", "、"), locale, profile),
            Self::AnyOf(words) => joined(words, both(" or ", "或"), locale, profile),
            Self::Instant(instant) => {
                profile.time_zone.to_datetime(*instant).strftime("%Y-%m-%d %H:%M").to_string()
            }
            Self::Date(date) => date.to_string(),
            Self::Json(value) => value.to_string(),
        }
    }
}

fn joined(words: &[Word], separator: Bilingual, locale: Locale, profile: &Profile) -> String {
    words.iter().map(|word| word.text_for(locale, profile)).collect::<Vec<_>>().join(separator.to(locale))
}

/// Minor units written in major units with the currency's code, such as `CNY 239.00`.
#[must_use]
pub fn money_text(minor: Decimal, currency: &str) -> String {
    format!("{currency} {}", major_units(minor, currency))
}

/// Minor units in major units, with all decimals the currency has.
#[must_use]
pub fn major_units(minor: Decimal, currency: &str) -> Decimal {
    let known = iso_currency::Currency::from_code(currency);
    let exponent = u32::from(known.and_then(iso_currency::Currency::exponent).unwrap_or(2));
    let mut major = minor / Decimal::from(10_i64.pow(exponent));
    major = major.round_dp_with_strategy(exponent, RoundingStrategy::MidpointAwayFromZero);
    major.rescale(exponent);
    major
}

/// Half up, two decimals: the rounding of every shown number.
#[must_use]
pub fn rounded(number: Decimal) -> Decimal {
    number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// Fills the `{names}` of a template; braces within the words themselves stay as somebody wrote them.
#[must_use]
pub fn fill(template: &str, locale: Locale, profile: &Profile, words: &[(&'static str, Word)]) -> String {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let placeholder = part.split_once('}');
        let word = placeholder.and_then(|(name, _)| words.iter().find(|word| word.0 == name));
        if let (Some((_, rest)), Some((_, word))) = (placeholder, word) {
            text.push_str(&word.text_for(locale, profile));
            text.push_str(rest);
        } else {
            text.push('{');
            text.push_str(part);
        }
    }
    text
}
