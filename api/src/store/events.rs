//! Events: what happened, in the order in which it was written. They are never changed.

use domain::Event;
use domain::actor::Who;
use domain::gate::GateKey;
use domain::ids::{ApiKeyId, CampaignId, MemberId, OrganizationId};
use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::column::{Row, instant_text, json_text};
use super::entity::event;
use super::page::cut;
use super::{Cursor, EventId, Listed, Page, StoreError, Tx};
use crate::failure::Failure;

/// The order of the list of events, for [`Cursor::read`].
pub const ORDER: &str = "events";

/// An event as the log keeps it: digests and differences, never whole contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the order of all events.
    pub seq: i64,
    /// Its id.
    pub id: EventId,
    /// The campaign it happened to.
    pub campaign: CampaignId,
    /// The public type, such as `gate.submitted`.
    pub kind: String,
    /// The gate it is about.
    pub gate: Option<GateKey>,
    /// Who did it.
    pub by: Who,
    /// Who is away and in whose place they did it.
    pub on_behalf_of: Option<MemberId>,
    /// The key it came with.
    pub through: Option<ApiKeyId>,
    /// When it became true.
    pub occurred_at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// What integrators see of it.
    pub data: Value,
}

/// Writes events in their order: one statement.
///
/// # Errors
/// What the database says.
pub async fn append(
    tx: &Tx,
    org: OrganizationId,
    campaign: CampaignId,
    events: &[Event],
    recorded_at: Timestamp,
) -> Result<Vec<StoredEvent>, Failure> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let rows = events.iter().map(|event| to_row(org, campaign, event, recorded_at));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let mut written = event::Entity::insert_many(rows).exec_with_returning(tx).await?;
    written.sort_by_key(|row| row.seq);
    Ok(written.into_iter().map(from_row).collect::<Result<_, _>>()?)
}

/// One page of the events of a campaign, oldest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    campaign: CampaignId,
    page: &Page,
) -> Result<Listed<StoredEvent>, StoreError> {
    let after = page.after.as_ref().and_then(|cursor| cursor.key().parse::<i64>().ok()).unwrap_or_default();
    let rows = event::Entity::find()
        .filter(event::Column::OrgId.eq(org.0))
        .filter(event::Column::CampaignId.eq(campaign.0))
        .filter(event::Column::Seq.gt(after))
        .order_by_asc(event::Column::Seq)
        .limit(page.limit.saturating_add(1))
        .all(c)
        .await?;
    let (rows, next) = cut(rows, page.limit, |row| Cursor::new(ORDER, &row.seq.to_string(), row.id));
    let items = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(Listed { items, next })
}

fn to_row(
    org: OrganizationId,
    campaign: CampaignId,
    event: &Event,
    recorded_at: Timestamp,
) -> Result<event::ActiveModel, StoreError> {
    let Event { kind, by, through, occurred_at } = event;
    Ok(event::ActiveModel {
        seq: NotSet,
        org_id: Set(org.0),
        id: Set(EventId::new().0),
        campaign_id: Set(campaign.0),
        kind: Set(kind.key().to_owned()),
        gate: Set(kind.gate().map(|gate| gate.key().to_owned())),
        actor: Set(json_text(by)?),
        on_behalf_of: Set(kind.on_behalf_of().map(|away| away.0)),
        through: Set(through.map(|key| key.0)),
        occurred_at: Set(instant_text(*occurred_at)),
        recorded_at: Set(instant_text(recorded_at)),
        data: Set(kind.public_data().to_string()),
    })
}

fn from_row(row: event::Model) -> Result<StoredEvent, StoreError> {
    let event::Model {
        seq,
        org_id: _,
        id,
        campaign_id,
        kind,
        gate,
        actor,
        on_behalf_of,
        through,
        occurred_at,
        recorded_at,
        data,
    } = row;
    let at = Row::new("event", &id);
    Ok(StoredEvent {
        seq,
        id: EventId(id),
        campaign: CampaignId(campaign_id),
        kind,
        gate: at.gate_of("gate", gate.as_deref())?,
        by: at.json("actor", &actor)?,
        on_behalf_of: on_behalf_of.map(MemberId),
        through: through.map(ApiKeyId),
        occurred_at: at.instant("occurred_at", &occurred_at)?,
        recorded_at: at.instant("recorded_at", &recorded_at)?,
        data: at.json("data", &data)?,
    })
}
