//! Delegations: who is away, and who stands in.

use domain::actor::Who;
use domain::delegation::Delegation;
use domain::ids::{DelegationId, MemberId, OrganizationId};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::column::{Row, instant_text, json_text};
use super::entity::delegation::{ActiveModel, Column, Entity, Model};
use super::page::{behind, cut};
use super::{Cursor, Listed, Page, StoreError, Tx};
use crate::failure::Failure;

/// The order of the list of delegations, for [`Cursor::read`].
pub const ORDER: &str = "delegations";

/// A delegation with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDelegation {
    /// As the rules see it.
    pub delegation: Delegation,
    /// Why they are away.
    pub reason: Option<String>,
    /// Who said so.
    pub made_by: Who,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was ended before its time.
    pub ended_at: Option<Timestamp>,
}

/// The delegation with this id.
///
/// # Errors
/// What the database says.
pub async fn find(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: DelegationId,
) -> Result<Option<StoredDelegation>, StoreError> {
    Entity::find_by_id((org.0, id.0)).one(c).await?.map(from_row).transpose()
}

/// The delegations in the order in which they were made, past ones included.
///
/// # Errors
/// What the database says.
pub async fn list(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    page: &Page,
) -> Result<Listed<StoredDelegation>, StoreError> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(org.0))
        .filter(behind(page.after.as_ref(), Column::CreatedAt, Column::Id, false))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(page.limit.saturating_add(1))
        .all(c)
        .await?;
    let (rows, next) = cut(rows, page.limit, |row| Cursor::new(ORDER, &row.created_at, row.id));
    let items = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(Listed { items, next })
}

/// What is in force at an instant or will be.
///
/// # Errors
/// What the database says.
pub async fn ahead(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    now: Timestamp,
) -> Result<Vec<Delegation>, StoreError> {
    let rows = Entity::find()
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::EndsAt.gt(instant_text(now)))
        .filter(Column::EndedAt.is_null())
        .order_by_asc(Column::StartsAt)
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    rows.into_iter().map(|row| Ok(from_row(row)?.delegation)).collect()
}

/// Adds a delegation.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, org: OrganizationId, new: &StoredDelegation) -> Result<(), Failure> {
    let StoredDelegation { delegation, reason, made_by, created_at, ended_at } = new;
    let Delegation { id, member, delegate, starts_at, ends_at } = *delegation;
    let row = ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        member_id: Set(member.0),
        delegate_id: Set(delegate.0),
        starts_at: Set(instant_text(starts_at)),
        ends_at: Set(instant_text(ends_at)),
        reason: Set(reason.clone()),
        made_by: Set(json_text(made_by)?),
        created_at: Set(instant_text(*created_at)),
        ended_at: Set(ended_at.map(instant_text)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends a delegation before its time; false where it is over already.
///
/// # Errors
/// What the database says.
pub async fn end(tx: &Tx, org: OrganizationId, id: DelegationId, now: Timestamp) -> Result<bool, Failure> {
    let ended = Entity::update_many()
        .set(ActiveModel { ended_at: Set(Some(instant_text(now))), ..Default::default() })
        .filter(Column::OrgId.eq(org.0))
        .filter(Column::Id.eq(id.0))
        .filter(Column::EndsAt.gt(instant_text(now)))
        .filter(Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

fn from_row(row: Model) -> Result<StoredDelegation, StoreError> {
    let Model {
        org_id: _,
        id,
        member_id,
        delegate_id,
        starts_at,
        ends_at,
        reason,
        made_by,
        created_at,
        ended_at,
    } = row;
    let at = Row::new("delegation", &id);
    let delegation = Delegation {
        id: DelegationId(id),
        member: MemberId(member_id),
        delegate: MemberId(delegate_id),
        starts_at: at.instant("starts_at", &starts_at)?,
        ends_at: at.instant("ends_at", &ends_at)?,
    };
    Ok(StoredDelegation {
        delegation,
        reason,
        made_by: at.json("made_by", &made_by)?,
        created_at: at.instant("created_at", &created_at)?,
        ended_at: ended_at.map(|text| at.instant("ended_at", &text)).transpose()?,
    })
}
