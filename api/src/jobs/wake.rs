//! Wakes campaigns that time alone has changed: evidence that got too old, an end that has passed. What changed is
//! written through the one door, with its events and messages.

use super::{BATCH, spread};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::campaigns;
use crate::workflow;

/// Brings due campaigns up to now; the answer is how many.
///
/// # Errors
/// What the database says while it is asked who is due.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let due = campaigns::due_to_wake(service.store.reader(), service.clock.now(), BATCH).await?;
    let mut woken = 0;
    for (org, id) in spread(service, due) {
        match workflow::catch_up(service, org, id).await {
            Ok(()) => woken += 1,
            Err(failure) => tracing::error!(%org, campaign = %id, %failure, "a campaign could not be woken"),
        }
    }
    Ok(woken)
}
