//! The connections to one database. Those to a server are replaced as a whole once their link is dead, so that
//! nobody waits for answers that will never come and nobody has to restart the process.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};

use super::StoreError;
use super::error::is_lost;

/// Longest wait for the answer to one statement. The server itself gives up half a second earlier, so whoever
/// waits longer waits for a server that is gone.
const PATIENCE: Duration = Duration::from_millis(4_500);

/// How long closing may take; connections over a dead link are never given back.
const CLOSING: Duration = Duration::from_secs(2);

/// Connections of one kind.
#[derive(Debug)]
pub(super) struct Pool {
    live: RwLock<Live>,
    /// How to connect anew; `None` for a file, whose link cannot die.
    again: Option<ConnectOptions>,
}

#[derive(Clone, Debug)]
struct Live {
    connections: DatabaseConnection,
    /// Counts replacements.
    generation: u64,
}

impl Pool {
    /// Connections that stay.
    pub(super) fn of_file(connections: DatabaseConnection) -> Self {
        Self { live: RwLock::new(Live { connections, generation: 0 }), again: None }
    }

    /// Connects to a server; it must answer this first time.
    pub(super) async fn of_server(options: ConnectOptions) -> Result<Self, StoreError> {
        let connections = Database::connect(options.clone()).await?;
        Ok(Self { live: RwLock::new(Live { connections, generation: 0 }), again: Some(options) })
    }

    /// Today's connections.
    pub(super) fn connections(&self) -> DatabaseConnection {
        self.live().connections
    }

    /// Whether the database is a server, which others may use beside us.
    pub(super) const fn is_shared(&self) -> bool {
        self.again.is_some()
    }

    /// Waits for what was asked of today's connections.
    pub(super) async fn answered<T, F: Future<Output = Result<T, DbErr>>>(
        &self,
        asked: impl FnOnce(DatabaseConnection) -> F,
    ) -> Result<T, DbErr> {
        let Live { connections, generation } = self.live();
        self.in_time(generation, asked(connections)).await
    }

    /// Waits for what was asked of the connections of a generation. If the server does not answer in time, or the
    /// link broke, the others of that generation are dead too: what comes later gets new ones.
    pub(super) async fn in_time<T>(
        &self,
        generation: u64,
        asked: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let Some(options) = &self.again else { return asked.await };
        let answer = tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_elapsed| Err(gone()));
        if answer.as_ref().is_err_and(is_lost) {
            self.replace(generation, options).await;
        }
        answer
    }

    /// Which replacement today's connections are.
    pub(super) fn generation(&self) -> u64 {
        self.live().generation
    }

    /// Closes the connections; those that do not come back are left to the system.
    pub(super) async fn close(&self) {
        let connections = self.connections();
        match tokio::time::timeout(CLOSING, connections.close_by_ref()).await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(%cause, "the database did not close cleanly"),
            Err(_elapsed) => tracing::warn!("some connections to the database did not come back"),
        }
    }

    async fn replace(&self, generation: u64, options: &ConnectOptions) {
        let options = options.clone().connect_lazy(true).to_owned();
        match Database::connect(options).await {
            Ok(connections) => {
                let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
                if live.generation == generation {
                    *live = Live { connections, generation: generation + 1 };
                    tracing::warn!("the database does not answer; its connections are replaced");
                }
            }
            Err(cause) => tracing::error!(%cause, "the connections to the database cannot be replaced"),
        }
    }

    fn live(&self) -> Live {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is said of a server that does not answer.
fn gone() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the server does not answer".to_owned()))
}
