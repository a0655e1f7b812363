//! Who asks, and with what authority: the extractor in a handler's signature is its access rule.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use domain::Locale;
use domain::actor::{Actor, Role, Who};
use domain::ids::OrganizationId;
use jiff::{SignedDuration, Timestamp};

use super::language::{OwnLanguage, locale_of};
use super::problem_catalogue::{self as catalogue, Kind};
use super::query::refuse_surplus;
use crate::problem::Problem;
use crate::service::Service;
use crate::settings::MetricsFor;
use crate::store::keys::{self, ApiKey};
use crate::store::members::Member;
use crate::view::Reader;
use crate::workflow::{IdempotencyKey, Request};

/// Most characters of a key.
const MOST_KEY_CHARACTERS: usize = 200;
/// How exactly the last use of a key is kept.
const USE_NOTED_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The organization every query is bound to.
    pub org: OrganizationId,
    /// The acting person or service, with the authority of this request.
    pub actor: Actor,
    /// The acting member; a service key has none.
    pub member: Option<Member>,
    /// The key the request came with.
    pub key: ApiKey,
    /// The language to answer in.
    pub locale: Locale,
}

impl Caller {
    /// What the workflow needs to know, with the key of a `POST`.
    pub fn request(&self, idempotency: Option<IdempotencyKey>) -> Request {
        let idempotency = idempotency.map(|key| (self.key.id, key));
        Request { org: self.org, actor: self.actor.clone(), idempotency }
    }

    /// For whom views are made.
    pub const fn reader(&self) -> Reader<'_> {
        Reader { actor: &self.actor, locale: self.locale }
    }
}

/// What became of the key of a request; taken by the first extractor that asks.
struct Found(Result<Caller, Problem>);

/// Looks up the key of every request that needs one, before its body is read. The answer is given by the extractors,
/// so that an address of nothing is 404 with any key.
///
/// # Errors
/// What the inner service fails with.
pub async fn authenticate(
    service: Data<Service>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let of_metrics = request.path() == "/metrics" && service.settings.metrics == MetricsFor::Admins;
    if of_metrics || request.path().starts_with("/v1/") {
        let found = find(&service, request.headers()).await;
        if let Ok(Caller { org, .. }) = &found {
            tracing::Span::current().record("organization", tracing::field::display(org));
        }
        if let Ok(Caller { member: Some(member), .. }) = &found {
            request.extensions_mut().insert(OwnLanguage(member.locale));
        }
        request.extensions_mut().insert(Found(found));
    }
    next.call(request).await
}

async fn find(service: &Data<Service>, headers: &HeaderMap) -> Result<Caller, Problem> {
    let token = bearer(headers)?;
    let invalid = || unauthorized(&catalogue::KEY_INVALID);
    let hash = service.secrets.hash_of(token);
    let found = keys::by_hash(service.store.reader(), &hash).await?;
    let (org, key, member) = found.ok_or_else(invalid)?;
    let now = service.clock.real_now();
    let works = key.revoked_at.is_none() && key.expires_at.is_none_or(|expires_at| now < expires_at);
    let (who, role) = match (&member, key.role) {
        (Some(member), least) if member.active => {
            (Who::Member(member.id), least.unwrap_or(member.role).min(member.role))
        }
        (None, Some(role)) if key.member.is_none() => (Who::Service(key.id), role),
        (Some(_) | None, _) => return Err(invalid()),
    };
    if !works {
        return Err(invalid());
    }
    note_use(service, org, &key, now);
    let actor = Actor { who, role, key: Some(key.id), key_made_by: key.made_by };
    Ok(Caller { org, actor, member, key, locale: Locale::default() })
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let needed = || unauthorized(&catalogue::KEY_NEEDED);
    let text = headers.get(header::AUTHORIZATION).ok_or_else(needed)?;
    let (scheme, token) = text.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(needed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(needed());
    }
    let token = token.trim();
    let fits =
        (1..=MOST_KEY_CHARACTERS).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(token) } else { Err(unauthorized(&catalogue::KEY_INVALID)) }
}

fn unauthorized(kind: &'static Kind) -> Problem {
    Problem::new(kind).with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// Notes now and then that a key is in use; no answer waits for it.
fn note_use(service: &Data<Service>, org: OrganizationId, key: &ApiKey, now: Timestamp) {
    let is_noted = key.last_used_at.is_some_and(|last| now.duration_since(last) < USE_NOTED_EVERY);
    if is_noted {
        return;
    }
    let (service, id) = (service.clone(), key.id);
    actix_web::rt::spawn(async move {
        let noted = service.store.write(move |tx| Box::pin(keys::touch(tx, org, id, now))).await;
        if let Err(cause) = noted {
            tracing::warn!(%cause, "the use of a key was not noted");
        }
    });
}

fn caller(request: &HttpRequest, needed: Role) -> Result<Caller, Problem> {
    let found = request.extensions_mut().remove::<Found>();
    let found = found.map_or_else(|| Err(unauthorized(&catalogue::KEY_NEEDED)), |Found(found)| found);
    let caller = Caller { locale: locale_of(request), ..found? };
    let have = caller.actor.role;
    if have < needed {
        return Err(too_low(needed, have));
    }
    refuse_surplus(request)?;
    Ok(caller)
}

/// The refusal of what needs a higher role.
pub(super) fn too_low(needed: Role, have: Role) -> Problem {
    let (needed, have) = (needed.label(), have.label());
    Problem::saying(
        &catalogue::ROLE_TOO_LOW,
        format!("This needs the role {}; you act as {}.", needed.en, have.en),
        format!("此操作需要{}角色，当前为{}。", needed.zh, have.zh),
    )
}

macro_rules! authorities {
    ($( $(#[doc = $doc:literal])* $name:ident: $role:expr; )*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl Deref for $name {
            type Target = Caller;

            fn deref(&self) -> &Caller {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(caller(request, $role).map(Self))
            }
        }
    )*};
}

authorities! {
    /// Anybody with a key that works.
    Viewer: Role::Viewer;
    /// Somebody who prepares campaigns.
    Operator: Role::Operator;
    /// Somebody who decides.
    Manager: Role::Manager;
    /// Somebody who looks after people, keys and the organization.
    Admin: Role::Admin;
}
