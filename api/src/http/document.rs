//! The OpenAPI document, built once from the operations themselves, and what other parts learn from it.

mod complete;
mod example;
pub(super) mod headers;
mod links;
mod tidy;

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem, Paths};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr, Schema,
    ServerBuilder,
};

use super::schema::Named;
use super::{refusals, schema};

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
        schemas.into_iter().chain(refusals::problem_schemas()).chain(schema::asked_for()).collect();
    let mut schemas = tidy::tidied(schemas);
    for (path, item) in &mut paths.paths {
        for (method, operation) in operations(item) {
            complete::complete(path, &method, operation, &schemas);
        }
    }
    tidy::keep_what_is_used(&paths, &mut schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("gr_…");
    let bearer = bearer.description(Some("An API key: `Authorization: Bearer gr_…`."));
    let mut components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(refusals::shared())
        .security_scheme(BEARER, SecurityScheme::Http(bearer.build()))
        .build();
    components.headers = headers::shared();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Greenroom")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(include_str!("document.md").trim()))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                ))
                .contact(Some(ContactBuilder::new().name(Some("Greenroom")).build())),
        )
        .servers(Some([ServerBuilder::new()
            .url("/")
            .description(Some("Where this document came from."))
            .build()]))
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .paths(paths)
        .components(Some(components))
        .build()
}

/// The chapters of the document.
const TAGS: [(&str, &str); 10] = [
    ("campaigns", "A campaign from its first goal to go-live."),
    ("gates", "The seven checkpoints of a campaign: content, checklist, review."),
    ("evaluations", "Rules on a campaign that is not stored."),
    ("playbooks", "What gates require, when they are due, who approves them; and the catalogue of rules."),
    ("notices", "Messages: what will be sent, what was, why not, and another try."),
    ("members", "People of the organization."),
    ("api-keys", "Keys of people and services."),
    ("organization", "The organization itself."),
    ("sandbox", "A clock that moves only when told; only where the service runs as a sandbox."),
    ("service", "Health and explanations; no key needed."),
];

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
