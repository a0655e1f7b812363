//! A row of the deliveries.

use domain::ids::{MemberId, OrganizationId};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;

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
) -> delivery::ActiveModel {
    let NewDelivery { id, notice, channel, recipient, address, message_id, next_attempt_at } = delivery;
    delivery::ActiveModel {
        org_id: Set(org.0),
        id: Set(id.0),
        notice_id: Set(notice.0),
        channel: Set(channel.key().to_owned()),
        recipient: Set(recipient.0),
        address: Set(address.clone()),
        status: Set(DeliveryStatus::Pending.key().to_owned()),
        attempts: Set(0),
        next_attempt_at: Set(instant_text(*next_attempt_at)),
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

/// What came of a try; the lease ends with it.
pub(super) fn to_mark(attempted: &Attempted) -> delivery::ActiveModel {
    let free = delivery::ActiveModel { lease_until: Set(None), lease_token: Set(None), ..Default::default() };
    let to = |status: DeliveryStatus| Set(status.key().to_owned());
    match attempted {
        Attempted::Sent { at } => delivery::ActiveModel {
            status: to(DeliveryStatus::Sent),
            sent_at: Set(Some(instant_text(*at))),
            last_error: Set(None),
            ..free
        },
        Attempted::Later { next_attempt_at, error } => delivery::ActiveModel {
            status: to(DeliveryStatus::Pending),
            next_attempt_at: Set(instant_text(*next_attempt_at)),
            last_error: Set(Some(error.clone())),
            ..free
        },
        Attempted::Failed { error } => delivery::ActiveModel {
            status: to(DeliveryStatus::Failed),
            last_error: Set(Some(error.clone())),
            ..free
        },
        Attempted::Skipped { why } => delivery::ActiveModel {
            status: to(DeliveryStatus::Skipped),
            last_error: Set(Some(why.clone())),
            ..free
        },
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
