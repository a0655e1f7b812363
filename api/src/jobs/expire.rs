//! Ends messages that are still on their way though their useful time is over, so that the ledger says so at once
//! and not when the next attempt would have been made.

use domain::ids::OrganizationId;
use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::{BATCH, settle};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::deliveries::{self, DeliveryStatus};
use crate::store::{NoticeId, Tx, notices};

/// Ends overtaken messages; the answer is how many. One with a delivery under way waits for its end.
///
/// # Errors
/// What the database says.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let now = service.clock.now();
    let mut ended = 0;
    for (org, notice) in notices::overtaken(service.store.reader(), now, BATCH).await? {
        let done = service.store.write(move |tx| async move { end(tx, org, notice, now).await }.boxed());
        ended += usize::from(done.await?);
    }
    Ok(ended)
}

async fn end(tx: &Tx, org: OrganizationId, notice: NoticeId, now: Timestamp) -> Result<bool, Failure> {
    notices::hold(tx, org, notice).await?;
    let made = deliveries::of_notice(tx, org, notice).await?;
    let mut waiting = made.iter().filter(|delivery| delivery.status == DeliveryStatus::Pending);
    if let Some(first) = waiting.next() {
        let hindered = waiting.find_map(|delivery| delivery.last_error.as_deref());
        let why = settle::expired(first.last_error.as_deref().or(hindered));
        deliveries::skip_pending(tx, org, notice, &why).await?;
        for delivery in made.iter().filter(|delivery| delivery.status == DeliveryStatus::Pending) {
            settle::lost(tx, org, delivery, DeliveryStatus::Skipped, &why, now).await?;
        }
    }
    settle::if_done(tx, org, notice, now).await
}
