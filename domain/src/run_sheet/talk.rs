//! How much is said in a row, and how long saying it takes.

use rust_decimal::Decimal;

use crate::character::{is_han, is_letter_or_number};
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
        let letters = text.chars().filter(|c| is_letter_or_number(*c)).count();
        let rate = if text.chars().any(is_han) { params.han_per_second } else { params.letters_per_second };
        Self { letters, letters_per_second: *rate }
    }

    /// How long saying it takes, in seconds, rounded to two decimals; `None` where nothing can be said at all.
    #[must_use]
    pub fn seconds(self) -> Option<Decimal> {
        Decimal::from(self.letters).checked_div(self.letters_per_second).map(rounded)
    }
}
