//! What messages are about: a campaign, or an organization itself.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Planned, notices, office};
use crate::office::Office;
use crate::rule::Case;
use crate::standing::Standing;
use crate::surroundings::{Directory, Surroundings};

/// What messages are about, at one moment.
#[derive(Copy, Clone, Debug)]
pub enum About<'a> {
    /// A campaign, and where it stands.
    Campaign(Case<'a>, &'a Standing),
    /// The organization itself.
    Organization(Office<'a>),
}

impl<'a> About<'a> {
    /// The moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Campaign(case, _) => case.now(),
            Self::Organization(office) => office.now,
        }
    }

    /// The same at another moment, as far as the clock and who is away go.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Campaign(case, standing) => {
                let surroundings = Surroundings { now, ..case.surroundings };
                Self::Campaign(Case { surroundings, ..case }, standing)
            }
            Self::Organization(office) => Self::Organization(Office { now, ..office }),
        }
    }

    /// The organization's people.
    #[must_use]
    pub const fn directory(&self) -> &'a Directory {
        match self {
            Self::Campaign(case, _) => case.surroundings.directory,
            Self::Organization(office) => office.directory,
        }
    }

    /// The zone of whoever has not said where they live.
    #[must_use]
    pub fn time_zone(&self) -> &'a TimeZone {
        match self {
            Self::Campaign(case, _) => &case.campaign.profile.time_zone,
            Self::Organization(office) => office.time_zone,
        }
    }

    /// Every message that shall be sent, past and future.
    #[must_use]
    pub fn wanted(&self) -> Vec<Planned> {
        match self {
            Self::Campaign(case, standing) => notices(case, standing),
            Self::Organization(office) => office::notices(office),
        }
    }

    /// The key of one of its messages.
    #[must_use]
    pub fn key(&self, notice: &Planned) -> String {
        match self {
            Self::Campaign(case, _) => notice.key(case.campaign.id),
            Self::Organization(office) => notice.key(office.id),
        }
    }
}
