//! The HTTP server: addresses, limits, deadlines. When it ends is decided in [`crate::shutdown`].

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request};
use actix_server::{GracefulShutdownSignal, Server};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::Error;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use socket2::{Domain, Socket, Type};

use super::connection::Connection;
use crate::service::Service;

/// How long the head of a request may take to arrive.
pub(super) const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// How long an idle connection is kept; longer than proxies keep theirs, so that they close first.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests under way may take to end: a body, which has 15 s, and its answer.
const ENDING: Duration = Duration::from_secs(20);
/// Connections the system holds until they are accepted; it may hold fewer.
const BACKLOG: i32 = 4096;
/// Files that are open beside connections: database, log, mail.
const OTHER_FILES: usize = 128;

/// Listens where the settings say. The server runs once it is awaited, and ends when its handle is told so.
///
/// # Errors
/// The address cannot be listened on.
pub fn listen(service: Arc<Service>) -> io::Result<Server> {
    let one_a_core = || std::thread::available_parallelism().map_or(1, NonZero::get);
    let workers = service.settings.workers.unwrap_or_else(one_a_core);
    let connections = connections(service.settings.max_connections);
    let mut builder = Server::build()
        .disable_signals()
        .workers(workers)
        .shutdown_timeout(ENDING.as_secs())
        .max_concurrent_connections(connections.div_ceil(workers));
    let ending = builder.graceful_shutdown_signal();
    let addresses = service.settings.listen.to_socket_addrs()?;
    let service = Data::from(service);
    for address in addresses {
        let listener = listener(address)?;
        tracing::info!("listening on http://{}", listener.local_addr()?);
        let (service, ending) = (service.clone(), ending.clone());
        builder = builder.listen("http", listener, move || connected(service.clone(), ending.clone()))?;
    }
    Ok(builder.run())
}

/// Serves one connection after another with an application of its own.
fn connected(
    service: Data<Service>,
    ending: GracefulShutdownSignal,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> {
    let app = IntoServiceFactory::<_, Request>::into_factory(super::app(service));
    let app = app.map_err(|error: Error| error.error_response());
    let ended = move || {
        let ending = ending.clone();
        async move { ending.notified().await }
    };
    let http = HttpService::build()
        .graceful_shutdown_signal(ended)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_DEADLINE)
        .on_connect_ext(|connection: &Connection, connected| connection.introduce(connected))
        .finish(map_config(app, |()| AppConfig::default()));
    fn_service(|stream: TcpStream| async move {
        let peer = stream.peer_addr().ok();
        Ok((Connection::of(stream), Protocol::Http1, peer))
    })
    .and_then(http)
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // Connections of the process before may still be in their last minute.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// How many connections there can be: as many as wanted, or as the system lets this process open.
fn connections(wanted: usize) -> usize {
    let files = u64::try_from(wanted.saturating_add(OTHER_FILES)).unwrap_or(u64::MAX);
    let may = rlimit::increase_nofile_limit(files).map_or(wanted, |files| {
        usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(OTHER_FILES).max(1)
    });
    if may < wanted {
        tracing::warn!(wanted, may, "the system's limit of open files allows fewer connections than set");
    }
    may.min(wanted)
}
