//! What trainings and rehearsals were held on. A stamp is a fact beside the content: what a facet looked like when
//! an entry was first stored. That an entry is outdated is derived from it, and ends where a change is undone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Rehearsal, Team, Topic, Training};
use crate::digest::{Digest, Digests, digests_of, normalise};
use crate::gate::GateKey;
use crate::record::Member;
use crate::rule::Case;

/// What product knowledge is about; no price, since that is read from the sheet.
const TAUGHT: &[&str] = &["products.lineup", "products.claims"];

/// What is rehearsed.
const REHEARSED: &[&str] = &["script.rows"];

/// For each training and rehearsal that looks at facets, by its identity: the digests they had when it was first
/// stored. Clients never send them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stamps(BTreeMap<Digest, Digests>);

impl Stamps {
    /// The stamps once `team` is stored in place of `before`: an entry that was there keeps its stamp, or goes on
    /// without where it is older than stamps; a new one gets today's digests; and one that is gone loses its own, so
    /// that it is new should it come back.
    #[must_use]
    pub fn after(&self, before: &Team, team: &Team, today: &Digests) -> Self {
        let known: BTreeSet<Digest> = held(before).map(|(identity, _)| identity).collect();
        let stamp = |(identity, facets): (Digest, &[&str])| {
            let earlier = self.0.get(&identity).cloned();
            let stamp = earlier.or_else(|| (!known.contains(&identity)).then(|| only(facets, today)))?;
            Some((identity, stamp))
        };
        Self(held(team).filter_map(stamp).collect())
    }
}

/// Everything that was held on some facets: identities with these facets.
fn held(team: &Team) -> impl Iterator<Item = (Digest, &'static [&'static str])> {
    let trainings = team.trainings.as_deref().unwrap_or_default().iter();
    let rehearsals = team.rehearsals.as_deref().unwrap_or_default().iter();
    let trained = trainings.map(|training| (identity(training), training.held_on()));
    let rehearsed = rehearsals.map(|rehearsal| (identity(rehearsal), rehearsal.held_on()));
    trained.chain(rehearsed).filter(|(_, facets)| !facets.is_empty())
}

fn only(facets: &[&str], digests: &Digests) -> Digests {
    let digest = |facet: &&str| Some(((*facet).to_owned(), digests.get(*facet)?.clone()));
    facets.iter().filter_map(digest).collect()
}

/// Something that was held on the campaign as it was then.
pub(super) trait Held: Member {
    /// What it is called in its identity.
    const KIND: &'static str;

    /// The member that tells how it went; correcting that makes no other entry of it.
    const OUTCOME: &'static str;

    /// The facets it was held on.
    fn held_on(&self) -> &'static [&'static str];
}

impl Held for Training {
    const KIND: &'static str = "training";
    const OUTCOME: &'static str = "score";

    fn held_on(&self) -> &'static [&'static str] {
        match self.topic {
            Some(Topic::ProductKnowledge) => TAUGHT,
            Some(
                Topic::SalesSkills
                | Topic::Interaction
                | Topic::PlatformRules
                | Topic::AdvertisingLaw
                | Topic::Emergency
                | Topic::Tools,
            )
            | None => &[],
        }
    }
}

impl Held for Rehearsal {
    const KIND: &'static str = "rehearsal";
    const OUTCOME: &'static str = "issues";

    fn held_on(&self) -> &'static [&'static str] {
        REHEARSED
    }
}

/// The digest of all fields but the outcome. Stored stamps depend on every byte of it.
fn identity<H: Held>(entry: &H) -> Digest {
    let mut fields = entry.write();
    normalise(&H::shape(), &mut fields);
    if let Value::Object(fields) = &mut fields {
        fields.remove(H::OUTCOME);
    }
    Digest::of(&json!({ H::KIND: fields }))
}

/// The stamps of a campaign beside what they are compared with.
pub(super) struct Today<'c> {
    stamps: &'c Stamps,
    digests: Digests,
}

impl<'c> Today<'c> {
    pub(super) fn of(case: &Case<'c>) -> Self {
        let stamps = &case.campaign.gates[GateKey::Team].stamps;
        let facets: Vec<&str> = TAUGHT.iter().chain(REHEARSED).copied().collect();
        let digests = if stamps.0.is_empty() { Digests::new() } else { digests_of(case, &facets) };
        Self { stamps, digests }
    }

    /// Whether what the entry was held on has changed since; an entry without a stamp is never outdated.
    pub(super) fn finds_outdated<H: Held>(&self, entry: &H) -> bool {
        if self.stamps.0.is_empty() {
            return false;
        }
        let stamp = self.stamps.0.get(&identity(entry));
        stamp.into_iter().flatten().any(|(facet, digest)| self.digests.get(facet) != Some(digest))
    }
}
