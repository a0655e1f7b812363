//! Kinds of characters, as Unicode classifies them.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Whether a character is Han: 〇, the ideographs of the basic plane, their compatibility forms, planes 2 and 3.
#[must_use]
pub const fn is_han(c: char) -> bool {
    is_common_han(c)
        || matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a character is one of the Han that nearly all Chinese is written with.
pub(crate) const fn is_common_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Whether a character is a letter or a number (categories L* and N*).
#[must_use]
pub fn is_letter_or_number(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let group = c.general_category_group();
    is_common_han(c) || matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}

/// Whether a character is a decimal digit of any script.
pub(crate) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.general_category() == GeneralCategory::DecimalNumber)
}

/// Whether a character is punctuation or a symbol (categories P* and S*).
pub(crate) fn is_punctuation_or_symbol(c: char) -> bool {
    if c.is_ascii() || is_common_han(c) {
        return c.is_ascii_punctuation();
    }
    let group = c.general_category_group();
    matches!(group, GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol)
}

/// Whether a character only formats others and is not seen itself (category Cf).
pub(crate) fn is_format(c: char) -> bool {
    !c.is_ascii() && !is_common_han(c) && c.general_category() == GeneralCategory::Format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_marks_are_those_of_unicode() {
        for c in (0_u8..128).map(char::from) {
            let group = c.general_category_group();
            let mark = matches!(group, GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol);
            let word = matches!(group, GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number);
            assert_eq!((is_punctuation_or_symbol(c), is_letter_or_number(c)), (mark, word), "{c:?}");
        }
    }

    #[test]
    fn han_are_those_of_the_domain_page() {
        for c in ['\u{3007}', '㐀', '最', '\u{F900}', '\u{20000}', '\u{3FFFF}'] {
            assert!(is_han(c), "{c:?}");
        }
        for c in
            ['々', 'の', '。', 'A', '\u{3006}', '\u{4DC0}', '\u{A000}', '\u{FB00}', '\u{1FFFF}', '\u{40000}']
        {
            assert!(!is_han(c), "{c:?}");
        }
    }
}
