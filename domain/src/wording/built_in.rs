//! Reads the terms that ship with Greenroom.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::lexicon::Lexicon;
use super::term::{Note, Term, TermCategory};
use crate::data::{LEXICON, LEXICON_NOTES};
use crate::gate::products::Category;
use crate::playbook::Severity;

/// A line of a lexicon file; lists within a cell are separated by `|`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    term: String,
    category: TermCategory,
    severity: Severity,
    jurisdiction: String,
    exempt_categories: String,
    exceptions: String,
    note: String,
}

/// The lexicon of everyone who has no own.
#[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
pub(super) static BUILT_IN: LazyLock<Lexicon> = LazyLock::new(|| {
    let notes = notes();
    let lines = LEXICON.iter().flat_map(|file| {
        csv::Reader::from_reader(file.as_bytes()).into_deserialize::<Line>().collect::<Vec<_>>()
    });
    let terms = lines.map(|line| line.expect("a line of the lexicon is complete").term(&notes)).collect();
    Lexicon::of(terms).expect("the built-in terms fit")
});

impl Line {
    #[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
    fn term(self, notes: &BTreeMap<String, String>) -> Term {
        let category = |key: &str| Category::of_key(key).expect("a category of goods");
        let zh = notes.get(&self.note).expect("every note has a Chinese one");
        Term {
            term: self.term,
            category: self.category,
            severity: self.severity,
            jurisdiction: self.jurisdiction,
            exempt_categories: parts(&self.exempt_categories).map(category).collect(),
            exceptions: parts(&self.exceptions).map(str::to_owned).collect(),
            note: Note { zh: zh.clone(), en: self.note },
        }
    }
}

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').map(str::trim).filter(|part| !part.is_empty())
}

/// What each English note says in Chinese.
#[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
fn notes() -> BTreeMap<String, String> {
    let lines = csv::Reader::from_reader(LEXICON_NOTES.as_bytes()).into_deserialize::<(String, String)>();
    lines.map(|line| line.expect("a note in both languages")).collect()
}
