//! The sandbox clock: domain time that moves only when told. Without a sandbox these addresses do not exist.

use actix_web::web::Data;
use actix_web::{get, put};
use domain::record;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::body::Body;
use super::caller::{Admin, Viewer};
use super::problem_catalogue as catalogue;
use super::refusals::{ReadingOne, Writing};
use super::schema::record_schema;
use crate::jobs::sandbox;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::view::Moment;

record! {
    /// Where the sandbox clock shall stand.
    pub struct ClockSetting {
        /// The instant; never before the one it stands at.
        now: Timestamp, yes, "Now", "当前时间";
    }
}

record_schema! { ClockSetting, json!({"now": "2027-03-01T12:00:00+08:00"}); }

/// Where the sandbox clock stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockView {
    /// Domain time.
    pub now: Moment,
}

/// Read the sandbox clock.
///
/// 404 where the service does not run as a sandbox.
#[utoipa::path(tag = "sandbox",
    responses((status = 200, description = "The clock.", body = ClockView), ReadingOne))]
#[get("/v1/sandbox/clock")]
pub(super) async fn read_clock(service: Data<Service>, _who: Viewer) -> Result<Reply, Problem> {
    in_a_sandbox(&service)?;
    Ok(Reply::ok(&ClockView { now: Moment::utc(service.clock.now()) }))
}

/// Move the sandbox clock.
///
/// Forward only. Everything that is due on the way happens in order, mails included, before the answer.
#[utoipa::path(tag = "sandbox", request_body = ClockSetting,
    responses((status = 200, description = "The clock.", body = ClockView), Writing))]
#[put("/v1/sandbox/clock")]
pub(super) async fn move_clock(
    service: Data<Service>,
    _who: Admin,
    body: Body<ClockSetting>,
) -> Result<Reply, Problem> {
    in_a_sandbox(&service)?;
    if let Some(to) = body.0.now {
        sandbox::advance(&service, to).await?;
    }
    Ok(Reply::ok(&ClockView { now: Moment::utc(service.clock.now()) }))
}

fn in_a_sandbox(service: &Service) -> Result<(), Problem> {
    if service.clock.is_sandbox() {
        return Ok(());
    }
    let en = "This service follows real time; only one that was started with --sandbox has a clock to move.";
    let zh = "此服务使用真实时间；只有以 --sandbox 启动的服务才有可拨动的时钟。";
    Err(Problem::saying(&catalogue::NOT_FOUND, en, zh))
}
