//! Codes that people asked for, to show that a mail reached them. The codes themselves are nowhere: they follow from the
//! row's id and the secret key. All times here are real ones.

use domain::ids::{MemberId, OrganizationId};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::column::{Row, instant_text};
use super::entity::confirmation::{ActiveModel, Column, Entity, Model};
use super::{ConfirmationId, StoreError, Tx};
use crate::failure::Failure;

/// A code that somebody asked for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Its id, from which the code follows.
    pub id: ConfirmationId,
    /// Who asked.
    pub member: MemberId,
    /// When.
    pub asked_at: Timestamp,
    /// When it was typed.
    pub used_at: Option<Timestamp>,
}

/// What a member asked for after an instant, the newest first.
///
/// # Errors
/// What the database says.
pub async fn since(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    member: MemberId,
    after: Timestamp,
) -> Result<Vec<Confirmation>, StoreError> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::MemberId.eq(member.0))
        .filter(Column::AskedAt.gt(instant_text(after)))
        .order_by_desc(Column::AskedAt)
        .order_by_desc(Column::Id)
        .all(c)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Adds a code that nobody has tried.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, org: OrganizationId, new: &Confirmation) -> Result<(), Failure> {
    let Confirmation { id, member, asked_at, used_at } = *new;
    let row = ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        member_id: Set(member.0),
        asked_at: Set(instant_text(asked_at)),
        tries: Set(0),
        used_at: Set(used_at.map(instant_text)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes one of the tries a code has; `None` if none is left or it was used. The answer is how many are left.
///
/// # Errors
/// What the database says.
pub async fn take_try(
    tx: &Tx,
    org: OrganizationId,
    id: ConfirmationId,
    most: i64,
) -> Result<Option<i64>, Failure> {
    let taken = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Tries.lt(most))
        .filter(Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(None);
    }
    let row = Entity::find_by_id((org.0, id.0)).one(tx).await.map_err(StoreError::from)?;
    Ok(row.map(|row| most.saturating_sub(row.tries)))
}

/// Says that a code was typed, so that it works no second time.
///
/// # Errors
/// What the database says.
pub async fn mark_used(
    tx: &Tx,
    org: OrganizationId,
    id: ConfirmationId,
    at: Timestamp,
) -> Result<(), Failure> {
    Entity::update_many()
        .set(ActiveModel { used_at: Set(Some(instant_text(at))), ..Default::default() })
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets codes from before an instant, of every organization; at most `limit`. The answer is how many.
///
/// # Errors
/// What the database says.
pub async fn purge(tx: &Tx, before: Timestamp, limit: u64) -> Result<u64, Failure> {
    let key = [Column::OrgId, Column::Id];
    let old = Entity::find()
        .select_only()
        .columns(key)
        .filter(Column::AskedAt.lt(instant_text(before)))
        .order_by_asc(Column::AskedAt)
        .limit(limit)
        .into_query();
    let old = Expr::tuple(key.map(Expr::col)).in_subquery(old);
    Ok(Entity::delete_many().filter(old).exec(tx).await?.rows_affected)
}

fn from_row(row: Model) -> Result<Confirmation, StoreError> {
    let Model { org_id: _, id, member_id, asked_at, tries: _, used_at } = row;
    let at = Row::new("confirmation", &id);
    Ok(Confirmation {
        id: ConfirmationId(id),
        member: MemberId(member_id),
        asked_at: at.instant("asked_at", &asked_at)?,
        used_at: used_at.map(|text| at.instant("used_at", &text)).transpose()?,
    })
}
