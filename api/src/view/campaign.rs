//! A campaign as its reader sees it: as a whole, and as a row of a list.

use domain::decide::{self, go_live_blockers};
use domain::profile::CampaignFields;
use domain::record::Member;
use domain::shown::shown;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{AllowedAction, FindingView, Moment, PersonView, Reader};
use crate::store::campaigns::CampaignSummary;
use crate::workflow::Acted;

/// A campaign with the state of its gates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignView {
    /// Its id.
    pub id: uuid::Uuid,
    /// Where it is in its life.
    #[schema(value_type = crate::http::schema::CampaignStatus)]
    pub status: &'static str,
    /// The first gate in order that has not passed; `null` when all have.
    #[schema(value_type = Option<crate::http::schema::Gate>)]
    pub current_gate: Option<&'static str>,
    /// The campaign's own fields, as sent at creation with defaults filled in.
    #[serde(flatten)]
    #[schema(value_type = crate::http::schema::ShownCampaign)]
    pub fields: Map<String, Value>,
    /// The CRM's own members.
    pub metadata: Map<String, Value>,
    /// Version of fields and metadata; the `ETag` is this in quotes.
    pub version: i64,
    /// Planned end.
    pub ends_at: Moment,
    /// The seven gates in order.
    pub gates: Vec<GateSummaryView>,
    /// Whether the campaign could go live now, and what stops it.
    pub go_live: GoLiveView,
    /// What the reader can do, and why not the rest.
    pub allowed_actions: Vec<AllowedAction>,
    /// When it was created.
    pub created_at: Moment,
    /// When anything of it last changed.
    pub updated_at: Moment,
}

/// A gate in the view of its campaign.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GateSummaryView {
    /// Which gate.
    #[schema(value_type = crate::http::schema::Gate)]
    pub gate: &'static str,
    /// Where it stands.
    #[schema(value_type = crate::http::schema::GateStatus)]
    pub status: &'static str,
    /// Who looks after it.
    pub assignee: Option<PersonView>,
    /// When it is due.
    pub due_at: Moment,
    /// Gates that must pass first.
    #[schema(value_type = Vec<crate::http::schema::Gate>)]
    pub waiting_on: Vec<&'static str>,
}

/// Whether a campaign could go live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoLiveView {
    /// Whether nothing stops it.
    pub allowed: bool,
    /// Gates that have not passed.
    #[schema(value_type = Vec<crate::http::schema::Gate>)]
    pub gates: Vec<&'static str>,
    /// Open blockers of any rule.
    pub blockers: Vec<FindingView>,
}

/// A campaign in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedCampaign {
    /// Its id.
    pub id: uuid::Uuid,
    /// What people call it.
    pub name: String,
    /// Where it is in its life, as last written down.
    #[schema(value_type = crate::http::schema::CampaignStatus)]
    pub status: &'static str,
    /// The first gate that has not passed.
    #[schema(value_type = Option<crate::http::schema::Gate>)]
    pub current_gate: Option<&'static str>,
    /// T, in the campaign's zone.
    pub go_live_at: Moment,
    /// Its zone.
    pub time_zone: String,
    /// Who gets what has no other addressee.
    pub owner: String,
    /// Key in the CRM.
    pub external_ref: Option<String>,
    /// Pinned playbook.
    pub playbook: String,
    /// Version of its fields.
    pub version: i64,
    /// The seven gates in order.
    pub gates: Vec<ListedGateView>,
    /// When it was created.
    pub created_at: Moment,
    /// When anything of it last changed.
    pub updated_at: Moment,
}

/// A gate in a list of campaigns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedGateView {
    /// Which gate.
    #[schema(value_type = crate::http::schema::Gate)]
    pub gate: &'static str,
    /// Where it stands.
    #[schema(value_type = crate::http::schema::GateStatus)]
    pub status: &'static str,
    /// Member id of who looks after it.
    pub assignee: Option<uuid::Uuid>,
    /// When it is due.
    pub due_at: Moment,
}

impl CampaignView {
    /// The campaign for this reader.
    #[must_use]
    pub fn of(acted: &Acted, reader: Reader<'_>) -> Self {
        let campaign = &acted.campaign;
        let zone = &campaign.profile.time_zone;
        let mut fields = CampaignFields::of(&campaign.profile).write();
        shown(&CampaignFields::shape(), &mut fields, zone);
        let desk = acted.desk(reader.actor);
        let standing = &acted.standing;
        Self {
            id: campaign.id.0,
            status: standing.status.key(),
            current_gate: standing.current_gate.map(|gate| gate.key()),
            fields: fields.as_object().cloned().unwrap_or_default(),
            metadata: campaign.metadata.clone(),
            version: campaign.version,
            ends_at: Moment::of(campaign.profile.ends_at(), zone),
            gates: gates(acted),
            go_live: go_live(&desk, acted, reader),
            allowed_actions: AllowedAction::list(decide::campaign_actions(&desk), reader.locale),
            created_at: Moment::of(acted.created_at, zone),
            updated_at: Moment::of(acted.updated_at, zone),
        }
    }
}

fn gates(acted: &Acted) -> Vec<GateSummaryView> {
    let zone = &acted.campaign.profile.time_zone;
    let view = |(gate, standing): (domain::GateKey, &domain::standing::GateStanding)| GateSummaryView {
        gate: gate.key(),
        status: standing.status.key(),
        assignee: acted.campaign.gates[gate].assignee.map(|id| PersonView::of(id, &acted.directory)),
        due_at: Moment::of(standing.due_at, zone),
        waiting_on: standing.waiting_on.iter().map(|gate| gate.key()).collect(),
    };
    acted.standing.gates.iter().map(view).collect()
}

fn go_live(desk: &decide::Desk<'_>, acted: &Acted, reader: Reader<'_>) -> GoLiveView {
    use domain::standing::GateStatus;
    let gates: Vec<&'static str> = acted
        .standing
        .gates
        .iter()
        .filter(|(_, gate)| gate.status != GateStatus::Passed)
        .map(|(gate, _)| gate.key())
        .collect();
    let profile = &acted.campaign.profile;
    let blockers: Vec<FindingView> =
        go_live_blockers(desk).map(|finding| FindingView::of(finding, profile, reader)).collect();
    let ready = acted.standing.status == domain::surroundings::CampaignStatus::Ready;
    GoLiveView { allowed: ready && blockers.is_empty(), gates, blockers }
}

impl From<CampaignSummary> for ListedCampaign {
    fn from(summary: CampaignSummary) -> Self {
        let zone = jiff::tz::TimeZone::get(&summary.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let gates = summary.gates.into_iter().map(|gate| ListedGateView {
            gate: gate.gate.key(),
            status: gate.status.key(),
            assignee: gate.assignee.map(|member| member.0),
            due_at: Moment::of(gate.due_at, &zone),
        });
        Self {
            gates: gates.collect(),
            id: summary.id.0,
            name: summary.name,
            status: summary.status.key(),
            current_gate: summary.current_gate.map(|gate| gate.key()),
            go_live_at: Moment::of(summary.go_live_at, &zone),
            time_zone: summary.time_zone,
            owner: summary.owner,
            external_ref: summary.external_ref,
            playbook: summary.playbook,
            version: summary.version,
            created_at: Moment::of(summary.created_at, &zone),
            updated_at: Moment::of(summary.updated_at, &zone),
        }
    }
}
