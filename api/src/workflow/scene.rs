//! What messages are about, as the jobs find it.

use domain::ids::{CampaignId, OrganizationId};
use domain::notice::About;
use domain::surroundings::Directory;
use jiff::Timestamp;
use sea_orm::ConnectionTrait;

use super::office::{self, OfficeNow};
use super::{Acted, look_alone, look_in};
use crate::failure::Failure;
use crate::store::Tx;

/// A campaign, or an organization itself.
#[derive(Clone, Debug)]
pub enum Scene {
    /// A campaign as it stands.
    Campaign(Box<Acted>),
    /// An organization.
    Organization(Box<OfficeNow>),
}

impl Scene {
    /// The same, as messages see it.
    #[must_use]
    pub fn about(&self) -> About<'_> {
        match self {
            Self::Campaign(acted) => About::Campaign(acted.case(), &acted.standing),
            Self::Organization(office) => About::Organization(office.office()),
        }
    }

    /// Whose it is.
    #[must_use]
    pub const fn org(&self) -> OrganizationId {
        match self {
            Self::Campaign(acted) => acted.org,
            Self::Organization(office) => office.org,
        }
    }

    /// The campaign, if it is one.
    #[must_use]
    pub fn campaign(&self) -> Option<&Acted> {
        match self {
            Self::Campaign(acted) => Some(acted),
            Self::Organization(_) => None,
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Campaign(acted) => &acted.campaign.profile.name,
            Self::Organization(office) => &office.name,
        }
    }

    /// The organization's people.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        match self {
            Self::Campaign(acted) => &acted.directory,
            Self::Organization(office) => &office.directory,
        }
    }

    /// What messages of a campaign, or of the organization where none is named, are about now.
    ///
    /// # Errors
    /// `NotFound` for an unknown id or another organization's.
    pub async fn look(
        c: &impl ConnectionTrait,
        org: OrganizationId,
        campaign: Option<CampaignId>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        Ok(match campaign {
            Some(id) => Self::Campaign(Box::new(look_in(c, org, id, now).await?)),
            None => Self::Organization(Box::new(office::look(c, org, now).await?)),
        })
    }

    /// As [`Self::look`] but for the other campaigns, and nobody else changes it until the transaction ends; `None` while
    /// somebody changes the campaign.
    ///
    /// # Errors
    /// What the database says.
    pub async fn look_alone(
        tx: &Tx,
        org: OrganizationId,
        campaign: Option<CampaignId>,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let Some(id) = campaign else {
            return Ok(Some(Self::Organization(Box::new(office::hold(tx, org, now).await?))));
        };
        Ok(look_alone(tx, org, id, now).await?.map(|acted| Self::Campaign(Box::new(acted))))
    }
}
