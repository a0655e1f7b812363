//! `/metrics`: what the service measures of itself, for Prometheus. It is an address for operators and no part of the
//! contract with callers.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use super::caller::Admin;
use super::problem_catalogue as catalogue;
use crate::metrics::OPEN_METRICS;
use crate::problem::Problem;
use crate::service::Service;
use crate::settings::MetricsFor;
use crate::store::notices;

/// How long the database may take to count; a scrape goes on without it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers everything that is measured.
#[get("/metrics")]
pub(super) async fn read_metrics(
    service: Data<Service>,
    who: Result<Admin, Problem>,
) -> Result<HttpResponse, Problem> {
    match service.settings.metrics {
        MetricsFor::Anybody => {}
        MetricsFor::Admins => drop(who?),
        MetricsFor::Nobody => return Err(Problem::new(&catalogue::ROUTE_UNKNOWN)),
    }
    let pending = notices::pending(service.store.reader(), service.clock.now());
    let pending = tokio::time::timeout(PATIENCE, pending).await.ok().and_then(Result::ok);
    let text = service.metrics.exposition(&service.store.load(), pending);
    let text = text.map_err(|cause| Problem::internal(&cause))?;
    Ok(HttpResponse::Ok().insert_header(("content-type", OPEN_METRICS)).body(text))
}
