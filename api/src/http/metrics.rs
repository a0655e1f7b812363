//! `/metrics`: what the service measures of itself, for Prometheus. It is an address for operators and no part of the
//! contract with callers.

use actix_web::web::Data;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, get};

use super::caller::Admin;
use super::problem_catalogue as catalogue;
use crate::metrics::OPEN_METRICS;
use crate::problem::Problem;
use crate::service::Service;
use crate::settings::MetricsFor;
use crate::store::notices;

/// Answers everything that is measured. What the database counts is at most a second old, and left out where it takes
/// too long. A key is looked up only where one is needed.
#[get("/metrics")]
pub(super) async fn read_metrics(
    service: Data<Service>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    match service.settings.metrics {
        MetricsFor::Anybody => {}
        MetricsFor::Admins => drop(Admin::extract(&request).await?),
        MetricsFor::Nobody => return Err(Problem::new(&catalogue::ROUTE_UNKNOWN)),
    }
    let count = notices::pending(service.store.reader(), service.clock.now());
    let pending = service.pending.or(async { count.await.ok() }).await.flatten();
    let text = service.metrics.exposition(&service.store.load(), pending);
    let text = text.map_err(|cause| Problem::internal(&cause))?;
    Ok(HttpResponse::Ok().insert_header(("content-type", OPEN_METRICS)).body(text))
}
