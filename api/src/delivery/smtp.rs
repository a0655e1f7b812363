//! Handing mails to a mail server. Connections are kept here and not by the library's pool: its transport has no
//! time limit once connected, and puts a connection back after a send was cut off, where the next mail would take
//! the late answer to the last one for its own.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use lettre::message::Message;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio_util::sync::CancellationToken;

use super::outcome::{Fault, Phase};
use crate::settings::{SmtpServer, Transport};

/// How long connecting and handing over may take together.
const SEND_WITHIN: Duration = Duration::from_secs(30);
/// How long a kept connection may take to say that it lives, or to say goodbye.
const COURTESY: Duration = Duration::from_secs(3);
/// How long a connection is kept unused; most servers hang up after a minute or more.
const KEPT_FOR: Duration = Duration::from_secs(20);
/// Connections kept at most.
const KEPT_MAX: usize = 8;

/// A mail server that cannot be used as it was configured.
#[derive(Copy, Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// Anybody on the way could read the password.
    #[error("smtp_url: a password goes only over smtps:// or smtp+starttls://, or to this machine itself")]
    PasswordInPlainText,
}

/// A mail server with the connections to it that wait for the next mail.
#[derive(Debug)]
pub struct Smtp {
    server: SmtpServer,
    hello: ClientId,
    kept: Mutex<Vec<Kept>>,
    /// Cancelled when the process ends.
    ending: CancellationToken,
}

struct Kept {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("since", &self.since).finish_non_exhaustive()
    }
}

impl Smtp {
    /// The mail server of the settings; nothing is connected yet.
    ///
    /// # Errors
    /// Credentials that would go over a foreign network in plain text.
    pub fn new(server: SmtpServer) -> Result<Self, SmtpError> {
        let local = is_loopback(bare(&server.host));
        if server.transport == Transport::Plain && server.credentials.is_some() && !local {
            return Err(SmtpError::PasswordInPlainText);
        }
        Ok(Self {
            server,
            hello: ClientId::default(),
            kept: Mutex::default(),
            ending: CancellationToken::new(),
        })
    }

    /// Hands one message over; dropped when it takes too long, with its connection.
    pub(super) async fn hand_over(&self, message: &Message) -> Result<(), Fault> {
        let handing = async {
            let mut connection = match self.living().await {
                Some(connection) => connection,
                None => tokio::select! {
                    biased;
                    // A mail server that has not let us in has got nothing from us yet.
                    () = self.ending.cancelled() => return Err(Fault::not_begun()),
                    opened = self.open() => opened?,
                },
            };
            let sent = connection.send(message.envelope(), &message.formatted()).await;
            match sent {
                Ok(_) => {
                    self.keep(connection);
                    Ok(())
                }
                Err(error) => Err(Fault::of(Phase::Handing, &error)),
            }
        };
        let late = |_| Fault::network(format!("the mail server took more than {} s", SEND_WITHIN.as_secs()));
        tokio::time::timeout(SEND_WITHIN, handing).await.map_err(late)?
    }

    /// A kept connection that still answers.
    async fn living(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let Kept { mut connection, since } = self.lock().pop()?;
            if since.elapsed() > KEPT_FOR {
                dismiss(connection);
            } else if tokio::time::timeout(COURTESY, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, Fault> {
        let fault = |error| Fault::of(Phase::Opening, &error);
        let SmtpServer { transport, host, port, credentials } = &self.server;
        let host = bare(host);
        let tls = || TlsParameters::new(host.to_owned()).map_err(fault);
        let from_the_start = match transport {
            Transport::Tls => Some(tls()?),
            Transport::Plain | Transport::StartTls => None,
        };
        let connecting =
            AsyncSmtpConnection::connect_tokio1((host, *port), None, &self.hello, from_the_start, None);
        let mut connection = connecting.await.map_err(fault)?;
        if *transport == Transport::StartTls {
            connection.starttls(tls()?, &self.hello).await.map_err(fault)?;
        }
        if let Some((user, password)) = credentials {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, &credentials).await.map_err(fault)?;
        }
        Ok(connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.lock();
        if connection.has_broken() || kept.len() >= KEPT_MAX {
            drop(kept);
            dismiss(connection);
        } else {
            kept.push(Kept { connection, since: Instant::now() });
        }
    }

    /// Gives up what waits for the mail server to let us in, and opens nothing more.
    pub(super) fn end(&self) {
        self.ending.cancel();
    }

    /// Says goodbye on every kept connection, at the end.
    pub(super) fn close(&self) {
        for Kept { connection, .. } in self.lock().drain(..) {
            dismiss(connection);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        // Nothing can go wrong halfway while the list is held.
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Says goodbye without waiting for it.
fn dismiss(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move {
        // Whether the server answers does not matter any more.
        drop(tokio::time::timeout(COURTESY, connection.abort()).await);
    });
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;
