//! How a write gets done: jobs queue for the one writer of SQLite and share a transaction, or run alone on
//! PostgreSQL. Everybody is answered after the commit, never before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::budget::{budget, is_spent, spending, too_late};
use super::job::{Job, Pending, Ran};
use super::pool::Pool;
use super::{StoreError, Tx};
use crate::failure::Failure;

/// Jobs that may share one transaction.
const BATCH: usize = 64;

/// Jobs that may wait; at thousands of writes a second the last of them waits well under a second.
const WAITING: usize = 1024;

/// Tries of one job while others get in its way.
const TRIES: u32 = 6;

/// How long a job steps aside for whoever got in its way; the double before each further try.
const ASIDE: Duration = Duration::from_millis(5);

/// The way to the one writer of a SQLite file.
#[derive(Debug)]
pub(super) struct Queue {
    jobs: mpsc::Sender<Box<dyn Job>>,
    closing: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
    pool: Arc<Pool>,
}

impl Queue {
    /// Starts the writer on its one connection.
    pub(super) fn start(pool: Arc<Pool>) -> Self {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let closing = CancellationToken::new();
        let task = tokio::spawn(run(Arc::clone(&pool), waiting, closing.clone()));
        Self { jobs, closing, task: Mutex::new(Some(task)), pool }
    }

    pub(super) const fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// How many jobs wait.
    pub(super) fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
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

/// Writes side by side, each in a transaction of its own.
#[derive(Debug)]
pub(super) struct Crowd {
    pool: Arc<Pool>,
    under_way: TaskTracker,
}

impl Crowd {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self { pool, under_way: TaskTracker::new() }
    }

    pub(super) const fn pool(&self) -> &Arc<Pool> {
        &self.pool
    }

    /// Runs a job in a task that outlives whoever waits for it.
    pub(super) async fn write<A: Send + 'static>(
        &self,
        job: impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<A, Failure>> + Send + Sync + 'static,
    ) -> Result<A, Failure> {
        if self.under_way.is_closed() {
            return Err(StoreError::Closed.into());
        }
        let ((mut pending, answer), pool) = (Pending::new(job), Arc::clone(&self.pool));
        self.under_way.spawn(spending(budget(), async move {
            alone(&pool, &mut pending).await;
            pending.answer();
        }));
        answer.await.unwrap_or(Err(StoreError::Closed.into()))
    }

    /// Takes no more jobs and waits until those that were taken are done.
    pub(super) async fn drain(&self) {
        self.under_way.close();
        self.under_way.wait().await;
    }
}

async fn run(pool: Arc<Pool>, mut waiting: mpsc::Receiver<Box<dyn Job>>, closing: CancellationToken) {
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
                together(&pool, &mut batch).await;
                batch.clear();
            }
        }
    }
}

/// Runs a batch in one transaction; if that cannot be kept, each job runs again alone.
async fn together(pool: &Arc<Pool>, batch: &mut [Box<dyn Job>]) {
    match share(pool, batch).await {
        Ok(true) => {}
        Ok(false) => {
            for job in batch.iter_mut() {
                alone(pool, job.as_mut()).await;
            }
        }
        // Whether a commit that failed took effect cannot be known, so nothing runs again.
        Err(cause) => batch.iter_mut().for_each(|job| job.fail(cause.clone())),
    }
    batch.iter_mut().for_each(|job| job.answer());
}

/// Whether the batch was committed as a whole; if not, nothing of it was written.
async fn share(pool: &Arc<Pool>, batch: &mut [Box<dyn Job>]) -> Result<bool, StoreError> {
    let tx = Tx::begin(pool).await?;
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
async fn alone(pool: &Arc<Pool>, job: &mut dyn Job) {
    for tries in 0..TRIES {
        if tries > 0 {
            tokio::time::sleep(ASIDE * 2_u32.pow(tries)).await;
        }
        match attempt(pool, job).await {
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

/// Runs one job in its own transaction. Nobody waits for the end of one that is undone anyway, since the server may
/// still be busy with it; and none is committed for an asker who is told already that it is too late.
async fn attempt(pool: &Arc<Pool>, job: &mut dyn Job) -> Result<Ran, StoreError> {
    let tx = Tx::begin(pool).await?;
    let mut ran = job.run(&tx).await;
    if ran == Ran::Well && is_spent() {
        job.fail(too_late().into());
        ran = Ran::Badly;
    }
    match ran {
        Ran::Well => tx.commit().await?,
        Ran::Crossed => tx.undo().await,
        Ran::Badly => {
            job.answer();
            tx.undo().await;
        }
    }
    Ok(ran)
}
