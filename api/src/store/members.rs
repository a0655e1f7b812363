//! Members: the people of an organization.

use domain::actor::Role;
use domain::ids::{MemberId, OrganizationId};
use domain::locale::Locale;
use domain::preferences::Preferences;
use domain::record::Member as _;
use domain::surroundings::{Directory, DirectoryMember};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Map, Value};

use super::column::{Row, instant_text, json_text};
use super::entity::member;
use super::error::is_taken;
use super::page::{behind, cut};
use super::{Cursor, Listed, Page, StoreError, Tx, delegations};
use crate::failure::{Conflict, Failure};

/// The order of the list of members, for [`Cursor::read`].
pub const ORDER: &str = "members";

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// Their name.
    pub name: String,
    /// Their address in lower case, if mail can reach them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Free tags such as `compliance`.
    pub duties: Vec<String>,
    /// Their telephone.
    pub mobile: Option<String>,
    /// Their names elsewhere, by service.
    pub handles: Map<String, Value>,
    /// The language they read.
    pub locale: Locale,
    /// The zone they live in.
    pub time_zone: TimeZone,
    /// Whether they are still here.
    pub active: bool,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they were changed last.
    pub updated_at: Timestamp,
    /// What they want of messages.
    pub preferences: Preferences,
}

/// The member with this id.
///
/// # Errors
/// What the database says.
pub async fn find(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: MemberId,
) -> Result<Option<Member>, StoreError> {
    member::Entity::find_by_id((org.0, id.0)).one(c).await?.map(from_row).transpose()
}

/// The members in the order in which they came.
///
/// # Errors
/// What the database says.
pub async fn list(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    page: &Page,
) -> Result<Listed<Member>, StoreError> {
    let rows = member::Entity::find()
        .filter(member::Column::OrgId.eq(org.0))
        .filter(behind(page.after.as_ref(), member::Column::CreatedAt, member::Column::Id, false))
        .order_by_asc(member::Column::CreatedAt)
        .order_by_asc(member::Column::Id)
        .limit(page.limit.saturating_add(1))
        .all(c)
        .await?;
    let (rows, next) = cut(rows, page.limit, |row| Cursor::new(ORDER, &row.created_at, row.id));
    let items = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(Listed { items, next })
}

/// Everybody as the rules see them, those who left included, and who stands in for whom now or will.
///
/// # Errors
/// What the database says.
pub async fn directory(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    now: Timestamp,
) -> Result<Directory, StoreError> {
    Ok(everybody(c, org).await?.with_delegations(delegations::ahead(c, org, now).await?))
}

/// Everybody as the rules see them, those who left included; as if nobody were away.
///
/// # Errors
/// What the database says.
pub async fn everybody(c: &impl ConnectionTrait, org: OrganizationId) -> Result<Directory, StoreError> {
    let rows = member::Entity::find()
        .filter(member::Column::OrgId.eq(org.0))
        .order_by_asc(member::Column::CreatedAt)
        .order_by_asc(member::Column::Id)
        .all(c)
        .await?;
    let members =
        rows.into_iter().map(|row| Ok(as_rules_see(from_row(row)?))).collect::<Result<_, StoreError>>()?;
    Ok(Directory::new(members))
}

/// Adds a member.
///
/// # Errors
/// [`Conflict::EmailTaken`].
pub async fn insert(tx: &Tx, org: OrganizationId, member: &Member) -> Result<(), Failure> {
    let inserted = member::Entity::insert(to_row(org, member)?).exec_without_returning(tx).await;
    inserted.map(drop).map_err(|error| failure(error, member))
}

/// Writes the member as given; false if there is no such member.
///
/// # Errors
/// [`Conflict::EmailTaken`].
pub async fn update(tx: &Tx, org: OrganizationId, member: &Member) -> Result<bool, Failure> {
    let updated = member::Entity::update_many()
        .set(to_row(org, member)?)
        .filter(member::Column::OrgId.eq(org.0))
        .filter(member::Column::Id.eq(member.id.0))
        .exec(tx)
        .await;
    updated.map(|updated| updated.rows_affected == 1).map_err(|error| failure(error, member))
}

fn failure(error: DbErr, member: &Member) -> Failure {
    match &member.email {
        Some(email) if is_taken(&error, "email") => Conflict::EmailTaken { email: email.clone() }.into(),
        Some(_) | None => error.into(),
    }
}

fn as_rules_see(member: Member) -> DirectoryMember {
    let Member { id, name, email, role, duties, active, locale, time_zone, preferences, .. } = member;
    // UTC stands where nobody has said.
    let time_zone = Some(time_zone).filter(|zone| zone.iana_name() != Some("UTC"));
    DirectoryMember { id, name, email, role, duties, active, locale, time_zone, preferences }
}

fn to_row(org: OrganizationId, member: &Member) -> Result<member::ActiveModel, StoreError> {
    let Member {
        id,
        name,
        email,
        role,
        duties,
        mobile,
        handles,
        locale,
        time_zone,
        active,
        created_at,
        updated_at,
        preferences,
    } = member;
    Ok(member::ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        name: Set(name.clone()),
        email: Set(email.as_deref().map(str::to_lowercase)),
        role: Set(role.key().to_owned()),
        duties: Set(json_text(duties)?),
        mobile: Set(mobile.clone()),
        handles: Set(json_text(handles)?),
        locale: Set(locale.tag().to_owned()),
        time_zone: Set(time_zone.iana_name().unwrap_or("UTC").to_owned()),
        active: Set(*active),
        created_at: Set(instant_text(*created_at)),
        updated_at: Set(instant_text(*updated_at)),
        preferences: Set(json_text(&preferences.write())?),
    })
}

pub(super) fn from_row(row: member::Model) -> Result<Member, StoreError> {
    let member::Model {
        org_id: _,
        id,
        name,
        email,
        role,
        duties,
        mobile,
        handles,
        locale,
        time_zone,
        active,
        created_at,
        updated_at,
        preferences,
    } = row;
    let at = Row::new("member", &id);
    Ok(Member {
        id: MemberId(id),
        name,
        email,
        role: at.choice("role", &role, Role::of_key)?,
        duties: at.json("duties", &duties)?,
        mobile,
        handles: at.json("handles", &handles)?,
        locale: at.choice("locale", &locale, Locale::of_tag)?,
        time_zone: at.zone(&time_zone)?,
        active,
        created_at: at.instant("created_at", &created_at)?,
        updated_at: at.instant("updated_at", &updated_at)?,
        preferences: at.record("preferences", &preferences)?,
    })
}
