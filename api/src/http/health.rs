//! Whether the process lives, and whether it can serve.

use actix_web::get;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::refusals::Public;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;

/// The state of the process.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// `live` or `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
}

/// Whether the process lives.
///
/// Answers as long as the process can answer at all. For supervisors that restart what hangs.
#[utoipa::path(tag = "service", responses((status = 200, description = "It lives.", body = HealthView), Public))]
#[get("/livez")]
pub(super) async fn read_liveness() -> Reply {
    Reply::ok(&HealthView { status: "live" })
}

/// Whether the service can serve.
///
/// Answers 503 while the database is away or the service shuts down. For load balancers. The database is asked once a
/// second at most.
#[utoipa::path(tag = "service", responses((status = 200, description = "It can serve.", body = HealthView), Public))]
#[get("/readyz")]
pub(super) async fn read_readiness(service: Data<Service>) -> Result<Reply, Problem> {
    if service.stopping.is_cancelled() {
        return Err(Problem::unavailable());
    }
    match service.is_reached.or(is_reached(&service)).await {
        Some(true) => Ok(Reply::ok(&HealthView { status: "ready" })),
        Some(false) | None => Err(Problem::unavailable()),
    }
}

async fn is_reached(service: &Service) -> bool {
    let answer = service.store.ping().await;
    if let Err(cause) = &answer {
        tracing::warn!(%cause, "not ready");
    }
    answer.is_ok()
}
