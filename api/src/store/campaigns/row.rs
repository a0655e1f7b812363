//! The campaign's own row: its fields, its life, its summary.

use domain::Campaign;
use domain::campaign::{GateFacts, Profile};
use domain::gate::{Contents, PerGate};
use domain::ids::{CampaignId, OrganizationId};
use domain::surroundings::CampaignStatus;
use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};

use super::super::column::{Row, instant_text, json_text, json_text_of};
use super::super::entity::{campaign, gate as gate_row};
use super::gate::{self, Parts};
use super::{Loaded, StoreError, Summary};

/// A new row.
pub(super) fn to_insert(
    org: OrganizationId,
    campaign: &Campaign,
    summary: &Summary,
    now: Timestamp,
) -> Result<campaign::ActiveModel, StoreError> {
    let mut row = to_update(campaign, summary, 1, now)?;
    row.org_id = Set(org.0);
    row.id = Set(campaign.id.0);
    row.created_at = Set(instant_text(now));
    Ok(row)
}

/// Everything of a row that can change.
pub(super) fn to_update(
    campaign: &Campaign,
    summary: &Summary,
    row_version: i64,
    now: Timestamp,
) -> Result<campaign::ActiveModel, StoreError> {
    // Contents and gates have rows of their own.
    let Campaign { id: _, profile, metadata, version, life, contents: _, gates: _, wording, turn, reminders } =
        campaign;
    let Profile {
        name,
        go_live_at,
        time_zone: _,
        planned_minutes,
        platforms,
        currency,
        account_ref,
        room_ref,
        owner,
        external_ref,
        playbook,
    } = profile;
    let Summary { status, current_gate, next_wake_at, lexicon_version, gates: _ } = summary;
    Ok(campaign::ActiveModel {
        org_id: NotSet,
        id: NotSet,
        row_version: Set(row_version),
        version: Set(*version),
        name: Set(name.clone()),
        go_live_at: Set(instant_text(*go_live_at)),
        time_zone: Set(profile.zone_name().to_owned()),
        planned_minutes: Set(*planned_minutes),
        currency: Set(currency.clone()),
        account_ref: Set(account_ref.clone()),
        room_ref: Set(room_ref.clone()),
        owner: Set(owner.clone()),
        external_ref: Set(external_ref.clone()),
        playbook: Set(playbook.clone()),
        platforms: Set(json_text(platforms)?),
        metadata: Set(json_text(metadata)?),
        life: Set(json_text(life)?),
        status: Set(status.key().to_owned()),
        current_gate: Set(current_gate.map(|gate| gate.key().to_owned())),
        next_wake_at: Set(next_wake_at.map(instant_text)),
        search: Set(search_text(name, external_ref.as_deref())),
        wording: Set(json_text(wording)?),
        turn: Set(json_text_of(turn.as_ref())?),
        reminders: Set(json_text(reminders)?),
        lexicon_version: Set(*lexicon_version),
        // Whoever writes a campaign writes its claims too.
        claims_version: Set(row_version),
        created_at: NotSet,
        updated_at: Set(instant_text(now)),
    })
}

/// What `q` looks in. It is made lower-case here, because the databases disagree about case beyond ASCII.
fn search_text(name: &str, external_ref: Option<&str>) -> String {
    format!("{name}\n{}", external_ref.unwrap_or_default()).to_lowercase()
}

/// The campaign of a row and its gates.
pub(super) fn from_rows(row: campaign::Model, gates: Vec<gate_row::Model>) -> Result<Loaded, StoreError> {
    let id = row.id;
    let at = Row::new("campaign", &id);
    let Parts { contents, facts, summaries } = gate::from_rows(&at, gates)?;
    let summary = Summary {
        status: at.choice("status", &row.status, CampaignStatus::of_key)?,
        current_gate: at.gate_of("current_gate", row.current_gate.as_deref())?,
        next_wake_at: at.instant_of("next_wake_at", row.next_wake_at.as_deref())?,
        lexicon_version: row.lexicon_version,
        gates: summaries,
    };
    let row_version = row.row_version;
    let claims_are_kept = row.claims_version == row_version;
    let created_at = at.instant("created_at", &row.created_at)?;
    let updated_at = at.instant("updated_at", &row.updated_at)?;
    let campaign = campaign_of(&at, row, contents, facts)?;
    Ok(Loaded { campaign, row_version, claims_are_kept, summary, created_at, updated_at })
}

fn campaign_of(
    at: &Row<'_>,
    row: campaign::Model,
    contents: Contents,
    gates: PerGate<GateFacts>,
) -> Result<Campaign, StoreError> {
    let campaign::Model {
        org_id: _,
        id,
        row_version: _,
        version,
        name,
        go_live_at,
        time_zone,
        planned_minutes,
        currency,
        account_ref,
        room_ref,
        owner,
        external_ref,
        playbook,
        platforms,
        metadata,
        life,
        status: _,
        current_gate: _,
        next_wake_at: _,
        search: _,
        wording,
        turn,
        reminders,
        lexicon_version: _,
        claims_version: _,
        created_at: _,
        updated_at: _,
    } = row;
    let profile = Profile {
        name,
        go_live_at: at.instant("go_live_at", &go_live_at)?,
        time_zone: at.zone(&time_zone)?,
        planned_minutes,
        platforms: at.json("platforms", &platforms)?,
        currency,
        account_ref,
        room_ref,
        owner,
        external_ref,
        playbook,
    };
    Ok(Campaign {
        id: CampaignId(id),
        profile,
        metadata: at.json("metadata", &metadata)?,
        version,
        life: at.json("life", &life)?,
        contents,
        gates,
        wording: at.json("wording", &wording)?,
        turn: at.json_of("turn", turn.as_deref())?,
        reminders: at.json("reminders", &reminders)?,
    })
}
