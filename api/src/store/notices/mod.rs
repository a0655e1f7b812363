//! The ledger: every message a campaign or an organization wants to send, and what became of it. Rows are never deleted,
//! and a key is never used twice.

mod list;
mod row;
#[cfg(test)]
mod sqlite_only;

use std::collections::{HashMap, HashSet};

use domain::ids::{CampaignId, OrganizationId};
use domain::notice::{Class, Existing, Ledger, Planned, Replanned};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, UpdateMany,
};
use uuid::Uuid;

use super::column::{Row, instant_text};
use super::deliveries::waiting;
use super::entity::notice::{self, Column};
use super::{NoticeId, StoreError, Tx};
use crate::failure::Failure;

pub use list::{NoticeFilter, ORDER, list, planned_until};

/// Rows of one statement; far below what either database takes.
const CHUNK: usize = 200;

/// A message with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// The campaign that wants it sent; none if it is the organization itself.
    pub campaign: Option<CampaignId>,
    /// The key that is never used twice.
    pub key: String,
    /// What was planned.
    pub planned: Planned,
    /// How far it has come.
    pub status: Ledger,
    /// Why it ended as it did.
    pub outcome: Option<String>,
    /// When it was planned first.
    pub created_at: Timestamp,
    /// When it ended.
    pub settled_at: Option<Timestamp>,
}

/// What the ledger has of a campaign.
///
/// # Errors
/// What the database says.
pub async fn existing(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    campaign: CampaignId,
) -> Result<Vec<Existing>, StoreError> {
    as_planner_sees(of(org, Some(campaign)).all(c).await?)
}

/// What the ledger has of an organization itself that was planned for an instant or later.
///
/// # Errors
/// What the database says.
pub async fn existing_since(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    since: Timestamp,
) -> Result<Vec<Existing>, StoreError> {
    as_planner_sees(of(org, None).filter(Column::PlannedAt.gte(instant_text(since))).all(c).await?)
}

/// Brings the ledger in line with what is wanted now.
///
/// # Errors
/// What the database says.
pub async fn replan(
    tx: &Tx,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    replanned: &Replanned,
    now: Timestamp,
) -> Result<(), Failure> {
    let Replanned { add, change, renew, drop } = replanned;
    drop_void(tx, org, drop, now).await?;
    for (key, planned) in change {
        notice::Entity::update_many()
            .set(row::to_update(planned)?)
            .filter(Column::OrgId.eq(org.0))
            .filter(Column::Key.eq(key))
            .filter(Column::Status.is_in([Ledger::Planned.key(), Ledger::Skipped.key()]))
            .exec(tx)
            .await?;
    }
    for (key, planned) in renew {
        renew_one(tx, org, key, planned, now).await?;
    }
    insert_many(tx, org, campaign, add, now).await
}

/// Of a message under way class and useful time follow; what is critical now waits for nothing any more.
async fn renew_one(
    tx: &Tx,
    org: OrganizationId,
    key: &str,
    planned: &Planned,
    now: Timestamp,
) -> Result<(), Failure> {
    let renewed = notice::Entity::update_many()
        .set(row::to_renew(planned))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Key.eq(key))
        .filter(Column::Status.eq(Ledger::Sending.key()))
        .exec_with_returning(tx)
        .await?;
    if planned.class == Class::Critical {
        for row in renewed {
            waiting::hurry(tx, org, NoticeId(row.id), now).await?;
        }
    }
    Ok(())
}

/// Adds planned messages; a key that is there already stays as it is, so that nothing is ever sent twice.
///
/// # Errors
/// What the database says.
pub async fn insert_many(
    tx: &Tx,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    planned: &[Planned],
    now: Timestamp,
) -> Result<(), Failure> {
    let known = OnConflict::columns([Column::OrgId, Column::Key]).do_nothing().to_owned();
    for chunk in planned.chunks(CHUNK) {
        let rows = chunk.iter().map(|planned| row::to_insert(org, campaign, planned, now));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        notice::Entity::insert_many(rows).on_conflict(known.clone()).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn drop_void(
    tx: &Tx,
    org: OrganizationId,
    void: &[(String, String)],
    now: Timestamp,
) -> Result<(), Failure> {
    let mut by_outcome: HashMap<&str, Vec<&str>> = HashMap::new();
    for (key, outcome) in void {
        by_outcome.entry(outcome).or_default().push(key);
    }
    for (outcome, keys) in by_outcome {
        for keys in keys.chunks(CHUNK) {
            voiding(org, keys, outcome, now).exec(tx).await?;
        }
    }
    Ok(())
}

fn voiding(org: OrganizationId, keys: &[&str], outcome: &str, now: Timestamp) -> UpdateMany<notice::Entity> {
    // Of an expression, so that SQLite looks for the keys and not through everything that is planned.
    let status = Expr::col(Column::Status).binary(BinOper::Custom("||"), Expr::val(""));
    notice::Entity::update_many()
        .set(row::to_settle(Ledger::Skipped, Some(outcome), now))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Key.is_in(keys.iter().copied()))
        .filter(status.eq(Ledger::Planned.key()))
}

/// Campaigns of every organization with messages that are due, and organizations with messages of their own, the longest
/// waiting first; those of `limit` messages.
///
/// # Errors
/// What the database says.
pub async fn due(
    c: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(OrganizationId, Option<CampaignId>)>, StoreError> {
    let campaigns: Vec<(Uuid, Option<Uuid>)> = notice::Entity::find()
        .select_only()
        .columns([Column::OrgId, Column::CampaignId])
        .filter(is_due(now))
        .order_by_asc(Column::PlannedAt)
        .limit(limit)
        .into_tuple()
        .all(c)
        .await?;
    let mut seen = HashSet::new();
    let campaigns = campaigns.into_iter().filter(|campaign| seen.insert(*campaign));
    Ok(campaigns.map(|(org, id)| (OrganizationId(org), id.map(CampaignId))).collect())
}

/// Messages of a campaign, or of an organization itself, that are due, the longest waiting first.
///
/// # Errors
/// What the database says.
pub async fn due_of(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Notice>, StoreError> {
    let rows = of(org, campaign)
        .filter(is_due(now))
        .order_by_asc(Column::PlannedAt)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    rows.into_iter().map(row::from_row).collect()
}

/// The message of a campaign, or of an organization itself, that is due the longest, whether its row can be read or not.
///
/// # Errors
/// What the database says.
pub async fn first_due_of(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    now: Timestamp,
) -> Result<Option<NoticeId>, StoreError> {
    let due = of(org, campaign).filter(is_due(now)).select_only().column(Column::Id);
    let first = due.order_by_asc(Column::PlannedAt).order_by_asc(Column::Id);
    Ok(first.into_tuple().one(c).await?.map(NoticeId))
}

/// Until the transaction ends nobody else judges how far this message has come. A file has one writer anyway.
///
/// # Errors
/// What the database says.
pub async fn hold(tx: &Tx, org: OrganizationId, id: NoticeId) -> Result<(), StoreError> {
    if tx.is_shared() {
        let held = notice::Entity::find_by_id((org.0, id.0)).select_only().column(Column::Id);
        let _held: Option<Uuid> = held.lock(LockType::NoKeyUpdate).into_tuple().one(tx).await?;
    }
    Ok(())
}

/// How many messages of every organization have come due and have not ended.
///
/// # Errors
/// What the database says.
pub async fn pending(c: &impl ConnectionTrait, now: Timestamp) -> Result<u64, StoreError> {
    let due = Column::Status.eq(Ledger::Planned.key()).and(Column::PlannedAt.lte(instant_text(now)));
    let unended = Condition::any().add(due).add(Column::Status.eq(Ledger::Sending.key()));
    Ok(notice::Entity::find().filter(unended).count(c).await?)
}

/// Messages of every organization that are being sent though their useful time is over.
///
/// # Errors
/// What the database says.
pub async fn overtaken(
    c: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(OrganizationId, NoticeId)>, StoreError> {
    let ids: Vec<(Uuid, Uuid)> = notice::Entity::find()
        .select_only()
        .columns([Column::OrgId, Column::Id])
        .filter(Column::Status.eq(Ledger::Sending.key()))
        .filter(Column::NotAfter.lte(instant_text(now)))
        .order_by_asc(Column::PlannedAt)
        .limit(limit)
        .into_tuple()
        .all(c)
        .await?;
    Ok(ids.into_iter().map(|(org, id)| (OrganizationId(org), NoticeId(id))).collect())
}

/// When the next message is due.
///
/// # Errors
/// What the database says.
pub async fn next_due(c: &impl ConnectionTrait) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<String> = notice::Entity::find()
        .select_only()
        .column(Column::PlannedAt)
        .filter(Column::Status.eq(Ledger::Planned.key()))
        .order_by_asc(Column::PlannedAt)
        .into_tuple()
        .one(c)
        .await?;
    next.map(|text| Row::new("notice", &"next").instant("planned_at", &text)).transpose()
}

/// The message with this id.
///
/// # Errors
/// What the database says.
pub async fn find(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: NoticeId,
) -> Result<Option<Notice>, StoreError> {
    notice::Entity::find_by_id((org.0, id.0)).one(c).await?.map(row::from_row).transpose()
}

/// Takes a planned message up for sending; false if somebody else did, or if it is void by now.
///
/// # Errors
/// What the database says.
pub async fn start(tx: &Tx, org: OrganizationId, id: NoticeId) -> Result<bool, Failure> {
    let sending = notice::ActiveModel { status: Set(Ledger::Sending.key().to_owned()), ..Default::default() };
    let started = notice::Entity::update_many()
        .set(sending)
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.eq(Ledger::Planned.key()))
        .exec(tx)
        .await?;
    Ok(started.rows_affected == 1)
}

/// Lets a message go on that ended in one of these ways: one of its deliveries is tried again, or what was to tell of it did
/// not arrive.
///
/// # Errors
/// What the database says.
pub async fn reopen(tx: &Tx, org: OrganizationId, id: NoticeId, ended: &[Ledger]) -> Result<(), Failure> {
    let sending = notice::ActiveModel {
        status: Set(Ledger::Sending.key().to_owned()),
        outcome: Set(None),
        settled_at: Set(None),
        ..Default::default()
    };
    notice::Entity::update_many()
        .set(sending)
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.is_in(ended.iter().map(|status| status.key())))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends a message that has not ended; false if it has.
///
/// # Errors
/// What the database says.
pub async fn settle(
    tx: &Tx,
    org: OrganizationId,
    id: NoticeId,
    status: Ledger,
    outcome: Option<&str>,
    now: Timestamp,
) -> Result<bool, Failure> {
    let settled = notice::Entity::update_many()
        .set(row::to_settle(status, outcome, now))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.is_in([Ledger::Planned.key(), Ledger::Sending.key()]))
        .exec(tx)
        .await?;
    Ok(settled.rows_affected == 1)
}

fn is_due(now: Timestamp) -> Condition {
    let planned = Column::Status.eq(Ledger::Planned.key());
    Condition::all().add(planned).add(Column::PlannedAt.lte(instant_text(now)))
}

fn of(org: OrganizationId, campaign: Option<CampaignId>) -> sea_orm::Select<notice::Entity> {
    let own = match campaign {
        Some(campaign) => Column::CampaignId.eq(campaign.0),
        None => Column::CampaignId.is_null(),
    };
    notice::Entity::find().filter(Column::OrgId.eq(org.0)).filter(own)
}

fn as_planner_sees(rows: Vec<notice::Model>) -> Result<Vec<Existing>, StoreError> {
    let seen = rows.into_iter().map(|row| {
        let Notice { key, planned, status, outcome, .. } = row::from_row(row)?;
        Ok(Existing { key, reason: planned.reason, status, outcome, planned })
    });
    seen.collect()
}
