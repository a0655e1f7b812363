//! The normal form of a text, in which terms are looked for, with the way back to the text itself.

use std::ops::Range;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

use crate::character::{is_common_han, is_digit, is_format, is_han, is_punctuation_or_symbol};

/// Marks that end a sentence or a clause: what stands on either side of them is never one word.
const STOPS: [char; 8] = ['。', '!', '?', ';', ',', '、', ':', '\n'];

/// A part of a text, in Unicode scalar values of the text as written.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Offset of its first character.
    pub from: usize,
    /// Offset of its last character, plus one.
    pub to: usize,
}

/// A text without what a term can hide in: width and case, invisible characters, and marks between Han.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normal {
    text: String,
    places: Vec<Place>,
}

/// Where a character of the normal form stands there, and where the character it comes from stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
struct Place {
    byte: usize,
    offset: usize,
}

impl Normal {
    /// The normal form of a text; takes time in proportion to its length.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut writer = Writer::for_text(text);
        for (offset, c) in text.chars().enumerate() {
            if is_common_han(c) {
                writer.keep(c, offset);
            } else if c.is_ascii() {
                writer.take(c.to_ascii_lowercase(), offset);
            } else {
                let own = std::iter::once(c).nfkc().default_case_fold();
                own.filter(|c| !is_format(*c)).for_each(|c| writer.take(c, offset));
            }
        }
        writer.finish()
    }

    /// The normal form itself.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the text as written that bytes of the normal form come from.
    #[must_use]
    pub fn span(&self, bytes: &Range<usize>) -> Span {
        let until = |byte: usize| self.places.partition_point(|place| place.byte < byte);
        let (first, end) = (until(bytes.start), until(bytes.end));
        let offset = |i: usize| self.places.get(i).map_or(0, |place| place.offset);
        let from = offset(first);
        Span { from, to: if end > first { offset(end - 1) + 1 } else { from } }
    }

    fn push(&mut self, c: char, offset: usize) {
        self.places.push(Place { byte: self.text.len(), offset });
        self.text.push(c);
    }
}

/// Writes a normal form, and holds back what may still be dropped.
struct Writer {
    normal: Normal,
    /// The last character before the gap.
    last: Option<char>,
    /// What separates it from the next one.
    gap: Vec<(char, usize)>,
}

impl Writer {
    fn for_text(text: &str) -> Self {
        // Three bytes to a Han: enough for a Chinese text, and grown for any other.
        let (text, places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() / 3));
        Self { normal: Normal { text, places }, last: None, gap: Vec::new() }
    }

    /// Takes the next folded character; white space but line feeds is a space, and many are one.
    fn take(&mut self, c: char, offset: usize) {
        let c = if c.is_whitespace() && c != '\n' { ' ' } else { c };
        if !separates(c) {
            self.keep(c, offset);
        } else if c != ' ' || self.gap.last().is_none_or(|(last, _)| *last != ' ') {
            self.gap.push((c, offset));
        }
    }

    /// Takes a character that separates nothing.
    fn keep(&mut self, c: char, offset: usize) {
        if !self.gap.is_empty() {
            self.close_gap(Some(c));
        }
        self.normal.push(c, offset);
        self.last = Some(c);
    }

    fn close_gap(&mut self, next: Option<char>) {
        let joined = self.last.zip(next).is_some_and(|(before, after)| joins(before, after));
        for (c, offset) in self.gap.drain(..).filter(|_| !joined) {
            self.normal.push(c, offset);
        }
    }

    fn finish(mut self) -> Normal {
        self.close_gap(None);
        self.normal
    }
}

/// Whether a character can stand between two that belong together.
fn separates(c: char) -> bool {
    (c == ' ' || is_punctuation_or_symbol(c)) && !STOPS.contains(&c)
}

/// Whether what stands between two characters is dropped: both are Han, or one is Han and the other a digit.
fn joins(before: char, after: char) -> bool {
    match (is_han(before), is_han(after)) {
        (true, true) => true,
        (true, false) => is_digit(after),
        (false, true) => is_digit(before),
        (false, false) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        Normal::of(text).text
    }

    #[test]
    fn width_case_and_compatible_forms_become_one() {
        assert_eq!(normal("ＢＥＳＴ 100%"), "best 100%");
        assert_eq!(normal("Straße ſchön ﬁne"), "strasse schön fine");
        assert_eq!(normal("㍿①"), "株式会社1");
    }

    #[test]
    fn invisible_characters_are_dropped_and_white_space_is_one_space() {
        assert_eq!(normal("be\u{200B}st \u{FEFF}\u{3000}\tof"), "best of");
        assert_eq!(normal("a \n b"), "a \n b");
    }

    #[test]
    fn marks_between_han_are_dropped_but_stops_stay() {
        for spelled in ["最佳", "最·佳", "最 佳", "最-*-佳", "最😀佳", "最…佳", "最 \u{200D} 佳"]
        {
            assert_eq!(normal(spelled), "最佳", "{spelled:?}");
        }
        for apart in
            ["最。佳", "最!佳", "最，佳", "最、佳", "最 ： 佳", "最？佳", "最;佳", "最\n佳", "最 \n 佳"]
        {
            assert_ne!(normal(apart), "最佳", "{apart:?}");
        }
        assert_eq!(normal("近 7 天 100 % 有效"), "近7天100有效");
        assert_eq!(normal("最 a 佳 - b - 1 , 2"), "最 a 佳 - b - 1 , 2");
        assert_eq!(normal("·最·"), "·最·");
    }

    #[test]
    fn spans_count_characters_of_the_text_as_written() {
        let normal = Normal::of("啊ﬀ第 一 名");
        assert_eq!(normal.text(), "啊ff第一名");
        let place = |part: &str| {
            let start = normal.text().find(part).unwrap();
            let span = normal.span(&(start..start + part.len()));
            (span.from, span.to)
        };
        assert_eq!(place("第一"), (2, 5));
        assert_eq!(place("f第"), (1, 3));
        assert_eq!(place("啊ff第一名"), (0, 7));
    }
}
