//! How much is said in a row, and how long saying it takes.

use rust_decimal::Decimal;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use crate::params::ScriptParams;
use crate::word::rounded;

/// What a row says.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    /// Letters and digits in it, of every script.
    pub letters: usize,
    /// How many of them are spoken in a second.
    pub letters_per_second: Decimal,
}

impl Talk {
    pub(crate) fn of(text: &str, params: &ScriptParams) -> Self {
        let letters = text.chars().filter(|c| is_letter(*c)).count();
        let rate = if text.chars().any(is_han) { params.han_per_second } else { params.letters_per_second };
        Self { letters, letters_per_second: *rate }
    }

    /// How long saying it takes, in seconds, rounded to two decimals; `None` where nothing can be said at all.
    #[must_use]
    pub fn seconds(self) -> Option<Decimal> {
        Decimal::from(self.letters).checked_div(self.letters_per_second).map(rounded)
    }
}

/// A character of category L* or N*.
fn is_letter(c: char) -> bool {
    let group = c.general_category_group();
    group == GeneralCategoryGroup::Letter || group == GeneralCategoryGroup::Number
}

/// A Chinese character.
const fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{3007}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3FFFF}'
    )
}
