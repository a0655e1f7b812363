//! Whose signature a submission still needs, and in whose place somebody signs. Nobody signs their own work, neither does
//! whoever stands in for its author, and one person's authority counts once however often it is lent.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::actor::Role;
use crate::campaign::{Decision, Submission};
use crate::ids::MemberId;
use crate::policy::{Policy, Slot};
use crate::rule::Case;
use crate::surroundings::{Directory, DirectoryMember};

/// A policy, those who may not sign under it, and who has.
#[derive(Copy, Clone, Debug)]
pub struct Signing<'s> {
    directory: &'s Directory,
    now: Timestamp,
    policy: &'s Policy,
    authors: &'s [MemberId],
    decisions: &'s [Decision],
}

/// One signature: who gives it, and in whose place.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Signature<'s> {
    /// Who signs.
    pub by: &'s DirectoryMember,
    /// Who is away and would have signed; the slots of both are filled.
    pub on_behalf_of: Option<&'s DirectoryMember>,
}

impl Signature<'_> {
    fn fits(&self, slot: &Slot) -> bool {
        slot.from.fits(self.by) || self.on_behalf_of.is_some_and(|away| slot.from.fits(away))
    }
}

impl<'s> Signing<'s> {
    /// What a submission still needs.
    #[must_use]
    pub fn of(case: &Case<'s>, submission: &'s Submission) -> Self {
        let Submission { policy, authors, decisions, .. } = submission;
        Self { decisions, ..Self::before(case, policy, authors) }
    }

    /// What a submission of these authors under this policy would need.
    #[must_use]
    pub const fn before(case: &Case<'s>, policy: &'s Policy, authors: &'s [MemberId]) -> Self {
        let (directory, now) = (case.surroundings.directory, case.surroundings.now);
        Self { directory, now, policy, authors, decisions: &[] }
    }

    /// Whether the member is an author, or stands in for one.
    #[must_use]
    pub fn is_author(&self, member: MemberId) -> bool {
        let mut behind = self.directory.represented_by(member, self.now);
        self.authors.contains(&member) || behind.any(|away| self.authors.contains(&away.id))
    }

    /// Whether the policy has a slot for the member, or for somebody they stand in for.
    #[must_use]
    pub fn has_slot_for(&self, member: &DirectoryMember) -> bool {
        let mut behind = self.directory.represented_by(member.id, self.now);
        self.policy.fits(member) || behind.any(|away| self.policy.fits(away))
    }

    /// The signature the member can give, if one is wanted of them: in the place of somebody who is away where that
    /// fills a slot they cannot fill themself, else in their own name.
    #[must_use]
    pub fn signature(&self, by: &'s DirectoryMember) -> Option<Signature<'s>> {
        if self.is_author(by.id) || by.role < Role::Operator {
            return None;
        }
        let adds = |away: &&DirectoryMember| {
            let new =
                |slot: &&Slot| slot.from.fits(away) && !slot.from.fits(by) && !self.is_covered(slot, by.id);
            self.policy.slots.iter().any(|slot| new(&slot)) && !self.is_spent(away.id)
        };
        let away = self.directory.represented_by(by.id, self.now).find(adds);
        let in_own_name = self.policy.fits(by) && !self.is_spent(by.id);
        (in_own_name || away.is_some()).then_some(Signature { by, on_behalf_of: away })
    }

    /// Whether a signature of the member's own authority is wanted, be it theirs or that of whoever stands in.
    #[must_use]
    pub fn wants(&self, member: &DirectoryMember) -> bool {
        self.policy.fits(member) && !self.authors.contains(&member.id) && !self.is_spent(member.id)
    }

    /// Whether the policy is satisfied once this signature is given.
    #[must_use]
    pub fn is_filled_with(&self, last: Signature<'s>) -> bool {
        let mut signatures: Vec<Signature<'s>> =
            self.decisions.iter().filter_map(|decision| self.given(decision)).collect();
        signatures.push(last);
        self.policy.slots.iter().all(|slot| {
            let fitting = signatures.iter().filter(|signature| signature.fits(slot));
            let people: BTreeSet<MemberId> = fitting.map(|signature| signature.by.id).collect();
            people.len() >= slot.count
        })
    }

    fn given(&self, decision: &Decision) -> Option<Signature<'s>> {
        let by = self.directory.member(decision.by)?;
        let on_behalf_of = decision.on_behalf_of.and_then(|away| self.directory.member(away));
        Some(Signature { by, on_behalf_of })
    }

    /// Whether a signature the member gave fills the slot.
    fn is_covered(&self, slot: &Slot, member: MemberId) -> bool {
        let own = self.decisions.iter().filter(|decision| decision.by == member);
        own.filter_map(|decision| self.given(decision)).any(|signature| signature.fits(slot))
    }

    /// Whether somebody has signed with the member's authority: they themself, or in their place.
    #[must_use]
    pub fn is_spent(&self, member: MemberId) -> bool {
        let with = |decision: &Decision| decision.by == member || decision.on_behalf_of == Some(member);
        self.decisions.iter().any(with)
    }
}
