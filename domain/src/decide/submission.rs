//! Submission: what must hold before a gate can be reviewed, who counts as its author, and taking it back.

use super::{Desk, REVIEWED, WRITABLE, open};
use crate::actor::Role;
use crate::campaign::{Approval, GateFacts, Reviewed, Submission};
use crate::command::Action;
use crate::event::EventKind;
use crate::finding::Finding;
use crate::gate::GateKey;
use crate::ids::{MemberId, SubmissionId};
use crate::playbook::Severity;
use crate::policy::{ForbidAuthor, Policy, Slot};
use crate::refusal::{EmptySlot, OpenItem, Refusal};
use crate::standing::GateStatus;

/// Whether the gate can be submitted; open warnings still ask for a comment.
///
/// Answers what the submission would carry: its authors and the policy that remains.
pub(super) fn may_submit(desk: &Desk<'_>, gate: GateKey) -> Result<(Vec<MemberId>, Policy), Refusal> {
    desk.need_role(Action::Submit, Role::Operator)?;
    desk.need_campaign(Action::Submit, REVIEWED)?;
    if desk.standing.gates[gate].status != GateStatus::Blocked {
        let from = [GateStatus::Open, GateStatus::ChangesRequested, GateStatus::Stale, GateStatus::Expired];
        desk.need_gate(Action::Submit, gate, &from)?;
    }
    preconditions(desk, Action::Submit, gate)?;
    let authors = authors(desk, gate);
    let policy = slots_that_can_be_filled(desk, gate, &authors)?;
    Ok((authors, policy))
}

pub(super) fn submit(
    desk: &Desk<'_>,
    gate: GateKey,
    id: SubmissionId,
    comment: Option<String>,
) -> Result<Vec<EventKind>, Refusal> {
    let (authors, policy) = may_submit(desk, gate)?;
    let warnings = |finding: &&Finding| finding.severity == Severity::Warning && !finding.waived;
    let warnings = open(desk.findings_at(gate).filter(warnings), desk.case.profile());
    if comment.is_none() && !warnings.is_empty() {
        return Err(Refusal::CommentNeeded { gate, findings: warnings });
    }
    let submission = Submission {
        id,
        revision: desk.standing.gates[gate].revision.clone(),
        by: desk.actor.who,
        through: desk.actor.key,
        at: desk.case.now(),
        comment,
        policy,
        authors,
        decisions: Vec::new(),
        outcome: None,
        signs: desk.standing.gates[gate].signs.clone(),
        before: reviewed(&desk.case.campaign.gates[gate]),
    };
    Ok(vec![EventKind::GateSubmitted { gate, submission: Box::new(submission) }])
}

/// What people last decided on at this gate: what was approved or confirmed, else the newest submission with a decision.
fn reviewed(facts: &GateFacts) -> Option<Reviewed> {
    if let Some(Approval { digests, approved_at, reconfirmed, .. }) = &facts.approval {
        let at = reconfirmed.as_ref().map_or(*approved_at, |confirmed| confirmed.at);
        return Some(Reviewed { at, digests: digests.clone() });
    }
    let newest = facts.submission.as_ref()?;
    match newest.decisions.last() {
        // Submissions from before digests were kept cannot be compared with.
        Some(decision) => {
            (!newest.signs.is_empty()).then(|| Reviewed { at: decision.at, digests: newest.signs.clone() })
        }
        None => newest.before.clone(),
    }
}

/// What must hold at submission, at approval and at reconfirmation alike.
pub(super) fn preconditions(desk: &Desk<'_>, action: Action, gate: GateKey) -> Result<(), Refusal> {
    let waiting_on = &desk.standing.gates[gate].waiting_on;
    if !waiting_on.is_empty() {
        return Err(Refusal::RequirementsOpen { gate, waiting_on: waiting_on.clone() });
    }
    let blockers = open(desk.findings_at(gate).filter(|finding| finding.blocks()), desk.case.profile());
    if !blockers.is_empty() {
        return Err(Refusal::BlockersOpen { action, findings: blockers });
    }
    let ticks = &desk.case.campaign.gates[gate].ticks;
    let required = desk.case.playbook.gates[gate].checklist.iter().filter(|item| item.required);
    let items: Vec<OpenItem> = required
        .filter(|item| !ticks.contains_key(&item.key))
        .map(|item| OpenItem { key: item.key.clone(), title: item.title.clone() })
        .collect();
    if items.is_empty() { Ok(()) } else { Err(Refusal::ItemsOpen { gate, items }) }
}

/// Members who would be authors of a submission made now.
pub(super) fn authors(desk: &Desk<'_>, gate: GateKey) -> Vec<MemberId> {
    let editors = desk.case.campaign.gates[gate].editors.iter().copied();
    let mut authors: Vec<MemberId> = match desk.case.playbook.gates[gate].policy.forbid_author {
        ForbidAuthor::Submitter => desk.actor.author().into_iter().collect(),
        ForbidAuthor::Editor => desk.actor.author().into_iter().chain(editors).collect(),
        ForbidAuthor::Nobody => Vec::new(),
    };
    authors.sort();
    authors.dedup();
    authors
}

/// The policy without duty slots nobody but authors holds; refused where a slot could never be filled.
fn slots_that_can_be_filled(desk: &Desk<'_>, gate: GateKey, authors: &[MemberId]) -> Result<Policy, Refusal> {
    let policy = &desk.case.playbook.gates[gate].policy;
    let eligible = |slot: &Slot| {
        let members = desk.case.surroundings.directory.active();
        members.filter(|member| slot.from.fits(member) && !authors.contains(&member.id)).count()
    };
    let slots: Vec<Slot> =
        policy.slots.iter().filter(|slot| !slot.if_held || eligible(slot) > 0).cloned().collect();
    let missing: Vec<EmptySlot> = slots
        .iter()
        .filter(|slot| eligible(slot) < slot.count)
        .map(|slot| EmptySlot { from: slot.from.clone(), found: eligible(slot), needed: slot.count })
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::NobodyCanDecide { gate, slots: missing });
    }
    Ok(Policy { slots, forbid_author: policy.forbid_author })
}

/// Whether the actor may take the waiting submission back.
pub(super) fn may_withdraw(desk: &Desk<'_>, gate: GateKey) -> Result<(), Refusal> {
    desk.need_role(Action::Withdraw, Role::Operator)?;
    desk.need_campaign(Action::Withdraw, WRITABLE)?;
    desk.need_gate(Action::Withdraw, gate, &[GateStatus::InReview])?;
    let submission = desk.case.campaign.gates[gate].submission.as_ref();
    if submission.is_some_and(|submission| submission.by == desk.actor.who) {
        return Ok(());
    }
    desk.need_role(Action::Withdraw, Role::Manager)
}

pub(super) fn withdraw(desk: &Desk<'_>, gate: GateKey) -> Result<Vec<EventKind>, Refusal> {
    may_withdraw(desk, gate)?;
    Ok(vec![EventKind::SubmissionWithdrawn { gate }])
}
