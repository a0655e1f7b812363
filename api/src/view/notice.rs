//! A planned message as its reader sees it: why, when, to whom, and what became of it.

use domain::Locale;
use domain::notice::explanation;
use serde::Serialize;
use utoipa::ToSchema;

use super::Moment;
use crate::store::deliveries::Delivery;
use crate::store::notices::Notice;

/// One planned message. It ends as `sent`, `merged`, `skipped`, `expired` or `failed`, never silently missing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: uuid::Uuid,
    /// The campaign it is about; `null` if it is the organization.
    pub campaign_id: Option<uuid::Uuid>,
    /// Its key, which is never used twice.
    #[schema(example = "0195a0c4-0000-7000-8000-000000000001:gate_due:goal:d1:2027-02-27T10:00:00Z")]
    pub key: String,
    /// Why.
    #[schema(example = "gate_due")]
    pub reason: &'static str,
    /// What it is about: a gate, `campaign`, a warm-up asset as `asset:<key>`, `organization`, or an API key as
    /// `api_key:<id>`.
    #[schema(example = "goal")]
    pub subject: String,
    /// Which of several in a row.
    #[schema(example = "d1")]
    pub occurrence: String,
    /// `critical`, `action` or `info`.
    #[schema(example = "action")]
    pub class: &'static str,
    /// When it shall be sent.
    pub planned_at: Moment,
    /// It is sent only before this.
    pub not_after: Moment,
    /// Who gets it; people are resolved when it is sent.
    #[schema(example = json!(["gate_owner"]))]
    pub audience: Vec<&'static str>,
    /// How far it has come: `planned`, `sending`, `sent`, `merged`, `skipped`, `expired` or `failed`.
    #[schema(example = "planned")]
    pub status: &'static str,
    /// Why it ended as it did.
    pub outcome: Option<String>,
    /// The same for people, in the caller's language.
    #[schema(example = "It was not sent: the gate has passed.")]
    pub explanation: String,
    /// One for each recipient and channel.
    pub deliveries: Vec<DeliveryView>,
}

/// One notice on its way to one recipient on one channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id.
    pub id: uuid::Uuid,
    /// The notice.
    pub notice_id: uuid::Uuid,
    /// How it travels.
    #[schema(example = "email")]
    pub channel: &'static str,
    /// Member id of the recipient.
    pub recipient: uuid::Uuid,
    /// How far it has come: `pending`, `sending`, `sent`, `failed`, `skipped` or `merged`.
    #[schema(example = "sent")]
    pub status: &'static str,
    /// Attempts so far.
    pub attempts: i64,
    /// The message's id, the same on every attempt.
    pub message_id: String,
    /// What the last attempt failed with, or why there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it leaves, if it waits for the end of the recipient's quiet hours, for the digest, or for other approvals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Moment>,
    /// The delivery whose message tells of it, too, where it is `merged`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<uuid::Uuid>,
}

impl NoticeView {
    /// A notice with its deliveries.
    #[must_use]
    pub fn of(notice: Notice, deliveries: Vec<Delivery>, locale: Locale) -> Self {
        let (planned, outcome) = (notice.planned, notice.outcome.as_deref());
        let explanation = explanation(planned.reason, notice.status, outcome, locale);
        Self {
            id: notice.id.0,
            campaign_id: notice.campaign.map(|campaign| campaign.0),
            key: notice.key,
            reason: planned.reason.key(),
            subject: planned.subject.to_string(),
            occurrence: planned.occurrence,
            class: planned.class.key(),
            planned_at: Moment::utc(planned.planned_at),
            not_after: Moment::utc(planned.not_after),
            audience: planned.audience.iter().map(|audience| audience.key()).collect(),
            status: notice.status.key(),
            outcome: notice.outcome,
            explanation,
            deliveries: deliveries.into_iter().map(DeliveryView::from).collect(),
        }
    }
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.0,
            notice_id: delivery.notice.0,
            channel: delivery.channel.key(),
            recipient: delivery.recipient.0,
            status: delivery.status.key(),
            attempts: delivery.attempts,
            message_id: delivery.message_id,
            last_error: delivery.last_error,
            not_before: delivery.wait.map(|wait| Moment::utc(wait.at)),
            merged_into: delivery.merged_into.map(|into| into.0),
        }
    }
}
