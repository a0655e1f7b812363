//! Organizations: the tenants, with what their campaigns need not say for themselves.

use domain::calendar::{Calendar, Country};
use domain::gate::Platform;
use domain::ids::OrganizationId;
use domain::locale::Locale;
use domain::profile::{CurrencyCode, ZoneName};
use domain::record::Member;
use domain::scalar::{Int, Set, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::ActiveValue::Set as To;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::column::{Row, instant_text};
use super::entity::organization;
use super::{StoreError, Tx};
use crate::failure::Failure;

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// What its campaigns need not say.
    pub defaults: Defaults,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Days on which it does not work, beside weekends and public holidays.
    pub closed_days: ClosedDays,
}

/// Days on which an organization does not work.
pub type ClosedDays = Set<Date, 400>;

impl Organization {
    /// The days it works.
    #[must_use]
    pub fn calendar(&self) -> Calendar {
        working(&self.closed_days)
    }
}

domain::record! {
    /// What a campaign gets where it says nothing itself.
    pub struct Defaults {
        /// IANA name of the zone in which every wall-clock offset counts.
        time_zone: ZoneName, no, "Time zone", "时区";
        /// ISO 4217 code of all money.
        currency: CurrencyCode, no, "Currency", "币种";
        /// Language of messages to people who chose none.
        locale: Locale, no, "Language", "语言";
        /// Playbook of new campaigns; a bare key means its newest version.
        playbook: Text<60>, no, "Playbook", "方案";
        /// Planned length of a show in minutes.
        planned_minutes: Int<1, 1440>, no, "Planned minutes", "计划时长(分)";
        /// Platforms a show is streamed on.
        platforms: Set<Platform, 8>, no, "Platforms", "平台";
        /// Platform account a show runs on.
        account_ref: Text<120>, no, "Account", "账号";
        /// Studio or room.
        room_ref: Text<120>, no, "Room", "直播间";
    }
}

/// The organization with this id.
///
/// # Errors
/// What the database says.
pub async fn find(c: &impl ConnectionTrait, org: OrganizationId) -> Result<Option<Organization>, StoreError> {
    organization::Entity::find_by_id(org.0).one(c).await?.map(from_row).transpose()
}

/// As [`find`], and until the transaction ends nobody else changes who belongs to it.
///
/// # Errors
/// What the database says.
pub async fn hold(tx: &Tx, org: OrganizationId) -> Result<Option<Organization>, StoreError> {
    let held = organization::Entity::find_by_id(org.0).lock(LockType::NoKeyUpdate);
    held.one(tx).await?.map(from_row).transpose()
}

/// As [`find`], and until the transaction ends nobody changes the organization or its lexicon.
///
/// # Errors
/// What the database says.
pub async fn find_settled(tx: &Tx, org: OrganizationId) -> Result<Option<Organization>, StoreError> {
    let settled = organization::Entity::find_by_id(org.0).lock(LockType::Share);
    settled.one(tx).await?.map(from_row).transpose()
}

/// The days the organization works.
///
/// # Errors
/// What the database says.
pub async fn calendar(c: &impl ConnectionTrait, org: OrganizationId) -> Result<Calendar, StoreError> {
    let days: Option<String> = organization::Entity::find_by_id(org.0)
        .select_only()
        .column(organization::Column::ClosedDays)
        .into_tuple()
        .one(c)
        .await?;
    let closed = match days {
        Some(days) => closed_days(Row::new("organization", &org), &days)?,
        None => ClosedDays::default(),
    };
    Ok(working(&closed))
}

fn working(closed: &ClosedDays) -> Calendar {
    Calendar::with(Country::Cn, closed.iter().copied())
}

/// The organization that was made first.
///
/// # Errors
/// What the database says.
pub async fn first(c: &impl ConnectionTrait) -> Result<Option<Organization>, StoreError> {
    let oldest = organization::Entity::find().order_by_asc(organization::Column::CreatedAt);
    oldest.order_by_asc(organization::Column::Id).one(c).await?.map(from_row).transpose()
}

/// Every organization, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn all(c: &impl ConnectionTrait) -> Result<Vec<Organization>, StoreError> {
    let oldest_first = organization::Entity::find().order_by_asc(organization::Column::CreatedAt);
    let found = oldest_first.order_by_asc(organization::Column::Id).all(c).await?;
    found.into_iter().map(from_row).collect()
}

/// Adds an organization.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, organization: &Organization) -> Result<(), Failure> {
    organization::Entity::insert(to_row(organization)).exec_without_returning(tx).await?;
    Ok(())
}

/// Gives the organization another name, other defaults and other closed days, if its version is still the one it was
/// read with.
///
/// # Errors
/// [`Failure::Stale`] if somebody else wrote.
pub async fn update(tx: &Tx, changed: &Organization) -> Result<(), Failure> {
    let Organization { id, name, defaults, version, created_at: _, closed_days } = changed;
    let change = organization::ActiveModel {
        name: To(name.clone()),
        defaults: To(defaults.write().to_string()),
        version: To(version + 1),
        closed_days: To(closed_days.write().to_string()),
        ..Default::default()
    };
    let updated = organization::Entity::update_many()
        .set(change)
        .filter(organization::Column::Id.eq(id.0))
        .filter(organization::Column::Version.eq(*version))
        .exec(tx)
        .await?;
    if updated.rows_affected == 1 { Ok(()) } else { Err(Failure::Stale) }
}

fn to_row(organization: &Organization) -> organization::ActiveModel {
    let Organization { id, name, defaults, version, created_at, closed_days } = organization;
    organization::ActiveModel {
        id: To(id.0),
        name: To(name.clone()),
        defaults: To(defaults.write().to_string()),
        version: To(*version),
        created_at: To(instant_text(*created_at)),
        closed_days: To(closed_days.write().to_string()),
    }
}

fn from_row(row: organization::Model) -> Result<Organization, StoreError> {
    let organization::Model { id, name, defaults, version, created_at, closed_days: days } = row;
    let at = Row::new("organization", &id);
    Ok(Organization {
        defaults: at.record("defaults", &defaults)?,
        created_at: at.instant("created_at", &created_at)?,
        closed_days: closed_days(at, &days)?,
        id: OrganizationId(id),
        name,
        version,
    })
}

fn closed_days(at: Row<'_>, text: &str) -> Result<ClosedDays, StoreError> {
    at.record("closed_days", text)
}
