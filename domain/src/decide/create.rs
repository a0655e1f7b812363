//! A campaign begins.

use serde_json::Value;

use crate::actor::Actor;
use crate::calendar::Calendar;
use crate::campaign::{Campaign, Life};
use crate::command::NewCampaign;
use crate::digest::digests;
use crate::event::{Event, EventKind};
use crate::fault::{Fault, FaultKind};
use crate::gate::team::{Stamps, Team};
use crate::gate::{GateKey, PerGate};
use crate::ids::CampaignId;
use crate::playbook::Playbook;
use crate::refusal::Refusal;
use crate::rule::Case;
use crate::surroundings::{Directory, Surroundings};
use crate::wording::Lexicon;

/// The event that begins a campaign, contents included; trainings and rehearsals in them are stamped.
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
    let mut fault = |pointer: &str, kind| faults.push(Fault { pointer: pointer.to_owned(), kind });
    let playbook = find_playbook(&profile.playbook);
    match playbook {
        Some(playbook) => profile.playbook = playbook.reference(),
        None => fault("/playbook", FaultKind::NotFound { what: "playbook" }),
    }
    if directory.person(&profile.owner).is_none() {
        fault("/owner", FaultKind::no_member(&profile.owner));
    }
    let mut campaign = Campaign {
        id,
        profile,
        metadata: new.metadata,
        version: 1,
        life: Life::Open,
        contents: new.contents,
        gates: PerGate::default(),
        wording: Vec::new(),
        turn: None,
        reminders: Vec::new(),
    };
    let nothing = Value::Object(serde_json::Map::new());
    for gate in GateKey::ALL.iter().filter(|gate| campaign.contents.write(**gate) != nothing) {
        campaign.gates[*gate].version = 1;
        campaign.gates[*gate].editors.extend(new.by);
    }
    let Some(playbook) = playbook.filter(|_| faults.is_empty()) else {
        return Err(Refusal::Invalid { faults });
    };
    // Digests look at no surroundings.
    let (lexicon, calendar) = (Lexicon::built_in(), Calendar::cn());
    let surroundings = Surroundings { now: new.now, directory, others: &[], lexicon, calendar };
    let today = digests(&Case::of(&campaign, playbook, surroundings));
    campaign.gates[GateKey::Team].stamps =
        Stamps::default().after(&Team::default(), &campaign.contents.team, &today);
    let kind = EventKind::CampaignCreated { campaign: Box::new(campaign) };
    Ok(Event { kind, by: actor.who, through: actor.key, occurred_at: new.now })
}
