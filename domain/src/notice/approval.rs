//! Messages about an approval that was given: it no longer holds, its evidence ages, something it rests on changed,
//! or a new lexicon does not allow what it signed.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Audience, Class, Planned, Reason, at_once, critical_near};
use crate::campaign::FoundText;
use crate::evaluate::rules_of;
use crate::gate::GateKey;
use crate::gate::equipment_test::recheck_lasts_until;
use crate::playbook::Severity;
use crate::rule::Case;
use crate::standing::{GateStatus, Standing, fresh_until_by};

/// The rule whose only reminder is `recheck_wanted`.
const RECHECK: &str = "equipment_test.recheck_done";

/// What a gate wants to send once it was approved.
pub(super) fn of(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let told = [stale(case, standing, gate), expired(case, standing, gate), worded(case, gate)];
    let told = told.into_iter().flatten();
    told.chain(expiring(case, gate))
        .chain(rechecks(case, gate))
        .chain(changed(case, standing, gate))
        .collect()
}

fn stale(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Option<Planned> {
    let since = case.campaign.gates[gate].noticed.stale_since;
    let since = since.filter(|_| standing.gates[gate].status == GateStatus::Stale)?;
    Some(Planned {
        class: critical_near(case, since, Class::Action),
        not_after: case.go_live_at(),
        audience: vec![Audience::GateOwner, Audience::Reviewers],
        ..at_once(Reason::GateStale, gate, since)
    })
}

fn expired(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Option<Planned> {
    let gate_standing = &standing.gates[gate];
    let expires_at = gate_standing.expires_at.filter(|_| gate_standing.status == GateStatus::Expired)?;
    Some(Planned {
        class: critical_near(case, expires_at, Class::Action),
        not_after: case.go_live_at(),
        audience: vec![Audience::GateOwner, Audience::Reviewers],
        ..at_once(Reason::GateExpired, gate, expires_at)
    })
}

/// When evidence of an approved gate will be too old, the recheck aside.
pub(super) fn evidence_until(case: &Case<'_>, gate: GateKey) -> Option<Timestamp> {
    case.campaign.gates[gate].approval.as_ref()?;
    fresh_until_by(case, gate, |rule| rule.id != RECHECK)
}

fn expiring(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    let Some(expires_at) = evidence_until(case, gate) else { return Vec::new() };
    let offsets = case.playbook.reminders.gate_expiring.iter();
    let planned = offsets.map(|(occurrence, offset)| {
        let planned_at = case.from(expires_at, *offset);
        Planned {
            reason: Reason::GateExpiring,
            subject: gate.into(),
            occurrence: occurrence.clone(),
            generation: expires_at.to_string(),
            class: critical_near(case, planned_at, Class::Action),
            planned_at,
            not_after: expires_at,
            audience: vec![Audience::GateOwner],
        }
    });
    // Evidence stops to age when the show begins.
    planned.filter(|notice| notice.planned_at < case.go_live_at()).collect()
}

/// Whether the recheck before the show is asked for and still to be done.
pub(super) fn wants_recheck(case: &Case<'_>) -> bool {
    let mut rules = rules_of(GateKey::EquipmentTest);
    let asked =
        rules.any(|rule| rule.id == RECHECK && rule.severity_in(case.rules) == Some(Severity::Blocker));
    asked && recheck_lasts_until(case).is_some()
}

fn rechecks(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    if gate != GateKey::EquipmentTest || !wants_recheck(case) {
        return Vec::new();
    }
    let go_live_at = case.go_live_at();
    let offsets = case.playbook.reminders.recheck_wanted.iter();
    let planned = offsets.map(|(occurrence, offset)| Planned {
        reason: Reason::RecheckWanted,
        subject: gate.into(),
        occurrence: occurrence.clone(),
        generation: go_live_at.to_string(),
        class: Class::Critical,
        planned_at: case.from(go_live_at, *offset),
        not_after: go_live_at,
        audience: vec![Audience::GateOwner],
    });
    planned.collect()
}

/// The facets that changed at an instant, and still differ from what they were when the gate was approved.
#[must_use]
pub fn changed_at<'c>(case: &Case<'c>, standing: &Standing, gate: GateKey, at: Timestamp) -> Vec<&'c str> {
    let changes = case.campaign.gates[gate].noticed.changes.iter();
    let differing = changes
        .filter(|(facet, change)| change.at == at && standing.digests.get(*facet) != Some(&change.before));
    differing.map(|(facet, _)| facet.as_str()).collect()
}

fn changed(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let changes = case.campaign.gates[gate].noticed.changes.values();
    let instants: BTreeSet<Timestamp> = changes.map(|change| change.at).collect();
    let differing = instants.into_iter().filter(|at| !changed_at(case, standing, gate, *at).is_empty());
    let told = differing.map(|at| {
        let told = at_once(Reason::FacetChanged, gate, at);
        Planned {
            class: Class::Info,
            not_after: told.not_after.min(case.go_live_at()),
            audience: vec![Audience::GateOwner, Audience::Reviewers],
            ..told
        }
    });
    told.collect()
}

/// Told at once when a change of the lexicon finds something in the texts of a gate.
fn worded(case: &Case<'_>, gate: GateKey) -> Option<Planned> {
    let texts = case.campaign.wording.iter().filter(|text| is_at(text, gate));
    let newest = texts.max_by_key(|text| text.lexicon_version)?;
    Some(Planned {
        generation: newest.lexicon_version.to_string(),
        not_after: case.go_live_at(),
        audience: vec![Audience::GateOwner, Audience::CampaignOwner],
        ..at_once(Reason::WordingFound, gate, newest.at)
    })
}

/// Whether a text that was found belongs to the gate.
fn is_at(text: &FoundText, gate: GateKey) -> bool {
    rules_of(gate).any(|rule| rule.id == text.rule)
}
