//! Deliveries that wait for somebody's morning or digest, or for others to the same person.

use domain::ids::{MemberId, OrganizationId};
use domain::notice::{Bundle, Opened};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use super::super::column::{Row, instant_text};
use super::super::entity::delivery::{self, Column};
use super::{Delivery, DeliveryId, DeliveryStatus, Failure, NoticeId, StoreError, Tx, row};

/// What waits together: deliveries to one person, of one kind.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Together {
    /// Whose they are.
    pub org: OrganizationId,
    /// Who gets them.
    pub recipient: MemberId,
    /// What they share.
    pub bundle: Bundle,
}

/// What has waited long enough by `now`, the longest first; of `limit` deliveries.
///
/// # Errors
/// What the database says.
pub async fn due(c: &impl ConnectionTrait, now: Timestamp, limit: u64) -> Result<Vec<Together>, StoreError> {
    let rows: Vec<(Uuid, Uuid, Option<String>)> = delivery::Entity::find()
        .select_only()
        .columns([Column::OrgId, Column::Recipient, Column::Bundle])
        .filter(waits_until(now))
        .order_by_asc(Column::NotBefore)
        .limit(limit)
        .into_tuple()
        .all(c)
        .await?;
    let mut together = Vec::new();
    for (org, recipient, bundle) in rows {
        let at = Row::new("delivery", &recipient);
        let bundle = at.choice("bundle", &bundle.unwrap_or_default(), Bundle::of_key)?;
        let (org, recipient) = (OrganizationId(org), MemberId(recipient));
        let one = Together { org, recipient, bundle };
        if !together.contains(&one) {
            together.push(one);
        }
    }
    Ok(together)
}

/// The deliveries that wait together and have waited long enough, in the order in which they were made, and at most so many.
///
/// # Errors
/// What the database says.
pub async fn of(
    c: &impl ConnectionTrait,
    together: &Together,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(waits_until(now))
        .filter(Column::OrgId.eq(together.org.0))
        .filter(Column::Recipient.eq(together.recipient.0))
        .filter(Column::Bundle.eq(together.bundle.key()))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    rows.into_iter().map(row::from_row).collect()
}

/// Until the transaction ends nobody else decides which approvals these people are asked for together. A file has one writer
/// anyway.
///
/// # Errors
/// What the database says.
pub async fn hold(tx: &Tx, org: OrganizationId, recipients: &[MemberId]) -> Result<(), StoreError> {
    if !tx.is_shared() {
        return Ok(());
    }
    // Everybody takes them in the same order, so that nobody waits for somebody who waits for them.
    let mut recipients = recipients.to_vec();
    recipients.sort_unstable_by_key(|recipient| recipient.0);
    recipients.dedup();
    for recipient in recipients {
        let hold = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
        let about = format!("approvals:{org}:{recipient}");
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), hold, [about.into()]))
            .await?;
    }
    Ok(())
}

/// The deliveries to a member that wait until before an instant, in the order in which they leave, and at most so many.
///
/// # Errors
/// What the database says.
pub async fn of_member(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    member: MemberId,
    until: Timestamp,
    limit: u64,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(waits_until(until))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Recipient.eq(member.0))
        .order_by_asc(Column::NotBefore)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    rows.into_iter().map(row::from_row).collect()
}

/// When something next has waited long enough.
///
/// # Errors
/// What the database says.
pub async fn next(c: &impl ConnectionTrait) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<Option<String>> = delivery::Entity::find()
        .select_only()
        .column(Column::NotBefore)
        .filter(Column::Waits.eq(true))
        .filter(Column::Status.eq(DeliveryStatus::Pending.key()))
        .order_by_asc(Column::NotBefore)
        .into_tuple()
        .one(c)
        .await?;
    let at = Row::new("delivery", &"next");
    next.flatten().map(|text| at.instant("not_before", &text)).transpose()
}

/// The last message that asked a person for an approval and that others shall wait for, if it left or leaves after one
/// instant and not after another.
///
/// # Errors
/// What the database says.
pub async fn opened(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    recipient: MemberId,
    (after, until): (Timestamp, Timestamp),
) -> Result<Option<Opened>, StoreError> {
    let found: Option<(Option<String>, Option<bool>)> = delivery::Entity::find()
        .select_only()
        .columns([Column::OpensAt, Column::Waits])
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Recipient.eq(recipient.0))
        .filter(Column::OpensAt.gt(instant_text(after)))
        .filter(Column::OpensAt.lte(instant_text(until)))
        .filter(left_or_leaves())
        .order_by_desc(Column::OpensAt)
        .into_tuple()
        .one(c)
        .await?;
    let Some((Some(opens_at), waits)) = found else { return Ok(None) };
    let at = Row::new("delivery", &recipient).instant("opens_at", &opens_at)?;
    Ok(Some(Opened { at, waits: waits.unwrap_or_default() }))
}

/// Lets a delivery leave that has waited.
///
/// # Errors
/// What the database says.
pub async fn release(
    tx: &Tx,
    org: OrganizationId,
    id: DeliveryId,
    real_now: Timestamp,
) -> Result<(), Failure> {
    change(tx, org, id, row::to_release(real_now)).await
}

/// Lets whatever waits of a message leave now, each delivery alone.
///
/// # Errors
/// What the database says.
pub async fn hurry(tx: &Tx, org: OrganizationId, notice: NoticeId, now: Timestamp) -> Result<(), Failure> {
    delivery::Entity::update_many()
        .set(row::to_hurry(now))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::NoticeId.eq(notice.0))
        .filter(Column::Waits.eq(true))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends a delivery that has waited: the message of another tells of it.
///
/// # Errors
/// What the database says.
pub async fn merge(tx: &Tx, org: OrganizationId, id: DeliveryId, into: DeliveryId) -> Result<(), Failure> {
    change(tx, org, id, row::to_merge(into)).await
}

/// Ends a delivery that has waited and is of no more use.
///
/// # Errors
/// What the database says.
pub async fn skip(tx: &Tx, org: OrganizationId, id: DeliveryId, why: &str) -> Result<(), Failure> {
    change(tx, org, id, row::to_end(DeliveryStatus::Skipped, Some(why))).await
}

/// The deliveries of which the message of another tells, in the order in which they were made.
///
/// # Errors
/// What the database says.
pub async fn merged_into(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: DeliveryId,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::MergedInto.eq(id.0))
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    rows.into_iter().map(row::from_row).collect()
}

/// Ends a delivery as the one did whose message was to tell of it.
///
/// # Errors
/// What the database says.
pub async fn fall(
    tx: &Tx,
    org: OrganizationId,
    id: DeliveryId,
    status: DeliveryStatus,
    why: &str,
) -> Result<(), Failure> {
    let fallen = delivery::ActiveModel { merged_into: Set(None), ..row::to_end(status, Some(why)) };
    delivery::Entity::update_many()
        .set(fallen)
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

async fn change(
    tx: &Tx,
    org: OrganizationId,
    id: DeliveryId,
    to: delivery::ActiveModel,
) -> Result<(), Failure> {
    delivery::Entity::update_many()
        .set(to)
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Waits.eq(true))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whatever was skipped never leaves, unless another message tells of it.
fn left_or_leaves() -> Condition {
    Condition::any()
        .add(Column::Status.ne(DeliveryStatus::Skipped.key()))
        .add(Column::MergedInto.is_not_null())
}

fn waits_until(now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::Waits.eq(true))
        .add(Column::Status.eq(DeliveryStatus::Pending.key()))
        .add(Column::NotBefore.lte(instant_text(now)))
}
