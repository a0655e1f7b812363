//! What a member would get, as its reader sees it.

use domain::Locale;
use domain::ids::MemberId;
use domain::notice::{Ledger, Outlook, explanation};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Moment;
use crate::workflow::outlook::Expected;

/// What a member would get if nothing else happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutlookView {
    /// Who.
    pub member_id: uuid::Uuid,
    /// From now on.
    pub from: Moment,
    /// Before this.
    pub until: Moment,
    /// Whether something is left out: of more than 50 campaigns with messages until then only those with the next ones are
    /// looked at, and of more than 2,000 messages the next ones.
    pub truncated: bool,
    /// The messages, in the order in which they would leave.
    pub data: Vec<ExpectedView>,
}

/// A message that a member would get, or why not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExpectedView {
    /// The campaign it is about; `null` if it is the organization.
    pub campaign_id: Option<uuid::Uuid>,
    /// What that is called; `null` if it is the organization.
    pub campaign_name: Option<String>,
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
    /// When it comes due.
    pub planned_at: Moment,
    /// When it would leave: after the member's quiet hours, or with their digest; `null` if it would not be sent.
    pub leaves_at: Option<Moment>,
    /// What it would share with others: `alone`, `digest`, `approvals`, `late` or `failures`; `null` if it would not be
    /// sent.
    #[schema(example = "alone")]
    pub bundle: Option<&'static str>,
    /// Why it would not be sent.
    pub withheld: Option<String>,
    /// The same for people, in the caller's language.
    #[schema(example = "It leaves at its time, because a gate is due.")]
    pub explanation: String,
}

impl OutlookView {
    /// What was foreseen.
    #[must_use]
    pub fn of(
        member: MemberId,
        (from, until): (Timestamp, Timestamp),
        (expected, truncated): (Vec<Expected>, bool),
        locale: Locale,
    ) -> Self {
        let data = expected.into_iter().map(|one| ExpectedView::of(one, locale)).collect();
        Self { member_id: member.0, from: Moment::utc(from), until: Moment::utc(until), truncated, data }
    }
}

impl ExpectedView {
    fn of(expected: Expected, locale: Locale) -> Self {
        let Expected { campaign, name, planned, outlook } = expected;
        let (leaves, withheld) = match outlook {
            Outlook::Leaves(leaves) => (Some(leaves), None),
            Outlook::Withheld(why) => (None, Some(why)),
        };
        let status = if withheld.is_some() { Ledger::Skipped } else { Ledger::Planned };
        Self {
            campaign_id: campaign.map(|campaign| campaign.0),
            campaign_name: campaign.map(|_| name),
            reason: planned.reason.key(),
            subject: planned.subject.to_string(),
            class: planned.class.key(),
            planned_at: Moment::utc(planned.planned_at),
            leaves_at: leaves.map(|leaves| Moment::utc(leaves.at)),
            bundle: leaves.map(|leaves| leaves.with.key()),
            explanation: explanation(planned.reason, status, withheld.as_deref(), locale),
            occurrence: planned.occurrence,
            withheld,
        }
    }
}
