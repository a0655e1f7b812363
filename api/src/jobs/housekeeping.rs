//! Forgets what is kept for a time only.

use futures_util::FutureExt as _;
use jiff::SignedDuration;

use crate::failure::Failure;
use crate::service::Service;
use crate::store::idempotency;

/// How long the answer to an `Idempotency-Key` is kept (design: 24 h).
const ANSWERS_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Purges old answers; the answer is how many. They age in real time, since it is clients who repeat requests.
///
/// # Errors
/// What the database says.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let real_now = service.clock.real_now();
    let before = real_now.saturating_sub(ANSWERS_KEPT).unwrap_or(real_now);
    let purging = service.store.write(move |tx| async move { idempotency::purge(tx, before).await }.boxed());
    Ok(usize::try_from(purging.await?).unwrap_or(usize::MAX))
}
