//! All terms that are looked for, ready to be found in a single pass over a text.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};

use super::allowed::Allowed;
use super::built_in::BUILT_IN;
use super::cover::Cover;
use super::normal::{Normal, Span};
use super::term::Term;
use crate::character::{is_han, is_letter_or_number};
use crate::gate::products::Category;

/// The terms in force, built once and used for every text.
#[derive(Clone)]
pub struct Lexicon {
    entries: Vec<Entry>,
    needles: Vec<Needle>,
    finder: AhoCorasick,
}

/// A term with what is known of its normal form.
#[derive(Clone, Debug)]
struct Entry {
    term: Term,
    /// Whether it may stand within a longer word: true of terms with Han, which know no spaces.
    within_words: bool,
}

/// What a text of the finder stands for; the number is the place of the term.
#[derive(Copy, Clone, Debug)]
enum Needle {
    Term(usize),
    Exception(usize),
}

/// Where a text is said, and about what.
#[derive(Copy, Clone, Debug)]
pub struct Scope<'s> {
    /// The jurisdictions whose terms are looked for.
    pub jurisdictions: &'s [String],
    /// The categories of the goods the text belongs to; empty where it belongs to none we know.
    pub categories: &'s [Category],
    /// The phrases that its gate allows.
    pub allowed: &'s Allowed,
}

/// A term that was found in a text.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Match<'l> {
    /// The term.
    pub term: &'l Term,
    /// Where it stands in the text as written.
    pub span: Span,
}

/// A term found in a normal form.
struct Hit {
    entry: usize,
    bytes: Range<usize>,
}

impl Lexicon {
    /// The lexicon of everyone who has no own.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The terms, in order.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.entries.iter().map(|entry| &entry.term)
    }

    /// A lexicon of these terms. One without a visible character is never found.
    pub(super) fn of(terms: Vec<Term>) -> Result<Self, BuildError> {
        let (mut entries, mut needles, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (i, term) in terms.into_iter().enumerate() {
            let normal = Normal::of(&term.term);
            let exceptions = term.exceptions.iter().map(|it| (Needle::Exception(i), Normal::of(it)));
            let within_words = normal.text().contains(is_han);
            for (needle, normal) in [(Needle::Term(i), normal)].into_iter().chain(exceptions) {
                if !normal.text().is_empty() {
                    needles.push(needle);
                    texts.push(normal.text().to_owned());
                }
            }
            entries.push(Entry { term, within_words });
        }
        Ok(Self { entries, needles, finder: finder(&texts)? })
    }

    /// The terms found in a text, in its order, none over another: of those that overlap the first stays, of
    /// those that start together the longest, of equals the first of the lexicon.
    #[must_use]
    pub fn matches(&self, text: &str, scope: &Scope<'_>) -> Vec<Match<'_>> {
        let normal = Normal::of(text);
        let mut hits: Vec<Hit> = Vec::new();
        let mut excepted: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for found in self.finder.find_overlapping_iter(normal.text()) {
            let bytes = found.range();
            match self.needles[found.pattern().as_usize()] {
                Needle::Exception(entry) => excepted.entry(entry).or_default().push(bytes),
                Needle::Term(entry) => {
                    if self.entries[entry].counts(&normal, &bytes, scope) {
                        hits.push(Hit { entry, bytes });
                    }
                }
            }
        }
        if hits.is_empty() {
            return Vec::new();
        }
        let excepted: BTreeMap<usize, Cover> =
            excepted.into_iter().map(|(entry, parts)| (entry, Cover::of(parts))).collect();
        let allowed = scope.allowed.cover(&normal);
        hits.retain(|Hit { entry, bytes }| {
            !allowed.holds(bytes) && !excepted.get(entry).is_some_and(|cover| cover.holds(bytes))
        });
        self.apart(hits, &normal)
    }

    /// Of hits that overlap in the text as written, the one to tell.
    fn apart(&self, mut hits: Vec<Hit>, normal: &Normal) -> Vec<Match<'_>> {
        hits.sort_by_key(|hit| (hit.bytes.start, Reverse(hit.bytes.end), hit.entry));
        let mut taken: Vec<Match<'_>> = Vec::new();
        for Hit { entry, bytes } in hits {
            let span = normal.span(&bytes);
            if taken.last().is_none_or(|last| last.span.to <= span.from) {
                taken.push(Match { term: &self.entries[entry].term, span });
            }
        }
        taken
    }
}

/// Bytes of all texts of a finder up to which the quickest kind is small enough to keep: a few megabytes.
const MOST_QUICK_BYTES: usize = 8 * 1024;

/// Finds all occurrences of all texts in one pass.
fn finder(texts: &[String]) -> Result<AhoCorasick, BuildError> {
    let bytes: usize = texts.iter().map(String::len).sum();
    let kind = if bytes <= MOST_QUICK_BYTES { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
    AhoCorasick::builder().kind(Some(kind)).build(texts)
}

impl Entry {
    /// Whether the term is looked for in this scope, and what was found is no part of a longer word.
    fn counts(&self, text: &Normal, bytes: &Range<usize>, scope: &Scope<'_>) -> bool {
        let touches = || {
            let before = text.text()[..bytes.start].chars().next_back();
            let after = text.text()[bytes.end..].chars().next();
            before.is_some_and(is_letter_or_number) || after.is_some_and(is_letter_or_number)
        };
        self.term.applies(scope.jurisdictions, scope.categories) && (self.within_words || !touches())
    }
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lexicon").field("terms", &self.entries.len()).finish_non_exhaustive()
    }
}
