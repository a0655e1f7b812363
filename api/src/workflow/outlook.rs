//! What a member would get if nothing else happened.

use std::collections::BTreeMap;

use domain::ids::{CampaignId, MemberId, OrganizationId};
use domain::notice::{Outlook, Planned, obsolete, outlook};
use jiff::Timestamp;

use super::{Acted, look_in};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::deliveries::waiting;
use crate::store::notices::{self, Notice};

/// Campaigns that are looked at, those with the next messages first.
pub const CAMPAIGNS_MAX: usize = 200;
/// Messages that are looked at.
const ROWS_MAX: u64 = 5_000;

/// A message that a member would get, or not.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The campaign it is about.
    pub campaign: CampaignId,
    /// What that is called.
    pub name: String,
    /// The message.
    pub planned: Planned,
    /// What would become of it.
    pub outlook: Outlook,
}

/// What a member would get before an instant, in the order in which it would leave, and whether more campaigns have
/// messages until then than were looked at.
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
    let planned = notices::planned_until(reader, org, until, ROWS_MAX).await?;
    let mut is_cut = u64::try_from(planned.len()) == Ok(ROWS_MAX);
    let mut rows: BTreeMap<CampaignId, Vec<(Notice, Option<Outlook>)>> = BTreeMap::new();
    for delivery in waiting::of_member(reader, org, member, until, ROWS_MAX).await? {
        let notice = notices::find(reader, org, delivery.notice).await?;
        if let (Some(notice), Some(wait)) = (notice, delivery.wait) {
            rows.entry(notice.campaign).or_default().push((notice, Some(Outlook::Leaves(wait))));
        }
    }
    for notice in planned {
        if rows.len() < CAMPAIGNS_MAX || rows.contains_key(&notice.campaign) {
            rows.entry(notice.campaign).or_default().push((notice, None));
        } else {
            is_cut = true;
        }
    }
    let mut expected = Vec::new();
    for (campaign, rows) in rows {
        let acted = look_in(reader, org, campaign, now).await?;
        expected.extend(rows.into_iter().filter_map(|row| of_row(&acted, row, member)));
    }
    expected.sort_by_key(|one| (leaves_at(one), one.planned.planned_at));
    Ok((expected, is_cut))
}

fn of_row(acted: &Acted, (notice, waits): (Notice, Option<Outlook>), member: MemberId) -> Option<Expected> {
    let (case, planned) = (acted.case(), notice.planned);
    let void = waits.as_ref().and_then(|_| obsolete(&case, &acted.standing, &planned)).map(Outlook::Withheld);
    let outlook = match void.or(waits) {
        Some(outlook) => outlook,
        None => outlook(&case, &acted.standing, &planned, member)?,
    };
    let name = acted.campaign.profile.name.clone();
    Some(Expected { campaign: acted.campaign.id, name, planned, outlook })
}

/// When it leaves, or would have.
fn leaves_at(expected: &Expected) -> Timestamp {
    match &expected.outlook {
        Outlook::Leaves(leaves) => leaves.at,
        Outlook::Withheld(_) => expected.planned.planned_at,
    }
}
