//! Whether the process lives, and whether it can serve.

use std::time::Duration;

use actix_web::get;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::refusals::Public;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

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
/// Answers 503 while the database is away or the service shuts down. For load balancers.
#[utoipa::path(tag = "service", responses((status = 200, description = "It can serve.", body = HealthView), Public))]
#[get("/readyz")]
pub(super) async fn read_readiness(service: Data<Service>) -> Result<Reply, Problem> {
    if service.stopping.is_cancelled() {
        return Err(Problem::unavailable());
    }
    match tokio::time::timeout(PATIENCE, service.store.ping()).await {
        Ok(Ok(())) => Ok(Reply::ok(&HealthView { status: "ready" })),
        Ok(Err(error)) => {
            tracing::warn!(cause = %error, "not ready");
            Err(Problem::unavailable())
        }
        Err(_elapsed) => Err(Problem::unavailable()),
    }
}
