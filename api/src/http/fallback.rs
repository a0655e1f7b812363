//! What is answered where no operation is: 405 with the methods an address has, else 404.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::document::contract;
use super::problem_catalogue as catalogue;
use crate::problem::Problem;
use crate::service::Service;
use crate::settings::MetricsFor;

/// Answers a request that no operation takes.
pub(super) async fn no_operation(
    service: Data<Service>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let has_metrics = service.settings.metrics != MetricsFor::Nobody;
    Err(match methods(request.path(), has_metrics) {
        Some(methods) => not_allowed(&methods),
        None => Problem::new(&catalogue::ROUTE_UNKNOWN),
    })
}

/// The methods of the operations at this address; an address of words goes before one with a name in its place.
fn methods(path: &str, has_metrics: bool) -> Option<Vec<Method>> {
    let mut methods: Vec<Method> = Vec::new();
    if is_page(path) || (has_metrics && path == "/metrics") {
        methods.push(Method::GET);
    }
    for (_, own) in contract().addresses.iter().filter(|(address, _)| address.is_match(path)) {
        let new: Vec<Method> = own.iter().filter(|method| !methods.contains(method)).cloned().collect();
        methods.extend(new);
    }
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    (!methods.is_empty()).then_some(methods)
}

/// The addresses that are for people and no part of the contract.
fn is_page(path: &str) -> bool {
    matches!(path, "/" | "/docs") || path.starts_with("/docs/")
}

fn not_allowed(methods: &[Method]) -> Problem {
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    let allow = names.join(", ");
    let problem = Problem::saying(
        &catalogue::METHOD_NOT_ALLOWED,
        format!("This address has: {allow}."),
        format!("该地址支持：{allow}。"),
    );
    match HeaderValue::from_str(&allow) {
        Ok(value) => problem.with_header(header::ALLOW, value),
        Err(_) => problem,
    }
}
