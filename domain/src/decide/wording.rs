//! What a change of the lexicon means for a campaign that is being prepared.

use serde_json::Value;

use super::WRITABLE;
use crate::actor::Who;
use crate::campaign::FoundText;
use crate::evaluate::rules;
use crate::event::{Event, EventKind};
use crate::finding::Finding;
use crate::rule::Case;
use crate::surroundings::{CampaignStatus, Surroundings};
use crate::wording::Lexicon;

/// Whether a campaign is still being prepared, so that its words can still be changed.
#[must_use]
pub fn is_prepared(status: CampaignStatus) -> bool {
    WRITABLE.contains(&status)
}

/// The event that today's lexicon, which has this version, finds something that the one before did not. What earlier
/// changes found and still stands is carried on, so that it is told even if nobody heard of it yet.
#[must_use]
pub fn wording_found(case: &Case<'_>, before: &Lexicon, lexicon_version: i64) -> Option<Event> {
    let surroundings = Surroundings { lexicon: before, ..case.surroundings };
    let known: Vec<_> = findings(&Case { surroundings, ..*case }).map(told).collect();
    let (old, new): (Vec<_>, Vec<_>) = findings(case).map(told).partition(|found| known.contains(found));
    if new.is_empty() {
        return None;
    }
    let at = case.now();
    let stands =
        |text: &&FoundText| old.iter().any(|(rule, path, _)| *rule == text.rule && *path == text.path);
    let carried = case.campaign.wording.iter().filter(stands).cloned();
    let fresh = new.into_iter().map(|(rule, path, _)| {
        let rule = rule.to_owned();
        FoundText { rule, path, lexicon_version, at }
    });
    let kind = EventKind::WordingFound { lexicon_version, findings: carried.chain(fresh).collect() };
    Some(Event { kind, by: Who::System, through: None, occurred_at: at })
}

fn findings(case: &Case<'_>) -> impl Iterator<Item = Finding> {
    rules().filter(|rule| rule.of_wording).flat_map(|rule| rule.findings(case))
}

/// What tells one finding from another: rule, text, and what was found in it.
fn told(finding: Finding) -> (&'static str, String, Value) {
    let observed = finding.observed.json();
    (finding.rule.id, finding.path, observed)
}
