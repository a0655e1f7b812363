//! Reminders of people's own on a campaign: shown before they are saved, made, listed, removed.

use actix_web::web::{Data, Path};
use actix_web::{delete, get, post};
use domain::Command;
use domain::Refusal;
use domain::ids::ReminderId;
use domain::reminder::{Frame, NewReminder, Reminder};
use serde_json::json;
use uuid::Uuid;

use super::caller::{Operator, Viewer};
use super::idempotency::Post;
use super::page::Paged;
use super::path::{CampaignPath, ReminderPath};
use super::refusals::{ReadingOne, Writing};
use super::schema::record_schema;
use crate::failure::Failure;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::view::ReminderView;
use crate::workflow::{self, Acted};

record_schema! {
    /// A reminder to be made.
    pub ReminderWish = NewReminder, Whole, json!({"cron": "0 10 * * 1-5", "text": "请核对库存"});
}

const UNKNOWN: Failure = Failure::NotFound { what: "reminder" };

/// Preview a reminder.
///
/// The next five times it would come; nothing is saved and nobody is told.
#[utoipa::path(tag = "notices", params(CampaignPath), request_body = ReminderWish,
    responses((status = 200, description = "The reminder as it would be.", body = ReminderView), Writing))]
#[post("/v1/campaigns/{campaign}/reminder-preview")]
pub(super) async fn preview_reminder(
    service: Data<Service>,
    who: Operator,
    path: Path<CampaignPath>,
    post: Post<NewReminder>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    let (frame, now) = (Frame::of_campaign(&acted.campaign), acted.now);
    let reminder = Reminder::of(&post.body, &frame, ReminderId(Uuid::nil()), who.actor.who, now);
    let reminder = reminder.map_err(|faults| Problem::from(Refusal::Invalid { faults }))?;
    Ok(Reply::ok(&ReminderView::of(&reminder, &frame, now)))
}

/// Set a reminder.
///
/// It comes whenever the clock of its zone shows what the expression says, until its end. What the clocks skip comes so much
/// later, what they show twice comes once. At most 20 on a campaign.
#[utoipa::path(tag = "notices", params(CampaignPath), request_body = ReminderWish,
    responses((status = 201, description = "The reminder.", body = ReminderView), Writing))]
#[post("/v1/campaigns/{campaign}/reminders")]
pub(super) async fn create_reminder(
    service: Data<Service>,
    who: Operator,
    path: Path<CampaignPath>,
    post: Post<NewReminder>,
) -> Result<Reply, Problem> {
    let id = ReminderId(Uuid::now_v7());
    let command = Command::AddReminder { id, reminder: Box::new(post.body) };
    let answer = move |acted: &Acted| match view_of(acted, id) {
        Some(view) => Reply::created(&format!("/v1/campaigns/{}/reminders/{id}", acted.campaign.id), &view),
        None => Reply::empty(),
    };
    Ok(workflow::act(&service, &who.request(post.idempotency), path.campaign, command, answer).await?)
}

/// List the reminders of a campaign.
///
/// In the order in which they were made; there are 20 at most.
#[utoipa::path(tag = "notices", params(CampaignPath),
    responses((status = 200, description = "The reminders.", body = Paged<ReminderView>), ReadingOne))]
#[get("/v1/campaigns/{campaign}/reminders")]
pub(super) async fn list_reminders(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    let frame = Frame::of_campaign(&acted.campaign);
    let view = |reminder| ReminderView::of(reminder, &frame, acted.now);
    Ok(Reply::ok(&Paged::all(acted.campaign.reminders.iter().map(view))))
}

/// Read a reminder.
///
/// With the next five times it comes.
#[utoipa::path(tag = "notices", params(ReminderPath),
    responses((status = 200, description = "The reminder.", body = ReminderView), ReadingOne))]
#[get("/v1/campaigns/{campaign}/reminders/{reminder}")]
pub(super) async fn read_reminder(
    service: Data<Service>,
    who: Viewer,
    path: Path<ReminderPath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    Ok(Reply::ok(&view_of(&acted, path.reminder).ok_or(UNKNOWN)?))
}

/// Remove a reminder.
///
/// It does not come any more.
#[utoipa::path(tag = "notices", params(ReminderPath),
    responses((status = 204, description = "The reminder is gone."), Writing))]
#[delete("/v1/campaigns/{campaign}/reminders/{reminder}")]
pub(super) async fn remove_reminder(
    service: Data<Service>,
    who: Operator,
    path: Path<ReminderPath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    view_of(&acted, path.reminder).ok_or(UNKNOWN)?;
    let command = Command::RemoveReminder { id: path.reminder };
    Ok(workflow::act(&service, &who.request(None), path.campaign, command, |_| Reply::empty()).await?)
}

fn view_of(acted: &Acted, id: ReminderId) -> Option<ReminderView> {
    let reminder = acted.campaign.reminders.iter().find(|reminder| reminder.id == id)?;
    Some(ReminderView::of(reminder, &Frame::of_campaign(&acted.campaign), acted.now))
}
