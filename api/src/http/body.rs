//! Request bodies: how much, how fast, of which type; then strict JSON; then the type that was asked for.

use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use domain::command::Edit;
use domain::fault::{Fault, FaultKind};
use domain::record;
use domain::record::{Record, read_body, type_name};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value, json};

use super::schema::record_schema;
use super::work::Place;
use super::{json as strict_json, problem_catalogue as catalogue};
use crate::problem::Problem;

/// Most bytes of a body, and of one that carries a whole campaign.
const MOST_BYTES: usize = 1024 * 1024;
const MOST_CAMPAIGN_BYTES: usize = 8 * 1024 * 1024;
/// A body up to so many times the limit is taken to its end before it is refused.
const TAKEN_ANYWAY: usize = 2;
/// How long a body may take to arrive.
const DEADLINE: Duration = Duration::from_secs(15);

/// JSON of one document.
const JSON: &str = "application/json";
/// JSON of a change, RFC 7396.
const MERGE_PATCH: &str = "application/merge-patch+json";
/// JSON of a list of changes, RFC 6902.
const JSON_PATCH: &str = "application/json-patch+json";

record! {
    /// Nothing but the wish.
    pub struct Nothing {}
}

record_schema! { Nothing, json!({}); }

/// A body that is a record. An empty body is an empty record where no field is required.
#[derive(Debug)]
pub struct Body<T>(pub T);

/// A body that is a document whose type the address decides, such as the content of a gate.
#[derive(Debug)]
pub struct Document(pub Value);

/// A body that changes a document: a merge patch (also as plain JSON) or a JSON Patch.
#[derive(Debug)]
pub struct Patch(pub Edit);

/// A body that changes a record by a merge patch: its fields, `null` to remove one.
#[derive(Debug)]
pub struct Merge(pub Map<String, Value>);

impl<T: Record + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = Sent::of(request, payload, &[JSON], is_optional::<T>());
        Box::pin(async move { Ok(Self(sent.await?.record()?)) })
    }
}

impl FromRequest for Document {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = Sent::of(request, payload, &[JSON], false);
        Box::pin(async move { Ok(Self(strict_json::read(&sent.await?.bytes)?)) })
    }
}

impl FromRequest for Patch {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = Sent::of(request, payload, &[MERGE_PATCH, JSON_PATCH, JSON], false);
        Box::pin(async move {
            let sent = sent.await?;
            let value = strict_json::read(&sent.bytes)?;
            if sent.content_type == JSON_PATCH {
                operations(value).map(Self)
            } else {
                Ok(Self(Edit::Merge(value)))
            }
        })
    }
}

impl FromRequest for Merge {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = Sent::of(request, payload, &[MERGE_PATCH, JSON], false);
        Box::pin(async move {
            let value = strict_json::read(&sent.await?.bytes)?;
            let found = type_name(&value);
            let Value::Object(members) = value else {
                return Err(invalid(FaultKind::WrongType { needed: "an object", found }));
            };
            Ok(Self(members))
        })
    }
}

fn operations(value: Value) -> Result<Edit, Problem> {
    let Value::Array(list) = value else {
        return Err(invalid(FaultKind::WrongType { needed: "a list", found: type_name(&value) }));
    };
    let operations = list.into_iter().enumerate().map(|(place, operation)| {
        serde_json::from_value(operation).map_err(|_unreadable| no_operation(place))
    });
    Ok(Edit::Patch(json_patch::Patch(operations.collect::<Result<_, _>>()?)))
}

fn no_operation(place: usize) -> Problem {
    let en = format!(
        "Operation {place} is no operation of a JSON Patch; it needs op and path, and value or from where its op does."
    );
    let zh = format!("操作 {place} 不是 JSON Patch 操作；须有 op 和 path，并按 op 填写 value 或 from。");
    Problem::saying(&catalogue::PATCH_FAILED, en, zh).at(&format!("/{place}"))
}

fn invalid(kind: FaultKind) -> Problem {
    Problem::of_faults(&catalogue::REQUEST_INVALID, vec![Fault { pointer: String::new(), kind }])
}

/// Whether a request may leave the body out.
pub(super) fn is_optional<T: Record>() -> bool {
    T::fields().iter().all(|field| !field.required)
}

/// A body as it arrived.
#[derive(Debug)]
pub(super) struct Sent {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// The media type, one of those asked for.
    content_type: &'static str,
}

impl Sent {
    /// Reads the body of a request that must have one of these media types.
    pub(super) fn of(
        request: &HttpRequest,
        payload: &mut Payload,
        content_types: &'static [&'static str],
        may_be_empty: bool,
    ) -> impl Future<Output = Result<Self, Problem>> + use<> {
        let most = most_bytes(request);
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let announced = announced.and_then(|length| length.parse::<usize>().ok());
        let content_type = content_type(request, content_types);
        let is_bare = may_be_empty && !request.headers().contains_key(header::CONTENT_TYPE);
        let payload = payload.take();
        let place = request.extensions().get::<Rc<Place>>().cloned();
        async move {
            if let Some(length) = announced.filter(|length| *length > most) {
                if length <= TAKEN_ANYWAY * most {
                    // Who is cut off in the middle of sending may never see the answer; nothing is kept of this.
                    drop(tokio::time::timeout(DEADLINE, discard(payload)).await);
                }
                return Err(too_large(most));
            }
            let content_type = match content_type {
                Ok(content_type) => content_type,
                Err(_) if is_bare => JSON,
                Err(problem) => return Err(problem),
            };
            let bytes = tokio::time::timeout(DEADLINE, collect(payload, most, place.as_deref())).await;
            let bytes = bytes.unwrap_or_else(|_elapsed| Err(Problem::new(&catalogue::BODY_TOO_SLOW)))?;
            if is_bare && !bytes.is_empty() {
                return Err(wrong_content_type(content_types));
            }
            let bytes = if may_be_empty && bytes.is_empty() { b"{}".to_vec() } else { bytes };
            Ok(Self { bytes, content_type })
        }
    }

    /// Reads a JSON body that is a record.
    pub(super) fn of_record<T: Record>(
        request: &HttpRequest,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Problem>> + use<T> {
        Self::of(request, payload, &[JSON], is_optional::<T>())
    }

    /// The record in it.
    pub(super) fn record<T: Record>(&self) -> Result<T, Problem> {
        let value = strict_json::read(&self.bytes)?;
        read_body(&value).map_err(|faults| Problem::of_faults(&catalogue::REQUEST_INVALID, faults))
    }
}

/// Takes the rest of a body and forgets it.
async fn discard(mut payload: Payload) {
    while let Some(Ok(_forgotten)) = payload.next().await {}
}

/// The body in one piece. It grows as it comes: one that never ends, or gets too large, costs no more than twice what
/// the route takes, and none is taken that there is no room for.
async fn collect(mut payload: Payload, most: usize, place: Option<&Place>) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(_) if place.is_some_and(Place::is_turned_away) => return Err(Problem::unavailable()),
            Err(_) => {
                let en = "The body did not arrive whole.";
                return Err(Problem::saying(&catalogue::BODY_UNREADABLE, en, "请求正文未完整到达。"));
            }
        };
        if bytes.len() + chunk.len() > most {
            return Err(too_large(most));
        }
        if place.is_some_and(|place| !place.hold(chunk.len())) {
            return Err(Problem::unavailable());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn most_bytes(request: &HttpRequest) -> usize {
    let carries_campaign =
        request.method() == Method::POST && matches!(request.path(), "/v1/campaigns" | "/v1/evaluations");
    if carries_campaign { MOST_CAMPAIGN_BYTES } else { MOST_BYTES }
}

fn too_large(most: usize) -> Problem {
    let mebibytes = most / MOST_BYTES;
    let en = format!("The body is larger than {mebibytes} MiB, the most that this operation takes.");
    Problem::saying(&catalogue::BODY_TOO_LARGE, en, format!("请求正文超过此操作的上限 {mebibytes} MiB。"))
}

/// The media type of the request, if it is one of those asked for; uncompressed and in UTF-8.
fn content_type(request: &HttpRequest, known: &'static [&'static str]) -> Result<&'static str, Problem> {
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let plain =
        header(header::CONTENT_ENCODING).is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    let text = header(header::CONTENT_TYPE).unwrap_or("");
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let charset = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let utf8 = charset
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(essence.trim()));
    found.copied().filter(|_| plain && utf8).ok_or_else(|| wrong_content_type(known))
}

fn wrong_content_type(known: &[&str]) -> Problem {
    let known = known.join(", ");
    Problem::saying(
        &catalogue::CONTENT_TYPE,
        format!("This content type is needed: {known}; in UTF-8 and not compressed."),
        format!("内容类型应为 {known}，UTF-8 编码且不压缩。"),
    )
}
