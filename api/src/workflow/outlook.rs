//! What a member would get if nothing else happened.

use std::collections::BTreeMap;

use domain::ids::{CampaignId, MemberId, OrganizationId};
use domain::notice::{Outlook, Planned, obsolete, outlook};
use jiff::Timestamp;

use super::{Scene, UNKNOWN, caught_up, office};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::campaigns;
use crate::store::deliveries::waiting;
use crate::store::notices::{self, Notice};

/// Campaigns that are looked at, those with the next messages first.
pub const CAMPAIGNS_MAX: usize = 50;
/// Messages that are looked at.
const ROWS_MAX: u64 = 2_000;

/// A message that a member would get, or not.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The campaign it is about; none if it is the organization.
    pub campaign: Option<CampaignId>,
    /// What that is called.
    pub name: String,
    /// The message.
    pub planned: Planned,
    /// What would become of it.
    pub outlook: Outlook,
}

/// What a member would get before an instant, in the order in which it would leave, and whether something is left out.
///
/// # Errors
/// What the database says.
pub async fn foresee(
    service: &Service,
    org: OrganizationId,
    member: MemberId,
    until: Timestamp,
) -> Result<(Vec<Expected>, bool), Failure> {
    let (reader, now) = (service.store.reader(), service.clock.now());
    let waiting = waiting::of_member(reader, org, member, until, ROWS_MAX).await?;
    let planned = notices::planned_until(reader, org, until, ROWS_MAX).await?;
    let is_whole = |rows: usize| u64::try_from(rows).is_ok_and(|rows| rows < ROWS_MAX);
    let mut looked_at =
        LookedAt { is_cut: !(is_whole(waiting.len()) && is_whole(planned.len())), ..LookedAt::default() };
    for delivery in waiting {
        let notice = notices::find(reader, org, delivery.notice).await?;
        if let (Some(notice), Some(wait)) = (notice, delivery.wait) {
            looked_at.add(notice, Some(Outlook::Leaves(wait)));
        }
    }
    planned.into_iter().for_each(|notice| looked_at.add(notice, None));
    let LookedAt { campaigns, is_cut } = looked_at;
    let mut expected = Vec::new();
    for (campaign, rows) in campaigns {
        let scene = match campaign {
            Some(id) => {
                // The other campaigns are left aside: what is sent does not rest on them.
                let loaded = campaigns::load(reader, org, id).await?.ok_or(UNKNOWN)?;
                Scene::Campaign(Box::new(caught_up(reader, org, loaded, now).await?.1))
            }
            None => Scene::Organization(Box::new(office::look(reader, org, now).await?)),
        };
        expected.extend(rows.into_iter().filter_map(|row| of_row(&scene, row, member)));
    }
    expected.sort_by_key(|one| (leaves_at(one), one.planned.planned_at));
    Ok((expected, is_cut))
}

/// The messages of the campaigns that are looked at, each with what became of it so far.
#[derive(Default)]
struct LookedAt {
    campaigns: BTreeMap<Option<CampaignId>, Vec<(Notice, Option<Outlook>)>>,
    /// Whether something is left out.
    is_cut: bool,
}

impl LookedAt {
    fn add(&mut self, notice: Notice, outlook: Option<Outlook>) {
        if self.campaigns.len() < CAMPAIGNS_MAX || self.campaigns.contains_key(&notice.campaign) {
            self.campaigns.entry(notice.campaign).or_default().push((notice, outlook));
        } else {
            self.is_cut = true;
        }
    }
}

fn of_row(scene: &Scene, (notice, waits): (Notice, Option<Outlook>), member: MemberId) -> Option<Expected> {
    let (about, planned) = (scene.about(), notice.planned);
    let void = waits.as_ref().and_then(|_| obsolete(&about, &planned)).map(Outlook::Withheld);
    let outlook = match void.or(waits) {
        Some(outlook) => outlook,
        None => outlook(&about, &planned, member)?,
    };
    let name = scene.name().to_owned();
    Some(Expected { campaign: notice.campaign, name, planned, outlook })
}

/// When it leaves, or would have.
fn leaves_at(expected: &Expected) -> Timestamp {
    match &expected.outlook {
        Outlook::Leaves(leaves) => leaves.at,
        Outlook::Withheld(_) => expected.planned.planned_at,
    }
}

#[cfg(test)]
mod tests {
    use domain::notice::{Class, Ledger, Reason, Subject};
    use uuid::Uuid;

    use super::*;
    use crate::store::NoticeId;

    #[test]
    fn the_campaigns_with_the_next_messages_are_looked_at_and_what_is_left_out_is_said() {
        let at: Timestamp = "2027-03-09T10:00:00Z".parse().unwrap();
        let notice = |campaign: usize| Notice {
            id: NoticeId::new(),
            campaign: Some(CampaignId(Uuid::from_u128(campaign.try_into().unwrap()))),
            key: String::new(),
            planned: Planned {
                reason: Reason::Countdown,
                subject: Subject::Campaign,
                occurrence: "d7".to_owned(),
                generation: String::new(),
                class: Class::Info,
                planned_at: at,
                not_after: at,
                audience: Vec::new(),
            },
            status: Ledger::Planned,
            outcome: None,
            created_at: at,
            settled_at: None,
        };
        let mut looked_at = LookedAt::default();
        (0..CAMPAIGNS_MAX).for_each(|campaign| looked_at.add(notice(campaign), None));
        looked_at.add(notice(0), None);
        assert_eq!((looked_at.campaigns.len(), looked_at.is_cut), (CAMPAIGNS_MAX, false));
        looked_at.add(notice(CAMPAIGNS_MAX), None);
        assert_eq!((looked_at.campaigns.len(), looked_at.is_cut), (CAMPAIGNS_MAX, true));
    }
}
