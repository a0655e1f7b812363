//! Absences, and who stands in.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, delete, get, post};
use domain::actor::Role;
use domain::delegation::Delegation;
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::caller::{Caller, Viewer, too_low};
use super::idempotency::Post;
use super::me::no_person;
use super::page::{List, Paged};
use super::path::DelegationPath;
use super::progress::PageQuery;
use super::query::Query;
use super::refusals::{Reading, ReadingOne, Writing};
use super::schema::record_schema;
use crate::failure::Failure;
use crate::people::{self, NewDelegation};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::delegations::{self, StoredDelegation};
use crate::view::{ActorView, Moment};
use crate::workflow;
use domain::ids::{DelegationId, MemberId};

record_schema! { NewDelegation, json!({
    "delegate_id": "01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d", "starts_at": "2027-03-22T00:00:00+08:00",
    "ends_at": "2027-03-29T09:00:00+08:00", "reason": "年假"
}); }

/// An absence, and who stands in.
#[derive(Debug, Serialize, ToSchema)]
pub struct DelegationView {
    /// Its id.
    pub id: uuid::Uuid,
    /// Who is away.
    pub member_id: uuid::Uuid,
    /// Who gets their messages and may decide in their place.
    pub delegate_id: uuid::Uuid,
    /// From when on.
    pub starts_at: Moment,
    /// Until when.
    pub ends_at: Moment,
    /// Why.
    pub reason: Option<String>,
    /// Who said so.
    pub made_by: ActorView,
    /// When it was made.
    pub created_at: Moment,
    /// When it was ended before its time.
    pub ended_at: Option<Moment>,
}

impl From<StoredDelegation> for DelegationView {
    fn from(stored: StoredDelegation) -> Self {
        let StoredDelegation { delegation, reason, made_by, created_at, ended_at } = stored;
        let Delegation { id, member, delegate, starts_at, ends_at } = delegation;
        Self {
            id: id.0,
            member_id: member.0,
            delegate_id: delegate.0,
            starts_at: Moment::utc(starts_at),
            ends_at: Moment::utc(ends_at),
            reason,
            made_by: made_by.into(),
            created_at: Moment::utc(created_at),
            ended_at: ended_at.map(Moment::utc),
        }
    }
}

/// Name who stands in.
///
/// For yourself, or as an admin for anybody. While it lasts the delegate gets the messages and may decide in the
/// member's place, under both names; what waits for the member's decision is told to them. Nobody decides what they or
/// whoever they stand in for submitted, and a delegate's own absence is not followed further.
#[utoipa::path(tag = "members", request_body = NewDelegation,
    responses((status = 201, description = "The delegation.", body = DelegationView), Writing))]
#[post("/v1/delegations")]
pub(super) async fn create_delegation(
    service: Data<Service>,
    who: Viewer,
    post: Post<NewDelegation>,
) -> Result<Reply, Problem> {
    let (org, made_by, new) = (who.org, who.actor.who, post.body);
    let away = new.member_id.map(|member| member.0).or_else(|| who.actor.member()).ok_or_else(no_person)?;
    of_oneself_or_admin(&who, away)?;
    let clock = service.clock.clone();
    let job = workflow::job(move |tx| {
        let (new, now) = (new.clone(), clock.now());
        async move {
            let made = people::delegate(tx, org, &new, away, made_by, now).await?;
            let location = format!("/v1/delegations/{}", made.delegation.id);
            Ok(Reply::created(&location, &DelegationView::from(made)))
        }
        .boxed()
    });
    let made = workflow::change(&service, &who.request(post.idempotency), job).await?;
    service.nudge.notify_one();
    Ok(made)
}

/// List delegations.
///
/// In the order in which they were made, past ones included.
#[utoipa::path(tag = "members", params(PageQuery),
    responses((status = 200, description = "A page of delegations.", body = Paged<DelegationView>), Reading))]
#[get("/v1/delegations")]
pub(super) async fn list_delegations(
    service: Data<Service>,
    who: Viewer,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let list = List { org: who.org, order: delegations::ORDER };
    let page = list.page(&service.secrets, query.0.limit, query.0.cursor.as_ref())?;
    let listed = delegations::list(service.store.reader(), who.org, &page).await?;
    Ok(list.reply(&request, &service.secrets, listed, DelegationView::from))
}

/// Read a delegation.
///
/// Also one that is over or was ended.
#[utoipa::path(tag = "members", params(DelegationPath),
    responses((status = 200, description = "The delegation.", body = DelegationView), ReadingOne))]
#[get("/v1/delegations/{delegation}")]
pub(super) async fn read_delegation(
    service: Data<Service>,
    who: Viewer,
    path: Path<DelegationPath>,
) -> Result<Reply, Problem> {
    let found = known(&service, &who, path.delegation).await?;
    Ok(Reply::ok(&DelegationView::from(found)))
}

/// End a delegation.
///
/// Before its time, by whoever is away or an admin. What was decided in their place stays.
#[utoipa::path(tag = "members", params(DelegationPath),
    responses((status = 204, description = "Nobody stands in by it any more."), Writing))]
#[delete("/v1/delegations/{delegation}")]
pub(super) async fn end_delegation(
    service: Data<Service>,
    who: Viewer,
    path: Path<DelegationPath>,
) -> Result<Reply, Problem> {
    let found = known(&service, &who, path.delegation).await?;
    of_oneself_or_admin(&who, found.delegation.member)?;
    let (org, id, clock) = (who.org, path.delegation, service.clock.clone());
    let job = workflow::job(move |tx| {
        let now = clock.now();
        async move {
            people::end_delegation(tx, org, id, now).await?;
            Ok(Reply::empty())
        }
        .boxed()
    });
    let ended = workflow::change(&service, &who.request(None), job).await?;
    service.nudge.notify_one();
    Ok(ended)
}

async fn known(service: &Service, who: &Caller, id: DelegationId) -> Result<StoredDelegation, Problem> {
    let found = delegations::find(service.store.reader(), who.org, id).await?;
    Ok(found.ok_or(Failure::NotFound { what: "delegation" })?)
}

fn of_oneself_or_admin(who: &Caller, away: MemberId) -> Result<(), Problem> {
    let own = who.actor.member() == Some(away);
    if own || who.actor.role == Role::Admin { Ok(()) } else { Err(too_low(Role::Admin, who.actor.role)) }
}
