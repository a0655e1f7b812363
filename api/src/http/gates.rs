//! Gates: their view, who looks after them, their content and their checklist.

use actix_web::web::{Data, Path};
use actix_web::{get, patch, put};
use domain::campaign::Evidence;
use domain::command::{Command, Edit, TickWish};
use domain::record;
use domain::scalar::{Ref, Text};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::body::{Body, Document, Merge, Patch};
use super::caller::{Caller, Operator, Viewer};
use super::etag::IfMatch;
use super::path::{GatePath, ItemPath};
use super::refusals::{ReadingOne, Versioned, Writing};
use super::schema::{GateContent, JsonPatch, record_schema};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::view::{GateView, gate_content};
use crate::workflow::{self, Acted};

record! {
    /// Who looks after a gate.
    pub struct Assignment {
        /// An active member's id or e-mail; `null` for nobody, then the campaign's owner does.
        assignee: Text<120>, no, "Assignee", "负责人";
    }

    /// A tick of a checklist item.
    pub struct ItemTick {
        /// Whether the item is done.
        done: bool, yes, "Done", "完成";
        /// Its subject does not exist in this campaign; needs a note, and an item that allows it.
        not_applicable: bool, no, "Not applicable", "不适用";
        /// What proves it.
        evidence: TickEvidence, no, "Evidence", "凭证";
    }

    /// What proves a tick.
    pub struct TickEvidence {
        /// A sentence.
        note: Text<500>, no, "Note", "备注";
        /// A link.
        url: Ref, no, "Link", "链接";
        /// SHA-256 of an uploaded file in lower-case hex, or a file reference.
        file_sha256: Ref, no, "File", "文件";
        /// When it was measured.
        measured_at: Timestamp, no, "Measured", "测量时间";
        /// With what it was measured.
        tool: Text<80>, no, "Tool", "工具";
    }
}

record_schema! {
    Assignment, json!({"assignee": "ops.lead@heyan.example"});
    ItemTick, json!({"done": true, "evidence": {"note": "财务 3 月 1 日邮件确认预算 20 万"}});
}

/// Read a gate.
///
/// Content, checklist, findings, review, and what you can do with it.
#[utoipa::path(tag = "gates", params(GatePath),
    responses((status = 200, description = "The gate.", body = GateView), ReadingOne))]
#[get("/v1/campaigns/{campaign}/gates/{gate}")]
pub(super) async fn read_gate(
    service: Data<Service>,
    who: Viewer,
    path: Path<GatePath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    Ok(Reply::ok(&GateView::of(&acted, path.gate, who.reader())))
}

/// Say who looks after a gate.
#[utoipa::path(tag = "gates", params(GatePath),
    request_body(content = Assignment, content_type = "application/merge-patch+json"),
    description = "Reminders of the gate go to its assignee; without one to the campaign's owner.",
    responses((status = 200, description = "The gate.", body = GateView), Writing))]
#[patch("/v1/campaigns/{campaign}/gates/{gate}")]
pub(super) async fn assign_gate(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
    body: Merge,
) -> Result<Reply, Problem> {
    let body: Assignment = record::read(&Value::Object(body.0), "").map_err(invalid)?;
    let command = Command::Assign { gate: path.gate, assignee: body.assignee.map(Into::into) };
    act(&service, &who, *path, command).await
}

/// Read a gate's content.
///
/// Its `ETag` is what `PUT` and `PATCH` need in `If-Match`. Viewers do not see what goods cost.
#[utoipa::path(tag = "gates", params(GatePath),
    responses((status = 200, description = "The content.", body = GateContent), ReadingOne))]
#[get("/v1/campaigns/{campaign}/gates/{gate}/content")]
pub(super) async fn read_content(
    service: Data<Service>,
    who: Viewer,
    path: Path<GatePath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    let version = acted.campaign.gates[path.gate].version;
    Ok(Reply::ok(&gate_content(&acted, path.gate, who.reader())).version(version))
}

/// Replace a gate's content.
///
/// The whole content; what is left out is gone. Drafts may miss anything. An edit that a reviewer would sign voids what
/// waits for review: the gate is `open` and must be submitted again, unless the edit is undone.
#[utoipa::path(tag = "gates", params(GatePath), request_body = GateContent,
    responses((status = 200, description = "The gate.", body = GateView), Versioned))]
#[put("/v1/campaigns/{campaign}/gates/{gate}/content")]
pub(super) async fn replace_content(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
    if_match: IfMatch,
    body: Document,
) -> Result<Reply, Problem> {
    let command = Command::EditContent { gate: path.gate, edit: Edit::Whole(body.0), expected: if_match.0 };
    act(&service, &who, *path, command).await
}

/// Change a gate's content.
///
/// A merge patch (RFC 7396), or with `application/json-patch+json` a JSON Patch (RFC 6902). An edit that a reviewer
/// would sign voids what waits for review: the gate is `open` and must be submitted again, unless the edit is undone.
#[utoipa::path(tag = "gates", params(GatePath),
    request_body(content((GateContent = "application/merge-patch+json"), (JsonPatch = "application/json-patch+json"))),
    responses((status = 200, description = "The gate.", body = GateView), Versioned))]
#[patch("/v1/campaigns/{campaign}/gates/{gate}/content")]
pub(super) async fn change_content(
    service: Data<Service>,
    who: Operator,
    path: Path<GatePath>,
    if_match: IfMatch,
    body: Patch,
) -> Result<Reply, Problem> {
    let command = Command::EditContent { gate: path.gate, edit: body.0, expected: if_match.0 };
    act(&service, &who, *path, command).await
}

/// Tick a checklist item, or untick it.
///
/// Needs no `If-Match`: a tick is the whole state of its item.
#[utoipa::path(tag = "gates", params(ItemPath), request_body = ItemTick,
    responses((status = 200, description = "The gate.", body = GateView), Writing))]
#[put("/v1/campaigns/{campaign}/gates/{gate}/checklist/{item}")]
pub(super) async fn tick_item(
    service: Data<Service>,
    who: Operator,
    path: Path<ItemPath>,
    body: Body<ItemTick>,
) -> Result<Reply, Problem> {
    let ItemPath { campaign, gate, item } = path.into_inner();
    let command = Command::Tick { gate, item, wish: wish(body.0) };
    act(&service, &who, GatePath { campaign, gate }, command).await
}

fn wish(tick: ItemTick) -> TickWish {
    let evidence = tick.evidence.map(|evidence| {
        let TickEvidence { note, url, file_sha256, measured_at, tool } = evidence;
        Evidence {
            note: note.map(Into::into),
            url: url.map(Into::into),
            file_sha256: file_sha256.map(Into::into),
            measured_at,
            tool: tool.map(Into::into),
        }
    });
    TickWish {
        done: tick.done.unwrap_or_default(),
        not_applicable: tick.not_applicable.unwrap_or_default(),
        evidence,
    }
}

async fn act(service: &Service, who: &Caller, path: GatePath, command: Command) -> Result<Reply, Problem> {
    let answer = gate_reply(who, path);
    Ok(workflow::act(service, &who.request(None), path.campaign, command, answer).await?)
}

/// Answers with the gate as this caller sees it, and the version of its content.
pub(super) fn gate_reply(
    caller: &Caller,
    path: GatePath,
) -> impl Fn(&Acted) -> Reply + Clone + Send + Sync + 'static + use<> {
    let caller = caller.clone();
    move |acted| {
        let version = acted.campaign.gates[path.gate].version;
        Reply::ok(&GateView::of(acted, path.gate, caller.reader())).version(version)
    }
}

fn invalid(faults: Vec<domain::fault::Fault>) -> Problem {
    domain::Refusal::Invalid { faults }.into()
}
