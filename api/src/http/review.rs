//! Review of a gate: submit, withdraw, decide, reconfirm, reopen.

use actix_web::web::{Data, Path};
use actix_web::{delete, post};
use domain::campaign::Verdict;
use domain::command::Command;
use domain::digest::Digest;
use domain::gate::GateKey;
use domain::ids::SubmissionId;
use domain::record;
use domain::scalar::Text;
use serde_json::json;
use uuid::Uuid;

use super::caller::{Caller, Manager, Operator};
use super::gates::gate_reply;
use super::idempotency::Post;
use super::path::GatePath;
use super::refusals::Writing;
use super::schema::record_schema;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::view::GateView;
use crate::workflow::{self, IdempotencyKey};

record! {
    /// A submission for review.
    pub struct NewSubmission {
        /// What the reviewers shall know; needed where warnings are open, to acknowledge them.
        comment: Text<1000>, no, "Comment", "说明";
    }

    /// A decision on what waits for review.
    pub struct NewDecision {
        /// What you say.
        verdict: Verdict, yes, "Verdict", "结论";
        /// The gate's `revision` that you looked at.
        revision: Text<64>, yes, "Revision", "版本";
        /// Why.
        comment: Text<1000>, no, "Comment", "说明";
    }

    /// A confirmation that an approval still stands after a change.
    pub struct NewReconfirmation {
        /// The gate's `revision` that you looked at.
        revision: Text<64>, yes, "Revision", "版本";
        /// Why.
        comment: Text<1000>, no, "Comment", "说明";
    }

    /// The end of an approval.
    pub struct Reopening {
        /// Why.
        reason: Text<500>, yes, "Reason", "原因";
    }
}

record_schema! {
    NewSubmission, json!({"comment": "预算已与财务确认，目标沿用上一场基线"});
    NewDecision, json!({
        "verdict": "approve", "revision": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "comment": "同意"
    });
    NewReconfirmation, json!({
        "revision": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "comment": "改价已核对"
    });
    Reopening, json!({"reason": "供应商更换，需要重新评审"});
}

/// Submit a gate for review.
///
/// Needs the gates it requires passed, no open blocker, every required checklist item done, and somebody who
/// can decide. A refusal says which of these is missing.
#[utoipa::path(tag = "gates", params(GatePath), request_body = NewSubmission,
    responses((status = 200, description = "The gate, in review.", body = GateView), Writing))]
#[post("/v1/campaigns/{campaign}/gates/{gate}/submission")]
pub(super) async fn submit_gate(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
    post: Post<NewSubmission>,
) -> Result<Reply, Problem> {
    let id = SubmissionId(Uuid::now_v7());
    let command = Command::Submit { gate: path.gate, id, comment: post.body.comment.map(Into::into) };
    act(&service, &who, *path, command, post.idempotency).await
}

/// Take a submission back.
///
/// By whoever submitted, or a manager. An approval that the submission replaced does not come back.
#[utoipa::path(tag = "gates", params(GatePath),
    responses((status = 200, description = "The gate.", body = GateView), Writing))]
#[delete("/v1/campaigns/{campaign}/gates/{gate}/submission")]
pub(super) async fn withdraw_submission(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
) -> Result<Reply, Problem> {
    act(&service, &who, *path, Command::Withdraw { gate: path.gate }, None).await
}

/// Decide on a gate.
///
/// Send back the `revision` you looked at: if anything it covers changed meanwhile, the decision is refused.
/// Nobody decides on their own submission.
#[utoipa::path(tag = "gates", params(GatePath), request_body = NewDecision,
    responses((status = 200, description = "The gate.", body = GateView), Writing))]
#[post("/v1/campaigns/{campaign}/gates/{gate}/decisions")]
pub(super) async fn decide_gate(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
    post: Post<NewDecision>,
) -> Result<Reply, Problem> {
    let command = decision(path.gate, post.body);
    act(&service, &who, *path, command, post.idempotency).await
}

/// The command that a decision is.
pub(super) fn decision(gate: GateKey, new: NewDecision) -> Command {
    let NewDecision { verdict, revision, comment } = new;
    let revision = Digest(revision.map_or_else(String::new, Into::into));
    let verdict = verdict.unwrap_or(Verdict::RequestChanges);
    Command::Decide { gate, verdict, revision, comment: comment.map(Into::into) }
}

/// Confirm that an approval still stands.
///
/// For a gate that is stale by facets with effect `reconfirm` only; one member who fits its policy confirms.
#[utoipa::path(tag = "gates", params(GatePath), request_body = NewReconfirmation,
    responses((status = 200, description = "The gate, passed again.", body = GateView), Writing))]
#[post("/v1/campaigns/{campaign}/gates/{gate}/reconfirmation")]
pub(super) async fn reconfirm_gate(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
    post: Post<NewReconfirmation>,
) -> Result<Reply, Problem> {
    let NewReconfirmation { revision, comment } = post.body;
    let revision = Digest(revision.map_or_else(String::new, Into::into));
    let command = Command::Reconfirm { gate: path.gate, revision, comment: comment.map(Into::into) };
    act(&service, &who, *path, command, post.idempotency).await
}

/// End an approval.
///
/// The gate is open again and needs a new submission and review.
#[utoipa::path(tag = "gates", params(GatePath), request_body = Reopening,
    responses((status = 200, description = "The gate, open again.", body = GateView), Writing))]
#[post("/v1/campaigns/{campaign}/gates/{gate}/reopen")]
pub(super) async fn reopen_gate(
    service: Data<Service>,
    who: Manager,
    path: Path<GatePath>,
    post: Post<Reopening>,
) -> Result<Reply, Problem> {
    let reason = post.body.reason.map_or_else(String::new, Into::into);
    act(&service, &who, *path, Command::Reopen { gate: path.gate, reason }, post.idempotency).await
}

async fn act(
    service: &Service,
    who: &Caller,
    path: GatePath,
    command: Command,
    idempotency: Option<IdempotencyKey>,
) -> Result<Reply, Problem> {
    let (request, answer) = (who.request(idempotency), gate_reply(who, path));
    Ok(workflow::act(service, &request, path.campaign, command, answer).await?)
}
