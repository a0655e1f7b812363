//! The ledger in pages, in the order of its times.

use domain::ids::{CampaignId, MemberId, OrganizationId};
use domain::notice::{Ledger, Reason};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use super::super::column::instant_text;
use super::super::deliveries::{self, Delivery};
use super::super::entity::delivery;
use super::super::entity::notice::{self, Column};
use super::super::page::{behind, cut};
use super::super::{Cursor, Listed, NoticeId, Page, StoreError};
use super::{Notice, row};

/// The order of the lists of notices, for [`Cursor::read`].
pub const ORDER: &str = "notices";

/// Which messages are wanted; all of them where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Of this campaign.
    pub campaign: Option<CampaignId>,
    /// With a delivery to this member.
    pub member: Option<MemberId>,
    /// That have come so far.
    pub status: Option<Ledger>,
    /// Of this kind.
    pub reason: Option<Reason>,
    /// Planned at this instant or later.
    pub from: Option<Timestamp>,
    /// Planned before this instant.
    pub to: Option<Timestamp>,
}

impl NoticeFilter {
    /// Every message about a campaign.
    #[must_use]
    pub fn of_campaign(campaign: CampaignId) -> Self {
        Self { campaign: Some(campaign), ..Self::default() }
    }
}

/// One page of an organization's messages in the order of their times, each with its deliveries: two statements.
///
/// # Errors
/// What the database says.
pub async fn list(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &NoticeFilter,
    page: &Page,
) -> Result<Listed<(Notice, Vec<Delivery>)>, StoreError> {
    let rows = in_order(org, filter)
        .filter(behind(page.after.as_ref(), Column::PlannedAt, Column::Id, false))
        .limit(page.limit.saturating_add(1))
        .all(c)
        .await?;
    let (rows, next) = cut(rows, page.limit, |row| Cursor::new(ORDER, &row.planned_at, row.id));
    let ids: Vec<NoticeId> = rows.iter().map(|row| NoticeId(row.id)).collect();
    let mut deliveries = deliveries::of_notices(c, org, &ids).await?;
    let items = rows.into_iter().map(|row| {
        let notice = row::from_row(row)?;
        let own = deliveries.remove(&notice.id).unwrap_or_default();
        Ok((notice, own))
    });
    Ok(Listed { items: items.collect::<Result<_, StoreError>>()?, next })
}

/// Messages of an organization that are planned before an instant, the next first, and at most so many.
///
/// # Errors
/// What the database says.
pub async fn planned_until(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    until: Timestamp,
    limit: u64,
) -> Result<Vec<Notice>, StoreError> {
    let filter = NoticeFilter { status: Some(Ledger::Planned), to: Some(until), ..NoticeFilter::default() };
    let rows = in_order(org, &filter).limit(limit).all(c).await?;
    rows.into_iter().map(row::from_row).collect()
}

/// The messages that are wanted, in the order of their times.
pub(super) fn in_order(org: OrganizationId, filter: &NoticeFilter) -> Select<notice::Entity> {
    let wanted = notice::Entity::find().filter(Column::OrgId.eq(org.0)).filter(wanted(org, filter));
    wanted.order_by_asc(Column::PlannedAt).order_by_asc(Column::Id)
}

fn wanted(org: OrganizationId, filter: &NoticeFilter) -> Condition {
    let NoticeFilter { campaign, member, status, reason, from, to } = filter;
    let told = member.map(|member| {
        let of_member = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::NoticeId)
            .filter(delivery::Column::OrgId.eq(org.0))
            .filter(delivery::Column::Recipient.eq(member.0));
        Column::Id.in_subquery(of_member.into_query())
    });
    Condition::all()
        .add_option(campaign.map(|campaign| Column::CampaignId.eq(campaign.0)))
        .add_option(told)
        .add_option(status.map(|status| Column::Status.eq(status.key())))
        .add_option(reason.map(|reason| Column::Reason.eq(reason.key())))
        .add_option(from.map(|from| Column::PlannedAt.gte(instant_text(from))))
        .add_option(to.map(|to| Column::PlannedAt.lt(instant_text(to))))
}
