//! How far a campaign is: readiness, schedule, events, planned messages.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use domain::record;

use super::caller::Viewer;
use super::page::{CursorText, Limit, List, Paged};
use super::path::CampaignPath;
use super::query::{Query, query_parameters};
use super::refusals::ReadingOne;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::events;
use crate::store::notices::{self, NoticeFilter};
use crate::view::{EventView, NoticeView, ReadinessView, ScheduleView};
use crate::workflow;

record! {
    /// Which page is wanted.
    pub struct PageQuery {
        /// Rows on a page.
        limit: Limit, no, "Limit", "每页条数";
        /// Where the next page begins.
        cursor: CursorText, no, "Cursor", "游标";
    }
}

query_parameters!(PageQuery);

/// Read how far a campaign is.
///
/// A score from 0 to 100, why points are missing, what stops go-live, and every open finding.
#[utoipa::path(tag = "campaigns", params(CampaignPath),
    responses((status = 200, description = "Readiness.", body = ReadinessView), ReadingOne))]
#[get("/v1/campaigns/{campaign}/readiness")]
pub(super) async fn read_campaign_readiness(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    Ok(Reply::ok(&ReadinessView::of(&acted, who.reader())))
}

/// Read when each gate is due.
///
/// Scheduled back from go-live in the campaign's zone, with the time that is left.
#[utoipa::path(tag = "campaigns", params(CampaignPath),
    responses((status = 200, description = "The schedule.", body = ScheduleView), ReadingOne))]
#[get("/v1/campaigns/{campaign}/schedule")]
pub(super) async fn read_schedule(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    Ok(Reply::ok(&ScheduleView::of(&acted)))
}

/// List what happened to a campaign.
///
/// Oldest first; an event is never changed.
#[utoipa::path(tag = "campaigns", params(CampaignPath, PageQuery),
    responses((status = 200, description = "A page of events.", body = Paged<EventView>), ReadingOne))]
#[get("/v1/campaigns/{campaign}/events")]
pub(super) async fn list_events(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let list = List { org: who.org, order: events::ORDER };
    let page = list.page(&service.secrets, query.0.limit, query.0.cursor.as_ref())?;
    workflow::look(&service, who.org, path.campaign).await?;
    let listed = events::list(service.store.reader(), who.org, path.campaign, &page).await?;
    Ok(list.reply(&request, &service.secrets, listed, EventView::from))
}

/// List the messages of a campaign.
///
/// What will be sent, what was, and why not, each with its deliveries.
#[utoipa::path(tag = "campaigns", params(CampaignPath, PageQuery),
    responses((status = 200, description = "A page of notices.", body = Paged<NoticeView>), ReadingOne))]
#[get("/v1/campaigns/{campaign}/notices")]
pub(super) async fn list_notices(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let list = List { org: who.org, order: notices::ORDER };
    let page = list.page(&service.secrets, query.0.limit, query.0.cursor.as_ref())?;
    workflow::look(&service, who.org, path.campaign).await?;
    let filter = NoticeFilter::of_campaign(path.campaign);
    let listed = notices::list(service.store.reader(), who.org, &filter, &page).await?;
    let view = |(notice, deliveries)| NoticeView::of(notice, deliveries, who.locale);
    Ok(list.reply(&request, &service.secrets, listed, view))
}
