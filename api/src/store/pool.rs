//! The connections to one database. Those to a server are replaced as a whole once their link is dead, so that
//! nobody waits for answers that will never come and nobody has to restart the process.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use sea_orm::ConnAcquireErr::Timeout;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};

use super::StoreError;
use super::budget::budget;
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
    /// How to connect anew.
    again: ConnectOptions,
    /// Whether they lead to a server, over a link that can die.
    is_shared: bool,
}

#[derive(Clone, Debug)]
struct Live {
    connections: DatabaseConnection,
    /// Counts replacements.
    generation: u64,
}

impl Pool {
    /// Opens a file.
    pub(super) async fn of_file(options: ConnectOptions) -> Result<Self, StoreError> {
        Self::connect(options, false).await
    }

    /// Connects to a server; it must answer this first time.
    pub(super) async fn of_server(options: ConnectOptions) -> Result<Self, StoreError> {
        Self::connect(options, true).await
    }

    async fn connect(options: ConnectOptions, is_shared: bool) -> Result<Self, StoreError> {
        let connections = Database::connect(options.clone()).await?;
        Ok(Self { live: RwLock::new(Live { connections, generation: 0 }), again: options, is_shared })
    }

    /// Today's connections.
    pub(super) fn connections(&self) -> DatabaseConnection {
        self.live().connections
    }

    /// Whether the database is a server, which others may use beside us.
    pub(super) const fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Waits for what was asked of today's connections.
    pub(super) async fn answered<T, F: Future<Output = Result<T, DbErr>>>(
        &self,
        asked: impl FnOnce(DatabaseConnection) -> F,
    ) -> Result<T, DbErr> {
        let Live { connections, generation } = self.live();
        self.in_time(generation, asked(connections)).await
    }

    /// Waits for what was asked of the connections of a generation, as long as the asker's budget lasts. If the server does not answer in time, or the
    /// link broke, the others of that generation are dead too: what comes later gets new ones.
    pub(super) async fn in_time<T>(
        &self,
        generation: u64,
        asked: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        if !self.is_shared {
            return asked.await;
        }
        let (since, budget) = (Instant::now(), budget());
        let left = budget.as_ref().map_or(PATIENCE, |budget| budget.left().min(PATIENCE));
        // Who waited for others before has less time left, which says nothing about the link.
        let too_late = || if left == PATIENCE { gone() } else { DbErr::ConnectionAcquire(Timeout) };
        let answer = tokio::time::timeout(left, asked).await.unwrap_or_else(|_elapsed| Err(too_late()));
        if let Some(budget) = budget {
            budget.spend(since.elapsed());
        }
        if answer.as_ref().is_err_and(is_lost) {
            self.replace(generation).await;
        }
        answer
    }

    /// Gives the connections of a generation up: what comes later gets new ones.
    pub(super) async fn replace(&self, generation: u64) {
        let options = self.again.clone().connect_lazy(true).to_owned();
        match Database::connect(options).await {
            Ok(connections) => {
                let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
                if live.generation == generation {
                    *live = Live { connections, generation: generation + 1 };
                    tracing::warn!("the connections to the database are replaced");
                }
            }
            Err(cause) => tracing::error!(%cause, "the connections to the database cannot be replaced"),
        }
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

    fn live(&self) -> Live {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What is said of a server that does not answer.
fn gone() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the server does not answer".to_owned()))
}
