//! Who gets a message: audiences resolved to people at the moment of sending, and those who are away to whoever stands in.

use jiff::Timestamp;

use super::{About, Audience, Planned, code, office, review, undelivered};
use crate::actor::Role;
use crate::campaign::Submission;
use crate::delegation::Delegation;
use crate::gate::GateKey;
use crate::ids::MemberId;
use crate::rule::Case;
use crate::signing::Signing;
use crate::standing::{GateStatus, Standing};
use crate::surroundings::{Directory, DirectoryMember};

/// A member who gets a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub member: MemberId,
    /// By which delegations, if it is for somebody who is away and not for them as well.
    pub in_place_of: Vec<Delegation>,
}

/// Somebody a message is for, or who stands in for them.
type Reached<'c> = (&'c DirectoryMember, Option<Delegation>);

/// The active members a message goes to, each once, in the order of the audience.
#[must_use]
pub fn recipients(about: &About<'_>, notice: &Planned) -> Vec<Recipient> {
    let mut recipients: Vec<Recipient> = Vec::new();
    let reached = notice.audience.iter().flat_map(|audience| match about {
        About::Campaign(case, standing) => resolve(case, standing, notice, *audience),
        About::Organization(office) => {
            present(office.directory, office.now, office::resolve(office, notice, *audience))
        }
    });
    for (member, by) in reached {
        let by: Vec<Delegation> = by.into_iter().collect();
        match recipients.iter_mut().find(|known| known.member == member.id) {
            None => recipients.push(Recipient { member: member.id, in_place_of: by }),
            Some(known) if by.is_empty() => known.in_place_of = by,
            Some(known) if known.in_place_of.is_empty() => {}
            Some(known) => known.in_place_of.extend(by),
        }
    }
    recipients
}

/// Whoever gets a message in the place of a member who is away and gets it no more; none while they still get it.
#[must_use]
pub fn stand_in(about: &About<'_>, notice: &Planned, member: MemberId) -> Option<MemberId> {
    let recipients = recipients(about, notice);
    let of_member = |recipient: &&Recipient| recipient.in_place_of.iter().any(|by| by.member == member);
    let still = recipients.iter().any(|recipient| recipient.member == member);
    recipients.iter().find(of_member).filter(|_| !still).map(|recipient| recipient.member)
}

fn resolve<'c>(
    case: &Case<'c>,
    standing: &Standing,
    notice: &Planned,
    audience: Audience,
) -> Vec<Reached<'c>> {
    let (gate, directory) = (notice.subject.gate(), case.surroundings.directory);
    let present = |members| present(directory, case.now(), members);
    let reviewed = gate.filter(|gate| standing.gates[*gate].status == GateStatus::InReview);
    match (audience, gate) {
        (Audience::CampaignOwner, _) => present(owner(case)),
        (Audience::Roster, _) => present(roster(case)),
        // It is for nobody else's eyes, whoever stands in.
        (Audience::Asked, _) => code::asked(case, notice).map(|member| (member, None)).into_iter().collect(),
        (Audience::Caretaker, _) => present(undelivered::caretakers(case, notice)),
        (Audience::Managers, _) => present(managers(directory)),
        (Audience::Everybody, _) => present(everybody(directory)),
        // No key belongs to a campaign.
        (Audience::KeyHolder, _) => Vec::new(),
        (Audience::Admins, _) => present(admins(directory)),
        (Audience::GateOwner, Some(gate)) => present(gate_owner(case, gate)),
        (Audience::Approvers, Some(gate)) => approvers(case, gate),
        (Audience::ApproversInReview, Some(_)) => {
            reviewed.map_or_else(Vec::new, |gate| approvers(case, gate))
        }
        (Audience::ApproversAway, Some(gate)) => approvers_away(case, gate),
        (Audience::StandIn, Some(gate)) => taking_over(case, gate, notice),
        (Audience::Reviewers, Some(gate)) => present(reviewers(case, gate)),
        (Audience::Submitter, Some(gate)) => present(submitter(case, gate)),
        (
            Audience::GateOwner
            | Audience::Approvers
            | Audience::ApproversInReview
            | Audience::ApproversAway
            | Audience::StandIn
            | Audience::Reviewers
            | Audience::Submitter,
            None,
        ) => present(owner(case)),
    }
}

/// These members, or who stands in for those who are away.
fn present<'c>(
    directory: &'c Directory,
    now: Timestamp,
    members: Vec<&'c DirectoryMember>,
) -> Vec<Reached<'c>> {
    let reach = |member: &'c DirectoryMember| {
        let stand_in = directory.stand_in(member.id, now);
        stand_in.map_or((member, None), |(by, delegate)| (delegate, Some(*by)))
    };
    members.into_iter().map(reach).collect()
}

fn gate_owner<'c>(case: &Case<'c>, gate: GateKey) -> Vec<&'c DirectoryMember> {
    let active = |id: MemberId| case.surroundings.directory.member(id).filter(|member| member.active);
    match case.campaign.gates[gate].assignee.and_then(active) {
        Some(assignee) => vec![assignee],
        None => owner(case),
    }
}

fn reviewers<'c>(case: &Case<'c>, gate: GateKey) -> Vec<&'c DirectoryMember> {
    let policy = &case.playbook.gates[gate].policy;
    case.surroundings.directory.active().filter(|member| policy.fits(member)).collect()
}

fn submitter<'c>(case: &Case<'c>, gate: GateKey) -> Vec<&'c DirectoryMember> {
    let by = case.campaign.gates[gate].submission.as_ref().map(|submission| submission.by);
    let active = case.surroundings.directory.active();
    active.filter(|member| by == Some(crate::actor::Who::Member(member.id))).collect()
}

/// Members who work in the show. A roster may name people who are no members; nobody can write to them.
fn roster<'c>(case: &Case<'c>) -> Vec<&'c DirectoryMember> {
    let entries = case.contents().team.roster.as_deref().unwrap_or_default();
    let named = entries.iter().filter_map(|entry| entry.person.as_deref());
    named.filter_map(|person| case.surroundings.directory.called(person)).collect()
}

/// The campaign's owner, or the managers where they have left: what has no addressee is never lost.
pub(super) fn owner<'c>(case: &Case<'c>) -> Vec<&'c DirectoryMember> {
    let owner = case.surroundings.directory.person(&case.profile().owner);
    owner.map_or_else(|| managers(case.surroundings.directory), |owner| vec![owner])
}

pub(super) fn managers(directory: &Directory) -> Vec<&DirectoryMember> {
    let managers: Vec<_> = directory.active().filter(|member| member.role == Role::Manager).collect();
    if managers.is_empty() { admins(directory) } else { managers }
}

pub(super) fn everybody(directory: &Directory) -> Vec<&DirectoryMember> {
    directory.active().collect()
}

pub(super) fn admins(directory: &Directory) -> Vec<&DirectoryMember> {
    directory.active().filter(|member| member.role == Role::Admin).collect()
}

/// Members whose signature the waiting submission wants, or who can give it in their place.
fn approvers<'c>(case: &Case<'c>, gate: GateKey) -> Vec<Reached<'c>> {
    let Some(submission) = &case.campaign.gates[gate].submission else { return Vec::new() };
    let (directory, signing) = (case.surroundings.directory, Signing::of(case, submission));
    let reach = |member: &'c DirectoryMember| {
        let stand_in = directory.stand_in(member.id, case.now());
        let able = stand_in.filter(|(_, delegate)| signing.signature(delegate).is_some());
        able.map_or((member, None), |(by, delegate)| (delegate, Some(*by)))
    };
    wanted(case, submission).into_iter().map(reach).collect()
}

/// The same members as far as they are away.
fn approvers_away<'c>(case: &Case<'c>, gate: GateKey) -> Vec<Reached<'c>> {
    let Some(submission) = &case.campaign.gates[gate].submission else { return Vec::new() };
    let is_away =
        |member: &DirectoryMember| case.surroundings.directory.stand_in(member.id, case.now()).is_some();
    let away = wanted(case, submission).into_iter().filter(|member| is_away(member));
    away.map(|member| (member, None)).collect()
}

/// Whoever takes a waiting submission over from somebody who is away from now on.
fn taking_over<'c>(case: &Case<'c>, gate: GateKey, notice: &Planned) -> Vec<Reached<'c>> {
    let Some(submission) = &case.campaign.gates[gate].submission else { return Vec::new() };
    let directory = case.surroundings.directory;
    let own = |by: &&Delegation| review::taken_over_by(by) == notice.occurrence;
    let by = directory.delegations().iter().find(own);
    let by = by.filter(|by| review::is_taken_over(case, submission, by));
    let delegate = by.and_then(|by| Some((directory.member(by.delegate)?, Some(*by))));
    delegate.into_iter().collect()
}

fn wanted<'c>(case: &Case<'c>, submission: &Submission) -> Vec<&'c DirectoryMember> {
    let signing = Signing::of(case, submission);
    case.surroundings.directory.active().filter(|member| signing.wants(member)).collect()
}
