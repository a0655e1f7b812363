//! Messages on the way to an approval: due, overdue, wanted, decided.

use jiff::SignedDuration;

use super::{Audience, Class, DAY, Planned, Reason, ladder};
use crate::campaign::{Outcome, Submission, later};
use crate::delegation::Delegation;
use crate::gate::GateKey;
use crate::offset::Offset;
use crate::rule::Case;
use crate::signing::Signing;
use crate::standing::Standing;
use crate::surroundings::Surroundings;

/// How long the reminder at the due instant itself stays of use (domain page, §g).
const DUE_FOR: SignedDuration = SignedDuration::from_hours(4);
/// The overdue level that wakes people; it counts all hours (domain page, §g).
const LAST_LEVEL: &str = "l3";

/// What a gate wants to send until it is decided.
pub(super) fn of(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due = due(case, standing, gate).into_iter();
    let review = wanted(case, gate).into_iter().chain(taken_over(case, gate));
    due.chain(overdue(case, standing, gate)).chain(review).collect()
}

fn due(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due_at = standing.gates[gate].due_at;
    let offsets = &case.playbook.reminders.gate_due;
    let at = |offset: &Offset| case.from(due_at, *offset);
    offsets
        .iter()
        .map(|(occurrence, offset)| {
            let planned_at = at(offset);
            let (not_after, audience) = if planned_at < due_at {
                (due_at, vec![Audience::GateOwner])
            } else {
                (later(due_at, DUE_FOR), vec![Audience::GateOwner, Audience::ApproversInReview])
            };
            Planned {
                reason: Reason::GateDue,
                subject: gate.into(),
                occurrence: occurrence.clone(),
                generation: due_at.to_string(),
                class: Class::Action,
                planned_at,
                not_after,
                audience,
            }
        })
        .collect()
}

fn overdue(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due_at = standing.gates[gate].due_at;
    ladder::climb(case, due_at, &case.playbook.reminders.gate_overdue, Some(LAST_LEVEL))
        .into_iter()
        .map(|step| {
            let (class, audience) = match step.occurrence.as_str() {
                "l1" => (Class::Action, vec![Audience::GateOwner, Audience::Managers]),
                "l2" => (Class::Action, vec![Audience::Managers, Audience::CampaignOwner]),
                _ => (Class::Critical, vec![Audience::Managers, Audience::Admins]),
            };
            step.planned(Reason::GateOverdue, gate, due_at.to_string(), class, audience)
        })
        .collect()
}

fn wanted(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    let Some(submission) = waiting(case, gate) else { return Vec::new() };
    let mut offsets = case.playbook.reminders.approval_wanted.clone();
    offsets.insert("p0".to_owned(), Offset::Elapsed(SignedDuration::ZERO));
    ladder::climb(case, submission.at, &offsets, None)
        .into_iter()
        .map(|step| {
            let audience = match step.occurrence.as_str() {
                "p0" | "p1" => vec![Audience::Approvers],
                "p2" => vec![Audience::Approvers, Audience::ApproversAway, Audience::GateOwner],
                _ => vec![Audience::Managers, Audience::Admins],
            };
            step.planned(Reason::ApprovalWanted, gate, submission.id.to_string(), Class::Action, audience)
        })
        .collect()
}

fn waiting<'c>(case: &Case<'c>, gate: GateKey) -> Option<&'c Submission> {
    case.campaign.gates[gate].submission.as_ref().filter(|submission| submission.outcome.is_none())
}

/// Tells those who stand in for an approver from now on of what was submitted before.
fn taken_over(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    let Some(submission) = waiting(case, gate) else { return Vec::new() };
    let delegations = case.surroundings.directory.delegations().iter();
    let told = delegations.filter(|by| is_taken_over(case, submission, by)).map(|by| Planned {
        reason: Reason::ApprovalWanted,
        subject: gate.into(),
        occurrence: taken_over_by(by),
        generation: submission.id.to_string(),
        class: Class::Action,
        planned_at: by.starts_at,
        not_after: by.ends_at.min(case.go_live_at()),
        audience: vec![Audience::StandIn],
    });
    told.collect()
}

/// The occurrence of the message to whoever stands in by this delegation.
pub(super) fn taken_over_by(by: &Delegation) -> String {
    format!("in_place_{}", by.id)
}

/// Whether a submission from before the delegation wants a signature of whoever stands in by it.
pub(super) fn is_taken_over(case: &Case<'_>, submission: &Submission, by: &Delegation) -> bool {
    let now = case.now().max(by.starts_at);
    let then = Case { surroundings: Surroundings { now, ..case.surroundings }, ..*case };
    let directory = case.surroundings.directory;
    let delegate = directory.stand_in(by.member, now).filter(|(own, _)| own.id == by.id);
    let signature =
        delegate.and_then(|(_, delegate)| Signing::of(&then, submission).signature(delegate)?.on_behalf_of);
    submission.at < by.starts_at && signature.is_some_and(|away| away.id == by.member)
}

/// What was decided, which stays true whatever becomes of the campaign.
pub(super) fn decided(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    // The decisions on a submission that was withdrawn since were planned when they were made.
    let stands = |submission: &&Submission| submission.outcome != Some(Outcome::Withdrawn);
    let Some(submission) = case.campaign.gates[gate].submission.as_ref().filter(stands) else {
        return Vec::new();
    };
    submission
        .decisions
        .iter()
        .enumerate()
        .map(|(index, decision)| Planned {
            reason: Reason::GateDecided,
            subject: gate.into(),
            occurrence: format!("v{}", index + 1),
            generation: submission.id.to_string(),
            class: Class::Action,
            planned_at: decision.at,
            not_after: later(decision.at, DAY).min(case.go_live_at()),
            audience: vec![Audience::Submitter, Audience::GateOwner],
        })
        .collect()
}
