//! Review: decide, reconfirm, reopen, and who may.

use super::submission::{authors, preconditions};
use super::{Desk, REVIEWED, WRITABLE};
use crate::actor::{Role, Who};
use crate::campaign::{Decision, Reconfirmation, Submission, Verdict};
use crate::command::Action;
use crate::digest::Digest;
use crate::effect::Effect;
use crate::event::EventKind;
use crate::gate::GateKey;
use crate::ids::MemberId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::signing::Signing;
use crate::standing::GateStatus;
use crate::surroundings::DirectoryMember;

/// Who signs, and who is away and in whose place they do.
pub(super) struct Signed {
    by: MemberId,
    on_behalf_of: Option<MemberId>,
    /// Whether nothing is wanting any more after an approval.
    is_last: bool,
}

/// Whoever signs, if the actor may say this verdict on what waits; on the revision they saw, where one is given.
pub(super) fn may_decide(
    desk: &Desk<'_>,
    gate: GateKey,
    verdict: Verdict,
    seen: Option<&Digest>,
) -> Result<Signed, Refusal> {
    let action = match verdict {
        Verdict::Approve => Action::Approve,
        Verdict::RequestChanges => Action::RequestChanges,
    };
    desk.need_role(action, Role::Operator)?;
    let signer = signer(desk, action)?;
    desk.need_campaign(action, REVIEWED)?;
    let submission = waiting_submission(desk, gate, action, seen)?;
    let signing = Signing::of(&desk.case, submission);
    not_an_author(desk, gate, submission, &signing)?;
    let Some(signature) = signing.signature(&signer) else {
        return Err(unwanted(gate, &submission.policy, &signing, &signer));
    };
    if verdict == Verdict::Approve {
        preconditions(desk, action, gate)?;
    }
    let on_behalf_of = signature.on_behalf_of.map(|away| away.id);
    Ok(Signed { by: signer.id, on_behalf_of, is_last: signing.is_filled_with(signature) })
}

pub(super) fn decide(
    desk: &Desk<'_>,
    gate: GateKey,
    verdict: Verdict,
    revision: &Digest,
    comment: Option<String>,
) -> Result<Vec<EventKind>, Refusal> {
    let Signed { by, on_behalf_of, is_last } = may_decide(desk, gate, verdict, Some(revision))?;
    let decision = Decision {
        verdict,
        by,
        on_behalf_of,
        through: desk.actor.key,
        at: desk.case.now(),
        revision: revision.clone(),
        comment,
    };
    let signs = &desk.standing.gates[gate].signs;
    let approval = (verdict == Verdict::Approve && is_last).then(|| signs.clone());
    Ok(vec![EventKind::GateDecided { gate, decision: Box::new(decision), approval }])
}

/// Why a member who fits the gate's policy could not decide on what waits or would be submitted by the actor.
#[must_use]
pub fn cannot_decide(desk: &Desk<'_>, gate: GateKey, member: &DirectoryMember) -> Option<Refusal> {
    let in_review = desk.standing.gates[gate].status == GateStatus::InReview;
    let waiting = desk.case.campaign.gates[gate].submission.as_ref().filter(|_| in_review);
    let (policy, authors) = match waiting {
        Some(submission) => (&submission.policy, submission.authors.clone()),
        None => (&desk.case.playbook.gates[gate].policy, authors(desk, gate)),
    };
    let before = Signing::before(&desk.case, policy, &authors);
    let signing = waiting.map_or(before, |submission| Signing::of(&desk.case, submission));
    if signing.signature(member).is_some() {
        None
    } else if signing.has_slot_for(member) && signing.is_author(member.id) {
        Some(own_approval(desk, gate, policy, &signing))
    } else {
        Some(unwanted(gate, policy, &signing, member))
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

/// Neither an author may decide, whatever their role, nor whoever stands in for them, nor a key that the person who submitted made. What a
/// service submitted may be decided with a key of the same maker: one admin makes the keys of everybody.
fn not_an_author(
    desk: &Desk<'_>,
    gate: GateKey,
    submission: &Submission,
    signing: &Signing<'_>,
) -> Result<(), Refusal> {
    let maker = desk.actor.key_made_by.filter(|_| matches!(submission.by, Who::Member(_)));
    let made_by_author = maker.is_some_and(|maker| submission.authors.contains(&maker));
    if made_by_author || desk.actor.member().is_some_and(|member| signing.is_author(member)) {
        return Err(own_approval(desk, gate, &submission.policy, signing));
    }
    Ok(())
}

/// The refusal to an author, with the names of those who could decide instead.
fn own_approval(desk: &Desk<'_>, gate: GateKey, policy: &Policy, signing: &Signing<'_>) -> Refusal {
    let others = desk.case.surroundings.directory.active();
    let others = others.filter(|member| signing.signature(member).is_some());
    let others = others.map(|member| member.name.clone()).collect();
    Refusal::OwnApproval { gate, author: policy.forbid_author, others }
}

/// Why no signature is wanted of a member who is no author.
fn unwanted(gate: GateKey, policy: &Policy, signing: &Signing<'_>, member: &DirectoryMember) -> Refusal {
    if signing.has_slot_for(member) && signing.is_spent(member.id) {
        Refusal::AlreadyDecided { gate }
    } else {
        fits_no_slot(policy, gate)
    }
}

fn fits_no_slot(policy: &Policy, gate: GateKey) -> Refusal {
    let slots = policy.slots.iter().map(|slot| slot.from.clone()).collect();
    Refusal::FitsNoSlot { gate, slots }
}

/// Whoever signs, and in whose place, if the actor may carry the approval over to the changed facets; in the revision
/// they saw, where one is given.
pub(super) fn may_reconfirm(
    desk: &Desk<'_>,
    gate: GateKey,
    seen: Option<&Digest>,
) -> Result<(MemberId, Option<MemberId>), Refusal> {
    let action = Action::Reconfirm;
    desk.need_role(action, Role::Operator)?;
    let signer = signer(desk, action)?;
    desk.need_campaign(action, REVIEWED)?;
    desk.need_gate(action, gate, &[GateStatus::Stale])?;
    if desk.standing.gates[gate].stale.as_ref().is_some_and(|stale| stale.effect == Effect::Revoke) {
        return Err(Refusal::ReviewNeeded { gate });
    }
    same_revision(desk, gate, seen)?;
    let policy = &desk.case.playbook.gates[gate].policy;
    let on_behalf_of = if policy.fits(&signer) {
        None
    } else {
        let mut away = desk.case.surroundings.directory.represented_by(signer.id, desk.case.now());
        Some(away.find(|away| policy.fits(away)).ok_or_else(|| fits_no_slot(policy, gate))?.id)
    };
    preconditions(desk, action, gate)?;
    Ok((signer.id, on_behalf_of))
}

pub(super) fn reconfirm(
    desk: &Desk<'_>,
    gate: GateKey,
    revision: &Digest,
    comment: Option<String>,
) -> Result<Vec<EventKind>, Refusal> {
    let (by, on_behalf_of) = may_reconfirm(desk, gate, Some(revision))?;
    let digests = desk.standing.gates[gate].signs.clone();
    let confirmed = Reconfirmation { by, on_behalf_of, at: desk.case.now(), comment };
    Ok(vec![EventKind::GateReconfirmed { gate, confirmed, digests }])
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
