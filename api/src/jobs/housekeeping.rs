//! Forgets what is kept for a time only, and catches up with what replicas of an earlier release do not write.

use futures_util::FutureExt as _;
use jiff::SignedDuration;

use crate::failure::Failure;
use crate::service::Service;
use crate::store::idempotency;
use crate::workflow;

/// How long the answer to an `Idempotency-Key` is kept (design: 24 h).
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Answers purged in one transaction.
const BATCH: u64 = 1_000;

/// Purges old answers and writes missing claims; the answer is how many. Answers age in real time, since it is clients
/// who repeat requests.
///
/// # Errors
/// What the database says.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let real_now = service.clock.real_now();
    let before = real_now.saturating_sub(ANSWERS_KEPT).unwrap_or(real_now);
    let mut all = workflow::catch_up_claims(service).await?;
    while !service.stopping.is_cancelled() {
        let purging =
            service.store.write(move |tx| async move { idempotency::purge(tx, before, BATCH).await }.boxed());
        let purged = purging.await?;
        all += usize::try_from(purged).unwrap_or(usize::MAX);
        if purged < BATCH {
            break;
        }
    }
    Ok(all)
}
