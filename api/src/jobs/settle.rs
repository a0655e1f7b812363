//! How a message ends once all its deliveries have ended.

use domain::ids::OrganizationId;
use domain::notice::{Ledger, undelivered};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::store::deliveries::{self, Delivery, DeliveryStatus, waiting};
use crate::store::notices::{self, Notice};
use crate::store::{NoticeId, Tx};

/// Why a delivery ends when the useful time of its message is over; what hindered it may follow.
pub(super) const EXPIRED: &str = "expired";

/// Why a delivery ends when mail cannot reach the person.
pub(super) const NO_ADDRESS: &str = "no_address";

/// Why a delivery ends whose recipient is not here any more.
pub(super) const RECIPIENT_LEFT: &str = "recipient_left";

/// Why a delivery ends whose recipient is away: whoever stands in gets the message.
pub(super) const DELEGATED: &str = "delegated";

/// What a delivery is told whose useful time is over, and what hindered it.
pub(super) fn expired(last_error: Option<&str>) -> String {
    match last_error {
        Some(error) => format!("{EXPIRED}: {error}"),
        None => EXPIRED.to_owned(),
    }
}

/// Why a message that tells of a loss ends: what it tells of arrived at another try.
pub(super) const ARRIVED_SINCE: &str = "arrived_since";

/// What hindered a delivery, of what stands with it.
pub(super) fn hindrance(last_error: &str) -> Option<String> {
    let said = last_error.strip_prefix(EXPIRED).map_or(last_error, |rest| rest.trim_start_matches(": "));
    (!said.is_empty()).then(|| said.to_owned())
}

/// Plans what tells somebody of a loss: of a delivery, or of a message of which none was made.
///
/// # Errors
/// What the database says.
pub(super) async fn tell_of_loss(
    tx: &Tx,
    org: OrganizationId,
    notice: &Notice,
    delivery: Option<&Delivery>,
    now: Timestamp,
) -> Result<(), Failure> {
    let id = delivery.map_or(notice.id.0, |delivery| delivery.id.0);
    let loss = undelivered(&notice.planned, id, delivery.map(|delivery| delivery.recipient), now);
    notices::insert_many(tx, org, notice.campaign, loss.as_slice(), now).await
}

/// A delivery ended without arriving, and with it what its message was to tell of others: these end alike, and somebody is
/// told of each.
///
/// # Errors
/// What the database says.
pub(super) async fn lost(
    tx: &Tx,
    org: OrganizationId,
    delivery: &Delivery,
    status: DeliveryStatus,
    why: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let merged = waiting::merged_into(tx, org, delivery.id).await?;
    for one in std::iter::once(delivery).chain(&merged) {
        if let Some(notice) = notices::find(tx, org, one.notice).await? {
            tell_of_loss(tx, org, &notice, Some(one), now).await?;
        }
    }
    for one in merged {
        waiting::fall(tx, org, one.id, status, why).await?;
        notices::reopen(tx, org, one.notice, &[Ledger::Merged]).await?;
        if_done(tx, org, one.notice, now).await?;
    }
    Ok(())
}

/// Ends the message if none of its deliveries waits or is under way; tells whether it did.
///
/// # Errors
/// What the database says.
pub(super) async fn if_done(
    tx: &Tx,
    org: OrganizationId,
    notice: NoticeId,
    now: Timestamp,
) -> Result<bool, Failure> {
    let made = deliveries::of_notice(tx, org, notice).await?;
    let Some((status, outcome)) = ending(&made) else { return Ok(false) };
    let settled = notices::settle(tx, org, notice, status, outcome.as_deref(), now).await?;
    if settled {
        tell(org, notice, status);
        if status == Ledger::Skipped {
            tell_of_unreached(tx, org, notice, &made, now).await?;
        }
    }
    Ok(settled)
}

/// Nobody got a message, and mail does not reach some who were to: somebody is told of them.
async fn tell_of_unreached(
    tx: &Tx,
    org: OrganizationId,
    notice: NoticeId,
    made: &[Delivery],
    now: Timestamp,
) -> Result<(), Failure> {
    let unreached: Vec<&Delivery> = made.iter().filter(|delivery| has_no_address(delivery)).collect();
    if unreached.is_empty() {
        return Ok(());
    }
    let Some(notice) = notices::find(tx, org, notice).await? else { return Ok(()) };
    for delivery in unreached {
        tell_of_loss(tx, org, &notice, Some(delivery), now).await?;
    }
    Ok(())
}

/// Whether a delivery ended because mail cannot reach its recipient.
pub(super) fn has_no_address(delivery: &Delivery) -> bool {
    delivery.status == DeliveryStatus::Skipped && delivery.last_error.as_deref() == Some(NO_ADDRESS)
}

/// Somebody must hear of a message that nobody got in time; its ledger row says why.
pub(super) fn tell(org: OrganizationId, notice: NoticeId, status: Ledger) {
    match status {
        Ledger::Failed => tracing::error!(%org, %notice, "a message could not be delivered to anybody"),
        Ledger::Expired => tracing::warn!(%org, %notice, "a message was not delivered in its useful time"),
        Ledger::Skipped | Ledger::Sent | Ledger::Merged | Ledger::Planned | Ledger::Sending => {
            tracing::debug!(%org, %notice, %status, "a message ended");
        }
    }
}

/// How the message ends: sent if anybody got it, merged if others tell of it; else the worst that happened to a
/// delivery.
fn ending(made: &[Delivery]) -> Option<(Ledger, Option<String>)> {
    let with = |status: DeliveryStatus| made.iter().filter(move |delivery| delivery.status == status);
    if with(DeliveryStatus::Pending).chain(with(DeliveryStatus::Sending)).next().is_some() {
        return None;
    }
    if with(DeliveryStatus::Sent).next().is_some() {
        return Some((Ledger::Sent, None));
    }
    if with(DeliveryStatus::Merged).next().is_some() {
        return Some((Ledger::Merged, None));
    }
    if let Some(failed) = with(DeliveryStatus::Failed).next() {
        return Some((Ledger::Failed, failed.last_error.clone()));
    }
    let why = |delivery: &Delivery| delivery.last_error.clone().unwrap_or_default();
    let late = with(DeliveryStatus::Skipped).map(why).find(|why| why.starts_with(EXPIRED));
    if let Some(late) = late {
        return Some((Ledger::Expired, Some(late)));
    }
    Some((Ledger::Skipped, with(DeliveryStatus::Skipped).map(why).next_back()))
}

#[cfg(test)]
mod tests {
    use domain::ids::MemberId;

    use super::*;
    use crate::store::DeliveryId;
    use crate::store::deliveries::Channel;

    fn made(deliveries: &[(DeliveryStatus, Option<&str>)]) -> Vec<Delivery> {
        let notice = NoticeId::new();
        let at: Timestamp = "2027-03-09T10:00:00Z".parse().unwrap();
        deliveries
            .iter()
            .map(|(status, last_error)| Delivery {
                id: DeliveryId::new(),
                notice,
                channel: Channel::Email,
                recipient: MemberId(uuid::Uuid::now_v7()),
                address: "li@heyan.example".to_owned(),
                status: *status,
                attempts: 1,
                next_attempt_at: at,
                message_id: "<1@room.example>".to_owned(),
                last_error: last_error.map(str::to_owned),
                created_at: at,
                sent_at: None,
                wait: None,
                merged_into: None,
            })
            .collect()
    }

    #[test]
    fn what_hindered_a_delivery_is_told_without_our_own_words() {
        for (stands, told) in [
            ("expired", None),
            ("expired: 451 later", Some("451 later")),
            ("550 no such user", Some("550 no such user")),
        ] {
            assert_eq!(hindrance(stands).as_deref(), told, "{stands}");
        }
    }

    #[test]
    fn a_message_ends_as_its_deliveries_did() {
        use DeliveryStatus::{Failed, Merged, Pending, Sending, Sent, Skipped};
        let failed = (Failed, Some("550 no such user"));
        let late = (Skipped, Some("expired: 451 later"));
        let unreached = (Skipped, Some("no_address"));
        let void = (Skipped, Some("gate_passed"));
        let table = [
            (vec![(Sent, None), (Pending, None)], None),
            (vec![(Sent, None), (Sending, None)], None),
            (vec![(Sent, None), failed], Some((Ledger::Sent, None))),
            (vec![(Sent, None), late], Some((Ledger::Sent, None))),
            (vec![(Sent, None), (Merged, None)], Some((Ledger::Sent, None))),
            (vec![(Merged, None), failed, unreached], Some((Ledger::Merged, None))),
            (vec![(Merged, None), (Pending, None)], None),
            (vec![failed, unreached], Some((Ledger::Failed, Some("550 no such user")))),
            (vec![late, unreached], Some((Ledger::Expired, Some("expired: 451 later")))),
            (vec![unreached, void], Some((Ledger::Skipped, Some("gate_passed")))),
            (vec![unreached], Some((Ledger::Skipped, Some("no_address")))),
        ];
        for (deliveries, expected) in table {
            let expected =
                expected.map(|(status, why): (Ledger, Option<&str>)| (status, why.map(str::to_owned)));
            assert_eq!(ending(&made(&deliveries)), expected, "{deliveries:?}");
        }
    }
}
