//! What a change of a facet does to the approval of a gate: the table of effects, weakened by the graph.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::choices;
use crate::digest::{Digest, Digests, checklist_facet};
use crate::gate::{GateKey, PerGate};
use crate::playbook::Playbook;

choices! {
    /// What a changed facet does to an approval, from weak to strong.
    pub enum Effect {
        Notify = "notify", "notify", "知会";
        Reconfirm = "reconfirm", "reconfirm", "需再确认";
        Revoke = "revoke", "revoke", "需重新审批";
    }
}

/// The effect of a facet on a gate under a playbook; `None` where a change does not matter there.
///
/// A facet of a gate outside the requirement closure only notifies: that gate may still be a draft when this
/// one is approved.
#[must_use]
pub fn effect(playbook: &Playbook, facet: &str, gate: GateKey) -> Option<Effect> {
    playbook.effects(gate).get(facet).copied()
}

/// The effects on every gate under a graph, given as the closure of each gate's requirements.
pub(crate) fn effects(closures: &PerGate<Vec<GateKey>>) -> PerGate<BTreeMap<String, Effect>> {
    PerGate::each(|gate| {
        let under = |(facet, effect): (&String, &Effect)| {
            let of = facet.split('.').next().and_then(GateKey::of_key);
            let inside = of.is_none_or(|of| of == gate || closures[gate].contains(&of));
            (facet.clone(), if inside { *effect } else { Effect::Notify })
        };
        let of_fields = EFFECTS[gate].iter().map(under);
        of_fields.chain([(checklist_facet(gate), Effect::Reconfirm)]).collect()
    })
}

/// The digests an approval of `gate` would record today: every facet that can make it stale.
#[must_use]
pub fn recorded(playbook: &Playbook, gate: GateKey, digests: &Digests) -> BTreeMap<String, Digest> {
    let digest_of = |(facet, _): (&String, Effect)| Some((facet.clone(), digests.get(facet)?.clone()));
    signed(playbook, gate).filter_map(digest_of).collect()
}

/// Facets whose digest today differs from the one recorded, or that the record lacks, with their effect.
#[must_use]
pub fn differing(
    playbook: &Playbook,
    gate: GateKey,
    record: &BTreeMap<String, Digest>,
    digests: &Digests,
) -> Vec<(String, Effect)> {
    signed(playbook, gate)
        .filter(|(facet, _)| record.get(*facet) != digests.get(*facet))
        .map(|(facet, effect)| (facet.clone(), effect))
        .collect()
}

/// The facets an approval of the gate signs, with their effect.
fn signed(playbook: &Playbook, gate: GateKey) -> impl Iterator<Item = (&String, Effect)> {
    let effects = playbook.effects(gate).iter().map(|(facet, effect)| (facet, *effect));
    effects.filter(|(_, effect)| *effect >= Effect::Reconfirm)
}

/// The facets that differ between two states of a campaign, in order of their names.
pub fn changed<'d>(before: &'d Digests, after: &'d Digests) -> impl Iterator<Item = &'d str> {
    after.iter().filter(|(facet, digest)| before.get(*facet) != Some(digest)).map(|(facet, _)| facet.as_str())
}

/// The strongest effect that a change of these facets has on a gate; `None` if it does not matter there.
pub fn strongest<'f>(
    playbook: &Playbook,
    changed: impl IntoIterator<Item = &'f str>,
    gate: GateKey,
) -> Option<Effect> {
    changed.into_iter().filter_map(|facet| effect(playbook, facet, gate)).max()
}

#[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
static EFFECTS: LazyLock<PerGate<BTreeMap<String, Effect>>> = LazyLock::new(|| {
    let mut effects = PerGate::<BTreeMap<String, Effect>>::default();
    let mut table = csv::Reader::from_reader(crate::data::EFFECTS.as_bytes());
    for row in table.records() {
        let row = row.expect("effects.csv is CSV");
        for gate in GateKey::ALL {
            if let Some(effect) = Effect::of_key(&row[gate.position() + 1]) {
                effects[*gate].insert(row[0].to_owned(), effect);
            }
        }
    }
    effects
});
