//! When jobs run: each second and on demand. tokio-cron-scheduler is the wake-up and nothing more; what is due
//! stands in rows, so a tick that comes late or twice does no harm.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{housekeeping, plan_all, send};
use crate::failure::Failure;
use crate::service::Service;

/// How often jobs look at the rows without being asked.
const TICK: Duration = Duration::from_secs(1);
/// How often what is kept for a time only is looked through.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(600);

/// The jobs of a running service.
pub struct Timetable {
    service: Arc<Service>,
    scheduler: JobScheduler,
    loops: TaskTracker,
}

/// Starts the jobs of this process. They begin new work until the service is stopping.
///
/// # Errors
/// The scheduler cannot start.
pub async fn start(service: Arc<Service>) -> Result<Timetable, JobSchedulerError> {
    let (planned, loops) = (Arc::new(Notify::new()), TaskTracker::new());
    loops.spawn(planning(Arc::clone(&service), Arc::clone(&planned)));
    loops.spawn(sending(Arc::clone(&service), planned));
    let scheduler = JobScheduler::new().await?;
    let ticked = Arc::clone(&service);
    let tick = Job::new_repeated_async(TICK, move |_, _| {
        let service = Arc::clone(&ticked);
        Box::pin(async move { service.nudge.notify_one() })
    })?;
    scheduler.add(tick).await?;
    scheduler.start().await?;
    // What fell due while nothing ran is looked for at once.
    service.nudge.notify_one();
    Ok(Timetable { service, scheduler, loops })
}

impl Timetable {
    /// Returns when what was under way has ended. Once the service is stopping, nothing new is begun.
    pub async fn stop(mut self) {
        self.service.stopping.cancel();
        self.service.mailer.end();
        if let Err(cause) = self.scheduler.shutdown().await {
            tracing::warn!(%cause, "the scheduler did not stop cleanly");
        }
        self.loops.close();
        self.loops.wait().await;
        self.service.mailer.close();
    }
}

/// Wakes, plans and expires at every nudge, then passes the nudge on to the sending.
async fn planning(service: Arc<Service>, planned: Arc<Notify>) {
    let mut kept_house_at: Option<Instant> = None;
    while woken(&service.nudge, &service.stopping).await {
        let keeps_house = kept_house_at.is_none_or(|at| at.elapsed() >= HOUSEKEEPING_EVERY);
        if keeps_house {
            kept_house_at = Some(Instant::now());
        }
        let own = Arc::clone(&service);
        round("planning", async move {
            // Somebody moves the sandbox clock, and does all of this himself.
            let Ok(_round) = own.rounds.planning.try_lock() else { return Ok(0) };
            let done = plan_all(&own).await?;
            Ok(if keeps_house { done + housekeeping::step(&own).await? } else { done })
        })
        .await;
        planned.notify_one();
    }
}

/// Sends whatever waits, apart from the planning, so that a slow mail server holds up nothing else.
async fn sending(service: Arc<Service>, planned: Arc<Notify>) {
    while woken(&planned, &service.stopping).await {
        let own = Arc::clone(&service);
        round("sending", async move {
            let Ok(_round) = own.rounds.sending.try_lock() else { return Ok(0) };
            send::until_stopped(&own, &own.stopping).await
        })
        .await;
    }
}

/// Waits for the next nudge; false when it is time to stop.
async fn woken(nudge: &Notify, stop: &CancellationToken) -> bool {
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = nudge.notified() => true,
    }
}

/// Runs one round in a task of its own, so that even a panic ends that round only.
async fn round(kind: &'static str, work: impl Future<Output = Result<usize, Failure>> + Send + 'static) {
    match tokio::spawn(work).await {
        Ok(Ok(0)) => {}
        Ok(Ok(done)) => tracing::debug!(kind, done, "a round of jobs is done"),
        Ok(Err(failure)) => {
            tracing::error!(kind, %failure, "a round of jobs failed; the next one tries again")
        }
        Err(cause) => tracing::error!(kind, %cause, "a round of jobs broke off"),
    }
}
