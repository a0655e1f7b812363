//! Why a planned message no longer applies.

use super::approval::{changed_at, evidence_until, wants_recheck};
use super::show::{asset, warms_up};
use super::{Planned, Reason, Subject};
use crate::campaign::Outcome;
use crate::evaluate::rules_of;
use crate::gate::GateKey;
use crate::rule::{Case, Rule};
use crate::standing::{GateStatus, Standing};
use crate::surroundings::CampaignStatus;

/// Why a message ends that was not sent because its campaign was paused.
pub(super) const ON_HOLD: &str = "on_hold";

/// Why a planned message no longer applies at the moment of sending; `None` if it does.
#[must_use]
pub fn obsolete(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Option<String> {
    // Evidence ages during a pause, too.
    let held = standing.status == CampaignStatus::OnHold && notice.reason != Reason::GateExpired;
    let void = if held { Some(ON_HOLD) } else { void(case, standing, notice) };
    void.map(str::to_owned)
}

/// As [`obsolete`], pauses aside.
pub(super) fn void(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Option<&'static str> {
    if notice.reason == Reason::GateDecided {
        // What was decided stays true, whatever becomes of the campaign.
        return None;
    }
    campaign_over(standing.status).or_else(|| match &notice.subject {
        Subject::Gate(gate) => void_of_gate(case, standing, notice, *gate),
        Subject::Campaign => void_of_campaign(case, standing, notice),
        Subject::Asset(key) => void_of_asset(case, standing, key),
    })
}

fn void_of_gate(
    case: &Case<'_>,
    standing: &Standing,
    notice: &Planned,
    gate: GateKey,
) -> Option<&'static str> {
    let own = &standing.gates[gate];
    let passed = || (own.status == GateStatus::Passed).then_some("gate_passed");
    let before_due = notice.not_after <= own.due_at;
    let in_review = || (before_due && own.status == GateStatus::InReview).then_some("gate_in_review");
    match notice.reason {
        Reason::GateDue => passed().or_else(in_review),
        Reason::GateOverdue => passed(),
        Reason::ApprovalWanted => not_wanted(case, standing, notice, gate),
        Reason::GateStale => (own.status != GateStatus::Stale).then_some("no_longer_stale"),
        Reason::GateExpired => (own.status != GateStatus::Expired).then_some(RENEWED),
        Reason::GateExpiring => {
            let until = evidence_until(case, gate);
            until.is_none_or(|until| until.to_string() != notice.generation).then_some(RENEWED)
        }
        Reason::RecheckWanted => (!wants_recheck(case)).then_some("recheck_recorded"),
        Reason::FacetChanged => is_undone(case, standing, notice, gate).then_some("change_undone"),
        Reason::WordingFound => is_reworded(case, gate).then_some("reworded"),
        Reason::GateDecided
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => None,
    }
}

const RENEWED: &str = "evidence_renewed";

fn void_of_campaign(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Option<&'static str> {
    let is_ready = standing.status == CampaignStatus::Ready;
    let step = case.playbook.reminders.countdown.get(&notice.occurrence);
    match notice.reason {
        Reason::CampaignReady => (!is_ready).then_some("no_longer_ready"),
        Reason::CampaignNotReady => is_ready.then_some("ready_again"),
        Reason::Countdown => {
            step.and_then(|step| (is_ready && step.unless_ready).then_some("campaign_ready"))
        }
        Reason::GoLiveDecision
        | Reason::GateDue
        | Reason::GateOverdue
        | Reason::ApprovalWanted
        | Reason::GateDecided
        | Reason::GateStale
        | Reason::GateExpired
        | Reason::GateExpiring
        | Reason::RecheckWanted
        | Reason::FacetChanged
        | Reason::WordingFound
        | Reason::Touchpoint => None,
    }
}

fn void_of_asset(case: &Case<'_>, standing: &Standing, key: &str) -> Option<&'static str> {
    match asset(case, key) {
        None => Some("asset_removed"),
        Some(asset) if asset.published_url.is_some() => Some("published"),
        Some(_) if !warms_up(case, standing) => Some("warm_up_not_submitted"),
        Some(_) => None,
    }
}

/// The outcome of every message of a campaign that is over or on air.
pub(super) const fn campaign_over(status: CampaignStatus) -> Option<&'static str> {
    match status {
        CampaignStatus::Preparing | CampaignStatus::Ready | CampaignStatus::OnHold => None,
        CampaignStatus::Live => Some("campaign_live"),
        CampaignStatus::Completed => Some("campaign_completed"),
        CampaignStatus::Cancelled => Some("campaign_cancelled"),
        CampaignStatus::Lapsed => Some("campaign_lapsed"),
    }
}

/// Whether nothing differs any more of what changed at the instant the message tells of.
fn is_undone(case: &Case<'_>, standing: &Standing, notice: &Planned, gate: GateKey) -> bool {
    let at = notice.generation.parse();
    at.is_ok_and(|at| changed_at(case, standing, gate, at).is_empty())
}

/// Whether nothing of the kind is left at a gate that changes of the lexicon found there. Where it stands does not
/// matter: a text moves when others are written before it.
fn is_reworded(case: &Case<'_>, gate: GateKey) -> bool {
    let found = |rule: &&Rule| case.campaign.wording.iter().any(|text| text.rule == rule.id);
    rules_of(gate).filter(found).flat_map(|rule| rule.findings(case)).next().is_none()
}

fn not_wanted(case: &Case<'_>, standing: &Standing, notice: &Planned, gate: GateKey) -> Option<&'static str> {
    let newest = case.campaign.gates[gate].submission.as_ref();
    let Some(submission) = newest.filter(|newest| newest.id.to_string() == notice.generation) else {
        return Some("voided");
    };
    match submission.outcome {
        Some(Outcome::Withdrawn) => Some("withdrawn"),
        Some(Outcome::Approved | Outcome::ChangesRequested) => Some("decided"),
        None if standing.gates[gate].status == GateStatus::InReview => None,
        None => Some("voided"),
    }
}
