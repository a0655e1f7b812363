//! Who gets a message: audiences resolved to people at the moment of sending.

use super::{Audience, Planned};
use crate::actor::Role;
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
    let directory = case.surroundings.directory;
    let facts = &case.campaign.gates[notice.subject];
    let active = |id: MemberId| directory.member(id).filter(|member| member.active);
    let owner = || directory.person(&case.profile().owner);
    match audience {
        Audience::GateOwner => one_or_managers(case, facts.assignee.and_then(active).or_else(owner)),
        Audience::CampaignOwner => one_or_managers(case, owner()),
        Audience::Approvers => approvers(case, notice),
        Audience::ApproversInReview => match standing.gates[notice.subject].status {
            GateStatus::InReview => approvers(case, notice),
            GateStatus::Passed
            | GateStatus::Expired
            | GateStatus::Stale
            | GateStatus::ChangesRequested
            | GateStatus::Blocked
            | GateStatus::Open => Vec::new(),
        },
        Audience::Reviewers => {
            let policy = &case.playbook.gates[notice.subject].policy;
            directory.active().filter(|member| policy.fits(member)).collect()
        }
        Audience::Submitter => {
            let by = facts.submission.as_ref().map(|submission| submission.by);
            directory.active().filter(|member| by == Some(crate::actor::Who::Member(member.id))).collect()
        }
        Audience::Managers => managers(case),
        Audience::Admins => admins(case),
    }
}

/// The one person, or the managers where that person is gone: what has no addressee is never lost.
fn one_or_managers<'c>(case: &Case<'c>, one: Option<&'c DirectoryMember>) -> Vec<&'c DirectoryMember> {
    one.map_or_else(|| managers(case), |one| vec![one])
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
fn approvers<'c>(case: &Case<'c>, notice: &Planned) -> Vec<&'c DirectoryMember> {
    let Some(submission) = &case.campaign.gates[notice.subject].submission else { return Vec::new() };
    let eligible = |member: &&DirectoryMember| {
        submission.policy.fits(member)
            && !submission.authors.contains(&member.id)
            && submission.decisions.iter().all(|decision| decision.by != member.id)
    };
    case.surroundings.directory.active().filter(eligible).collect()
}
