//! Messages on the way to an approval: due, overdue, wanted, decided.

use jiff::SignedDuration;

use super::{Audience, Class, DAY, Planned, Reason, ladder};
use crate::campaign::{Outcome, Submission, later};
use crate::gate::GateKey;
use crate::offset::Offset;
use crate::rule::Case;
use crate::standing::Standing;

/// How long the reminder at the due instant itself stays of use (domain page, §g).
const DUE_FOR: SignedDuration = SignedDuration::from_hours(4);
/// The overdue level that wakes people; it counts all hours (domain page, §g).
const LAST_LEVEL: &str = "l3";

/// What a gate wants to send until it is decided.
pub(super) fn of(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due = due(case, standing, gate).into_iter();
    due.chain(overdue(case, standing, gate)).chain(wanted(case, gate)).collect()
}

fn due(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due_at = standing.gates[gate].due_at;
    let offsets = &case.playbook.reminders.gate_due;
    let at = |offset: &Offset| offset.from(due_at, &case.profile().time_zone);
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
    let waiting = |submission: &&Submission| submission.outcome.is_none();
    let Some(submission) = case.campaign.gates[gate].submission.as_ref().filter(waiting) else {
        return Vec::new();
    };
    let mut offsets = case.playbook.reminders.approval_wanted.clone();
    offsets.insert("p0".to_owned(), Offset::Elapsed(SignedDuration::ZERO));
    ladder::climb(case, submission.at, &offsets, None)
        .into_iter()
        .map(|step| {
            let audience = match step.occurrence.as_str() {
                "p0" | "p1" => vec![Audience::Approvers],
                "p2" => vec![Audience::Approvers, Audience::GateOwner],
                _ => vec![Audience::Managers, Audience::Admins],
            };
            step.planned(Reason::ApprovalWanted, gate, submission.id.to_string(), Class::Action, audience)
        })
        .collect()
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
