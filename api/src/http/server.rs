//! The HTTP server: addresses, deadlines, and its end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::web::Data;

use crate::service::Service;

/// How long the head of a request may take to arrive.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept; longer than proxies keep theirs, so that they close first.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long running requests may take to end after the order to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 20;

/// Serves until the process is told to stop (SIGTERM, SIGINT), and ends running requests first.
///
/// # Errors
/// The address cannot be listened on.
pub async fn serve(service: Arc<Service>) -> io::Result<()> {
    listen(service)?.await
}

fn listen(service: Arc<Service>) -> io::Result<Server> {
    let address = service.settings.listen.clone();
    let workers = service.settings.workers;
    let service = Data::from(service);
    let server = HttpServer::new(move || super::app(service.clone()))
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(SHUTDOWN_SECONDS);
    let server = match workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    let server = server.bind(&address)?;
    for address in server.addrs() {
        tracing::info!(%address, "listening on http://{address}");
    }
    Ok(server.run())
}
