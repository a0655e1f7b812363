//! The rows of a campaign's gates: content in normal form, facts, summary. A row is written only when it changed.

use domain::Campaign;
use domain::campaign::GateFacts;
use domain::digest::Digest;
use domain::gate::{Content, Contents, GateKey, PerGate};
use domain::ids::{MemberId, OrganizationId};
use domain::standing::GateStatus;
use sea_orm::ActiveValue::{NotSet, Set};

use super::super::column::{Row, instant_text, json_text, json_text_of};
use super::super::entity::gate;
use super::{GateSummary, Loaded, StoreError, Summary};

/// What the seven rows hold.
pub(super) struct Parts {
    pub(super) contents: Contents,
    pub(super) facts: PerGate<GateFacts>,
    pub(super) summaries: PerGate<GateSummary>,
}

/// A new row.
pub(super) fn to_row(
    org: OrganizationId,
    campaign: &Campaign,
    summary: &Summary,
    key: GateKey,
) -> Result<gate::ActiveModel, StoreError> {
    let mut row = columns(&campaign.gates[key], &summary.gates[key])?;
    row.org_id = Set(org.0);
    row.campaign_id = Set(campaign.id.0);
    row.gate = Set(key.key().to_owned());
    row.content = Set(campaign.contents.write(key).to_string());
    Ok(row)
}

/// What changed of a row, if anything did.
pub(super) fn to_update(
    before: &Loaded,
    after: &Campaign,
    summary: &Summary,
    key: GateKey,
) -> Result<Option<gate::ActiveModel>, StoreError> {
    let same_content = is_same_content(&before.campaign.contents, &after.contents, key);
    let same_facts = before.campaign.gates[key] == after.gates[key];
    if same_content && same_facts && before.summary.gates[key] == summary.gates[key] {
        return Ok(None);
    }
    let mut row = columns(&after.gates[key], &summary.gates[key])?;
    if !same_content {
        row.content = Set(after.contents.write(key).to_string());
    }
    Ok(Some(row))
}

/// All columns but the key and the content.
fn columns(facts: &GateFacts, summary: &GateSummary) -> Result<gate::ActiveModel, StoreError> {
    let GateFacts { version, assignee, ticks, submission, approval, editors, stamps, noticed } = facts;
    let GateSummary { status, due_at, expires_at, revision } = summary;
    Ok(gate::ActiveModel {
        org_id: NotSet,
        campaign_id: NotSet,
        gate: NotSet,
        content: NotSet,
        version: Set(*version),
        assignee: Set(assignee.map(|member| member.0)),
        ticks: Set(json_text(ticks)?),
        submission: Set(json_text_of(submission.as_ref())?),
        approval: Set(json_text_of(approval.as_ref())?),
        editors: Set(json_text(editors)?),
        stamps: Set(json_text(stamps)?),
        noticed: Set(json_text(noticed)?),
        status: Set(status.key().to_owned()),
        due_at: Set(instant_text(*due_at)),
        expires_at: Set(expires_at.map(instant_text)),
        revision: Set(revision.0.clone()),
    })
}

fn is_same_content(before: &Contents, after: &Contents, key: GateKey) -> bool {
    match key {
        GateKey::Goal => before.goal == after.goal,
        GateKey::Audience => before.audience == after.audience,
        GateKey::Products => before.products == after.products,
        GateKey::Script => before.script == after.script,
        GateKey::Team => before.team == after.team,
        GateKey::WarmUp => before.warm_up == after.warm_up,
        GateKey::EquipmentTest => before.equipment_test == after.equipment_test,
    }
}

/// What the rows of one campaign hold; each gate must have its row.
pub(super) fn from_rows(campaign: &Row<'_>, rows: Vec<gate::Model>) -> Result<Parts, StoreError> {
    let mut contents = Contents::default();
    let mut facts = PerGate::<GateFacts>::default();
    let mut summaries = PerGate::<Option<GateSummary>>::default();
    for row in rows {
        let (content, own_facts, summary) = from_row(row)?;
        let key = content.gate();
        contents.replace(content);
        facts[key] = own_facts;
        summaries[key] = Some(summary);
    }
    let summaries = PerGate::try_each(|key| {
        summaries[key].take().ok_or_else(|| campaign.corrupt(key.key(), "no such row"))
    })?;
    Ok(Parts { contents, facts, summaries })
}

fn from_row(row: gate::Model) -> Result<(Content, GateFacts, GateSummary), StoreError> {
    let gate::Model {
        org_id: _,
        campaign_id,
        gate: key,
        version,
        content,
        assignee,
        ticks,
        submission,
        approval,
        editors,
        stamps,
        noticed,
        status,
        due_at,
        expires_at,
        revision,
    } = row;
    let id = format!("{campaign_id}/{key}");
    let at = Row::new("gate", &id);
    let key = at.choice("gate", &key, GateKey::of_key)?;
    let content = Content::read(key, &at.json("content", &content)?, "")
        .map_err(|faults| at.corrupt("content", format!("{faults:?}")))?;
    let facts = GateFacts {
        version,
        assignee: assignee.map(MemberId),
        ticks: at.json("ticks", &ticks)?,
        submission: at.json_of("submission", submission.as_deref())?,
        approval: at.json_of("approval", approval.as_deref())?,
        editors: at.json("editors", &editors)?,
        stamps: at.json("stamps", &stamps)?,
        noticed: at.json("noticed", &noticed)?,
    };
    let summary = GateSummary {
        status: at.choice("status", &status, GateStatus::of_key)?,
        due_at: at.instant("due_at", &due_at)?,
        expires_at: at.instant_of("expires_at", expires_at.as_deref())?,
        revision: Digest(revision),
    };
    Ok((content, facts, summary))
}
