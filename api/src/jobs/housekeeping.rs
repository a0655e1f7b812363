//! Forgets what is kept for a time only, and catches up with what replicas of an earlier release do not write.

use futures_util::FutureExt as _;
use jiff::SignedDuration;

use crate::failure::Failure;
use crate::service::Service;
use crate::store::{confirmations, idempotency};
use crate::workflow;

/// How long the answer to an `Idempotency-Key` is kept (design: 24 h), and that a code was asked for.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Rows purged in one transaction.
const BATCH: u64 = 1_000;

/// Purges old answers and codes, writes missing claims, and plans what is told of keys that stop to work soon; the answer is
/// how many of the first two. Answers and codes age in real time,
/// since it is clients and people outside who send them.
///
/// # Errors
/// What the database says.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let real_now = service.clock.real_now();
    let before = real_now.saturating_sub(KEPT).unwrap_or(real_now);
    let mut all = workflow::catch_up_claims(service).await?;
    workflow::office::catch_up(service).await?;
    while !service.stopping.is_cancelled() {
        let purging = service.store.write(move |tx| {
            async move {
                let answers = idempotency::purge(tx, before, BATCH).await?;
                Ok((answers, confirmations::purge(tx, before, BATCH).await?))
            }
            .boxed()
        });
        let (answers, codes) = purging.await?;
        all += usize::try_from(answers + codes).unwrap_or(usize::MAX);
        if answers.max(codes) < BATCH {
            break;
        }
    }
    Ok(all)
}
