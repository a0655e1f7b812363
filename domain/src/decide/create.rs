//! A campaign begins.

use serde_json::Value;

use crate::actor::Actor;
use crate::campaign::{Campaign, Life};
use crate::command::NewCampaign;
use crate::event::{Event, EventKind};
use crate::fault::{Fault, FaultKind};
use crate::gate::{GateKey, PerGate};
use crate::ids::CampaignId;
use crate::playbook::Playbook;
use crate::refusal::Refusal;
use crate::surroundings::Directory;

/// The event that begins a campaign, contents included.
///
/// # Errors
/// [`Refusal::Invalid`] with every fault of fields and contents, pointing into the body.
pub fn create(
    id: CampaignId,
    new: NewCampaign,
    find_playbook: impl Fn(&str) -> Option<&'static Playbook>,
    actor: &Actor,
    directory: &Directory,
) -> Result<Event, Refusal> {
    let mut profile = new.fields.profile("").map_err(|faults| Refusal::Invalid { faults })?;
    let mut faults = Vec::new();
    let fault =
        |pointer: &str, what| Fault { pointer: pointer.to_owned(), kind: FaultKind::NotFound { what } };
    match find_playbook(&profile.playbook) {
        Some(playbook) => profile.playbook = playbook.reference(),
        None => faults.push(fault("/playbook", "playbook")),
    }
    if directory.person(&profile.owner).is_none() {
        faults.push(fault("/owner", "member"));
    }
    let mut campaign = Campaign {
        id,
        profile,
        metadata: new.metadata,
        version: 1,
        life: Life::Open,
        contents: new.contents,
        gates: PerGate::default(),
    };
    let nothing = Value::Object(serde_json::Map::new());
    for gate in GateKey::ALL.iter().filter(|gate| campaign.contents.write(**gate) != nothing) {
        campaign.gates[*gate].version = 1;
        campaign.gates[*gate].editors.extend(new.by);
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults });
    }
    let kind = EventKind::CampaignCreated { campaign: Box::new(campaign) };
    Ok(Event { kind, by: actor.who, through: actor.key, occurred_at: new.now })
}
