//! Keys of people and services.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, delete, get, post};
use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::caller::Admin;
use super::idempotency::Post;
use super::page::{List, Paged};
use super::path::ApiKeyPath;
use super::progress::PageQuery;
use super::query::Query;
use super::refusals::{Reading, Writing};
use super::schema::record_schema;
use crate::failure::Failure;
use crate::people::{self, NewApiKey};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::keys::{self, ApiKey};
use crate::view::Moment;
use crate::workflow;

record_schema! { NewApiKey, json!({"name": "CRM", "role": "operator", "expires_at": "2028-01-01T00:00:00+08:00"}); }

/// A key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyView {
    /// Its id.
    pub id: uuid::Uuid,
    /// What people call it.
    #[schema(example = "CRM")]
    pub name: String,
    /// Its first characters.
    #[schema(example = "gr_x7Kp2")]
    pub prefix: String,
    /// The member it acts as; a service key has none.
    pub member_id: Option<uuid::Uuid>,
    /// What a service may do.
    #[schema(value_type = Option<super::schema::Role>)]
    pub role: Option<&'static str>,
    /// Who made it; it never decides on what they submitted.
    pub made_by: Option<uuid::Uuid>,
    /// When it stops to work.
    pub expires_at: Option<Moment>,
    /// When it was taken back.
    pub revoked_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was used last, to within ten minutes.
    pub last_used_at: Option<Moment>,
}

/// A new key, with the key itself this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewApiKeyView {
    /// The key; keep it, it is not shown again.
    #[schema(example = "gr_x7Kp2…")]
    pub key: String,
    /// Everything else.
    #[serde(flatten)]
    pub api_key: ApiKeyView,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey {
            id,
            name,
            prefix,
            member,
            role,
            made_by,
            expires_at,
            revoked_at,
            created_at,
            last_used_at,
        } = key;
        Self {
            id: id.0,
            name,
            prefix,
            member_id: member.map(|member| member.0),
            role: role.map(|role| role.key()),
            made_by: made_by.map(|member| member.0),
            expires_at: expires_at.map(Moment::utc),
            revoked_at: revoked_at.map(Moment::utc),
            created_at: Moment::utc(created_at),
            last_used_at: last_used_at.map(Moment::utc),
        }
    }
}

/// Make a key.
///
/// For a member, or for a service with a role. The key is in this answer and never shown again.
#[utoipa::path(tag = "api-keys", request_body = NewApiKey,
    responses((status = 201, description = "The key.", body = NewApiKeyView), Writing))]
#[post("/v1/api-keys")]
pub(super) async fn create_api_key(
    service: Data<Service>,
    who: Admin,
    post: Post<NewApiKey>,
) -> Result<Reply, Problem> {
    let (org, made_by, now, new) = (who.org, who.actor.author(), service.clock.real_now(), post.body);
    let (secrets, clock) = (service.secrets.clone(), service.clock.clone());
    let job = workflow::job(move |tx| {
        let (new, secrets, domain_now) = (new.clone(), secrets.clone(), clock.now());
        async move {
            let (kept, key) = people::make_key(tx, org, &new, made_by, &secrets, now).await?;
            workflow::office::plan(tx, org, domain_now).await?;
            let location = format!("/v1/api-keys/{}", kept.id);
            let view = NewApiKeyView { key: key.reveal().to_owned(), api_key: kept.into() };
            Ok(Reply::created(&location, &view).secret())
        }
        .boxed()
    });
    Ok(workflow::change(&service, &who.request(post.idempotency), job).await?)
}

/// List keys.
///
/// In the order in which they were made, revoked ones included; never the keys themselves.
#[utoipa::path(tag = "api-keys", params(PageQuery),
    responses((status = 200, description = "A page of keys.", body = Paged<ApiKeyView>), Reading))]
#[get("/v1/api-keys")]
pub(super) async fn list_api_keys(
    service: Data<Service>,
    who: Admin,
    query: Query<PageQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let list = List { org: who.org, order: keys::ORDER };
    let page = list.page(&service.secrets, query.0.limit, query.0.cursor.as_ref())?;
    let listed = keys::list(service.store.reader(), who.org, &page).await?;
    Ok(list.reply(&request, &service.secrets, listed, ApiKeyView::from))
}

/// Take a key back.
///
/// It stops to work at once.
#[utoipa::path(tag = "api-keys", params(ApiKeyPath),
    responses((status = 204, description = "The key does not work any more."), Writing))]
#[delete("/v1/api-keys/{api_key}")]
pub(super) async fn revoke_api_key(
    service: Data<Service>,
    who: Admin,
    path: Path<ApiKeyPath>,
) -> Result<Reply, Problem> {
    let (org, id, clock) = (who.org, path.api_key, service.clock.clone());
    let job = workflow::job(move |tx| {
        let (now, domain_now) = (clock.real_now(), clock.now());
        async move {
            let known = keys::find(tx, org, id).await?;
            known.ok_or(Failure::NotFound { what: "API key" })?;
            keys::revoke(tx, org, id, now).await?;
            workflow::office::plan(tx, org, domain_now).await?;
            Ok(Reply::empty())
        }
        .boxed()
    });
    Ok(workflow::change(&service, &who.request(None), job).await?)
}
