//! An event as integrators see it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ActorView, Moment};
use crate::store::events::StoredEvent;

/// One thing that happened to a campaign: digests and differences, never whole contents.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Its id, the same wherever it is delivered.
    pub id: uuid::Uuid,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "gate.submitted")]
    pub kind: String,
    /// The campaign it happened to.
    pub campaign_id: uuid::Uuid,
    /// The gate it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::http::schema::Gate>)]
    pub gate: Option<&'static str>,
    /// Who did it.
    pub actor: ActorView,
    /// The member who is away and in whose place they did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<uuid::Uuid>,
    /// The API key it came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<uuid::Uuid>,
    /// When it became true.
    pub occurred_at: Moment,
    /// When it was written down.
    pub recorded_at: Moment,
    /// What is to be known of it; depends on the type.
    #[schema(value_type = Map<String, Value>)]
    pub data: Value,
}

impl From<StoredEvent> for EventView {
    fn from(event: StoredEvent) -> Self {
        let StoredEvent {
            seq: _,
            id,
            campaign,
            kind,
            gate,
            by,
            on_behalf_of,
            through,
            occurred_at,
            recorded_at,
            data,
        } = event;
        Self {
            id: id.0,
            kind,
            campaign_id: campaign.0,
            gate: gate.map(|gate| gate.key()),
            actor: by.into(),
            on_behalf_of: on_behalf_of.map(|away| away.0),
            through: through.map(|key| key.0),
            occurred_at: Moment::utc(occurred_at),
            recorded_at: Moment::utc(recorded_at),
            data,
        }
    }
}
