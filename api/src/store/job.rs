//! One write on its way: what shall be done, what came of it, and who waits for that.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::{StoreError, Tx};
use crate::failure::Failure;

/// How a run ended, as far as its transaction is concerned.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Ran {
    /// Done, or refused before anything was written: the transaction can be committed.
    Well,
    /// Failed, or refused too late: the transaction has to be undone.
    Badly,
    /// As `Badly`, because somebody got in the way: another try may succeed.
    Crossed,
}

/// A job whose answer has any type.
pub(super) trait Job: Send {
    /// Runs it and keeps what came of it.
    fn run<'t>(&'t mut self, tx: &'t Tx) -> BoxFuture<'t, Ran>;

    /// Puts a failure of the database in place of what came of it.
    fn fail(&mut self, cause: StoreError);

    /// Tells whoever waits.
    fn answer(&mut self);
}

/// A job with what came of it.
pub(super) struct Pending<A, J> {
    job: J,
    outcome: Option<Result<A, Failure>>,
    asker: Option<oneshot::Sender<Result<A, Failure>>>,
}

impl<A, J> Pending<A, J> {
    /// A job that has not run, and where its answer will come.
    pub(super) fn new(job: J) -> (Self, oneshot::Receiver<Result<A, Failure>>) {
        let (asker, answer) = oneshot::channel();
        (Self { job, outcome: None, asker: Some(asker) }, answer)
    }
}

impl<A, J> Job for Pending<A, J>
where
    A: Send + 'static,
    J: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<A, Failure>> + Send + Sync + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t Tx) -> BoxFuture<'t, Ran> {
        Box::pin(async move {
            tx.take_wrote();
            let outcome = without_panic(|| (self.job)(tx)).await;
            let ran = match &outcome {
                Ok(_) => Ran::Well,
                Err(failure) if failure.is_refusal() && !tx.take_wrote() => Ran::Well,
                Err(failure) if failure.is_contention() => Ran::Crossed,
                Err(_) => Ran::Badly,
            };
            self.outcome = Some(outcome);
            ran
        })
    }

    fn fail(&mut self, cause: StoreError) {
        self.outcome = Some(Err(cause.into()));
    }

    fn answer(&mut self) {
        if let (Some(asker), Some(outcome)) = (self.asker.take(), self.outcome.take()) {
            // Nobody may be waiting any more; the job was done all the same.
            drop(asker.send(outcome));
        }
    }
}

/// A job that panics fails alone: the writer, and everybody else who waits, must live.
async fn without_panic<'t, A>(
    start: impl FnOnce() -> BoxFuture<'t, Result<A, Failure>>,
) -> Result<A, Failure> {
    let panicked = |_| Err(Failure::Internal("a write panicked".to_owned()));
    match catch_unwind(AssertUnwindSafe(start)) {
        Ok(future) => Guarded(future).await.unwrap_or_else(panicked),
        Err(payload) => panicked(payload),
    }
}

/// A future whose panics are answers.
struct Guarded<'t, A>(BoxFuture<'t, A>);

impl<A> Future for Guarded<'_, A> {
    type Output = std::thread::Result<A>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(context))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => Poll::Ready(Err(payload)),
        }
    }
}
