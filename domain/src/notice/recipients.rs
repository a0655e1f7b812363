//! Who gets a message: audiences resolved to people at the moment of sending.

use super::{Audience, Planned};
use crate::actor::Role;
use crate::gate::GateKey;
use crate::ids::MemberId;
use crate::rule::Case;
use crate::standing::{GateStatus, Standing};
use crate::surroundings::DirectoryMember;

/// The active members a message goes to, each once, in the order of the audience.
#[must_use]
pub fn recipients(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Vec<MemberId> {
    let mut recipients = Vec::new();
    for audience in &notice.audience {
        for member in resolve(case, standing, notice, *audience) {
            if !recipients.contains(&member.id) {
                recipients.push(member.id);
            }
        }
    }
    recipients
}

fn resolve<'c>(
    case: &Case<'c>,
    standing: &Standing,
    notice: &Planned,
    audience: Audience,
) -> Vec<&'c DirectoryMember> {
    match audience {
        Audience::CampaignOwner => owner(case),
        Audience::Roster => roster(case),
        Audience::Managers => managers(case),
        Audience::Admins => admins(case),
        Audience::GateOwner
        | Audience::Approvers
        | Audience::ApproversInReview
        | Audience::Reviewers
        | Audience::Submitter => {
            let gate = notice.subject.gate();
            gate.map_or_else(|| owner(case), |gate| resolve_at(case, standing, gate, audience))
        }
    }
}

/// Those whom the gate tells.
fn resolve_at<'c>(
    case: &Case<'c>,
    standing: &Standing,
    gate: GateKey,
    audience: Audience,
) -> Vec<&'c DirectoryMember> {
    let directory = case.surroundings.directory;
    let facts = &case.campaign.gates[gate];
    let active = |id: MemberId| directory.member(id).filter(|member| member.active);
    match audience {
        Audience::GateOwner => match facts.assignee.and_then(active) {
            Some(assignee) => vec![assignee],
            None => owner(case),
        },
        Audience::Approvers => approvers(case, gate),
        Audience::ApproversInReview if standing.gates[gate].status == GateStatus::InReview => {
            approvers(case, gate)
        }
        Audience::ApproversInReview => Vec::new(),
        Audience::Reviewers => {
            let policy = &case.playbook.gates[gate].policy;
            directory.active().filter(|member| policy.fits(member)).collect()
        }
        Audience::Submitter => {
            let by = facts.submission.as_ref().map(|submission| submission.by);
            directory.active().filter(|member| by == Some(crate::actor::Who::Member(member.id))).collect()
        }
        Audience::CampaignOwner | Audience::Roster | Audience::Managers | Audience::Admins => Vec::new(),
    }
}

/// Members who work in the show. A roster may name people who are no members; nobody can write to them.
fn roster<'c>(case: &Case<'c>) -> Vec<&'c DirectoryMember> {
    let entries = case.contents().team.roster.as_deref().unwrap_or_default();
    let named = entries.iter().filter_map(|entry| entry.person.as_deref());
    named.filter_map(|person| case.surroundings.directory.called(person)).collect()
}

/// The campaign's owner, or the managers where they have left: what has no addressee is never lost.
fn owner<'c>(case: &Case<'c>) -> Vec<&'c DirectoryMember> {
    let owner = case.surroundings.directory.person(&case.profile().owner);
    owner.map_or_else(|| managers(case), |owner| vec![owner])
}

fn managers<'c>(case: &Case<'c>) -> Vec<&'c DirectoryMember> {
    let directory = case.surroundings.directory;
    let managers: Vec<_> = directory.active().filter(|member| member.role == Role::Manager).collect();
    if managers.is_empty() { admins(case) } else { managers }
}

fn admins<'c>(case: &Case<'c>) -> Vec<&'c DirectoryMember> {
    case.surroundings.directory.active().filter(|member| member.role == Role::Admin).collect()
}

/// Members the waiting submission can use who have not decided yet.
fn approvers<'c>(case: &Case<'c>, gate: GateKey) -> Vec<&'c DirectoryMember> {
    let Some(submission) = &case.campaign.gates[gate].submission else { return Vec::new() };
    let eligible = |member: &&DirectoryMember| {
        submission.policy.fits(member)
            && !submission.authors.contains(&member.id)
            && submission.decisions.iter().all(|decision| decision.by != member.id)
    };
    case.surroundings.directory.active().filter(eligible).collect()
}
