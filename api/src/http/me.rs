//! Who the caller is.

use actix_web::get;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Caller, Viewer};
use super::refusals::Reading;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::organizations::{self, Organization};
use crate::view::{ActorView, Moment};

/// The caller, as the service sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "actor": {"kind": "member", "id": "01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d"}, "name": "李牧",
    "email": "mu.li@example.com", "role": "manager", "duties": ["finance"], "locale": "zh-CN",
    "time_zone": "Asia/Shanghai",
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
        organization: OrganizationRef { id: organization.id.0, name: organization.name },
        key: KeyRef {
            id: who.key.id.0,
            name: who.key.name.clone(),
            prefix: who.key.prefix.clone(),
            expires_at: who.key.expires_at.map(Moment::utc),
        },
    }
}
