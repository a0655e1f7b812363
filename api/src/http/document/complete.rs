//! What is the same for every operation of a kind: security, the key of a `POST`, `If-Match`, headers of answers.

use std::collections::BTreeMap;

use actix_web::http::Method;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, RefOr, Required, Response, ResponseBuilder, Schema};

use super::{BEARER, example, headers, links};
use crate::http::idempotency;

/// One ETag in quotes, weak or not, or `*`.
const IF_MATCH: &str = r#"^(?:\*|(?:W/)?"[!#-~]+")$"#;

/// Adds what the operation need not say itself.
pub(super) fn complete(
    path: &str,
    method: &Method,
    operation: &mut Operation,
    schemas: &BTreeMap<String, RefOr<Schema>>,
) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && matches!(parameter.parameter_in, ParameterIn::Path)
        {
            parameter.required = Required::True;
        }
    }
    operation.security = Some(Vec::new());
    if path.starts_with("/v1/") {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, [])]);
        add(operation, language_parameter());
        if method == Method::POST {
            add(operation, key_parameter());
        }
        if method == Method::GET {
            add(operation, if_none_match_parameter());
            operation.responses.responses.insert("304".to_owned(), not_modified().into());
        }
    }
    if operation.responses.responses.contains_key("428") {
        add(operation, if_match_parameter());
    }
    relax_body(method, operation, schemas);
    let id = operation.operation_id.clone().unwrap_or_default();
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            answer(path, method, status, response, schemas);
            links::add(&id, status, response);
        }
    }
}

/// The examples and headers of an answer that is no problem.
fn answer(
    path: &str,
    method: &Method,
    status: &str,
    response: &mut Response,
    schemas: &BTreeMap<String, RefOr<Schema>>,
) {
    let shown = schema_name(response.content.values().next()).to_owned();
    for content in response.content.values_mut() {
        if let RefOr::T(content) = content {
            example::give_example(content, schemas);
        }
    }
    headers::add(headers::REQUEST_ID, response);
    let is_versioned = matches!(shown.as_str(), "CampaignView" | "GateView");
    if path.starts_with("/v1/") && (method == Method::GET || is_versioned) {
        headers::add(headers::ETAG, response);
    }
    if status == "201" {
        headers::add(headers::LOCATION, response);
    }
    if shown.starts_with("Paged_") {
        headers::add(headers::LINK, response);
    }
    if path.starts_with("/v1/") && method == Method::POST {
        headers::add(headers::REPLAYED, response);
    }
}

/// The name of the schema of a body, where it has one.
fn schema_name(content: Option<&RefOr<Content>>) -> &str {
    match content {
        Some(RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. })) => {
            reference.ref_location.rsplit('/').next().unwrap_or_default()
        }
        Some(RefOr::T(_) | RefOr::Ref(_)) | None => "",
    }
}

/// A `POST` whose record needs no member may come without a body.
fn relax_body(method: &Method, operation: &mut Operation, schemas: &BTreeMap<String, RefOr<Schema>>) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    let needs_nothing = match schemas.get(schema_name(body.content.get("application/json"))) {
        Some(RefOr::T(Schema::Object(object))) => object.required.is_empty(),
        Some(_) | None => false,
    };
    let may_be_left_out = method == Method::POST && needs_nothing;
    body.required = Some(if may_be_left_out { Required::False } else { Required::True });
}

fn not_modified() -> Response {
    let doc = "The caller has it: its `ETag` is among those of `If-None-Match`.";
    ResponseBuilder::new().description(doc).build()
}

fn add(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn header(name: &str, doc: &str, schema: ObjectBuilder) -> ParameterBuilder {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
    parameter.required(Required::False).description(Some(doc)).schema(Some(schema))
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn language_parameter() -> Parameter {
    let doc = "The languages the caller reads (RFC 9110): `en` and `zh-CN` are spoken. Without it texts are in the \
               member's own language, else in English.";
    header("Accept-Language", doc, text().examples(["zh-CN"])).build()
}

fn key_parameter() -> Parameter {
    let doc = "Makes a repetition of this request harmless for 24 hours: the first answer is given again, with \
               `Idempotent-Replayed: true`. 1 to 255 visible ASCII characters.";
    let text = text().min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$"));
    header(idempotency::HEADER, doc, text).build()
}

fn if_match_parameter() -> Parameter {
    let doc = "The `ETag` that was read, such as `\"3\"`, so that nobody's work is overwritten; `*` for any version.";
    let text = text().pattern(Some(IF_MATCH)).examples(["\"3\""]);
    header("If-Match", doc, text).required(Required::True).build()
}

fn if_none_match_parameter() -> Parameter {
    let doc = "An `ETag` the caller has, or several after commas: where the view is still the same, the answer is 304 \
               without it.";
    header("If-None-Match", doc, text().examples(["\"3\""])).build()
}
