//! The orderly end, within one deadline: `/readyz` says so at once, whoever asks it gets time to send elsewhere, then
//! requests end; meanwhile jobs begin nothing and messages under way end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use actix_server::Server;
use tokio::signal::unix::{SignalKind, signal};

use crate::jobs::timetable::Timetable;
use crate::service::Service;

/// From the signal until everything must have ended. A message has 30 s, and what came of it must be written.
const WITHIN: Duration = Duration::from_secs(32);

/// What told the process to end.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Told {
    /// SIGTERM: a supervisor, perhaps behind a proxy that asks `/readyz`.
    Terminate,
    /// SIGINT: somebody at the keyboard, who wants no delay.
    Interrupt,
}

/// Serves and works until the process is told to end, and ends both.
///
/// # Errors
/// The server ended by itself, or signals cannot be listened to.
pub async fn serve_until_told(service: Arc<Service>, server: Server, jobs: Timetable) -> io::Result<()> {
    let handle = server.handle();
    let mut serving = actix_web::rt::spawn(server);
    let told = tokio::select! {
        told = told() => told,
        served = &mut serving => Err(served.map_or_else(io::Error::other, |served| {
            served.err().unwrap_or_else(|| io::Error::other("the server ended by itself"))
        })),
    };
    service.stopping.cancel();
    let drain = match told {
        Ok(Told::Terminate) => service.settings.drain,
        Ok(Told::Interrupt) | Err(_) => Duration::ZERO,
    };
    tracing::info!(?told, seconds = drain.as_secs(), "ending; serving on for a moment");
    let requests = async {
        tokio::time::sleep(drain).await;
        handle.stop(true).await;
        tracing::info!("no more requests");
    };
    let jobs = async {
        jobs.stop().await;
        tracing::info!("no more jobs");
    };
    let all = tokio::time::timeout(WITHIN, futures_util::future::join(requests, jobs)).await;
    if all.is_err() {
        tracing::warn!("what did not end in time is cut off; messages among it are tried again later");
    }
    told.map(drop)
}

async fn told() -> io::Result<Told> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(tokio::select! {
        _ = terminate.recv() => Told::Terminate,
        _ = interrupt.recv() => Told::Interrupt,
    })
}
