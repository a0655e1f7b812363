//! What addresses are made of. An id that is none is an unknown id: 404.

use actix_web::HttpRequest;
use actix_web::error::PathError;
use actix_web::web::PathConfig;
use domain::gate::GateKey;
use domain::ids::{ApiKeyId, CampaignId, DelegationId, MemberId, ReminderId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{problem_catalogue as catalogue, schema};
use crate::problem::Problem;

/// Characters of an address that an answer repeats.
const MOST_SHOWN: usize = 80;

/// `…/campaigns/{campaign}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CampaignPath {
    /// Id of the campaign.
    #[param(value_type = Uuid)]
    pub campaign: CampaignId,
}

/// `…/campaigns/{campaign}/gates/{gate}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct GatePath {
    /// Id of the campaign.
    #[param(value_type = Uuid)]
    pub campaign: CampaignId,
    /// Key of the gate.
    #[param(value_type = schema::Gate)]
    pub gate: GateKey,
}

/// `…/campaigns/{campaign}/gates/{gate}/checklist/{item}`
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ItemPath {
    /// Id of the campaign.
    #[param(value_type = Uuid)]
    pub campaign: CampaignId,
    /// Key of the gate.
    #[param(value_type = schema::Gate)]
    pub gate: GateKey,
    /// Key of the checklist item.
    #[param(min_length = 1, max_length = 80, example = "one_goal_shared")]
    pub item: String,
}

/// `…/members/{member}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct MemberPath {
    /// Id of the member.
    #[param(value_type = Uuid)]
    pub member: MemberId,
}

/// `…/api-keys/{api_key}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ApiKeyPath {
    /// Id of the API key.
    #[param(value_type = Uuid)]
    pub api_key: ApiKeyId,
}

/// `…/delegations/{delegation}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DelegationPath {
    /// Id of the delegation.
    #[param(value_type = Uuid)]
    pub delegation: DelegationId,
}

/// `…/deliveries/{delivery}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DeliveryPath {
    /// Id of the delivery.
    #[param(value_type = Uuid)]
    pub delivery: uuid::Uuid,
}

/// `…/reminders/{reminder}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReminderPath {
    /// Id of the campaign.
    #[param(value_type = Uuid)]
    pub campaign: CampaignId,
    /// Id of the reminder.
    #[param(value_type = Uuid)]
    pub reminder: ReminderId,
}

/// `/v1/reminders/{organization_reminder}`
#[derive(Copy, Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OrganizationReminderPath {
    /// Id of the reminder.
    #[param(value_type = Uuid)]
    pub organization_reminder: ReminderId,
}

/// Makes every address that cannot be read one of nothing.
pub(super) fn strict() -> PathConfig {
    PathConfig::default().error_handler(|_: PathError, request: &HttpRequest| nothing_at(request).into())
}

/// Nothing is at an address with such an id; of gates it is known which there are.
fn nothing_at(request: &HttpRequest) -> Problem {
    let gate = request.match_info().get("gate").filter(|gate| GateKey::of_key(gate).is_none());
    let Some(gate) = gate else { return Problem::not_found() };
    let gate: String = gate.chars().take(MOST_SHOWN).collect();
    let known = GateKey::ALL.iter().map(|gate| gate.key()).collect::<Vec<_>>().join(", ");
    Problem::saying(
        &catalogue::NOT_FOUND,
        format!("There is no gate \"{gate}\"; there are: {known}."),
        format!("没有关卡“{gate}”；现有关卡：{known}。"),
    )
}
