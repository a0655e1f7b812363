//! How a write gets done: jobs queue for the one writer of SQLite and share a transaction, or run alone on
//! PostgreSQL. Everybody is answered after the commit, never before.

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use sea_orm::DatabaseConnection;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::job::{Job, Pending, Ran};
use super::{StoreError, Tx};
use crate::failure::Failure;

/// Jobs that may share one transaction.
const BATCH: usize = 64;

/// Jobs that may wait; at thousands of writes a second the last of them waits well under a second.
const WAITING: usize = 1024;

/// Tries of one job while others get in its way.
const TRIES: u32 = 5;

/// The way to the one writer of a SQLite file.
#[derive(Debug)]
pub(super) struct Queue {
    jobs: mpsc::Sender<Box<dyn Job>>,
    closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
    connection: DatabaseConnection,
}

impl Queue {
    /// Starts the writer on its connection.
    pub(super) fn start(connection: DatabaseConnection) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let closing = CancellationToken::new();
        let task = tokio::spawn(run(connection.clone(), waiting, closing.clone()));
        Self { jobs, closing, task: Mutex::new(Some(task)), connection }
    }

    pub(super) const fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Queues a job and waits for its commit.
    pub(super) async fn write<A: Send + 'static>(
        &self,
        job: impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<A, Failure>> + Send + Sync + 'static,
    ) -> Result<A, Failure> {
        let (pending, answer) = Pending::new(job);
        self.jobs.try_send(Box::new(pending)).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed.into()))
    }

    /// Takes no more jobs and waits until those that were taken are done.
    pub(super) async fn drain(&self) {
        self.closing.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(task) = task else { return };
        if let Err(cause) = task.await {
            tracing::error!(%cause, "the writer ended badly");
        }
    }
}

/// Runs a job in a transaction of its own, in a task that outlives whoever waits for it.
pub(super) async fn write_alone<A: Send + 'static>(
    connection: DatabaseConnection,
    job: impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<A, Failure>> + Send + Sync + 'static,
) -> Result<A, Failure> {
    let (mut pending, answer) = Pending::new(job);
    tokio::spawn(async move {
        alone(&connection, &mut pending).await;
        pending.answer();
    });
    answer.await.unwrap_or(Err(StoreError::Closed.into()))
}

async fn run(
    connection: DatabaseConnection,
    mut waiting: mpsc::Receiver<Box<dyn Job>>,
    closing: CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut open = true;
    loop {
        tokio::select! {
            biased;
            () = closing.cancelled(), if open => {
                waiting.close();
                open = false;
            }
            taken = waiting.recv_many(&mut batch, BATCH) => {
                if taken == 0 {
                    return;
                }
                together(&connection, &mut batch).await;
                batch.clear();
            }
        }
    }
}

/// Runs a batch in one transaction; if that cannot be kept, each job runs again alone.
async fn together(connection: &DatabaseConnection, batch: &mut [Box<dyn Job>]) {
    match share(connection, batch).await {
        Ok(true) => {}
        Ok(false) => {
            for job in batch.iter_mut() {
                alone(connection, job.as_mut()).await;
            }
        }
        // Whether a commit that failed took effect cannot be known, so nothing runs again.
        Err(cause) => batch.iter_mut().for_each(|job| job.fail(cause.clone())),
    }
    batch.iter_mut().for_each(|job| job.answer());
}

/// Whether the batch was committed as a whole; if not, nothing of it was written.
async fn share(connection: &DatabaseConnection, batch: &mut [Box<dyn Job>]) -> Result<bool, StoreError> {
    let tx = Tx::begin(connection).await?;
    for job in batch {
        if job.run(&tx).await != Ran::Well {
            tx.undo().await;
            return Ok(false);
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Runs one job in its own transaction, again while others get in its way.
async fn alone(connection: &DatabaseConnection, job: &mut dyn Job) {
    for _ in 0..TRIES {
        match attempt(connection, job).await {
            Ok(Ran::Well | Ran::Badly) => return,
            Ok(Ran::Crossed) => {}
            Err(cause) => {
                let crossed = cause.is_contention();
                job.fail(cause);
                if !crossed {
                    return;
                }
            }
        }
    }
}

async fn attempt(connection: &DatabaseConnection, job: &mut dyn Job) -> Result<Ran, StoreError> {
    let tx = Tx::begin(connection).await?;
    let ran = job.run(&tx).await;
    match ran {
        Ran::Well => tx.commit().await?,
        Ran::Badly | Ran::Crossed => tx.undo().await,
    }
    Ok(ran)
}
