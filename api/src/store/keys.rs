//! API keys. The key itself is never here, only a hash that finds it.

use domain::actor::Role;
use domain::ids::{ApiKeyId, MemberId, OrganizationId};
use domain::office::ExpiringKey;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::column::{Row, instant_text};
use super::entity::{api_key, member};
use super::members::{self, Member};
use super::page::{behind, cut};
use super::{Cursor, Listed, Page, StoreError, Tx};
use crate::failure::Failure;

/// The order of the list of keys, for [`Cursor::read`].
pub const ORDER: &str = "api_keys";

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// Its first characters, by which people know it again.
    pub prefix: String,
    /// The person it acts as; without one it is a service.
    pub member: Option<MemberId>,
    /// What a service may do.
    pub role: Option<Role>,
    /// Who made it.
    pub made_by: Option<MemberId>,
    /// When it stops to work.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was used last, roughly.
    pub last_used_at: Option<Timestamp>,
}

/// The key with this hash, whose it is, and the person it acts as: all in one statement. Whether it still works is
/// not decided here.
///
/// # Errors
/// What the database says.
pub async fn by_hash(
    c: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<(OrganizationId, ApiKey, Option<Member>)>, StoreError> {
    let found = api_key::Entity::find()
        .filter(api_key::Column::Hash.eq(hash))
        .find_also_related(member::Entity)
        .one(c)
        .await?;
    let Some((key, member)) = found else { return Ok(None) };
    let org = OrganizationId(key.org_id);
    Ok(Some((org, from_row(key)?, member.map(members::from_row).transpose()?)))
}

/// The key with this id.
///
/// # Errors
/// What the database says.
pub async fn find(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: ApiKeyId,
) -> Result<Option<ApiKey>, StoreError> {
    api_key::Entity::find_by_id((org.0, id.0)).one(c).await?.map(from_row).transpose()
}

/// The keys in the order in which they were made, revoked ones included.
///
/// # Errors
/// What the database says.
pub async fn list(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    page: &Page,
) -> Result<Listed<ApiKey>, StoreError> {
    let rows = api_key::Entity::find()
        .filter(api_key::Column::OrgId.eq(org.0))
        .filter(behind(page.after.as_ref(), api_key::Column::CreatedAt, api_key::Column::Id, false))
        .order_by_asc(api_key::Column::CreatedAt)
        .order_by_asc(api_key::Column::Id)
        .limit(page.limit.saturating_add(1))
        .all(c)
        .await?;
    let (rows, next) = cut(rows, page.limit, |row| Cursor::new(ORDER, &row.created_at, row.id));
    let items = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(Listed { items, next })
}

/// The keys that stop to work one day and were not taken back.
///
/// # Errors
/// What the database says.
pub async fn expiring(c: &impl ConnectionTrait, org: OrganizationId) -> Result<Vec<ExpiringKey>, StoreError> {
    let rows = api_key::Entity::find()
        .filter(api_key::Column::OrgId.eq(org.0))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.is_not_null())
        .all(c)
        .await?;
    let keys = rows.into_iter().map(|row| {
        let ApiKey { id, name, prefix, member, made_by, expires_at, .. } = from_row(row)?;
        Ok(expires_at.map(|expires_at| ExpiringKey { id, name, prefix, member, made_by, expires_at }))
    });
    keys.filter_map(Result::transpose).collect()
}

/// Organizations with keys that were not taken back and stop to work between two instants.
///
/// # Errors
/// What the database says.
pub async fn with_expiring(
    c: &impl ConnectionTrait,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<OrganizationId>, StoreError> {
    let orgs: Vec<Uuid> = api_key::Entity::find()
        .select_only()
        .column(api_key::Column::OrgId)
        .distinct()
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.gt(instant_text(from)))
        .filter(api_key::Column::ExpiresAt.lt(instant_text(until)))
        .into_tuple()
        .all(c)
        .await?;
    Ok(orgs.into_iter().map(OrganizationId).collect())
}

/// Adds a key that this hash finds.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, org: OrganizationId, key: &ApiKey, hash: &str) -> Result<(), Failure> {
    api_key::Entity::insert(to_row(org, key, hash)).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes a key back; false if there is none that works. The first revocation counts.
///
/// # Errors
/// What the database says.
pub async fn revoke(tx: &Tx, org: OrganizationId, id: ApiKeyId, at: Timestamp) -> Result<bool, Failure> {
    let change = api_key::ActiveModel { revoked_at: Set(Some(instant_text(at))), ..Default::default() };
    let revoked = api_key::Entity::update_many()
        .set(change)
        .filter(api_key::Column::OrgId.eq(org.0))
        .filter(api_key::Column::Id.eq(id.0))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Notes that the key was used.
///
/// # Errors
/// What the database says.
pub async fn touch(tx: &Tx, org: OrganizationId, id: ApiKeyId, at: Timestamp) -> Result<(), Failure> {
    let change = api_key::ActiveModel { last_used_at: Set(Some(instant_text(at))), ..Default::default() };
    api_key::Entity::update_many()
        .set(change)
        .filter(api_key::Column::OrgId.eq(org.0))
        .filter(api_key::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

fn to_row(org: OrganizationId, key: &ApiKey, hash: &str) -> api_key::ActiveModel {
    let ApiKey { id, name, prefix, member, role, made_by, expires_at, revoked_at, created_at, last_used_at } =
        key;
    api_key::ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        name: Set(name.clone()),
        hash: Set(hash.to_owned()),
        prefix: Set(prefix.clone()),
        member_id: Set(member.map(|member| member.0)),
        role: Set(role.map(|role| role.key().to_owned())),
        made_by: Set(made_by.map(|member| member.0)),
        expires_at: Set(expires_at.map(instant_text)),
        revoked_at: Set(revoked_at.map(instant_text)),
        created_at: Set(instant_text(*created_at)),
        last_used_at: Set(last_used_at.map(instant_text)),
    }
}

fn from_row(row: api_key::Model) -> Result<ApiKey, StoreError> {
    let api_key::Model {
        org_id: _,
        id,
        name,
        hash: _,
        prefix,
        member_id,
        role,
        made_by,
        expires_at,
        revoked_at,
        created_at,
        last_used_at,
    } = row;
    let at = Row::new("api_key", &id);
    Ok(ApiKey {
        id: ApiKeyId(id),
        name,
        prefix,
        member: member_id.map(MemberId),
        role: role.map(|role| at.choice("role", &role, Role::of_key)).transpose()?,
        made_by: made_by.map(MemberId),
        expires_at: at.instant_of("expires_at", expires_at.as_deref())?,
        revoked_at: at.instant_of("revoked_at", revoked_at.as_deref())?,
        created_at: at.instant("created_at", &created_at)?,
        last_used_at: at.instant_of("last_used_at", last_used_at.as_deref())?,
    })
}
