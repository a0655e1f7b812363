//! A row of the deliveries.

use domain::ids::{MemberId, OrganizationId};
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
    let NewDelivery { id, notice, channel, recipient, address, message_id } = delivery;
    delivery::ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        notice_id: Set(notice.0),
        channel: Set(channel.key().to_owned()),
        recipient: Set(recipient.0),
        address: Set(address.clone()),
        status: Set(DeliveryStatus::Pending.key().to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(instant_text(real_now)),
        message_id: Set(message_id.clone()),
        last_error: Set(None),
        lease_until: Set(None),
        lease_token: Set(None),
        created_at: Set(instant_text(now)),
        sent_at: Set(None),
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
        ..Default::default()
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
    } = row;
    let at = Row::new("delivery", &id);
    Ok(Delivery {
        id: DeliveryId(id),
        notice: NoticeId(notice_id),
        channel: at.choice("channel", &channel, Channel::of_key)?,
        recipient: MemberId(recipient),
        address,
        status: at.choice("status", &status, DeliveryStatus::of_key)?,
        attempts,
        next_attempt_at: at.instant("next_attempt_at", &next_attempt_at)?,
        message_id,
        last_error,
        created_at: at.instant("created_at", &created_at)?,
        sent_at: at.instant_of("sent_at", sent_at.as_deref())?,
    })
}
