//! A row of the deliveries.

use domain::ids::{MemberId, OrganizationId};
use domain::notice::{Bundle, Departure};
use jiff::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};

use super::super::column::{Row, instant_text};
use super::super::entity::delivery;
use super::{
    Attempted, Channel, Delivery, DeliveryId, DeliveryStatus, LeaseToken, NewDelivery, NoticeId, StoreError,
};

/// A new row.
pub(super) fn to_insert(
    org: OrganizationId,
    delivery: &NewDelivery,
    now: Timestamp,
    real_now: Timestamp,
) -> delivery::ActiveModel {
    let NewDelivery { id, notice, channel, recipient, address, message_id, wait, opens_at, skipped } =
        delivery;
    let status = if skipped.is_some() { DeliveryStatus::Skipped } else { DeliveryStatus::Pending };
    // Whatever waits is claimed by nobody, a release that knows of no waiting included.
    let next_attempt_at = if wait.is_some() { Timestamp::MAX } else { real_now };
    delivery::ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        notice_id: Set(notice.0),
        channel: Set(channel.key().to_owned()),
        recipient: Set(recipient.0),
        address: Set(address.clone()),
        status: Set(status.key().to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(instant_text(next_attempt_at)),
        message_id: Set(message_id.clone()),
        last_error: Set(skipped.clone()),
        lease_until: Set(None),
        lease_token: Set(None),
        created_at: Set(instant_text(now)),
        sent_at: Set(None),
        bundle: Set(wait.map(|wait| wait.with.key().to_owned())),
        not_before: Set(wait.map(|wait| instant_text(wait.at))),
        waits: Set(wait.map(|_| true)),
        opens_at: Set(opens_at.map(instant_text)),
        merged_into: Set(None),
    }
}

/// A row that a worker takes.
pub(super) fn to_claim(token: LeaseToken, until: Timestamp) -> delivery::ActiveModel {
    delivery::ActiveModel {
        status: Set(DeliveryStatus::Sending.key().to_owned()),
        lease_until: Set(Some(instant_text(until))),
        lease_token: Set(Some(token.0)),
        ..Default::default()
    }
}

/// What came of a try that ended at `real_now`; the lease ends with it.
pub(super) fn to_mark(attempted: &Attempted, real_now: Timestamp) -> delivery::ActiveModel {
    match attempted {
        Attempted::Sent { at } => delivery::ActiveModel {
            sent_at: Set(Some(instant_text(*at))),
            ..to_end(DeliveryStatus::Sent, None)
        },
        Attempted::Later { wait, error } => {
            let next_attempt_at = real_now.saturating_add(*wait).unwrap_or(Timestamp::MAX);
            delivery::ActiveModel {
                next_attempt_at: Set(instant_text(next_attempt_at)),
                ..to_end(DeliveryStatus::Pending, Some(error))
            }
        }
        Attempted::NotBegun => delivery::ActiveModel {
            next_attempt_at: Set(instant_text(real_now)),
            last_error: NotSet,
            ..to_end(DeliveryStatus::Pending, None)
        },
        Attempted::Waits { until } => delivery::ActiveModel {
            next_attempt_at: Set(instant_text(Timestamp::MAX)),
            not_before: Set(Some(instant_text(*until))),
            last_error: NotSet,
            waits: Set(Some(true)),
            ..to_end(DeliveryStatus::Pending, None)
        },
        Attempted::Failed { error } => to_end(DeliveryStatus::Failed, Some(error)),
        Attempted::Skipped { why } => to_end(DeliveryStatus::Skipped, Some(why)),
    }
}

/// A row that nobody works on any more.
pub(super) fn to_end(status: DeliveryStatus, last_error: Option<&str>) -> delivery::ActiveModel {
    delivery::ActiveModel {
        status: Set(status.key().to_owned()),
        last_error: Set(last_error.map(str::to_owned)),
        lease_until: Set(None),
        lease_token: Set(None),
        waits: Set(None),
        ..Default::default()
    }
}

/// A row that has failed and is tried again.
pub(super) fn to_try_again(real_now: Timestamp) -> delivery::ActiveModel {
    delivery::ActiveModel {
        next_attempt_at: Set(instant_text(real_now)),
        ..to_end(DeliveryStatus::Pending, None)
    }
}

/// A row that waited long enough.
pub(super) fn to_release(real_now: Timestamp) -> delivery::ActiveModel {
    delivery::ActiveModel {
        next_attempt_at: Set(instant_text(real_now)),
        waits: Set(None),
        ..Default::default()
    }
}

/// A row that waits for nothing any more, on the domain's clock.
pub(super) fn to_hurry(now: Timestamp) -> delivery::ActiveModel {
    delivery::ActiveModel {
        bundle: Set(Some(Bundle::Alone.key().to_owned())),
        not_before: Set(Some(instant_text(now))),
        ..Default::default()
    }
}

/// A row of which another one's message tells.
pub(super) fn to_merge(into: DeliveryId) -> delivery::ActiveModel {
    delivery::ActiveModel {
        merged_into: Set(Some(into.0)),
        ..to_end(DeliveryStatus::Skipped, Some("merged"))
    }
}

/// The delivery of a row; its lease is between the store and who holds it.
pub(super) fn from_row(row: delivery::Model) -> Result<Delivery, StoreError> {
    let delivery::Model {
        org_id: _,
        id,
        notice_id,
        channel,
        recipient,
        address,
        status,
        attempts,
        next_attempt_at,
        message_id,
        last_error,
        lease_until: _,
        lease_token: _,
        created_at,
        sent_at,
        bundle,
        not_before,
        waits: _,
        opens_at: _,
        merged_into,
    } = row;
    let at = Row::new("delivery", &id);
    let with = bundle.map(|bundle| at.choice("bundle", &bundle, Bundle::of_key)).transpose()?;
    let not_before = at.instant_of("not_before", not_before.as_deref())?;
    let merged_into = merged_into.map(DeliveryId);
    let status = at.choice("status", &status, DeliveryStatus::of_key)?;
    Ok(Delivery {
        id: DeliveryId(id),
        notice: NoticeId(notice_id),
        channel: at.choice("channel", &channel, Channel::of_key)?,
        recipient: MemberId(recipient),
        address,
        status: if merged_into.is_some() { DeliveryStatus::Merged } else { status },
        attempts,
        next_attempt_at: at.instant("next_attempt_at", &next_attempt_at)?,
        message_id,
        last_error,
        created_at: at.instant("created_at", &created_at)?,
        sent_at: at.instant_of("sent_at", sent_at.as_deref())?,
        wait: not_before.zip(with).map(|(at, with)| Departure { at, with }),
        merged_into,
    })
}
