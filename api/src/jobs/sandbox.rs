//! Moves the sandbox clock: forward only, and through every due instant in order, so that three weeks of reminders
//! go out in seconds and each still has the date it would have had.

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::run_all;
use crate::failure::{Conflict, Failure};
use crate::service::Service;
use crate::store::deliveries::waiting;
use crate::store::{campaigns, meta, notices};

/// The name of the fact under which the database keeps where the clock stands; a database that has it is a
/// sandbox's for good.
pub const FACT: &str = "sandbox";

/// Moves domain time to `to` and answers when everything due on the way is done, mails included. A mail that could
/// not be handed over is tried again in real time, like any other.
///
/// # Errors
/// [`Conflict::SandboxBackwards`] if the clock is past `to` already; what the database says, and then the clock
/// stands where it came to.
pub async fn advance(service: &Service, to: Timestamp) -> Result<(), Failure> {
    if !service.clock.is_sandbox() {
        return Err(Failure::Internal("only a sandbox clock is moved".to_owned()));
    }
    // The timetable rests meanwhile: nothing is under way when the clock moves.
    let _planning = service.rounds.planning.lock().await;
    let _sending = service.rounds.sending.lock().await;
    let now = service.clock.now();
    if to < now {
        return Err(Conflict::SandboxBackwards { now }.into());
    }
    run_all(service).await?;
    while let Some(next) = next_due(service).await?.filter(|next| *next <= to) {
        move_to(service, next).await?;
        run_all(service).await?;
    }
    move_to(service, to).await?;
    run_all(service).await?;
    Ok(())
}

/// The next instant at which something is due: a message, one that waits, or a change that time alone makes.
async fn next_due(service: &Service) -> Result<Option<Timestamp>, Failure> {
    let reader = service.store.reader();
    let (message, wake) = (notices::next_due(reader).await?, campaigns::next_wake(reader).await?);
    let waited = waiting::next(reader).await?;
    let now = service.clock.now();
    // What is due now and was not done just before is stuck; its job has said so, and time goes on without it.
    Ok(message.into_iter().chain(wake).chain(waited).filter(|next| now < *next).min())
}

/// Keeps the new reading before anything happens at it, so that a restart never goes back.
async fn move_to(service: &Service, to: Timestamp) -> Result<(), Failure> {
    let reading = to.to_string();
    let keeping = service.store.write(move |tx| {
        let reading = reading.clone();
        async move { meta::set(tx, FACT, &reading).await }.boxed()
    });
    keeping.await?;
    service.clock.move_to(to).map_err(|backwards| Conflict::SandboxBackwards { now: backwards.now }.into())
}
