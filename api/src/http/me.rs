//! Who the caller is.

use actix_web::web::Data;
use actix_web::{get, patch};
use domain::record::Member as _;
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::Merge;
use super::caller::{Caller, Viewer};
use super::members::MemberView;
use super::problem_catalogue as catalogue;
use super::refusals::{Reading, Writing};
use super::schema::record_schema;
use crate::people::{self, OwnChange};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::organizations::{self, Organization};
use crate::view::{ActorView, Moment};
use crate::workflow;

record_schema! {
    OwnChange, json!({"locale": "zh-CN", "preferences": {"quiet_hours": {"from": "23:00", "until": "07:30"}}});
}

/// The caller, as the service sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "actor": {"kind": "member", "id": "01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d"}, "name": "李牧",
    "email": "mu.li@example.com", "role": "manager", "duties": ["finance"], "locale": "zh-CN",
    "time_zone": "Asia/Shanghai", "preferences": {"digest_at": "09:30"},
    "organization": {"id": "01938f6e-0000-7000-8000-000000000001", "name": "default"},
    "key": {"id": "01938f6e-0000-7000-8000-000000000002", "name": "laptop", "prefix": "gr_4fQzK", "expires_at": null}
}))]
pub struct MeView {
    /// The member or service key that acts.
    pub actor: ActorView,
    /// Name of the member, or of the key of a service.
    pub name: String,
    /// Where mail reaches the member.
    pub email: Option<String>,
    /// Authority of this key.
    #[schema(value_type = super::schema::Role)]
    pub role: &'static str,
    /// Duties of the member.
    pub duties: Vec<String>,
    /// The language this caller is answered in.
    #[schema(value_type = super::schema::Locale)]
    pub locale: &'static str,
    /// Zone of the member.
    pub time_zone: Option<String>,
    /// What the member wants of messages, as far as they have said.
    #[schema(value_type = Option<super::members::MemberPreferences>)]
    pub preferences: Option<Value>,
    /// The caller's organization.
    pub organization: OrganizationRef,
    /// The key of this request.
    pub key: KeyRef,
}

/// An organization, by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganizationRef {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
}

/// A key, by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeyRef {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// When it stops to work.
    pub expires_at: Option<Moment>,
}

/// Read who you are.
///
/// The member or service behind the key of this request, its organization and what it may do.
#[utoipa::path(tag = "members", responses((status = 200, description = "You.", body = MeView), Reading))]
#[get("/v1/me")]
pub(super) async fn read_me(service: Data<Service>, who: Viewer) -> Result<Reply, Problem> {
    let organization = organizations::find(service.store.reader(), who.org).await?;
    let organization = organization.ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(&view(&who, organization)))
}

/// Change what is yours.
///
/// A merge patch of your language, your zone, how else you can be reached, and what you want of messages: when you are
/// left in peace, when the digest comes, what may wait for it and what you do not want at all. `null` means the usual.
/// A service is no person and has none of these.
#[utoipa::path(tag = "members",
    request_body(content = OwnChange, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "You.", body = MemberView), Writing))]
#[patch("/v1/me")]
pub(super) async fn change_me(service: Data<Service>, who: Viewer, body: Merge) -> Result<Reply, Problem> {
    let id = who.actor.member().ok_or_else(no_person)?;
    let (org, now, patch) = (who.org, service.clock.real_now(), body.0);
    people::check_own(&patch)?;
    let job = workflow::job(move |tx| {
        let patch = patch.clone();
        async move { Ok(Reply::ok(&MemberView::from(people::change_member(tx, org, id, &patch, now).await?))) }
            .boxed()
    });
    Ok(workflow::change(&service, &who.request(None), job).await?)
}

pub(super) fn no_person() -> Problem {
    let en =
        "This key stands for a service. Language, zone and wishes belong to a person: use a key of a member.";
    Problem::saying(
        &catalogue::PERSON_NEEDED,
        en,
        "该密钥属于服务。语言、时区与消息偏好属于个人，请使用成员密钥。",
    )
}

fn view(who: &Caller, organization: Organization) -> MeView {
    let member = who.member.as_ref();
    MeView {
        actor: who.actor.who.into(),
        name: member.map_or(&who.key.name, |member| &member.name).clone(),
        email: member.and_then(|member| member.email.clone()),
        role: who.actor.role.key(),
        duties: member.map_or_else(Vec::new, |member| member.duties.clone()),
        locale: who.locale.tag(),
        time_zone: member.and_then(|member| member.time_zone.iana_name()).map(str::to_owned),
        preferences: member.map(|member| member.preferences.write()),
        organization: OrganizationRef { id: organization.id.0, name: organization.name },
        key: KeyRef {
            id: who.key.id.0,
            name: who.key.name.clone(),
            prefix: who.key.prefix.clone(),
            expires_at: who.key.expires_at.map(Moment::utc),
        },
    }
}
