//! The first start on an empty database: an organization, its first admin, and the admin's key.
//! Also how an organization is added later, and how a lost admin key is replaced.

use domain::actor::Role;
use domain::ids::{MemberId, OrganizationId};
use domain::locale::Locale;
use domain::preferences::Preferences;
use domain::record;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

use crate::failure::Failure;
use crate::people::keep_given_key;
use crate::secret::{Hidden, Secrets, new_api_key};
use crate::store::members::{self, Member};
use crate::store::organizations::{self, ClosedDays, Organization};
use crate::store::{Store, Tx};

/// Name of the organization that a first start makes.
const FIRST_ORGANIZATION: &str = "default";

/// An organization that has just been made, with its admin's key.
#[derive(Debug)]
pub struct Founded {
    /// The organization.
    pub organization: OrganizationId,
    /// Its first admin.
    pub admin: MemberId,
    /// The admin's key; it is shown once and never again.
    pub key: Hidden,
}

/// Makes organization, admin and key if the database has no organization yet. `now` is real time, also in a
/// sandbox: people and keys do not live on the sandbox's clock.
///
/// # Errors
/// Why it could not be written.
pub async fn ensure(
    store: &Store,
    secrets: &Secrets,
    given_key: Option<&Hidden>,
    now: Timestamp,
) -> Result<Option<Founded>, Failure> {
    if organizations::first(store.reader()).await?.is_some() {
        return Ok(None);
    }
    let founded = found(store, secrets, FIRST_ORGANIZATION, "admin@localhost", given_key, now).await?;
    if given_key.is_some() {
        tracing::info!("the first admin's key is the one that GREENROOM_ADMIN_KEY gives");
    }
    Ok(Some(founded))
}

/// Adds an organization with an admin of its own.
///
/// # Errors
/// Why it could not be written.
pub async fn found(
    store: &Store,
    secrets: &Secrets,
    name: &str,
    admin_email: &str,
    given_key: Option<&Hidden>,
    now: Timestamp,
) -> Result<Founded, Failure> {
    let random = || new_api_key().map_err(|error| Failure::Internal(error.to_string()));
    let key = given_key.cloned().map_or_else(random, Ok)?;
    let organization = Organization {
        id: OrganizationId(Uuid::now_v7()),
        name: name.to_owned(),
        defaults: record::read(
            &json!({"time_zone": "Asia/Shanghai", "currency": "CNY", "playbook": "standard"}),
            "",
        )
        .unwrap_or_default(),
        version: 1,
        created_at: now,
        closed_days: ClosedDays::default(),
    };
    let admin = Member {
        id: MemberId(Uuid::now_v7()),
        name: "Admin".to_owned(),
        email: Some(admin_email.to_lowercase()),
        role: Role::Admin,
        duties: Vec::new(),
        mobile: None,
        handles: serde_json::Map::new(),
        locale: Locale::ZhCn,
        time_zone: organization.defaults.time_zone.clone().map_or(TimeZone::UTC, |zone| zone.0),
        active: true,
        created_at: now,
        updated_at: now,
        preferences: Preferences::default(),
    };
    let founded = Founded { organization: organization.id, admin: admin.id, key: key.clone() };
    let secrets = secrets.clone();
    store
        .write(move |tx: &Tx| {
            let (organization, admin, key, secrets) =
                (organization.clone(), admin.clone(), key.clone(), secrets.clone());
            async move {
                organizations::insert(tx, &organization).await?;
                members::insert(tx, organization.id, &admin).await?;
                keep_given_key(tx, organization.id, admin.id, &key, &secrets, now).await?;
                Ok(())
            }
            .boxed()
        })
        .await?;
    Ok(founded)
}

/// Gives the first active admin of an organization a new key.
///
/// # Errors
/// No such organization or admin, or why it could not be written.
pub async fn replace_admin_key(
    store: &Store,
    secrets: &Secrets,
    org: OrganizationId,
    now: Timestamp,
) -> Result<Hidden, Failure> {
    let directory = members::everybody(store.reader(), org).await?;
    let admin = directory.active().find(|member| member.role == Role::Admin);
    let admin = admin.ok_or(Failure::NotFound { what: "admin" })?.id;
    let key = new_api_key().map_err(|error| Failure::Internal(error.to_string()))?;
    let (kept, secrets) = (key.clone(), secrets.clone());
    store
        .write(move |tx: &Tx| {
            let (key, secrets) = (kept.clone(), secrets.clone());
            async move { keep_given_key(tx, org, admin, &key, &secrets, now).await.map(|_| ()) }.boxed()
        })
        .await?;
    Ok(key)
}
