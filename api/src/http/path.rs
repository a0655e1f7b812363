//! What addresses are made of. An id that is none is an unknown id: 404.

use actix_web::HttpRequest;
use actix_web::error::PathError;
use actix_web::web::PathConfig;
use domain::gate::GateKey;
use domain::ids::{ApiKeyId, CampaignId, MemberId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::schema;
use crate::problem::Problem;

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

/// Makes every address that cannot be read one of nothing.
pub(super) fn strict() -> PathConfig {
    PathConfig::default().error_handler(|_: PathError, _: &HttpRequest| Problem::not_found().into())
}
