//! What every kind of operation may be refused with, as operations document it: one shared response a status.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder, Schema};

use super::problem_catalogue as catalogue;
use super::schema::Named;
use crate::problem::PROBLEM_JSON;

/// Refusals of operations that read: `responses((status = 200, …), Reading)`.
#[derive(Debug)]
pub struct Reading;

/// Refusals of operations that read one thing by its id.
#[derive(Debug)]
pub struct ReadingOne;

/// Refusals of operations that make or do something.
#[derive(Debug)]
pub struct Writing;

/// Refusals of operations that replace or change a version named in `If-Match`.
#[derive(Debug)]
pub struct Versioned;

/// Refusals of operations that need no key.
#[derive(Debug)]
pub struct Public;

impl IntoResponses for Reading {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[400, 401, 403, 500, 503])
    }
}

impl IntoResponses for ReadingOne {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[400, 401, 403, 404, 500, 503])
    }
}

impl IntoResponses for Writing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[400, 401, 403, 404, 408, 409, 413, 415, 422, 500, 503, 507])
    }
}

impl IntoResponses for Versioned {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 428, 500, 503, 507])
    }
}

impl IntoResponses for Public {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[404, 503])
    }
}

fn references(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let reference = |status: &u16| (status.to_string(), Ref::from_response_name(name(*status)).into());
    statuses.iter().map(reference).collect()
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The shared responses by name: each lists the codes of its status.
pub(super) fn shared() -> impl Iterator<Item = (String, Response)> {
    let mut statuses: Vec<u16> = catalogue::ALL.iter().map(|kind| kind.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.into_iter().map(|status| (name(status), response(status)))
}

fn response(status: u16) -> Response {
    let kinds: Vec<_> = catalogue::ALL.iter().filter(|kind| kind.status == status).collect();
    let lines: Vec<String> =
        kinds.iter().map(|kind| format!("- `{}`: {}.", kind.code, kind.title.en)).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let content = match kinds.first() {
        Some(kind) => content.example(Some(json!({
            "type": format!("/problems/{}", kind.code), "title": kind.title.en, "status": status,
            "detail": kind.advice.en, "instance": "/v1/campaigns", "code": kind.code,
            "request_id": "01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d", "errors": []
        }))),
        None => content,
    };
    let response =
        ResponseBuilder::new().description(lines.join("\n")).content(PROBLEM_JSON, content.build());
    let seconds = || HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::Integer)));
    match status {
        401 => response
            .header("WWW-Authenticate", HeaderBuilder::new().description(Some("`Bearer`")).build())
            .build(),
        429 | 503 => {
            response.header("Retry-After", seconds().description(Some("Seconds to wait.")).build()).build()
        }
        _ => response.build(),
    }
}

/// The schema of every problem.
pub(super) fn problem_schema() -> Named {
    let text = |doc: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(doc));
    let error = ObjectBuilder::new()
        .property(
            "pointer",
            text("RFC 6901 pointer into the body, or `/` and the name of a query parameter."),
        )
        .property("code", text("Stable code of the fault."))
        .property("detail", text("What was found and what is needed."))
        .required("pointer")
        .required("code")
        .required("detail");
    let uri = text("Address of the page that explains the code.")
        .format(Some(SchemaFormat::Custom("uri-reference".to_owned())));
    let problem = ObjectBuilder::new()
        .description(Some("What went wrong (RFC 9457), in the language of `Accept-Language`: en or zh-CN."))
        .property("type", uri)
        .property("title", text("What is wrong, in a few words."))
        .property(
            "status",
            ObjectBuilder::new().schema_type(Type::Integer).description(Some("The HTTP status.")),
        )
        .property("detail", text("What was found and what is needed."))
        .property("instance", text("Path of the request."))
        .property("code", text("Stable code; the same in every language."))
        .property("request_id", text("Id of the request, also in `X-Request-Id`."))
        .property(
            "errors",
            ArrayBuilder::new().items(error).description(Some("What is wrong with the input.")),
        )
        .property("allowed_actions", allowed_actions());
    let problem = ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"]
        .into_iter()
        .fold(problem, ObjectBuilder::required);
    ("Problem".to_owned(), problem.into())
}

fn allowed_actions() -> Schema {
    let doc = "On a refused action: what the caller can do, and why not the rest, as in every view.";
    ArrayBuilder::new().items(Ref::from_schema_name("AllowedAction")).description(Some(doc)).into()
}
