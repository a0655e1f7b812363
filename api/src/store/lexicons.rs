//! What organizations make of the built-in lexicon, version by version. A lexicon is built once for each version and
//! then kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use domain::Lexicon;
use domain::actor::Who;
use domain::ids::OrganizationId;
use domain::record::Member as _;
use domain::wording::LexiconOverlay;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::column::{Row, instant_text, json_text};
use super::entity::lexicon;
use super::{StoreError, Tx};
use crate::failure::Failure;

/// Lexicons kept in memory at most; more organizations than that change theirs in turn.
const KEPT_MAX: usize = 256;

/// The lexicon in force, and its version: 0 is the built-in one.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Counts the organization's changes.
    pub version: i64,
    /// The terms.
    pub lexicon: Arc<Lexicon>,
}

/// What an organization changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Counts them; 0 while there are none.
    pub version: i64,
    /// Terms added, disabled and excused.
    pub overlay: LexiconOverlay,
    /// When they were made.
    pub changed_at: Option<Timestamp>,
}

/// Lexicons by organization, version and the instant it was made: what a transaction read that was undone afterwards is
/// never taken for the version that came in its place.
type Built = HashMap<(OrganizationId, i64, String), Arc<Lexicon>>;

static BUILT: LazyLock<Mutex<Built>> = LazyLock::new(Mutex::default);
static BUILT_IN: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::built_in().clone()));

/// The lexicon of an organization.
///
/// # Errors
/// What the database says.
pub async fn in_force(c: &impl ConnectionTrait, org: OrganizationId) -> Result<InForce, StoreError> {
    let newest: Option<(i64, String)> = lexicon::Entity::find()
        .select_only()
        .columns([lexicon::Column::Version, lexicon::Column::ChangedAt])
        .filter(lexicon::Column::OrgId.eq(org.0))
        .order_by_desc(lexicon::Column::Version)
        .into_tuple()
        .one(c)
        .await?;
    let Some((version, changed_at)) = newest else {
        return Ok(InForce { version: 0, lexicon: Arc::clone(&BUILT_IN) });
    };
    Ok(InForce { version, lexicon: built(c, org, version, changed_at).await? })
}

/// The lexicon as it was at a version.
///
/// # Errors
/// What the database says.
pub async fn of_version(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    version: i64,
) -> Result<Arc<Lexicon>, StoreError> {
    if version == 0 {
        return Ok(Arc::clone(&BUILT_IN));
    }
    let changed_at: Option<String> = lexicon::Entity::find_by_id((org.0, version))
        .select_only()
        .column(lexicon::Column::ChangedAt)
        .into_tuple()
        .one(c)
        .await?;
    let changed_at =
        changed_at.ok_or_else(|| Row::new("lexicon", &version).corrupt("version", "no such row"))?;
    built(c, org, version, changed_at).await
}

async fn built(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    version: i64,
    changed_at: String,
) -> Result<Arc<Lexicon>, StoreError> {
    let key = (org, version, changed_at);
    if let Some(built) = kept().get(&key) {
        return Ok(Arc::clone(built));
    }
    let found = lexicon::Entity::find_by_id((org.0, version)).one(c).await?;
    let at = Row::new("lexicon", &version);
    let row = found.ok_or_else(|| at.corrupt("version", "no such row"))?;
    let overlay = from_row(row)?.overlay;
    let built = Lexicon::overlaid(&overlay).map_err(|faults| at.corrupt("overlay", format!("{faults:?}")))?;
    let built = Arc::new(built);
    let mut kept = kept();
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(key, Arc::clone(&built));
    Ok(built)
}

fn kept() -> MutexGuard<'static, Built> {
    BUILT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an organization changed last.
///
/// # Errors
/// What the database says.
pub async fn changes(c: &impl ConnectionTrait, org: OrganizationId) -> Result<Changes, StoreError> {
    let newest = lexicon::Entity::find()
        .filter(lexicon::Column::OrgId.eq(org.0))
        .order_by_desc(lexicon::Column::Version)
        .one(c)
        .await?;
    let none = || Ok(Changes { version: 0, overlay: LexiconOverlay::default(), changed_at: None });
    newest.map_or_else(none, from_row)
}

/// Adds a version. Two who add the same one meet, and the second begins anew.
///
/// # Errors
/// What the database says.
pub async fn insert(
    tx: &Tx,
    org: OrganizationId,
    version: i64,
    overlay: &LexiconOverlay,
    by: Who,
    now: Timestamp,
) -> Result<(), Failure> {
    let row = lexicon::ActiveModel {
        org_id: Set(org.0),
        version: Set(version),
        overlay: Set(overlay.write().to_string()),
        changed_by: Set(json_text(&by)?),
        changed_at: Set(instant_text(now)),
    };
    lexicon::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn from_row(row: lexicon::Model) -> Result<Changes, StoreError> {
    let lexicon::Model { org_id: _, version, overlay, changed_by: _, changed_at } = row;
    let at = Row::new("lexicon", &version);
    Ok(Changes {
        version,
        overlay: at.record("overlay", &overlay)?,
        changed_at: Some(at.instant("changed_at", &changed_at)?),
    })
}
