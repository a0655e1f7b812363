//! Phrases that a gate lets pass; reviewers sign them with the content.

use aho_corasick::AhoCorasick;

use super::cover::Cover;
use super::normal::Normal;
use crate::gate::script::AllowedPhrase;

/// The allowed phrases of one gate, ready to be found in its texts.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Option<AhoCorasick>);

impl Allowed {
    /// The phrases of a gate; what is missing or has no visible character allows nothing.
    #[must_use]
    pub fn of(phrases: &[AllowedPhrase]) -> Self {
        let phrases = phrases.iter().filter_map(|allowed| allowed.phrase.as_deref());
        let normal = phrases.map(Normal::of).map(|phrase| phrase.text().to_owned());
        let normal: Vec<String> = normal.filter(|phrase| !phrase.is_empty()).collect();
        // Far more phrases than a gate can hold would not fit; then none of them allows anything.
        Self(if normal.is_empty() { None } else { AhoCorasick::new(normal).ok() })
    }

    /// Where they occur in a text.
    pub(super) fn cover(&self, text: &Normal) -> Cover {
        let found = self.0.iter().flat_map(|phrases| phrases.find_overlapping_iter(text.text()));
        Cover::of(found.map(|found| found.range()).collect())
    }
}
