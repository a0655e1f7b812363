//! What a new campaign gets where it says nothing itself.

use domain::profile::CampaignFields;
use domain::{Actor, record};

use crate::store::organizations::Defaults;

/// Fields that were left out, taken from the organization; the owner is whoever creates.
pub(super) fn completed(fields: CampaignFields, defaults: &Defaults, actor: &Actor) -> CampaignFields {
    let owner = || actor.member().and_then(|member| record::read(&member.to_string().into(), "").ok());
    let defaults = defaults.clone();
    CampaignFields {
        time_zone: fields.time_zone.or(defaults.time_zone),
        currency: fields.currency.or(defaults.currency),
        planned_minutes: fields.planned_minutes.or(defaults.planned_minutes),
        platforms: fields.platforms.or(defaults.platforms),
        account_ref: fields.account_ref.or(defaults.account_ref),
        room_ref: fields.room_ref.or(defaults.room_ref),
        playbook: fields.playbook.or(defaults.playbook),
        owner: fields.owner.or_else(owner),
        ..fields
    }
}
