//! What every kind of operation may be refused with, as operations document it: one shared response a status.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::document::headers;
use super::problem_catalogue as catalogue;
use super::schema::{Named, reference};
use crate::problem::PROBLEM_JSON;

/// Refusals of operations that read: `responses((status = 200, …), Reading)`.
#[derive(Debug)]
pub struct Reading;

/// Refusals of operations that read one thing by its id.
#[derive(Debug)]
pub struct ReadingOne;

/// Refusals of operations that read one thing in the form that is asked for.
#[derive(Debug)]
pub struct Negotiated;

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

impl IntoResponses for Negotiated {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        references(&[400, 401, 403, 404, 406, 500, 503])
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
        references(&[400, 404, 500, 503])
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
    let mut response = response.build();
    let own: &[&str] = match status {
        401 => &[headers::WWW_AUTHENTICATE],
        405 => &[headers::ALLOW],
        409 | 503 | 507 => &[headers::RETRY_AFTER],
        412 => &[headers::ETAG],
        _ => &[],
    };
    own.iter().chain(&[headers::REQUEST_ID]).for_each(|name| headers::add(name, &mut response));
    response
}

/// The schemas of every problem and its parts.
pub(super) fn problem_schemas() -> [Named; 2] {
    let text = |doc: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(doc));
    let error = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("One thing that is wrong with the input."))
        .property(
            "pointer",
            text(
                "RFC 6901 pointer into the body, or `/` and the name of a query parameter; empty for the whole. Of what \
                 is open in a campaign (`gate.blockers_open`, `gate.items_open`, `gate.comment_needed`): into \
                 `{\"campaign\": …, \"gates\": …}`.",
            ),
        )
        .property("code", text("Stable code of the fault."))
        .property("detail", text("What was found and what is needed."))
        .required("pointer")
        .required("code")
        .required("detail");
    let uri = text("Address of the page that explains the code.")
        .format(Some(SchemaFormat::Custom("uri-reference".to_owned())));
    let status = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(400)).maximum(Some(599));
    let problem = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("What went wrong (RFC 9457), in the language of `Accept-Language`: en or zh-CN."))
        .property("type", uri)
        .property("title", text("What is wrong, in a few words."))
        .property("status", status.description(Some("The HTTP status.")))
        .property("detail", text("What was found and what is needed."))
        .property("instance", text("Path of the request."))
        .property("code", text("Stable code; the same in every language."))
        .property("request_id", text("Id of the request, also in `X-Request-Id`."))
        .property("errors", list("ProblemError", "What is wrong with the input."))
        .property(
            "allowed_actions",
            list("AllowedAction", "On a refused action: what the caller can do, and why not the rest."),
        );
    let problem = ["type", "title", "status", "detail", "instance", "code", "request_id", "errors"]
        .into_iter()
        .fold(problem, ObjectBuilder::required);
    [("Problem".to_owned(), problem.into()), ("ProblemError".to_owned(), error.into())]
}

fn list(of: &str, doc: &str) -> ArrayBuilder {
    ArrayBuilder::new().items(reference(of, "")).description(Some(doc))
}
