//! What a change of the lexicon means for a campaign that is being prepared.

use super::WRITABLE;
use crate::actor::Who;
use crate::campaign::{FoundText, WordingFound};
use crate::evaluate::rules;
use crate::event::{Event, EventKind};
use crate::rule::Case;
use crate::standing::Standing;
use crate::surroundings::Surroundings;
use crate::wording::Lexicon;

/// The event that today's lexicon, which has this version, finds something that the one before did not. None if it
/// does not, or if nobody prepares the campaign any more.
#[must_use]
pub fn wording_found(
    case: &Case<'_>,
    standing: &Standing,
    before: &Lexicon,
    lexicon_version: i64,
) -> Option<Event> {
    if !WRITABLE.contains(&standing.status) {
        return None;
    }
    let surroundings = Surroundings { lexicon: before, ..case.surroundings };
    let known = found_texts(&Case { surroundings, ..*case });
    let fresh = found_texts(case).into_iter().filter(|found| !known.contains(found));
    let findings: Vec<FoundText> = fresh.map(|(text, _)| text).collect();
    if findings.is_empty() {
        return None;
    }
    let at = case.now();
    let kind = EventKind::WordingFound { found: WordingFound { lexicon_version, at, findings } };
    Some(Event { kind, by: Who::System, through: None, occurred_at: at })
}

/// Every text with a finding of wording, and what was found in it.
fn found_texts(case: &Case<'_>) -> Vec<(FoundText, serde_json::Value)> {
    let findings = rules().filter(|rule| rule.of_wording).flat_map(|rule| rule.findings(case));
    findings
        .map(|finding| {
            let observed = finding.observed.json();
            (FoundText { rule: finding.rule.id.to_owned(), path: finding.path }, observed)
        })
        .collect()
}
