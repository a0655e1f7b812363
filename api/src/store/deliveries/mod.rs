//! Deliveries: one notice to one recipient on one channel. A worker holds one by a lease; who has lost it can no
//! longer say what became of it.

mod claim;
mod row;
pub mod waiting;

use std::collections::HashMap;

use domain::choices;
use domain::ids::{MemberId, OrganizationId};
use domain::notice::{Bundle, Departure};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::column::Row;
use super::entity::delivery::{self, Column};
use super::{DeliveryId, LeaseToken, NoticeId, StoreError, Tx};
use crate::failure::Failure;

pub use claim::{claim, is_held};

choices! {
    /// How a message travels.
    pub enum Channel {
        Email = "email", "e-mail", "邮件";
    }

    /// How far a delivery has come.
    pub enum DeliveryStatus {
        Pending = "pending", "pending", "待发送";
        Sending = "sending", "being sent", "发送中";
        Sent = "sent", "sent", "已发送";
        Failed = "failed", "failed", "发送失败";
        Skipped = "skipped", "skipped", "已跳过";
        Merged = "merged", "merged into another", "已合并";
    }
}

/// A delivery to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The notice.
    pub notice: NoticeId,
    /// How it travels.
    pub channel: Channel,
    /// Who gets it.
    pub recipient: MemberId,
    /// Where they get it.
    pub address: String,
    /// What the recipient's system knows it by; the same at every try.
    pub message_id: String,
    /// What it waits for, if it does not leave at once.
    pub wait: Option<Departure>,
    /// When it leaves, if it is the first that asks for an approval and others shall wait for one another.
    pub opens_at: Option<Timestamp>,
    /// Why it ends at once, if it does.
    pub skipped: Option<String>,
}

/// A delivery with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The notice.
    pub notice: NoticeId,
    /// How it travels.
    pub channel: Channel,
    /// Who gets it.
    pub recipient: MemberId,
    /// Where they get it.
    pub address: String,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Tries so far, one that is under way included.
    pub attempts: i64,
    /// When it is tried next.
    pub next_attempt_at: Timestamp,
    /// What the recipient's system knows it by.
    pub message_id: String,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the recipient's system took it.
    pub sent_at: Option<Timestamp>,
    /// What it waits for, or waited.
    pub wait: Option<Departure>,
    /// The delivery whose message tells of it, too.
    pub merged_into: Option<DeliveryId>,
}

/// A delivery that this worker may make until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Whose it is.
    pub org: OrganizationId,
    /// What to deliver.
    pub delivery: Delivery,
    /// Proof of the lease, for [`mark`].
    pub lease: LeaseToken,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// The recipient's system took it.
    Sent { at: Timestamp },
    /// It was not asked: somebody else may do it at once, and no try is counted.
    NotBegun,
    /// It did not, and shall be asked again after this wait.
    Later { wait: SignedDuration, error: String },
    /// It never will.
    Failed { error: String },
    /// It was not tried: its recipient sleeps, and it waits until then, on the domain's clock.
    Waits { until: Timestamp },
    /// It was not tried, because it is of no more use.
    Skipped { why: String },
}

/// Adds deliveries, to be tried first at `real_now`. One that is there already for the same notice, channel and
/// recipient stays as it is; but if it was skipped, as during a pause, it is made anew.
///
/// # Errors
/// What the database says.
pub async fn insert_many(
    tx: &Tx,
    org: OrganizationId,
    deliveries: &[NewDelivery],
    now: Timestamp,
    real_now: Timestamp,
) -> Result<(), Failure> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let once = OnConflict::columns([Column::OrgId, Column::NoticeId, Column::Channel, Column::Recipient])
        .update_columns([
            Column::Address,
            Column::Status,
            Column::NextAttemptAt,
            Column::LastError,
            Column::Bundle,
            Column::NotBefore,
            Column::Waits,
            Column::OpensAt,
        ])
        .action_and_where(Expr::col((delivery::Entity, Column::Status)).eq(DeliveryStatus::Skipped.key()))
        .action_and_where(Expr::col((delivery::Entity, Column::MergedInto)).is_null())
        .to_owned();
    let rows = deliveries.iter().map(|delivery| row::to_insert(org, delivery, now, real_now));
    delivery::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what came of a try; false if the lease was lost meanwhile, and then nothing is written. A wait counts
/// from `real_now`.
///
/// # Errors
/// What the database says.
pub async fn mark(
    tx: &Tx,
    org: OrganizationId,
    id: DeliveryId,
    lease: LeaseToken,
    attempted: &Attempted,
    real_now: Timestamp,
) -> Result<bool, Failure> {
    let mut marking = delivery::Entity::update_many().set(row::to_mark(attempted, real_now));
    if matches!(attempted, Attempted::Waits { .. }) {
        let bundle = Expr::expr(Expr::col(Column::Bundle)).if_null(Bundle::Alone.key());
        marking = marking.col_expr(Column::Bundle, bundle);
    }
    if matches!(attempted, Attempted::NotBegun | Attempted::Waits { .. }) {
        marking = marking.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1));
    }
    let marked = marking
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::LeaseToken.eq(lease.0))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected == 1)
}

/// Lets a delivery be tried again that has failed.
///
/// # Errors
/// What the database says.
pub async fn again(tx: &Tx, org: OrganizationId, id: DeliveryId, real_now: Timestamp) -> Result<(), Failure> {
    delivery::Entity::update_many()
        .set(row::to_try_again(real_now))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Status.eq(DeliveryStatus::Failed.key()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends what has not been tried of a notice, and tells how many deliveries that were.
///
/// # Errors
/// What the database says.
pub async fn skip_pending(tx: &Tx, org: OrganizationId, notice: NoticeId, why: &str) -> Result<u64, Failure> {
    let skipped = delivery::Entity::update_many()
        .set(row::to_end(DeliveryStatus::Skipped, Some(why)))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::NoticeId.eq(notice.0))
        .filter(Column::Status.eq(DeliveryStatus::Pending.key()))
        .exec(tx)
        .await?;
    Ok(skipped.rows_affected)
}

/// The next real instant at which [`claim`] may find something.
///
/// # Errors
/// What the database says.
pub async fn next_due(c: &impl ConnectionTrait) -> Result<Option<Timestamp>, StoreError> {
    let waiting = first(c, DeliveryStatus::Pending, Column::NextAttemptAt).await?;
    let leased = first(c, DeliveryStatus::Sending, Column::LeaseUntil).await?;
    Ok(waiting.into_iter().chain(leased).min())
}

/// The delivery with this id.
///
/// # Errors
/// What the database says.
pub async fn find(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    delivery::Entity::find_by_id((org.0, id.0)).one(c).await?.map(row::from_row).transpose()
}

/// The deliveries of a notice.
///
/// # Errors
/// What the database says.
pub async fn of_notice(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    notice: NoticeId,
) -> Result<Vec<Delivery>, StoreError> {
    Ok(of_notices(c, org, &[notice]).await?.remove(&notice).unwrap_or_default())
}

/// The deliveries of several notices, each in the order in which they were made.
///
/// # Errors
/// What the database says.
pub async fn of_notices(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    notices: &[NoticeId],
) -> Result<HashMap<NoticeId, Vec<Delivery>>, StoreError> {
    let mut found: HashMap<NoticeId, Vec<Delivery>> = HashMap::new();
    if notices.is_empty() {
        return Ok(found);
    }
    let rows = delivery::Entity::find()
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::NoticeId.is_in(notices.iter().map(|notice| notice.0)))
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    for row in rows {
        let delivery = row::from_row(row)?;
        found.entry(delivery.notice).or_default().push(delivery);
    }
    Ok(found)
}

async fn first(
    c: &impl ConnectionTrait,
    status: DeliveryStatus,
    column: Column,
) -> Result<Option<Timestamp>, StoreError> {
    let first: Option<String> = delivery::Entity::find()
        .select_only()
        .column(column)
        .filter(Column::Status.eq(status.key()))
        .filter(column.is_not_null())
        .order_by_asc(column)
        .into_tuple()
        .one(c)
        .await?;
    first.map(|text| Row::new("delivery", &"next").instant("next", &text)).transpose()
}
