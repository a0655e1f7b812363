//! Review: decide, reconfirm, reopen, and who may.

use super::submission::{authors, preconditions};
use super::{Desk, REVIEWED, WRITABLE};
use crate::actor::{Role, Who};
use crate::campaign::{Decision, Submission, Verdict};
use crate::command::Action;
use crate::digest::Digest;
use crate::effect::Effect;
use crate::event::EventKind;
use crate::gate::GateKey;
use crate::ids::MemberId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::standing::GateStatus;
use crate::surroundings::DirectoryMember;

/// Whoever signs and the submission, if the actor may say this verdict on it; on the revision they saw, where
/// one is given.
pub(super) fn may_decide<'d>(
    desk: &Desk<'d>,
    gate: GateKey,
    verdict: Verdict,
    seen: Option<&Digest>,
) -> Result<(DirectoryMember, &'d Submission), Refusal> {
    let action = match verdict {
        Verdict::Approve => Action::Approve,
        Verdict::RequestChanges => Action::RequestChanges,
    };
    desk.need_role(action, Role::Operator)?;
    let signer = signer(desk, action)?;
    desk.need_campaign(action, REVIEWED)?;
    let submission = waiting_submission(desk, gate, action, seen)?;
    not_an_author(desk, gate, submission)?;
    fits_slot(&submission.policy, gate, &signer)?;
    if submission.decisions.iter().any(|decision| decision.by == signer.id) {
        return Err(Refusal::AlreadyDecided { gate });
    }
    if verdict == Verdict::Approve {
        preconditions(desk, action, gate)?;
    }
    Ok((signer, submission))
}

pub(super) fn decide(
    desk: &Desk<'_>,
    gate: GateKey,
    verdict: Verdict,
    revision: &Digest,
    comment: Option<String>,
) -> Result<Vec<EventKind>, Refusal> {
    let (signer, submission) = may_decide(desk, gate, verdict, Some(revision))?;
    let decision = Decision {
        verdict,
        by: signer.id,
        through: desk.actor.key,
        at: desk.case.now(),
        revision: revision.clone(),
        comment,
    };
    let directory = desk.case.surroundings.directory;
    let earlier = submission.decisions.iter().filter_map(|earlier| directory.member(earlier.by));
    let filled = submission.policy.is_filled_by(earlier.chain([&signer]));
    let signs = &desk.standing.gates[gate].signs;
    let approval = (verdict == Verdict::Approve && filled).then(|| signs.clone());
    Ok(vec![EventKind::GateDecided { gate, decision: Box::new(decision), approval }])
}

/// Why a member who fits the gate's policy could not decide on what waits or would be submitted by the actor.
#[must_use]
pub fn cannot_decide(desk: &Desk<'_>, gate: GateKey, member: &DirectoryMember) -> Option<Refusal> {
    let in_review = desk.standing.gates[gate].status == GateStatus::InReview;
    let waiting = desk.case.campaign.gates[gate].submission.as_ref().filter(|_| in_review);
    let authors = waiting.map_or_else(|| authors(desk, gate), |submission| submission.authors.clone());
    let decided =
        waiting.is_some_and(|newest| newest.decisions.iter().any(|decision| decision.by == member.id));
    let policy = waiting.map_or(&desk.case.playbook.gates[gate].policy, |submission| &submission.policy);
    if let Err(refusal) = fits_slot(policy, gate, member) {
        Some(refusal)
    } else if authors.contains(&member.id) {
        Some(own_approval(desk, gate, policy, &authors))
    } else if decided {
        Some(Refusal::AlreadyDecided { gate })
    } else {
        None
    }
}

/// The person who signs, with no more authority than the request has: a key may carry less than its person.
fn signer(desk: &Desk<'_>, action: Action) -> Result<DirectoryMember, Refusal> {
    let member = desk.actor.member().and_then(|id| desk.case.surroundings.directory.member(id));
    let member = member.ok_or(Refusal::PersonNeeded { action })?;
    Ok(DirectoryMember { role: member.role.min(desk.actor.role), ..member.clone() })
}

fn waiting_submission<'d>(
    desk: &Desk<'d>,
    gate: GateKey,
    action: Action,
    seen: Option<&Digest>,
) -> Result<&'d Submission, Refusal> {
    let status = desk.standing.gates[gate].status;
    let newest = desk.case.campaign.gates[gate].submission.as_ref();
    let undecided = newest.filter(|newest| newest.outcome.is_none());
    // An edit voids what waits. Whoever decides on what they saw before is told of the edit, not of the status.
    if undecided.is_some() {
        same_revision(desk, gate, seen)?;
    }
    undecided.filter(|_| status == GateStatus::InReview).ok_or_else(|| Refusal::WrongGateStatus {
        gate,
        action,
        status,
        needed: vec![GateStatus::InReview],
    })
}

fn same_revision(desk: &Desk<'_>, gate: GateKey, seen: Option<&Digest>) -> Result<(), Refusal> {
    let current = &desk.standing.gates[gate].revision;
    if seen.is_none_or(|seen| seen == current) {
        return Ok(());
    }
    let waits = desk.standing.gates[gate].status != GateStatus::Open;
    Err(Refusal::RevisionChanged { gate, current: current.clone(), waits })
}

/// Neither an author may decide, whatever their role, nor a key that the person who submitted made. What a
/// service submitted may be decided with a key of the same maker: one admin makes the keys of everybody.
fn not_an_author(desk: &Desk<'_>, gate: GateKey, submission: &Submission) -> Result<(), Refusal> {
    let maker = desk.actor.key_made_by.filter(|_| matches!(submission.by, Who::Member(_)));
    if desk.actor.member().into_iter().chain(maker).any(|member| submission.authors.contains(&member)) {
        return Err(own_approval(desk, gate, &submission.policy, &submission.authors));
    }
    Ok(())
}

/// The refusal to an author, with the names of those who could decide instead.
fn own_approval(desk: &Desk<'_>, gate: GateKey, policy: &Policy, authors: &[MemberId]) -> Refusal {
    let submission = desk.case.campaign.gates[gate].submission.as_ref();
    let have_decided = |member: &DirectoryMember| {
        submission.is_some_and(|newest| {
            newest.outcome.is_none() && newest.decisions.iter().any(|decision| decision.by == member.id)
        })
    };
    let others = desk.case.surroundings.directory.active();
    let others =
        others.filter(|member| policy.fits(member) && !authors.contains(&member.id) && !have_decided(member));
    let others = others.map(|member| member.name.clone()).collect();
    Refusal::OwnApproval { gate, author: policy.forbid_author, others }
}

fn fits_slot(policy: &Policy, gate: GateKey, member: &DirectoryMember) -> Result<(), Refusal> {
    if policy.fits(member) {
        return Ok(());
    }
    let slots = policy.slots.iter().map(|slot| slot.from.clone()).collect();
    Err(Refusal::FitsNoSlot { gate, slots })
}

/// Whoever signs, if the actor may carry the approval over to the changed facets; in the revision they saw,
/// where one is given.
pub(super) fn may_reconfirm(
    desk: &Desk<'_>,
    gate: GateKey,
    seen: Option<&Digest>,
) -> Result<DirectoryMember, Refusal> {
    let action = Action::Reconfirm;
    desk.need_role(action, Role::Operator)?;
    let signer = signer(desk, action)?;
    desk.need_campaign(action, REVIEWED)?;
    desk.need_gate(action, gate, &[GateStatus::Stale])?;
    if desk.standing.gates[gate].stale.as_ref().is_some_and(|stale| stale.effect == Effect::Revoke) {
        return Err(Refusal::ReviewNeeded { gate });
    }
    same_revision(desk, gate, seen)?;
    fits_slot(&desk.case.playbook.gates[gate].policy, gate, &signer)?;
    preconditions(desk, action, gate)?;
    Ok(signer)
}

pub(super) fn reconfirm(
    desk: &Desk<'_>,
    gate: GateKey,
    revision: &Digest,
    comment: Option<String>,
) -> Result<Vec<EventKind>, Refusal> {
    let signer = may_reconfirm(desk, gate, Some(revision))?;
    let digests = desk.standing.gates[gate].signs.clone();
    Ok(vec![EventKind::GateReconfirmed { gate, by: signer.id, comment, digests }])
}

/// Whether the actor may end the gate's approval.
pub(super) fn may_reopen(desk: &Desk<'_>, gate: GateKey) -> Result<(), Refusal> {
    desk.need_role(Action::Reopen, Role::Manager)?;
    desk.need_campaign(Action::Reopen, WRITABLE)?;
    desk.need_gate(Action::Reopen, gate, &[GateStatus::Passed, GateStatus::Expired, GateStatus::Stale])
}

pub(super) fn reopen(desk: &Desk<'_>, gate: GateKey, reason: String) -> Result<Vec<EventKind>, Refusal> {
    may_reopen(desk, gate)?;
    Ok(vec![EventKind::GateReopened { gate, reason }])
}
