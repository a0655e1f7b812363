//! How a message ends once all its deliveries have ended.

use domain::ids::OrganizationId;
use domain::notice::Ledger;
use jiff::Timestamp;

use crate::failure::Failure;
use crate::store::deliveries::{self, Delivery, DeliveryStatus};
use crate::store::{NoticeId, Tx, notices};

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
    }
    Ok(settled)
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
