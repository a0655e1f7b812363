//! What the service does without being asked: it wakes campaigns that time changes, takes due messages up, and
//! sends them.
//!
//! A job is a step function, `step(&Service) -> Result<usize, Failure>`, and every one keeps four rules:
//!
//! * **It takes no input.** What is to do is read from rows: a campaign's `next_wake_at`, a notice's `planned_at`,
//!   a delivery's `next_attempt_at`. A wake-up carries nothing, so a lost one loses nothing but a second.
//! * **It is idempotent.** Running it twice, on two machines, or again after it was cut off anywhere, ends the same:
//!   each effect is one transaction that first checks whether it is still to be done. A worker holds a delivery by
//!   a lease; whoever has lost it can no longer say what became of it.
//! * **It runs on timer and on demand.** The [`timetable`] runs every step each second and whenever a command
//!   planned something; the [`sandbox`] clock and the tests call the very same functions by hand. The answer is how
//!   much was done; 0 means that nothing is due.
//! * **One bad row stops nobody.** A campaign that cannot be woken and a mail that cannot be built are logged, by
//!   their ids, and the rest goes on.
//!
//! The order is wake → plan → release → expire → send: a campaign is brought up to now before its messages are judged,
//! everything that is due is taken up before what waits together leaves, and what is of no more use ends before it is
//! sent. Domain time decides what is due and what is still of use; leases,
//! backoff and pauses follow the machine's clock, which a sandbox does not move; where replicas share a database, that
//! of the database.
//!
//! Deliberately absent: a leader, a queue in memory, times of day in code.

pub mod backoff;
pub mod expire;
pub mod housekeeping;
pub mod plan;
pub mod release;
pub mod retry;
pub mod sandbox;
pub mod send;
pub mod timetable;
pub mod wake;

mod enclosed;
mod settle;
mod told;

use std::hash::{BuildHasher as _, Hash, RandomState};

use tokio::sync::Mutex;

use crate::failure::Failure;
use crate::service::Service;

/// Rows that one step takes up at most.
const BATCH: u64 = 100;
/// Passes after which "until nothing is due" gives up: something is due that never gets done.
const PASSES_MAX: usize = 1_000;

/// Keeps rounds of this process apart: the timetable never starts one while another runs, and the sandbox clock
/// moves only between them.
#[derive(Debug, Default)]
pub struct Rounds {
    /// Held while campaigns are woken and messages taken up.
    planning: Mutex<()>,
    /// Held while messages are sent.
    sending: Mutex<()>,
    /// Another order in every process.
    order: RandomState,
}

/// What there is to do, in an order of this process's own where replicas look at the same rows: so they begin at
/// different places and seldom meet.
fn spread<T: Hash>(service: &Service, mut due: Vec<T>) -> Vec<T> {
    if service.store.is_shared() {
        due.sort_by_cached_key(|one| service.rounds.order.hash_one(one));
    }
    due
}

/// Wakes, plans, releases and expires until nothing more is due now; sends nothing. The answer is how much was done.
///
/// # Errors
/// What the database says.
pub async fn plan_all(service: &Service) -> Result<usize, Failure> {
    let mut all = 0;
    for _ in 0..PASSES_MAX {
        let mut done = wake::step(service).await? + plan::step(service).await?;
        if done == 0 {
            done = release::step(service).await? + expire::step(service).await?;
        }
        all += done;
        if done == 0 || service.stopping.is_cancelled() {
            return Ok(all);
        }
    }
    Err(Failure::Internal("the jobs find something due that never gets done".to_owned()))
}

/// Does everything that is due now, sending included. What a mail server turned away for now waits for the
/// machine's clock and is not due.
///
/// # Errors
/// What the database says.
pub async fn run_all(service: &Service) -> Result<usize, Failure> {
    let mut all = 0;
    for _ in 0..PASSES_MAX {
        let done = plan_all(service).await? + send::step(service).await?;
        all += done;
        if done == 0 {
            return Ok(all);
        }
    }
    Err(Failure::Internal("the jobs find something due that never gets done".to_owned()))
}

#[cfg(test)]
mod tests;
