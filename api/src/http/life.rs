//! The life of a campaign as a whole: hold, resume, go live, complete, cancel.

use actix_web::post;
use actix_web::web::{Data, Path};
use domain::command::Command;
use domain::record;
use domain::scalar::Text;
use serde_json::{Value, json};

use super::body::Nothing;
use super::caller::{Manager, Operator};
use super::campaigns::campaign_reply;
use super::free::AnyObject;
use super::idempotency::Post;
use super::path::CampaignPath;
use super::refusals::Writing;
use super::schema::record_schema;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::view::CampaignView;
use crate::workflow;

record! {
    /// Why a campaign is paused or given up.
    pub struct Reasoned {
        /// Why.
        reason: Text<500>, no, "Reason", "原因";
    }

    /// What a campaign goes live with.
    pub struct GoingLive {
        /// What the team shall know.
        comment: Text<500>, no, "Comment", "说明";
        /// Lift every finding but those of law rules, and the status expired; needs a manager and a reason.
        r#override: bool, no, "Override", "强制开播";
        /// Why findings are lifted.
        reason: Text<500>, no, "Reason", "原因";
    }

    /// The end of a show.
    pub struct Completion {
        /// What was achieved, in the CRM's own members.
        results: AnyObject, no, "Results", "结果";
    }
}

record_schema! {
    Reasoned, json!({"reason": "供应商延期，等待到货"});
    GoingLive, json!({"comment": "准时开播"});
    Completion, json!({"results": {"gmv": 118_000_000, "viewers": 152_300}});
}

/// Pause a campaign.
///
/// While on hold nobody is reminded and nothing is reviewed; contents may still be written.
#[utoipa::path(tag = "campaigns", params(CampaignPath), request_body = Reasoned,
    responses((status = 200, description = "The campaign.", body = CampaignView), Writing))]
#[post("/v1/campaigns/{campaign}/hold")]
pub(super) async fn hold_campaign(
    service: Data<Service>,
    who: Manager,
    path: Path<CampaignPath>,
    post: Post<Reasoned>,
) -> Result<Reply, Problem> {
    let command = Command::Hold { reason: post.body.reason.map(Into::into) };
    let request = who.request(post.idempotency);
    Ok(workflow::act(&service, &request, path.campaign, command, campaign_reply(&who)).await?)
}

/// Go on after a pause.
///
/// Reminders whose time has passed meanwhile are not sent late.
#[utoipa::path(tag = "campaigns", params(CampaignPath), request_body = Nothing,
    responses((status = 200, description = "The campaign.", body = CampaignView), Writing))]
#[post("/v1/campaigns/{campaign}/resume")]
pub(super) async fn resume_campaign(
    service: Data<Service>,
    who: Manager,
    path: Path<CampaignPath>,
    post: Post<Nothing>,
) -> Result<Reply, Problem> {
    let request = who.request(post.idempotency);
    Ok(workflow::act(&service, &request, path.campaign, Command::Resume, campaign_reply(&who)).await?)
}

/// Go live.
///
/// Needs all seven gates passed and no open blocker at that moment. A manager may override with a reason;
/// law rules, and gates that never passed, stay obstacles.
#[utoipa::path(tag = "campaigns", params(CampaignPath), request_body = GoingLive,
    responses((status = 200, description = "The campaign.", body = CampaignView), Writing))]
#[post("/v1/campaigns/{campaign}/go-live")]
pub(super) async fn go_live(
    service: Data<Service>,
    who: Operator,
    path: Path<CampaignPath>,
    post: Post<GoingLive>,
) -> Result<Reply, Problem> {
    let command = going_live(post.body)?;
    let request = who.request(post.idempotency);
    Ok(workflow::act(&service, &request, path.campaign, command, campaign_reply(&who)).await?)
}

/// An override needs its reason; a reason without one would be lost.
fn going_live(body: GoingLive) -> Result<Command, Problem> {
    let GoingLive { comment, r#override, reason } = body;
    let overrides = r#override.unwrap_or_default();
    if overrides != reason.is_some() {
        let (pointer, kind) = if overrides {
            ("/reason", domain::fault::FaultKind::Required)
        } else {
            ("/override", domain::fault::FaultKind::Required)
        };
        let faults = vec![domain::fault::Fault { pointer: pointer.to_owned(), kind }];
        return Err(domain::Refusal::Invalid { faults }.into());
    }
    Ok(Command::GoLive { comment: comment.map(Into::into), override_reason: reason.map(Into::into) })
}

/// End the show.
///
/// A live campaign also completes by itself 12 hours after its planned end.
#[utoipa::path(tag = "campaigns", params(CampaignPath), request_body = Completion,
    responses((status = 200, description = "The campaign.", body = CampaignView), Writing))]
#[post("/v1/campaigns/{campaign}/complete")]
pub(super) async fn complete_campaign(
    service: Data<Service>,
    who: Manager,
    path: Path<CampaignPath>,
    post: Post<Completion>,
) -> Result<Reply, Problem> {
    let command = Command::Complete { results: post.body.results.map(|results| Value::Object(results.0)) };
    let request = who.request(post.idempotency);
    Ok(workflow::act(&service, &request, path.campaign, command, campaign_reply(&who)).await?)
}

/// Give a campaign up.
///
/// Nothing can be done with it afterwards; planned messages are skipped.
#[utoipa::path(tag = "campaigns", params(CampaignPath), request_body = Reasoned,
    responses((status = 200, description = "The campaign.", body = CampaignView), Writing))]
#[post("/v1/campaigns/{campaign}/cancel")]
pub(super) async fn cancel_campaign(
    service: Data<Service>,
    who: Manager,
    path: Path<CampaignPath>,
    post: Post<Reasoned>,
) -> Result<Reply, Problem> {
    let command = Command::Cancel { reason: post.body.reason.map(Into::into) };
    let request = who.request(post.idempotency);
    Ok(workflow::act(&service, &request, path.campaign, command, campaign_reply(&who)).await?)
}
