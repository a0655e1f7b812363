//! Delegations: somebody is away for a while, and another member stands in for them.

use jiff::Timestamp;

use crate::ids::{DelegationId, MemberId};
use crate::surroundings::{Directory, DirectoryMember};

/// Somebody is away, and somebody else stands in.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Who is away.
    pub member: MemberId,
    /// Who stands in.
    pub delegate: MemberId,
    /// From when on; never before it was made.
    pub starts_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
}

impl Delegation {
    /// Whether it is in force.
    #[must_use]
    pub fn holds_at(&self, instant: Timestamp) -> bool {
        self.starts_at <= instant && instant < self.ends_at
    }

    /// Whether both are in force at some instant.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
}

impl Directory {
    /// The delegation by which somebody stands in for a member, and who that is. Delegates who have left or are away
    /// themselves stand in for nobody: no chain is followed.
    #[must_use]
    pub fn stand_in(&self, member: MemberId, now: Timestamp) -> Option<(&Delegation, &DirectoryMember)> {
        let delegation = self.away(member, now)?;
        let delegate = self.member(delegation.delegate).filter(|delegate| delegate.active)?;
        self.away(delegate.id, now).is_none().then_some((delegation, delegate))
    }

    /// The active members for whom a member may act, because they are away.
    pub fn represented_by(
        &self,
        delegate: MemberId,
        now: Timestamp,
    ) -> impl Iterator<Item = &DirectoryMember> {
        let of_delegate =
            move |delegation: &&Delegation| delegation.delegate == delegate && delegation.holds_at(now);
        let away = self.delegations().iter().filter(of_delegate);
        away.filter_map(|delegation| self.member(delegation.member)).filter(|member| member.active)
    }

    fn away(&self, member: MemberId, now: Timestamp) -> Option<&Delegation> {
        self.delegations().iter().find(|delegation| delegation.member == member && delegation.holds_at(now))
    }
}
