//! The connections to one database. Those to a server are replaced as a whole once their link is dead, so that
//! nobody waits for answers that will never come and nobody has to restart the process.

use std::future::pending;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::budget::{Budget, budget, too_late};
use super::error::is_lost;

/// Longest wait for the answer to one statement, from when it has its connection. The server itself gives up half a
/// second earlier, so whoever waits longer waits for a server that is gone.
const PATIENCE: Duration = Duration::from_millis(4_500);

/// How long closing may take; connections over a dead link are never given back.
const CLOSING: Duration = Duration::from_secs(2);

tokio::task_local! {
    /// Told when the driver has found a connection for whoever waits.
    static CONNECTION_IS_THERE: Arc<Notify>;
}

/// Says that whoever waits has a connection now; the driver calls it in their task.
pub(super) fn connection_is_there() {
    // Connections that nobody waits for are made too.
    let _nobody = CONNECTION_IS_THERE.try_with(|told| told.notify_one());
}

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
    pub(super) async fn of_file(options: ConnectOptions) -> Result<Self, DbErr> {
        Self::connect(options, false).await
    }

    /// Connects to a server; it must answer this first time.
    pub(super) async fn of_server(options: ConnectOptions) -> Result<Self, DbErr> {
        Self::connect(options, true).await
    }

    async fn connect(options: ConnectOptions, is_shared: bool) -> Result<Self, DbErr> {
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

    /// Waits for one of today's connections, as long as the asker's budget lasts, and for what was asked of it.
    pub(super) async fn answered<T, F: Future<Output = Result<T, DbErr>>>(
        &self,
        asked: impl FnOnce(DatabaseConnection) -> F,
    ) -> Result<T, DbErr> {
        let Live { connections, generation } = self.live();
        let is_there = Arc::new(Notify::new());
        let asked = CONNECTION_IS_THERE.scope(Arc::clone(&is_there), asked(connections));
        self.wait(generation, &is_there, budget(), asked).await
    }

    /// Waits for what was asked of a connection of this generation, as long as the asker's budget lasts.
    pub(super) async fn in_time<T>(
        &self,
        generation: u64,
        asked: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        self.wait(generation, &at_once(), budget(), asked).await
    }

    /// Waits for the end of a transaction, whatever is left to the asker: half an end would say nothing about what is
    /// written, and nothing about the link.
    pub(super) async fn to_its_end<T>(
        &self,
        generation: u64,
        asked: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        self.wait(generation, &at_once(), None, asked).await
    }

    /// If the server does not answer in time, or the link broke, the other connections of that generation are dead
    /// too: what comes later gets new ones. Neither the wait for a free one nor an asker's lack of time says so.
    async fn wait<T>(
        &self,
        generation: u64,
        is_there: &Notify,
        budget: Option<Budget>,
        asked: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        if !self.is_shared {
            return asked.await;
        }
        let since = Instant::now();
        let silence = async {
            is_there.notified().await;
            sleep(PATIENCE).await;
        };
        let spent = async {
            match &budget {
                Some(budget) => sleep(budget.left()).await,
                None => pending().await,
            }
        };
        let answer = tokio::select! {
            biased;
            answer = asked => answer,
            () = silence => Err(gone()),
            () = spent => Err(too_late()),
        };
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

/// For who has a connection already.
fn at_once() -> Notify {
    let is_there = Notify::new();
    is_there.notify_one();
    is_there
}

/// What is said of a server that does not answer.
fn gone() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the server does not answer".to_owned()))
}
