//! Reminders of an organization: shown before they are saved, made, listed, removed.

use actix_web::web::{Data, Path};
use actix_web::{delete, get, post};
use domain::Refusal;
use domain::ids::ReminderId;
use domain::reminder::{Frame, NewReminder, Reminder};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::caller::{Manager, Viewer};
use super::idempotency::Post;
use super::page::Paged;
use super::path::OrganizationReminderPath;
use super::refusals::{Reading, ReadingOne, Writing};
use super::reminders::ReminderWish;
use crate::failure::Failure;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::reminders;
use crate::view::ReminderView;
use crate::workflow::{self, office};

const UNKNOWN: Failure = Failure::NotFound { what: "reminder" };

/// Preview a reminder of the organization.
///
/// The next five times it would come; nothing is saved and nobody is told.
#[utoipa::path(tag = "notices", request_body = ReminderWish,
    responses((status = 200, description = "The reminder as it would be.", body = ReminderView), Writing))]
#[post("/v1/reminder-preview")]
pub(super) async fn preview_organization_reminder(
    service: Data<Service>,
    who: Manager,
    post: Post<NewReminder>,
) -> Result<Reply, Problem> {
    let now = service.clock.now();
    let looked_at = office::look(service.store.reader(), who.org, now).await?;
    let frame = Frame::of_organization(&looked_at.time_zone);
    let reminder = Reminder::of(&post.body, &frame, ReminderId(Uuid::nil()), who.actor.who, now);
    let reminder = reminder.map_err(|faults| Problem::from(Refusal::Invalid { faults }))?;
    Ok(Reply::ok(&ReminderView::of(&reminder, &frame, now)))
}

/// Set a reminder of the organization.
///
/// For what belongs to no campaign, such as the weekly stock count: to `managers` (if nobody is named), `admins` or
/// `everybody`. It comes whenever the clock of its zone shows what the expression says, until its end. At most 20.
#[utoipa::path(tag = "notices", request_body = ReminderWish,
    responses((status = 201, description = "The reminder.", body = ReminderView), Writing))]
#[post("/v1/reminders")]
pub(super) async fn create_organization_reminder(
    service: Data<Service>,
    who: Manager,
    post: Post<NewReminder>,
) -> Result<Reply, Problem> {
    let (org, by, clock, new) = (who.org, who.actor.who, service.clock.clone(), post.body);
    let id = ReminderId(Uuid::now_v7());
    let job = workflow::job(move |tx| {
        let (now, new) = (clock.now(), new.clone());
        async move {
            let invalid = |faults| Failure::from(Refusal::Invalid { faults });
            let looked_at = office::hold(tx, org, now).await?;
            Reminder::one_more(looked_at.reminders.len()).map_err(invalid)?;
            let frame = Frame::of_organization(&looked_at.time_zone);
            let reminder = Reminder::of(&new, &frame, id, by, now).map_err(invalid)?;
            reminders::insert(tx, org, &reminder).await?;
            office::plan(tx, org, now).await?;
            Ok(Reply::created(&format!("/v1/reminders/{id}"), &ReminderView::of(&reminder, &frame, now)))
        }
        .boxed()
    });
    Ok(workflow::change(&service, &who.request(post.idempotency), job).await?)
}

/// List the reminders of the organization.
///
/// In the order in which they were made; there are 20 at most. Those of campaigns stand with the campaign.
#[utoipa::path(tag = "notices",
    responses((status = 200, description = "The reminders.", body = Paged<ReminderView>), Reading))]
#[get("/v1/reminders")]
pub(super) async fn list_organization_reminders(
    service: Data<Service>,
    who: Viewer,
) -> Result<Reply, Problem> {
    let looked_at = office::look(service.store.reader(), who.org, service.clock.now()).await?;
    let frame = Frame::of_organization(&looked_at.time_zone);
    let view = |reminder| ReminderView::of(reminder, &frame, looked_at.now);
    Ok(Reply::ok(&Paged::all(looked_at.reminders.iter().map(view))))
}

/// Read a reminder of the organization.
///
/// With the next five times it comes.
#[utoipa::path(tag = "notices", params(OrganizationReminderPath),
    responses((status = 200, description = "The reminder.", body = ReminderView), ReadingOne))]
#[get("/v1/reminders/{organization_reminder}")]
pub(super) async fn read_organization_reminder(
    service: Data<Service>,
    who: Viewer,
    path: Path<OrganizationReminderPath>,
) -> Result<Reply, Problem> {
    let looked_at = office::look(service.store.reader(), who.org, service.clock.now()).await?;
    let found = looked_at
        .reminders
        .iter()
        .find(|reminder| reminder.id == path.organization_reminder)
        .ok_or(UNKNOWN)?;
    let frame = Frame::of_organization(&looked_at.time_zone);
    Ok(Reply::ok(&ReminderView::of(found, &frame, looked_at.now)))
}

/// Remove a reminder of the organization.
///
/// It does not come any more.
#[utoipa::path(tag = "notices", params(OrganizationReminderPath),
    responses((status = 204, description = "The reminder is gone."), Writing))]
#[delete("/v1/reminders/{organization_reminder}")]
pub(super) async fn remove_organization_reminder(
    service: Data<Service>,
    who: Manager,
    path: Path<OrganizationReminderPath>,
) -> Result<Reply, Problem> {
    let (org, id, clock) = (who.org, path.organization_reminder, service.clock.clone());
    let job = workflow::job(move |tx| {
        let now = clock.now();
        async move {
            office::hold(tx, org, now).await?;
            if !reminders::remove(tx, org, id).await? {
                return Err(UNKNOWN);
            }
            office::plan(tx, org, now).await?;
            Ok(Reply::empty())
        }
        .boxed()
    });
    Ok(workflow::change(&service, &who.request(None), job).await?)
}
