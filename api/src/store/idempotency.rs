//! Answers kept for requests that may come again with the same idempotency key.

use domain::ids::{ApiKeyId, OrganizationId};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Statement,
};

use super::column::{Row, instant_text, json_text};
use super::entity::idempotency::{self, Column};
use super::{StoreError, Tx};
use crate::failure::{Conflict, Failure};
use crate::reply::Reply;
use crate::secret::{SecretError, Secrets};

/// An `Idempotency-Key` with the fingerprint of the request it came with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key as sent.
    pub key: String,
    /// SHA-256 of method, path, query and body, lower-case hex.
    pub fingerprint: String,
}

/// The first answer to a request. Its body is encrypted if it shows a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    fingerprint: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    sealed: bool,
    about: String,
}

impl First {
    /// The answer again, if the request is the same.
    ///
    /// # Errors
    /// [`Failure::IdempotencyMismatch`] if it is another one.
    pub fn replay(self, fingerprint: &str, secrets: &Secrets) -> Result<Reply, Failure> {
        let Self { fingerprint: own, status, headers, body, sealed, about } = self;
        if own != fingerprint {
            return Err(Failure::IdempotencyMismatch);
        }
        let body = if sealed { secrets.open(&about, &body).map_err(unreadable)? } else { body };
        Ok(Reply { status, headers, body, is_secret: sealed, is_replay: true })
    }
}

/// The answer this holder got for this key. Without one, the key is this transaction's until it ends.
///
/// # Errors
/// [`Conflict::KeyInFlight`] while another transaction works under the key.
pub async fn find(
    tx: &Tx,
    org: OrganizationId,
    holder: ApiKeyId,
    key: &str,
) -> Result<Option<First>, Failure> {
    if tx.is_shared() && !take(tx, &about(org, holder, key)).await? {
        return Err(Conflict::KeyInFlight.into());
    }
    let found = idempotency::Entity::find_by_id((org.0, holder.0, key.to_owned())).one(tx).await?;
    Ok(found.map(from_row).transpose()?)
}

/// Takes the right to a key, if nobody has it.
async fn take(tx: &Tx, about: &str) -> Result<bool, StoreError> {
    let take = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken";
    let taken = Statement::from_sql_and_values(tx.get_database_backend(), take, [about.into()]);
    let taken = tx.query_one_raw(taken).await?;
    Ok(taken.map(|row| row.try_get("", "taken")).transpose()?.unwrap_or_default())
}

/// Keeps an answer, in the transaction of the effect it tells of.
///
/// # Errors
/// A [`StoreError`] that counts as contention if the key has an answer already.
pub async fn insert(
    tx: &Tx,
    org: OrganizationId,
    holder: ApiKeyId,
    key: &IdempotencyKey,
    reply: &Reply,
    secrets: &Secrets,
    now: Timestamp,
) -> Result<(), Failure> {
    let Reply { status, headers, body, is_secret, is_replay: _ } = reply;
    let body = if *is_secret {
        secrets.seal(&about(org, holder, &key.key), body).map_err(unreadable)?
    } else {
        body.clone()
    };
    let row = idempotency::ActiveModel {
        org_id: Set(org.0),
        holder: Set(holder.0),
        key: Set(key.key.clone()),
        fingerprint: Set(key.fingerprint.clone()),
        status: Set(i64::from(*status)),
        headers: Set(json_text(headers)?),
        body: Set(body),
        sealed: Set(*is_secret),
        created_at: Set(instant_text(now)),
    };
    idempotency::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets up to `limit` answers given before this instant, and tells how many. A day of them in one statement would take
/// longer than a statement may.
///
/// # Errors
/// What the database says.
pub async fn purge(tx: &Tx, before: Timestamp, limit: u64) -> Result<u64, Failure> {
    let key = [Column::OrgId, Column::Holder, Column::Key];
    let old = idempotency::Entity::find()
        .select_only()
        .columns(key)
        .filter(Column::CreatedAt.lt(instant_text(before)))
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .into_query();
    let old = Expr::tuple(key.map(Expr::col)).in_subquery(old);
    Ok(idempotency::Entity::delete_many().filter(old).exec(tx).await?.rows_affected)
}

/// What a sealed body is bound to, so that it opens in its own row only.
fn about(org: OrganizationId, holder: ApiKeyId, key: &str) -> String {
    format!("idempotency:{org}:{holder}:{key}")
}

fn unreadable(cause: SecretError) -> Failure {
    Failure::Internal(format!("a kept answer: {cause}"))
}

fn from_row(row: idempotency::Model) -> Result<First, StoreError> {
    let idempotency::Model { org_id, holder, key, fingerprint, status, headers, body, sealed, created_at: _ } =
        row;
    let at = Row::new("idempotency", &key);
    Ok(First {
        fingerprint,
        status: u16::try_from(status).map_err(|cause| at.corrupt("status", cause))?,
        headers: at.json("headers", &headers)?,
        body,
        sealed,
        about: about(OrganizationId(org_id), ApiKeyId(holder), &key),
    })
}
