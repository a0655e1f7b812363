//! Who may make a delivery: whoever claimed it, until their lease ends.

use domain::ids::OrganizationId;
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{CommonTableExpression, Expr, ExprTrait, LockBehavior, LockType, Query, WithClause};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::super::column::instant_text;
use super::super::entity::delivery::{self, Column};
use super::{Claimed, DeliveryId, DeliveryStatus, Failure, LeaseToken, StoreError, Tx, row};

/// Takes up to `limit` deliveries of every organization that are due and whose lease nobody holds. `now` is real
/// time, the same for all replicas: leases do not follow a sandbox's clock.
///
/// # Errors
/// What the database says.
pub async fn claim(
    tx: &Tx,
    now: Timestamp,
    lease: SignedDuration,
    limit: u64,
) -> Result<Vec<Claimed>, Failure> {
    let token = LeaseToken::new();
    let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
    let claim = row::to_claim(token, until);
    // One after the other, so that an index leads to each.
    let mut rows = claim_where(tx, &claim, is_waiting(now), limit).await?;
    let free = limit.saturating_sub(rows.len().try_into().unwrap_or(limit));
    if free > 0 {
        rows.extend(claim_where(tx, &claim, is_abandoned(now), free).await?);
    }
    let mut claimed = rows
        .into_iter()
        .map(|row| {
            Ok(Claimed { org: OrganizationId(row.org_id), delivery: row::from_row(row)?, lease: token })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    claimed.sort_by_key(|claimed| (claimed.delivery.next_attempt_at, claimed.delivery.id));
    Ok(claimed)
}

/// What is due is picked once, before anything is updated: a plan that picked again for every row would pass over those
/// it has locked, and claim more than it may.
async fn claim_where(
    tx: &Tx,
    claim: &delivery::ActiveModel,
    due: Condition,
    limit: u64,
) -> Result<Vec<delivery::Model>, Failure> {
    let due = delivery::Entity::find()
        .select_only()
        .columns([Column::OrgId, Column::Id])
        .filter(due)
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_query();
    let mut picked = CommonTableExpression::new();
    picked.table_name("due").columns([Column::OrgId, Column::Id]).query(due).materialized(true);
    let due = Query::select().columns([Column::OrgId, Column::Id]).from("due").take();
    let key = Expr::tuple([Expr::col(Column::OrgId), Expr::col(Column::Id)]);
    let mut claiming = delivery::Entity::update_many()
        .set(claim.clone())
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(key.in_subquery(due));
    QueryTrait::query(&mut claiming).with_cte(WithClause::new().cte(picked).to_owned());
    Ok(claiming.exec_with_returning(tx).await?)
}

/// Whether the lease has not been lost to somebody else.
///
/// # Errors
/// What the database says.
pub async fn is_held(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: DeliveryId,
    lease: LeaseToken,
) -> Result<bool, StoreError> {
    let held = delivery::Entity::find_by_id((org.0, id.0)).filter(Column::LeaseToken.eq(lease.0));
    Ok(held.count(c).await? == 1)
}

fn is_waiting(now: Timestamp) -> Condition {
    let pending = Column::Status.eq(DeliveryStatus::Pending.key());
    Condition::all().add(pending).add(Column::NextAttemptAt.lte(instant_text(now)))
}

/// Whoever had it is gone: the lease has ended.
fn is_abandoned(now: Timestamp) -> Condition {
    let sending = Column::Status.eq(DeliveryStatus::Sending.key());
    Condition::all().add(sending).add(Column::LeaseUntil.lte(instant_text(now)))
}
