//! A delivery that failed for good is tried again because somebody mended what hindered it.

use domain::ids::OrganizationId;
use domain::notice::{Ledger, obsolete};
use jiff::Timestamp;

use super::settle;
use crate::failure::{Conflict, Failure};
use crate::store::deliveries::{self, Delivery, DeliveryStatus};
use crate::store::{DeliveryId, Tx, notices};
use crate::workflow::Scene;

/// Lets a failed delivery be tried again at once, to wherever mail reaches its recipient today.
///
/// # Errors
/// There is none, it has not failed, or its message is of no more use.
pub async fn again(
    tx: &Tx,
    org: OrganizationId,
    id: DeliveryId,
    (now, real_now): (Timestamp, Timestamp),
) -> Result<Delivery, Failure> {
    let unknown = || Failure::NotFound { what: "delivery" };
    let notice = deliveries::find(tx, org, id).await?.ok_or_else(unknown)?.notice;
    notices::hold(tx, org, notice).await?;
    let delivery = deliveries::find(tx, org, id).await?.ok_or_else(unknown)?;
    if delivery.status != DeliveryStatus::Failed {
        return Err(Conflict::NotFailed { status: delivery.status.key() }.into());
    }
    let notice = notices::find(tx, org, notice).await?.ok_or_else(unknown)?;
    if notice.planned.not_after <= now {
        return Err(Conflict::OfNoUse { why: settle::EXPIRED.to_owned() }.into());
    }
    let scene = Scene::look(tx, org, notice.campaign, now).await?;
    let is_here = scene.directory().member(delivery.recipient).is_some_and(|member| member.active);
    let left = (!is_here).then(|| settle::RECIPIENT_LEFT.to_owned());
    if let Some(why) = left.or_else(|| obsolete(&scene.about(), &notice.planned)) {
        return Err(Conflict::OfNoUse { why }.into());
    }
    deliveries::again(tx, org, id, real_now).await?;
    // Others may have got it, or their messages told of it.
    notices::reopen(tx, org, notice.id, &[Ledger::Failed, Ledger::Sent, Ledger::Merged]).await?;
    deliveries::find(tx, org, id).await?.ok_or_else(unknown)
}
