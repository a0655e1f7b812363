//! The OpenAPI document, built once from the operations themselves, and what other parts learn from it.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem, Paths};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, Content, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr,
    Required, Response, Schema,
};

use super::schema::Named;
use super::{idempotency, refusals};

/// Name of the security scheme.
const BEARER: &str = "bearer";

/// What the service promises, in the forms its parts need.
pub(super) struct Contract {
    /// The document as it is served.
    pub(super) json: String,
    /// Every address with its methods.
    pub(super) addresses: Vec<(ResourceDef, Vec<Method>)>,
    /// The operations that take query parameters, by pattern of the address and method.
    queried: HashSet<(String, Method)>,
}

impl Contract {
    /// Whether the operation takes query parameters.
    pub(super) fn takes_query(&self, pattern: String, method: &Method) -> bool {
        self.queried.contains(&(pattern, method.clone()))
    }
}

/// The contract of this release.
pub(super) fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let (paths, schemas) = super::documented();
        let document = document(paths, schemas);
        // Writing plain data does not fail.
        let json = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
        Contract { json, addresses: addresses(&document.paths), queried: queried(&document.paths) }
    });
    &CONTRACT
}

/// Puts the document together from what the operations say about themselves.
pub(super) fn document(mut paths: Paths, schemas: Vec<Named>) -> OpenApi {
    let schemas: BTreeMap<String, RefOr<Schema>> =
        schemas.into_iter().chain([refusals::problem_schema()]).collect();
    for (path, item) in &mut paths.paths {
        for (method, operation) in operations(item) {
            complete(path, &method, operation, &schemas);
        }
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("gr_…");
    let bearer = bearer.description(Some("An API key: `Authorization: Bearer gr_…`."));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(refusals::shared())
        .security_scheme(BEARER, SecurityScheme::Http(bearer.build()));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Greenroom")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(include_str!("document.md").trim()))
                .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
                .contact(Some(ContactBuilder::new().name(Some("Greenroom")).build())),
        )
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

/// The chapters of the document.
const TAGS: [(&str, &str); 9] = [
    ("campaigns", "A campaign from its first goal to go-live."),
    ("gates", "The seven checkpoints of a campaign: content, checklist, review."),
    ("evaluations", "Rules on a campaign that is not stored."),
    ("playbooks", "What gates require, when they are due, who approves them; and the catalogue of rules."),
    ("members", "People of the organization."),
    ("api-keys", "Keys of people and services."),
    ("organization", "The organization itself."),
    ("sandbox", "A clock that moves only when told; only where the service runs as a sandbox."),
    ("service", "Health and explanations; no key needed."),
];

/// What is the same for every operation: security, the key of a `POST`, `If-Match`, examples of views.
fn complete(
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
    if path.starts_with("/v1/") {
        operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, [])]);
        if method == Method::POST {
            add(operation, key_parameter());
        }
    }
    if operation.responses.responses.contains_key("428") {
        add(operation, if_match_parameter());
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(Response { content, .. }) = response {
            for content in content.values_mut() {
                if let RefOr::T(content) = content {
                    give_example(content, schemas);
                }
            }
        }
    }
}

fn add(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn key_parameter() -> Parameter {
    let doc = "Makes a repetition of this request harmless for 24 hours: the first answer is given again, with \
               `Idempotent-Replayed: true`. 1 to 255 visible ASCII characters.";
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    let parameter = ParameterBuilder::new().name(idempotency::HEADER).parameter_in(ParameterIn::Header);
    parameter.required(Required::False).description(Some(doc)).schema(Some(text)).build()
}

fn if_match_parameter() -> Parameter {
    let doc = "The `ETag` that was read, such as `\"3\"`, so that nobody's work is overwritten; `*` for any version.";
    let text = ObjectBuilder::new().schema_type(Type::String);
    let parameter = ParameterBuilder::new().name("If-Match").parameter_in(ParameterIn::Header);
    parameter.required(Required::True).description(Some(doc)).schema(Some(text)).build()
}

/// Takes the example of the view where the operation gives none of its own.
fn give_example(content: &mut Content, schemas: &BTreeMap<String, RefOr<Schema>>) {
    if content.example.is_none() && content.examples.is_empty() {
        content.example = content.schema.as_ref().and_then(|schema| example(schema, schemas));
    }
}

/// The example of a schema: its own, or one put together from those of its parts.
fn example(schema: &RefOr<Schema>, schemas: &BTreeMap<String, RefOr<Schema>>) -> Option<Value> {
    let schema = match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next()?;
            return example(schemas.get(name)?, schemas);
        }
        RefOr::T(schema) => serde_json::to_value(schema).ok()?,
    };
    of_json(&schema, schemas)
}

fn of_json(schema: &Value, schemas: &BTreeMap<String, RefOr<Schema>>) -> Option<Value> {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return example(schemas.get(reference.rsplit('/').next()?)?, schemas);
    }
    if let Some(own) = schema.get("example").or_else(|| schema.get("examples")?.get(0)) {
        return Some(own.clone());
    }
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        let parts = parts.iter().filter_map(|part| of_json(part, schemas)?.as_object().cloned());
        return Some(Value::Object(parts.flatten().collect()));
    }
    if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
        return choices
            .iter()
            .find_map(|choice| of_json(choice, schemas).filter(|example| !example.is_null()));
    }
    let own = schema.get("type")?;
    match own.as_str().or_else(|| own.get(0)?.as_str())? {
        "object" => {
            let members = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            Some(Value::Object(
                members
                    .filter_map(|(name, member)| Some((name.clone(), of_json(member, schemas)?)))
                    .collect(),
            ))
        }
        "array" => Some(json!([of_json(schema.get("items")?, schemas)?])),
        "string" => Some(of_text(schema)),
        "integer" | "number" => Some(schema.get("minimum").cloned().unwrap_or_else(|| json!(1))),
        "boolean" => Some(json!(true)),
        _ => Some(Value::Null),
    }
}

fn of_text(schema: &Value) -> Value {
    match (schema.get("enum").and_then(|keys| keys.get(0)), schema.get("format").and_then(Value::as_str)) {
        (Some(key), _) => key.clone(),
        (None, Some("uuid")) => json!("01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d"),
        (None, Some("date-time")) => json!("2027-03-20T20:00:00+08:00"),
        (None, Some("date")) => json!("2027-03-20"),
        (None, Some(_) | None) => json!("text"),
    }
}

/// The operations at one address.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::PATCH, patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn queried(paths: &Paths) -> HashSet<(String, Method)> {
    let takes_query = |operation: &Operation| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|parameter| match parameter {
            RefOr::T(parameter) => matches!(parameter.parameter_in, ParameterIn::Query),
            RefOr::Ref(_) => false,
        })
    };
    let mut queried = HashSet::new();
    for (path, item) in &paths.paths {
        let mut item = item.clone();
        let own = operations(&mut item).filter(|(_, operation)| takes_query(operation));
        queried.extend(own.map(|(method, _)| (path.clone(), method)));
    }
    queried
}

fn addresses(paths: &Paths) -> Vec<(ResourceDef, Vec<Method>)> {
    let address = |(path, item): (&String, &PathItem)| {
        let mut item = item.clone();
        let methods = operations(&mut item).map(|(method, _)| method).collect();
        (ResourceDef::new(path.as_str()), methods)
    };
    paths.paths.iter().map(address).collect()
}

#[cfg(test)]
mod tests;
