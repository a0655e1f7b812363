//! Campaigns with their seven gates: loaded whole, saved by what changed, found in lists by their summaries.

mod gate;
mod list;
mod row;

use domain::Campaign;
use domain::digest::Digest;
use domain::gate::{GateKey, PerGate};
use domain::ids::{CampaignId, OrganizationId};
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{IntoCondition, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use super::column::{Row, instant_text};
use super::entity::{campaign, gate as gate_row};
use super::error::is_taken;
use super::{StoreError, Tx};
use crate::failure::{Conflict, Failure};

pub use list::{CampaignFilter, CampaignSort, CampaignSummary, ListedGate, list};

/// A campaign as it is stored, with what saving it again needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The facts.
    pub campaign: Campaign,
    /// Counts every write of the row and guards the next.
    pub row_version: i64,
    /// Whether its claims are those of this write; an earlier release writes none.
    pub claims_are_kept: bool,
    /// What was derived from the facts at that write.
    pub summary: Summary,
    /// When the campaign was created.
    pub created_at: Timestamp,
    /// When anything of it was written last.
    pub updated_at: Timestamp,
}

/// What lists and wake-ups need to know without deriving it: a campaign's standing at its last write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Where it is in its life.
    pub status: CampaignStatus,
    /// The first gate that has not passed.
    pub current_gate: Option<GateKey>,
    /// The next instant at which time alone changes it.
    pub next_wake_at: Option<Timestamp>,
    /// The version of the lexicon by which its texts were judged.
    pub lexicon_version: i64,
    /// Where each gate stands.
    pub gates: PerGate<GateSummary>,
}

/// A gate's standing at the last write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateSummary {
    /// Its status.
    pub status: GateStatus,
    /// When it is due.
    pub due_at: Timestamp,
    /// When its evidence is too old.
    pub expires_at: Option<Timestamp>,
    /// Digest of what a reviewer signs.
    pub revision: Digest,
}

/// The campaign with this id: two statements.
///
/// # Errors
/// What the database says.
pub async fn load(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: CampaignId,
) -> Result<Option<Loaded>, StoreError> {
    let found = campaign::Entity::find_by_id((org.0, id.0)).one(c).await?;
    with_gates(c, found).await
}

/// As [`load`], and until the transaction ends nobody else changes the campaign: commands on it take turns.
///
/// # Errors
/// What the database says.
pub async fn hold(tx: &Tx, org: OrganizationId, id: CampaignId) -> Result<Option<Loaded>, StoreError> {
    let found = campaign::Entity::find_by_id((org.0, id.0)).lock(LockType::NoKeyUpdate).one(tx).await?;
    with_gates(tx, found).await
}

/// As [`hold`], but `None` also where somebody else holds the campaign: whoever has other work does not wait.
///
/// # Errors
/// What the database says.
pub async fn hold_if_free(
    tx: &Tx,
    org: OrganizationId,
    id: CampaignId,
) -> Result<Option<Loaded>, StoreError> {
    let free = campaign::Entity::find_by_id((org.0, id.0))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    let found = free.one(tx).await?;
    with_gates(tx, found).await
}

async fn with_gates(
    c: &impl ConnectionTrait,
    found: Option<campaign::Model>,
) -> Result<Option<Loaded>, StoreError> {
    let Some(found) = found else { return Ok(None) };
    let gates = gate_row::Entity::find()
        .filter(gate_row::Column::OrgId.eq(found.org_id))
        .filter(gate_row::Column::CampaignId.eq(found.id))
        .all(c)
        .await?;
    row::from_rows(found, gates).map(Some)
}

/// Adds a campaign with its gates: two statements.
///
/// # Errors
/// [`Conflict::ExternalRefTaken`].
pub async fn insert(
    tx: &Tx,
    org: OrganizationId,
    campaign: &Campaign,
    summary: &Summary,
    now: Timestamp,
) -> Result<(), Failure> {
    let row = row::to_insert(org, campaign, summary, now)?;
    let gates = GateKey::ALL.iter().map(|key| gate::to_row(org, campaign, summary, *key));
    let gates = gates.collect::<Result<Vec<_>, _>>()?;
    let inserted = campaign::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map_err(|error| failure(error, campaign))?;
    gate_row::Entity::insert_many(gates).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what differs from what was loaded: one statement for the campaign, one for each changed gate.
///
/// # Errors
/// [`Failure::Stale`] if the row was written since; then nothing is changed. [`Conflict::ExternalRefTaken`].
pub async fn save(
    tx: &Tx,
    org: OrganizationId,
    before: &Loaded,
    after: &Campaign,
    summary: &Summary,
    now: Timestamp,
) -> Result<(), Failure> {
    let saved = campaign::Entity::update_many()
        .set(row::to_update(after, summary, before.row_version + 1, now)?)
        .filter(campaign::Column::OrgId.eq(org.0))
        .filter(campaign::Column::Id.eq(after.id.0))
        .filter(campaign::Column::RowVersion.eq(before.row_version))
        .exec(tx)
        .await
        .map_err(|error| failure(error, after))?;
    if saved.rows_affected != 1 {
        return Err(Failure::Stale);
    }
    for key in GateKey::ALL {
        let Some(change) = gate::to_update(before, after, summary, *key)? else { continue };
        gate_row::Entity::update_many()
            .set(change)
            .filter(gate_row::Column::OrgId.eq(org.0))
            .filter(gate_row::Column::CampaignId.eq(after.id.0))
            .filter(gate_row::Column::Gate.eq(key.key()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Campaigns of every organization that time alone has changed by now, the longest waiting first.
///
/// # Errors
/// What the database says.
pub async fn due_to_wake(
    c: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(OrganizationId, CampaignId)>, StoreError> {
    let due: Vec<(Uuid, Uuid)> = campaign::Entity::find()
        .select_only()
        .columns([campaign::Column::OrgId, campaign::Column::Id])
        .filter(campaign::Column::NextWakeAt.lte(instant_text(now)))
        .order_by_asc(campaign::Column::NextWakeAt)
        .limit(limit)
        .into_tuple()
        .all(c)
        .await?;
    Ok(due.into_iter().map(|(org, id)| (OrganizationId(org), CampaignId(id))).collect())
}

/// Wakes every campaign of an organization that is still being prepared.
///
/// # Errors
/// What the database says.
pub async fn wake_all(tx: &Tx, org: OrganizationId, now: Timestamp) -> Result<(), Failure> {
    wake(tx, org, Condition::all(), now).await
}

/// Wakes the campaigns in preparation of which a gate waits for review.
///
/// # Errors
/// What the database says.
pub async fn wake_in_review(tx: &Tx, org: OrganizationId, now: Timestamp) -> Result<(), Failure> {
    let in_review = gate_row::Entity::find()
        .select_only()
        .column(gate_row::Column::CampaignId)
        .filter(gate_row::Column::OrgId.eq(org.0))
        .filter(gate_row::Column::Status.eq(GateStatus::InReview.key()))
        .into_query();
    wake(tx, org, campaign::Column::Id.in_subquery(in_review), now).await
}

async fn wake(
    tx: &Tx,
    org: OrganizationId,
    which: impl IntoCondition,
    now: Timestamp,
) -> Result<(), Failure> {
    let prepared = [CampaignStatus::Preparing, CampaignStatus::Ready, CampaignStatus::OnHold];
    let waken = campaign::ActiveModel { next_wake_at: Set(Some(instant_text(now))), ..Default::default() };
    campaign::Entity::update_many()
        .set(waken)
        .filter(campaign::Column::OrgId.eq(org.0))
        .filter(campaign::Column::Status.is_in(prepared.map(CampaignStatus::key)))
        .filter(is_asleep(now))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(())
}

/// Campaigns that wake later, if at all. What wakes one already tells the instant at which time changed it.
fn is_asleep(now: Timestamp) -> Condition {
    let later = campaign::Column::NextWakeAt.gt(instant_text(now));
    Condition::any().add(campaign::Column::NextWakeAt.is_null()).add(later)
}

/// The next instant at which time alone changes any campaign.
///
/// # Errors
/// What the database says.
pub async fn next_wake(c: &impl ConnectionTrait) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<String> = campaign::Entity::find()
        .select_only()
        .column(campaign::Column::NextWakeAt)
        .filter(campaign::Column::NextWakeAt.is_not_null())
        .order_by_asc(campaign::Column::NextWakeAt)
        .into_tuple()
        .one(c)
        .await?;
    next.map(|text| Row::new("campaign", &"next").instant("next_wake_at", &text)).transpose()
}

fn failure(error: DbErr, campaign: &Campaign) -> Failure {
    match &campaign.profile.external_ref {
        Some(external_ref) if is_taken(&error, "external_ref") => {
            Conflict::ExternalRefTaken { external_ref: external_ref.clone() }.into()
        }
        Some(_) | None => error.into(),
    }
}
