//! The frame around every request: its id, its line in the log, and the last touch on every answer: problems are
//! finished here, framework errors become problems, and headers that protect readers are set.

use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_http::ConnectionType;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};
use tracing::Instrument as _;
use tracing::field::Empty;
use uuid::Uuid;

use super::connection::Turn;
use super::language::locale_of;
use super::payload::Kept;
use super::problem_catalogue::{self as catalogue, Kind};
use crate::problem::{Asked, PROBLEM_JSON, Problem};
use crate::service::Service;

/// The header that carries the id.
const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Most characters of an id that a caller gives.
const MOST_CHARACTERS: usize = 64;

/// Id of a request, the caller's or ours.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let fits = |id: &&str| {
            (1..=MOST_CHARACTERS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        };
        Self(given.filter(fits).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
    }
}

/// Frames a request.
///
/// # Errors
/// What the inner service fails with.
pub async fn frame(
    service: Data<Service>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let lasting = (Turn::begin(&request), service.metrics.request_begins());
    let method = method_label(request.method());
    if request.method() == Method::HEAD {
        // Routes know GET; the connection leaves the body of the answer out.
        request.head_mut().method = Method::GET;
    }
    let place = service.work.begin().map(Rc::new);
    let kept = Kept::of(&mut request, place.clone());
    if let Some(place) = &place {
        request.extensions_mut().insert(Rc::clone(place));
    }
    let span = tracing::info_span!("request", id = %id.0, method, route = Empty, organization = Empty);
    let began = Instant::now();
    let answered = if place.is_some() || is_probe(request.path()) {
        next.call(request).instrument(span.clone()).await?.map_into_boxed_body()
    } else {
        service.metrics.shed();
        request.error_response(Problem::unavailable())
    };
    if place.is_some_and(|place| place.is_turned_away()) {
        service.metrics.shed();
    }
    let mut response = span.in_scope(|| finish(answered, &id, service.settings.public_url.as_deref()));
    protect(&mut response, &id);
    if service.stopping.is_cancelled() {
        // Whoever has more to ask finds another replica by a new connection.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let took = began.elapsed();
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    service.metrics.answered(method, &route, response.status().as_u16(), took);
    span.record("route", &route);
    span.in_scope(|| log(&route, response.status(), took));
    Ok(response.map_body(|_, body| kept.until_sent(body, lasting)))
}

/// One line for each answer; those to machines that only look after the service are for whoever asks for details.
fn log(route: &str, status: StatusCode, took: Duration) {
    let (status, milliseconds) = (status.as_u16(), took.as_millis());
    if is_probe(route) {
        tracing::debug!(status, milliseconds, "answered");
    } else {
        tracing::info!(status, milliseconds, "answered");
    }
}

/// Addresses that tell how the service is, and must do so when it is busy.
fn is_probe(path: &str) -> bool {
    ["/livez", "/readyz", "/metrics"].contains(&path)
}

/// Methods as labels: what callers make up is no label.
fn method_label(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// Writes the problem, now that language, address and id are known.
fn finish(
    response: ServiceResponse<impl MessageBody + 'static>,
    id: &RequestId,
    public_url: Option<&str>,
) -> ServiceResponse<BoxBody> {
    let request = response.request();
    let asked = Asked { locale: locale_of(request), instance: request.path(), request_id: &id.0, public_url };
    let problem = response.response().error().and_then(|error| error.as_error::<Problem>());
    let answer = match problem {
        Some(problem) => Some(problem.answer(&asked)),
        None => of_framework(&response).map(|problem| problem.answer(&asked)),
    };
    match answer {
        Some(answer) => response.into_response(answer),
        None => response.map_into_boxed_body(),
    }
}

/// An error that is no problem of ours yet.
fn of_framework(response: &ServiceResponse<impl MessageBody>) -> Option<Problem> {
    let status = response.status();
    // Pages for people say themselves what is wrong; nothing but them is HTML.
    let is_ours = |own: &HeaderValue| own == PROBLEM_JSON || own.as_bytes().starts_with(b"text/html");
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(is_ours);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    if status.is_server_error() {
        let cause = response.response().error().map_or_else(|| status.to_string(), ToString::to_string);
        return Some(Problem::internal(&cause));
    }
    Some(Problem::new(kind_of(status)))
}

fn kind_of(status: StatusCode) -> &'static Kind {
    match status {
        StatusCode::NOT_FOUND => &catalogue::ROUTE_UNKNOWN,
        StatusCode::REQUEST_TIMEOUT => &catalogue::BODY_TOO_SLOW,
        StatusCode::PAYLOAD_TOO_LARGE => &catalogue::BODY_TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &catalogue::CONTENT_TYPE,
        _ => &catalogue::REQUEST_UNREADABLE,
    }
}

/// Sets what every answer carries, and what the operation did not set itself.
fn protect(response: &mut ServiceResponse<BoxBody>, id: &RequestId) {
    let is_view = is_view(response.request(), response.status());
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(HEADER, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.append(header::VARY, HeaderValue::from_static("Authorization, Accept-Language"));
    let mut set_absent = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set_absent(header::CACHE_CONTROL, if is_view { "private, no-cache" } else { "no-store" });
    set_absent(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
}

fn is_view(request: &HttpRequest, status: StatusCode) -> bool {
    let may_be_kept = status == StatusCode::OK || status == StatusCode::NOT_MODIFIED;
    request.method() == Method::GET && request.path().starts_with("/v1/") && may_be_kept
}
