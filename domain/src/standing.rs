//! Where a campaign stands: status of each gate and of the whole, what waits on what, and when time alone
//! will change it. Nothing here is stored but as a summary that can be derived again.

use jiff::{SignedDuration, Timestamp};

use crate::campaign::{Campaign, GateFacts, Life, Outcome, later};
use crate::choices;
use crate::digest::{self, Digest, Digests};
use crate::effect::{Effect, differing, recorded};
use crate::evaluate::rules_of;
use crate::gate::{GateKey, PerGate};
use crate::playbook::{GatePlan, Severity};
use crate::reminder::Frame;
use crate::rule::{Case, Rule};
use crate::surroundings::CampaignStatus;

choices! {
    /// Where a gate stands; the first that fits, in the order of the design.
    pub enum GateStatus {
        InReview = "in_review", "in review", "审批中";
        Passed = "passed", "passed", "已通过";
        Expired = "expired", "expired", "已过期";
        Stale = "stale", "stale", "已失效";
        ChangesRequested = "changes_requested", "changes requested", "需修改";
        Blocked = "blocked", "blocked", "等待前置关卡";
        Open = "open", "open", "进行中";
    }
}

/// Hours after its end at which a live campaign completes by itself (design: 12 h).
const COMPLETES_AFTER: SignedDuration = SignedDuration::from_hours(12);

/// Where a campaign stands at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The campaign's status.
    pub status: CampaignStatus,
    /// The first gate in order that has not passed.
    pub current_gate: Option<GateKey>,
    /// Where each gate stands.
    pub gates: PerGate<GateStanding>,
    /// The next instant at which time alone changes any of this.
    pub changes_at: Option<Timestamp>,
    /// Today's digest of every facet.
    pub digests: Digests,
}

/// Where one gate stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateStanding {
    /// Its status.
    pub status: GateStatus,
    /// Gates of its closure that have not passed.
    pub waiting_on: Vec<GateKey>,
    /// Why an approval no longer holds.
    pub stale: Option<Stale>,
    /// When it is due.
    pub due_at: Timestamp,
    /// For an approved gate, the first instant at which its evidence is too old.
    pub expires_at: Option<Timestamp>,
    /// Digest of what a reviewer signs today.
    pub revision: Digest,
    /// The digests an approval would record today.
    pub signs: Digests,
}

/// Why an approval no longer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The strongest effect among the facets.
    pub effect: Effect,
    /// Facets that differ from what was signed, each with its effect.
    pub facets: Vec<(String, Effect)>,
}

/// Where the campaign of this case stands.
#[must_use]
pub fn standing(case: &Case<'_>) -> Standing {
    let digests = digest::digests(case);
    let mut passed: Vec<GateKey> = Vec::new();
    // In order: what a gate requires comes before it, so its closure is judged already.
    let gates = PerGate::each(|gate| {
        let closure = case.playbook.closure(gate).iter();
        let waiting_on = closure.filter(|earlier| !passed.contains(earlier)).copied().collect();
        let standing = gate_standing(case, gate, &digests, waiting_on);
        passed.extend((standing.status == GateStatus::Passed).then_some(gate));
        standing
    });
    let current_gate = gates.iter().find(|(_, gate)| gate.status != GateStatus::Passed).map(|(gate, _)| gate);
    let status = campaign_status(case.campaign, case.now(), current_gate.is_none());
    let changes_at = changes_at(case);
    Standing { status, current_gate, gates, changes_at, digests }
}

/// The keys of a gate's required items that are done, `:na` appended where not applicable, sorted.
#[must_use]
pub fn done_items(plan: &GatePlan, facts: &GateFacts) -> Vec<String> {
    let ticked = |key: &String| {
        let tick = facts.ticks.get(key)?;
        Some(if tick.not_applicable { format!("{key}:na") } else { key.clone() })
    };
    let required = plan.checklist.iter().filter(|item| item.required);
    let mut done: Vec<String> = required.filter_map(|item| ticked(&item.key)).collect();
    done.sort();
    done
}

fn gate_standing(
    case: &Case<'_>,
    gate: GateKey,
    digests: &Digests,
    waiting_on: Vec<GateKey>,
) -> GateStanding {
    let facts = &case.campaign.gates[gate];
    let signs = recorded(case.playbook, gate, digests);
    let revision = digest::revision(&signs);
    let stale = stale(case, gate, digests);
    let expires_at = facts.approval.as_ref().and_then(|_| fresh_until(case, gate));
    let submission = facts.submission.as_ref();
    let waits = submission.is_some_and(|newest| newest.outcome.is_none() && newest.revision == revision);
    let status = if waits {
        GateStatus::InReview
    } else if facts.approval.is_some() {
        match stale {
            Some(_) => GateStatus::Stale,
            None if has_expired(case, gate) => GateStatus::Expired,
            None => GateStatus::Passed,
        }
    } else if submission.and_then(|newest| newest.outcome) == Some(Outcome::ChangesRequested) {
        GateStatus::ChangesRequested
    } else if waiting_on.is_empty() {
        GateStatus::Open
    } else {
        GateStatus::Blocked
    };
    let due_at = case.playbook.gates[gate].due.instant(
        case.go_live_at(),
        &case.profile().time_zone,
        case.surroundings.calendar,
    );
    GateStanding { status, waiting_on, stale, due_at, expires_at, revision, signs }
}

/// What differs from the signed digests; nothing once the campaign has gone live.
fn stale(case: &Case<'_>, gate: GateKey, digests: &Digests) -> Option<Stale> {
    if case.campaign.life.frozen_at().is_some() {
        return None;
    }
    let approval = case.campaign.gates[gate].approval.as_ref()?;
    let facets = differing(case.playbook, gate, &approval.digests, digests);
    let effect = facets.iter().map(|(_, effect)| *effect).max()?;
    Some(Stale { effect, facets })
}

/// Whether a rule that time alone can turn has an unwaived blocker finding at this gate.
fn has_expired(case: &Case<'_>, gate: GateKey) -> bool {
    let mut case = *case;
    case.surroundings.now = judged_at(&case);
    rules_of(gate)
        .filter(|rule| rule.ages.is_some())
        .flat_map(|rule| rule.findings(&case))
        .any(|finding| finding.blocks())
}

/// The moment at which freshness is judged: now, or when the campaign went live or was given up before.
fn judged_at(case: &Case<'_>) -> Timestamp {
    match case.campaign.life {
        Life::Open | Life::OnHold { .. } => case.now(),
        Life::Live { since } | Life::Completed { live_since: since, .. } => since,
        Life::Cancelled { live_since, at, .. } => live_since.unwrap_or(at),
    }
}

/// The first instant at which some evidence of the gate is too old.
fn fresh_until(case: &Case<'_>, gate: GateKey) -> Option<Timestamp> {
    fresh_until_by(case, gate, |_| true)
}

/// The first instant at which evidence is too old for one of these rules of the gate.
pub(crate) fn fresh_until_by(
    case: &Case<'_>,
    gate: GateKey,
    counts: impl Fn(&Rule) -> bool,
) -> Option<Timestamp> {
    let rules = blockers_of(case, gate).filter(|rule| counts(rule));
    rules.filter_map(|rule| rule.ages.and_then(|fresh_until| fresh_until(case))).min()
}

/// The next instant at which time alone may turn a rule of the gate, either way.
fn turns_at(case: &Case<'_>, gate: GateKey) -> Option<Timestamp> {
    let turns = blockers_of(case, gate).flat_map(|rule| [rule.ages, rule.ripens]);
    turns.flatten().filter_map(|turns_at| turns_at(case)).filter(|at| *at > case.now()).min()
}

fn blockers_of(case: &Case<'_>, gate: GateKey) -> impl Iterator<Item = &'static Rule> {
    rules_of(gate).filter(|rule| rule.severity_in(case.rules) == Some(Severity::Blocker))
}

fn campaign_status(campaign: &Campaign, now: Timestamp, all_passed: bool) -> CampaignStatus {
    let ends_at = campaign.profile.ends_at();
    match &campaign.life {
        Life::Completed { .. } => CampaignStatus::Completed,
        Life::Cancelled { .. } => CampaignStatus::Cancelled,
        Life::Live { .. } => CampaignStatus::Live,
        Life::Open | Life::OnHold { .. } if now >= ends_at => CampaignStatus::Lapsed,
        Life::OnHold { .. } => CampaignStatus::OnHold,
        Life::Open if all_passed => CampaignStatus::Ready,
        Life::Open => CampaignStatus::Preparing,
    }
}

/// When a live campaign completes by itself.
#[must_use]
pub fn completes_at(campaign: &Campaign) -> Option<Timestamp> {
    match campaign.life {
        Life::Live { .. } => Some(later(campaign.profile.ends_at(), COMPLETES_AFTER)),
        Life::Open | Life::OnHold { .. } | Life::Completed { .. } | Life::Cancelled { .. } => None,
    }
}

fn changes_at(case: &Case<'_>) -> Option<Timestamp> {
    let campaign = case.campaign;
    let open = matches!(campaign.life, Life::Open | Life::OnHold { .. });
    let approved = campaign.gates.iter().filter(|(_, facts)| open && facts.approval.is_some());
    let turns = approved.filter_map(|(gate, _)| turns_at(case, gate));
    let ends = open.then(|| campaign.profile.ends_at());
    let ends = ends.into_iter().filter(|end| *end > case.now()).chain(completes_at(campaign));
    // An automatic completion that is due stays the next change until it is written.
    // Once a reminder of people's own has come, the ones after it are planned.
    let frame = Frame::of_campaign(campaign);
    let reminders = campaign.reminders.iter().filter(|_| open);
    let reminded = reminders.filter_map(|reminder| reminder.next(&frame, case.now()).next());
    turns.chain(ends).chain(reminded).min()
}
