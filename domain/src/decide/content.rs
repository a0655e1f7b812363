//! Writing: contents, the campaign's own fields, checklist ticks, assignees.

use serde_json::{Map, Value};

use super::patch::{patched, unknown_members};
use super::{Desk, WRITABLE};
use crate::actor::Role;
use crate::campaign::{Campaign, Evidence, Profile, Tick};
use crate::command::{Action, Edit, Expected, TickWish};
use crate::digest::digests;
use crate::effect::{changed, effect};
use crate::event::EventKind;
use crate::fault::{Fault, FaultKind};
use crate::gate::team::Stamps;
use crate::gate::{Content, GateKey};
use crate::metadata::Metadata;
use crate::playbook::{EvidenceKind, Item};
use crate::profile::CampaignFields;
use crate::record::{self, Member};
use crate::refusal::Refusal;
use crate::rule::Case;
use crate::shown::shown;
use crate::surroundings::CampaignStatus;

/// Whether content may be written at all, progress while live included.
pub(super) fn may_edit(desk: &Desk<'_>, action: Action) -> Result<(), Refusal> {
    desk.need_role(action, Role::Operator)?;
    let mut writable = WRITABLE.to_vec();
    writable.push(CampaignStatus::Live);
    desk.need_campaign(action, &writable)
}

pub(super) fn edit(
    desk: &Desk<'_>,
    gate: GateKey,
    edit: &Edit,
    expected: Expected,
) -> Result<Vec<EventKind>, Refusal> {
    may_edit(desk, Action::Edit)?;
    let campaign = desk.case.campaign;
    let current = campaign.gates[gate].version;
    if !expected.fits(current) {
        return Err(Refusal::VersionChanged { current });
    }
    let wanted = match edit {
        Edit::Whole(value) => value.clone(),
        Edit::Merge(patch) => {
            unknown_members(&gate.shape(), patch).map_err(|faults| Refusal::Invalid { faults })?;
            let mut value = shown_content(desk, gate);
            json_patch::merge(&mut value, patch);
            value
        }
        Edit::Patch(operations) => patched(shown_content(desk, gate), operations)?,
    };
    let content = Content::read(gate, &wanted, "").map_err(|faults| Refusal::Invalid { faults })?;
    let mut after = campaign.clone();
    after.contents.replace(content.clone());
    if after.contents.write(gate) == campaign.contents.write(gate) {
        return Ok(Vec::new());
    }
    let facets = changed_facets(desk, &after);
    only_progress_while_live(desk, &facets)?;
    let (editor, stamps) = (desk.actor.author(), stamps(desk, &content));
    Ok(vec![EventKind::ContentChanged { gate, content: Box::new(content), editor, facets, stamps }])
}

/// The stamps of the gate once its content is written. Writing the team changes nothing that stamps look at, so
/// what stands now is what new entries are held on.
fn stamps(desk: &Desk<'_>, content: &Content) -> Stamps {
    match content {
        Content::Team(team) => {
            let campaign = desk.case.campaign;
            let before = &campaign.contents.team;
            campaign.gates[GateKey::Team].stamps.after(before, team, &desk.standing.digests)
        }
        Content::Goal(_)
        | Content::Audience(_)
        | Content::Products(_)
        | Content::Script(_)
        | Content::WarmUp(_)
        | Content::EquipmentTest(_) => Stamps::default(),
    }
}

/// The content as its readers see it: what a patch is written against.
fn shown_content(desk: &Desk<'_>, gate: GateKey) -> Value {
    let mut value = desk.case.campaign.contents.write(gate);
    shown(&gate.shape(), &mut value, &desk.case.profile().time_zone);
    value
}

fn changed_facets(desk: &Desk<'_>, after: &Campaign) -> Vec<String> {
    let after = digests(&Case::of(after, desk.case.playbook, desk.case.surroundings));
    changed(&desk.standing.digests, &after).map(str::to_owned).collect()
}

/// While live only facets that matter to no approval may change.
fn only_progress_while_live(desk: &Desk<'_>, facets: &[String]) -> Result<(), Refusal> {
    if desk.standing.status != CampaignStatus::Live {
        return Ok(());
    }
    let matters =
        |facet: &&String| GateKey::ALL.iter().any(|gate| effect(desk.case.playbook, facet, *gate).is_some());
    let facets: Vec<String> = facets.iter().filter(matters).cloned().collect();
    if facets.is_empty() { Ok(()) } else { Err(Refusal::OnlyProgressWhileLive { facets }) }
}

/// Whether the campaign's own fields may change: also after it lapsed, since a later date takes it back.
pub(super) fn may_edit_profile(desk: &Desk<'_>) -> Result<(), Refusal> {
    desk.need_role(Action::Edit, Role::Operator)?;
    let mut writable = WRITABLE.to_vec();
    writable.extend([CampaignStatus::Lapsed, CampaignStatus::Live]);
    desk.need_campaign(Action::Edit, &writable)
}

pub(super) fn edit_profile(
    desk: &Desk<'_>,
    patch: &Value,
    metadata: Option<&Value>,
    expected: Expected,
) -> Result<Vec<EventKind>, Refusal> {
    may_edit_profile(desk)?;
    let campaign = desk.case.campaign;
    if !expected.fits(campaign.version) {
        return Err(Refusal::VersionChanged { current: campaign.version });
    }
    let before = CampaignFields::of(&campaign.profile).write();
    let mut after = before.clone();
    json_patch::merge(&mut after, patch);
    let invalid = |faults| Refusal::Invalid { faults };
    let fields: CampaignFields = record::read(&after, "").map_err(invalid)?;
    let profile = fields.profile("").map_err(invalid)?;
    check_references(desk, &profile).map_err(invalid)?;
    let merged = merged_metadata(&campaign.metadata, metadata).map_err(invalid)?;
    let written = CampaignFields::of(&profile).write();
    let mut changed: Vec<String> = written
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| before.get(name.as_str()) != Some(value))
        .map(|(name, _)| name.clone())
        .collect();
    changed.extend(
        before
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
            .filter(|name| written.get(name.as_str()).is_none())
            .cloned(),
    );
    if merged != campaign.metadata {
        changed.push("metadata".to_owned());
    }
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut next = campaign.clone();
    next.profile = profile.clone();
    only_progress_while_live(desk, &changed_facets(desk, &next))?;
    Ok(vec![EventKind::CampaignChanged { profile: Box::new(profile), metadata: merged, changed }])
}

/// The CRM's own members after a merge patch; the limits are those of the whole, not of what was sent.
fn merged_metadata(
    before: &Map<String, Value>,
    patch: Option<&Value>,
) -> Result<Map<String, Value>, Vec<Fault>> {
    let Some(patch) = patch else { return Ok(before.clone()) };
    if patch.is_null() {
        return Ok(Map::new());
    }
    let mut merged = Value::Object(before.clone());
    json_patch::merge(&mut merged, patch);
    Ok(record::read::<Metadata>(&merged, "/metadata")?.0)
}

fn check_references(desk: &Desk<'_>, profile: &Profile) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |pointer: &str, kind| faults.push(Fault { pointer: pointer.to_owned(), kind });
    if profile.playbook != desk.case.profile().playbook {
        fault("/playbook", FaultKind::Fixed { how: "use the playbook's migration" });
    }
    let owner_changed = profile.owner != desk.case.profile().owner;
    if owner_changed && desk.case.surroundings.directory.person(&profile.owner).is_none() {
        fault("/owner", FaultKind::no_member(&profile.owner));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

pub(super) fn tick(
    desk: &Desk<'_>,
    gate: GateKey,
    item: &str,
    wish: &TickWish,
) -> Result<Vec<EventKind>, Refusal> {
    may_edit(desk, Action::Tick)?;
    let known = desk.case.playbook.gates[gate].checklist.iter().find(|known| known.key == item);
    let known = known.ok_or_else(|| Refusal::UnknownItem { gate, item: item.to_owned() })?;
    let current = desk.case.campaign.gates[gate].ticks.get(item);
    let tick = if wish.done || wish.not_applicable { Some(proven_tick(desk, known, wish)?) } else { None };
    let same = match (current, &tick) {
        (None, None) => true,
        (Some(old), Some(new)) => old.not_applicable == new.not_applicable && old.evidence == new.evidence,
        (None, Some(_)) | (Some(_), None) => false,
    };
    if same {
        return Ok(Vec::new());
    }
    let editor = desk.actor.author();
    Ok(vec![EventKind::ItemTicked { gate, item: item.to_owned(), tick, editor }])
}

fn proven_tick(desk: &Desk<'_>, item: &Item, wish: &TickWish) -> Result<Tick, Refusal> {
    if wish.not_applicable && !item.may_be_na {
        return Err(Refusal::NotApplicableRefused { item: item.key.clone() });
    }
    let kind = if wish.not_applicable { EvidenceKind::Note } else { item.evidence };
    let given = wish.evidence.clone().unwrap_or_default();
    let Evidence { note, url, file_sha256, .. } = &given;
    let proven = match kind {
        EvidenceKind::Nothing => true,
        EvidenceKind::Note => note.is_some(),
        EvidenceKind::Link => url.is_some(),
        EvidenceKind::File => file_sha256.is_some(),
    };
    if !proven {
        return Err(Refusal::EvidenceNeeded { item: item.key.clone(), kind });
    }
    Ok(Tick {
        not_applicable: wish.not_applicable,
        evidence: wish.evidence.clone(),
        done_by: desk.actor.who,
        done_at: desk.case.now(),
    })
}

/// Whether gates may be given to somebody.
pub(super) fn may_assign(desk: &Desk<'_>) -> Result<(), Refusal> {
    desk.need_role(Action::Assign, Role::Operator)?;
    desk.need_campaign(Action::Assign, WRITABLE)
}

pub(super) fn assign(
    desk: &Desk<'_>,
    gate: GateKey,
    assignee: Option<&str>,
) -> Result<Vec<EventKind>, Refusal> {
    may_assign(desk)?;
    let found =
        assignee.map(|person| desk.case.surroundings.directory.person(person).map(|member| member.id));
    let assignee = match found {
        Some(None) => {
            let kind = FaultKind::no_member(assignee.unwrap_or_default());
            return Err(Refusal::Invalid { faults: vec![Fault { pointer: "/assignee".to_owned(), kind }] });
        }
        Some(member @ Some(_)) => member,
        None => None,
    };
    if assignee == desk.case.campaign.gates[gate].assignee {
        return Ok(Vec::new());
    }
    Ok(vec![EventKind::GateAssigned { gate, assignee }])
}
