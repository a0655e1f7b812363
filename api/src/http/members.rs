//! People of the organization.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get, patch, post};
use domain::preferences::Preferences;
use domain::record::Member as _;
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::body::Merge;
use super::caller::{Admin, Viewer};
use super::idempotency::Post;
use super::page::{List, Paged};
use super::path::MemberPath;
use super::progress::PageQuery;
use super::query::Query;
use super::refusals::{Reading, ReadingOne, Writing};
use super::schema::record_schema;
use crate::failure::Failure;
use crate::people::{self, MemberChange, NewMember};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::members::{self, Member};
use crate::view::Moment;
use crate::workflow;

record_schema! {
    /// What a person wants of messages, as far as they have said.
    pub MemberPreferences = Preferences, Shown, json!({"digest_at": "09:30", "off": ["countdown"]});
}
record_schema! {
    NewMember, json!({
        "name": "李牧", "email": "mu.li@heyan.example", "role": "manager", "duties": ["finance"], "locale": "zh-CN",
        "time_zone": "Asia/Shanghai"
    });
    MemberChange, json!({"duties": ["finance", "compliance"]});
}

/// A person of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// Their id.
    pub id: uuid::Uuid,
    /// Their name.
    #[schema(example = "李牧")]
    pub name: String,
    /// Where mail reaches them.
    #[schema(example = "mu.li@heyan.example")]
    pub email: Option<String>,
    /// What they may do.
    #[schema(value_type = super::schema::Role)]
    pub role: &'static str,
    /// Free tags that approval policies ask for.
    #[schema(example = json!(["finance"]))]
    pub duties: Vec<String>,
    /// Their telephone.
    pub mobile: Option<String>,
    /// Their names elsewhere, by service.
    #[schema(value_type = Map<String, Value>)]
    pub handles: Value,
    /// The language they read.
    #[schema(value_type = super::schema::Locale)]
    pub locale: &'static str,
    /// The zone they live in.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// Whether they are still here.
    pub active: bool,
    /// What they want of messages, as far as they have said.
    #[schema(value_type = MemberPreferences)]
    pub preferences: Value,
    /// When they were added.
    pub created_at: Moment,
    /// When they were changed last.
    pub updated_at: Moment,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        let Member {
            id,
            name,
            email,
            role,
            duties,
            mobile,
            handles,
            locale,
            time_zone,
            active,
            created_at,
            updated_at,
            preferences,
        } = member;
        Self {
            id: id.0,
            name,
            email,
            role: role.key(),
            duties,
            mobile,
            handles: Value::Object(handles),
            locale: locale.tag(),
            time_zone: time_zone.iana_name().unwrap_or("UTC").to_owned(),
            active,
            preferences: preferences.write(),
            created_at: Moment::utc(created_at),
            updated_at: Moment::utc(updated_at),
        }
    }
}

/// Add a person.
///
/// An e-mail is needed unless a mobile number is given.
#[utoipa::path(tag = "members", request_body = NewMember,
    responses((status = 201, description = "The member.", body = MemberView), Writing))]
#[post("/v1/members")]
pub(super) async fn create_member(
    service: Data<Service>,
    who: Admin,
    post: Post<NewMember>,
) -> Result<Reply, Problem> {
    let (org, now, new) = (who.org, service.clock.real_now(), post.body);
    let job = workflow::job(move |tx| {
        let new = new.clone();
        async move {
            let member = MemberView::from(people::add_member(tx, org, &new, now).await?);
            Ok(Reply::created(&format!("/v1/members/{}", member.id), &member))
        }
        .boxed()
    });
    Ok(workflow::change(&service, &who.request(post.idempotency), job).await?)
}

/// List people.
///
/// In the order in which they came, those who are gone included.
#[utoipa::path(tag = "members", params(PageQuery),
    responses((status = 200, description = "A page of members.", body = Paged<MemberView>), Reading))]
#[get("/v1/members")]
pub(super) async fn list_members(
    service: Data<Service>,
    who: Viewer,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let list = List { org: who.org, order: members::ORDER };
    let page = list.page(&service.secrets, query.0.limit, query.0.cursor.as_ref())?;
    let listed = members::list(service.store.reader(), who.org, &page).await?;
    Ok(list.reply(&request, &service.secrets, listed, MemberView::from))
}

/// Read a person.
#[utoipa::path(tag = "members", params(MemberPath), description = "One person of the organization.",
    responses((status = 200, description = "The member.", body = MemberView), ReadingOne))]
#[get("/v1/members/{member}")]
pub(super) async fn read_member(
    service: Data<Service>,
    who: Viewer,
    path: Path<MemberPath>,
) -> Result<Reply, Problem> {
    let found = members::find(service.store.reader(), who.org, path.member).await?;
    let member = found.ok_or(Failure::NotFound { what: "member" })?;
    Ok(Reply::ok(&MemberView::from(member)))
}

/// Change a person.
///
/// A merge patch: `null` removes e-mail, mobile, handles or duties; an e-mail or a mobile number must stay. `null` as
/// language or zone means the organization's. Set `active` to false for somebody who is gone: their keys stop to
/// work, their history stays.
#[utoipa::path(tag = "members", params(MemberPath),
    request_body(content = MemberChange, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The member.", body = MemberView), Writing))]
#[patch("/v1/members/{member}")]
pub(super) async fn change_member(
    service: Data<Service>,
    who: Admin,
    path: Path<MemberPath>,
    body: Merge,
) -> Result<Reply, Problem> {
    let patch = body.0;
    let (org, now, id) = (who.org, service.clock.real_now(), path.member);
    let job = workflow::job(move |tx| {
        let patch = patch.clone();
        async move { Ok(Reply::ok(&MemberView::from(people::change_member(tx, org, id, &patch, now).await?))) }.boxed()
    });
    Ok(workflow::change(&service, &who.request(None), job).await?)
}
