//! The ledger of the organization: what will be sent, what was and why not, what a member would get, and another try.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get, post};
use domain::Refusal;
use domain::actor::Role;
use domain::fault::{At, Fault, FaultKind, Faults};
use domain::ids::{CampaignId, MemberId};
use domain::notice::{Ledger, Reason};
use domain::record;
use domain::record::Member as Readable;
use domain::shape::Shape;
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::body::Nothing;
use super::caller::{Manager, Viewer, too_low};
use super::idempotency::Post;
use super::page::{CursorText, Limit, List, Paged};
use super::path::{DeliveryPath, MemberPath};
use super::query::{Query, query_parameters};
use super::refusals::{Reading, ReadingOne, Writing};
use crate::failure::Failure;
use crate::jobs::retry;
use crate::people::{MemberRef, read_id};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::notices::{self, NoticeFilter};
use crate::store::{DeliveryId, deliveries, members, real_now};
use crate::view::{DeliveryView, NoticeView, OutlookView};
use crate::workflow;

/// How far ahead it is looked where nothing is asked for.
const USUAL_OUTLOOK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far ahead it can be looked.
const LONGEST_OUTLOOK: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The id of a campaign.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct CampaignRef(CampaignId);

impl Readable for CampaignRef {
    fn shape() -> Shape {
        Shape::Id
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        read_id(value, at, faults).map(|id| Self(CampaignId(id)))
    }

    fn write(&self) -> Value {
        Value::from(self.0.to_string())
    }
}

record! {
    /// Which messages are wanted.
    pub(super) struct LedgerQuery {
        /// Only messages about this campaign.
        campaign: CampaignRef, no, "Campaign", "活动";
        /// Only messages with a delivery to this member.
        member: MemberRef, no, "Member", "成员";
        /// Only messages that have come so far.
        status: Ledger, no, "Status", "状态";
        /// Only messages of this kind.
        reason: Reason, no, "Reason", "类型";
        /// Only messages that are planned at this instant or later.
        from: Timestamp, no, "From", "不早于";
        /// Only messages that are planned before this instant.
        to: Timestamp, no, "To", "早于";
        /// Rows on a page.
        limit: Limit, no, "Limit", "每页条数";
        /// Where the next page begins.
        cursor: CursorText, no, "Cursor", "游标";
    }

    /// How far ahead it is looked.
    pub(super) struct OutlookQuery {
        /// Only what would leave before this instant: seven days from now if it is left out, 31 at most.
        until: Timestamp, no, "Until", "截至";
    }
}

query_parameters!(LedgerQuery);
query_parameters!(OutlookQuery);

/// List all messages.
///
/// What will be sent, what was, and why not, over all campaigns in the order of their times, each with its deliveries.
#[utoipa::path(tag = "notices", params(LedgerQuery),
    responses((status = 200, description = "A page of notices.", body = Paged<NoticeView>), Reading))]
#[get("/v1/notices")]
pub(super) async fn list_all_notices(
    service: Data<Service>,
    who: Viewer,
    query: Query<LedgerQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let LedgerQuery { campaign, member, status, reason, from, to, limit, cursor } = query.0;
    let list = List { org: who.org, order: notices::ORDER };
    let page = list.page(&service.secrets, limit, cursor.as_ref())?;
    let (campaign, member) = (campaign.map(|campaign| campaign.0), member.map(|member| member.0));
    let filter = NoticeFilter { campaign, member, status, reason, from, to };
    let listed = notices::list(service.store.reader(), who.org, &filter, &page).await?;
    let view = |(notice, deliveries)| NoticeView::of(notice, deliveries, who.locale);
    Ok(list.reply(&request, &service.secrets, listed, view))
}

/// Foresee a member's messages.
///
/// What they would get within the next days if nothing else happened, when, and what would be withheld: their quiet hours,
/// digest and wishes count, and who is away. Everybody sees their own, managers those of all. More comes as things happen:
/// approvals that are asked for, decisions, changes.
#[utoipa::path(tag = "notices", params(MemberPath, OutlookQuery),
    responses((status = 200, description = "The outlook.", body = OutlookView), ReadingOne))]
#[get("/v1/members/{member}/notices")]
pub(super) async fn foresee_notices(
    service: Data<Service>,
    who: Viewer,
    path: Path<MemberPath>,
    query: Query<OutlookQuery>,
) -> Result<Reply, Problem> {
    let (member, now) = (path.member, service.clock.now());
    let found = members::find(service.store.reader(), who.org, member).await?;
    found.ok_or(Failure::NotFound { what: "member" })?;
    of_oneself_or_manager(&who, member)?;
    let until = query.0.until.unwrap_or_else(|| later(now, USUAL_OUTLOOK));
    let latest = later(now, LONGEST_OUTLOOK);
    if until <= now || until > latest {
        let (min, max) = (now.to_string(), latest.to_string());
        let kind = FaultKind::OutOfRange { min, max, found: until.to_string() };
        let fault = Fault { pointer: "/until".to_owned(), kind };
        return Err(Refusal::Invalid { faults: vec![fault] }.into());
    }
    let foreseen = workflow::outlook::foresee(&service, who.org, member, until).await?;
    Ok(Reply::ok(&OutlookView::of(member, (now, until), foreseen, who.locale)))
}

/// Read a delivery.
///
/// How far one message to one person has come, and what hindered it.
#[utoipa::path(tag = "notices", params(DeliveryPath),
    responses((status = 200, description = "The delivery.", body = DeliveryView), ReadingOne))]
#[get("/v1/deliveries/{delivery}")]
pub(super) async fn read_delivery(
    service: Data<Service>,
    who: Viewer,
    path: Path<DeliveryPath>,
) -> Result<Reply, Problem> {
    let found = deliveries::find(service.store.reader(), who.org, DeliveryId(path.delivery)).await?;
    let delivery = found.ok_or(Failure::NotFound { what: "delivery" })?;
    Ok(Reply::ok(&DeliveryView::from(delivery)))
}

/// Try a delivery again.
///
/// One that failed for good, as long as its message is of use: it goes to wherever mail reaches its recipient today.
#[utoipa::path(tag = "notices", params(DeliveryPath), request_body = Nothing,
    responses((status = 200, description = "The delivery, which is tried again.", body = DeliveryView), Writing))]
#[post("/v1/deliveries/{delivery}/retry")]
pub(super) async fn retry_delivery(
    service: Data<Service>,
    who: Manager,
    path: Path<DeliveryPath>,
    post: Post<Nothing>,
) -> Result<Reply, Problem> {
    let (org, id, clock) = (who.org, DeliveryId(path.delivery), service.clock.clone());
    let job = workflow::job(move |tx| {
        let (now, machine) = (clock.now(), clock.real_now());
        async move {
            let at = (now, real_now(tx, machine).await?);
            Ok(Reply::ok(&DeliveryView::from(retry::again(tx, org, id, at).await?)))
        }
        .boxed()
    });
    let tried = workflow::change(&service, &who.request(post.idempotency), job).await?;
    service.nudge.notify_one();
    Ok(tried)
}

fn of_oneself_or_manager(who: &Viewer, member: MemberId) -> Result<(), Problem> {
    let role = who.actor.role;
    let may = who.actor.member() == Some(member) || role >= Role::Manager;
    if may { Ok(()) } else { Err(too_low(Role::Manager, role)) }
}

fn later(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.saturating_add(by).unwrap_or(Timestamp::MAX)
}
