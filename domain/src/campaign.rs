//! The stored facts of one campaign. Everything else about it is derived from these.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::actor::Who;
use crate::digest::Digest;
use crate::effect::changed;
use crate::gate::team::Stamps;
use crate::gate::{Contents, PerGate, Platform};
use crate::ids::{ApiKeyId, CampaignId, MemberId, SubmissionId};
use crate::policy::Policy;
use crate::reminder::Reminder;

/// One campaign: what people wrote, ticked, submitted and decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The fields of the campaign itself.
    pub profile: Profile,
    /// The CRM's own members, kept as sent.
    pub metadata: Map<String, Value>,
    /// Counts changes of profile and metadata, from 1.
    pub version: i64,
    /// What was done to it as a whole.
    pub life: Life,
    /// The contents of the gates.
    pub contents: Contents,
    /// Everything else about each gate.
    pub gates: PerGate<GateFacts>,
    /// Texts in which changes of the lexicon found something; what was mended since may still be among them.
    pub wording: Vec<FoundText>,
    /// When the last of its gates passed, or one of them no longer did, whichever was last.
    pub turn: Option<Turn>,
    /// Reminders of people's own, in the order in which they were made.
    pub reminders: Vec<Reminder>,
}

/// The instant at which a campaign became ready, or ceased to be.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Which of the two.
    pub ready: bool,
    /// When.
    pub at: Timestamp,
}

/// A text in which a change of the lexicon found something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundText {
    /// The rule.
    pub rule: String,
    /// Pointer to the text.
    pub path: String,
    /// The version of the lexicon that found it.
    pub lexicon_version: i64,
    /// When.
    pub at: Timestamp,
}

/// The fields of the campaign itself, all checked at creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What people call it.
    pub name: String,
    /// T: when it goes live.
    pub go_live_at: Timestamp,
    /// Zone of every wall-clock offset, with its IANA name.
    pub time_zone: TimeZone,
    /// Planned length in minutes.
    pub planned_minutes: i64,
    /// Where it is streamed.
    pub platforms: Vec<Platform>,
    /// ISO 4217 code of all money.
    pub currency: String,
    /// Platform account.
    pub account_ref: String,
    /// Studio or room.
    pub room_ref: String,
    /// E-mail (or id) of the member who gets what has no other addressee.
    pub owner: String,
    /// Key in the CRM.
    pub external_ref: Option<String>,
    /// The pinned playbook version, `key@version`.
    pub playbook: String,
}

impl Profile {
    /// E: when the show is planned to end.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        later(self.go_live_at, SignedDuration::from_mins(self.planned_minutes))
    }

    /// The IANA name of the zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.time_zone.iana_name().unwrap_or("UTC")
    }
}

/// `instant + by`, kept within the range of time.
#[must_use]
pub fn later(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// What was done to the campaign as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Life {
    /// Nothing yet: preparing, ready or lapsed.
    Open,
    /// Put on hold by a manager.
    OnHold { since: Timestamp, reason: Option<String> },
    /// On air.
    Live { since: Timestamp },
    /// Over; `results` are what was achieved.
    Completed { live_since: Timestamp, at: Timestamp, results: Option<Value> },
    /// Given up; `live_since` if it was on air.
    Cancelled { live_since: Option<Timestamp>, at: Timestamp, reason: Option<String> },
}

impl Life {
    /// When it went live: freshness and staleness stopped to matter then.
    #[must_use]
    pub const fn frozen_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open | Self::OnHold { .. } => None,
            Self::Live { since } | Self::Completed { live_since: since, .. } => Some(*since),
            Self::Cancelled { live_since, .. } => *live_since,
        }
    }
}

/// What is stored about one gate beside its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GateFacts {
    /// Counts changes of the content; 0 while nobody wrote.
    pub version: i64,
    /// Who looks after the gate; without one the campaign's owner does.
    pub assignee: Option<MemberId>,
    /// Ticked checklist items by key.
    pub ticks: BTreeMap<String, Tick>,
    /// The newest submission.
    pub submission: Option<Submission>,
    /// The approval in force; whether it still holds is derived.
    pub approval: Option<Approval>,
    /// Members who edited content or checklist since the last recorded approval.
    pub editors: Vec<MemberId>,
    /// What trainings and rehearsals were held on; gates other than team have none.
    pub stamps: Stamps,
    /// What was noticed since the approval in force was given.
    pub noticed: Noticed,
}

/// What was noticed of an approved gate; people are told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Noticed {
    /// When the approval last ceased to hold because a facet differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_since: Option<Timestamp>,
    /// Facets of which the gate only wants to hear, as they changed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub changes: BTreeMap<String, FacetChange>,
}

/// A facet that changed after a gate was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetChange {
    /// Its digest before the first change.
    pub before: Digest,
    /// When it changed last.
    pub at: Timestamp,
}

/// A ticked checklist item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// The item's subject does not exist in this campaign.
    pub not_applicable: bool,
    /// What proves it.
    pub evidence: Option<Evidence>,
    /// Who ticked it.
    pub done_by: Who,
    /// When.
    pub done_at: Timestamp,
}

/// What proves a tick.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// A sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// SHA-256 of an uploaded file, lower-case hex, or a file reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_sha256: Option<String>,
    /// When it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// With what it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

/// One submission of a gate for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Its id.
    pub id: SubmissionId,
    /// Digest of what reviewers sign.
    pub revision: Digest,
    /// Who submitted.
    pub by: Who,
    /// The key it came with.
    pub through: Option<ApiKeyId>,
    /// When.
    pub at: Timestamp,
    /// What the submitter says to the reviewers; acknowledges open warnings.
    pub comment: Option<String>,
    /// What remained of the gate's policy when it was submitted.
    pub policy: Policy,
    /// Members who cannot decide: the authors under the policy.
    pub authors: Vec<MemberId>,
    /// Decisions so far, oldest first.
    pub decisions: Vec<Decision>,
    /// How it ended; `None` while undecided.
    pub outcome: Option<Outcome>,
    /// The digests of what reviewers sign, by facet; none in submissions from before they were kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub signs: BTreeMap<String, Digest>,
    /// What the review before this submission looked at, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Reviewed>,
}

/// What people last decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// When they did.
    pub at: Timestamp,
    /// The digests of what they saw, by facet.
    pub digests: BTreeMap<String, Digest>,
}

impl Submission {
    /// When the gate was reviewed last before this submission, and the facets that differ from what was seen then;
    /// `None` where there was no such review.
    #[must_use]
    pub fn changed_since_review(&self) -> Option<(Timestamp, Vec<&str>)> {
        let before = self.before.as_ref()?;
        Some((before.at, changed(&before.digests, &self.signs).collect()))
    }
}

/// One person's verdict on a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What they said.
    pub verdict: Verdict,
    /// Who decided.
    pub by: MemberId,
    /// Who is away and in whose place they decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<MemberId>,
    /// The key it came with.
    pub through: Option<ApiKeyId>,
    /// When.
    pub at: Timestamp,
    /// The revision they saw.
    pub revision: Digest,
    /// Why.
    pub comment: Option<String>,
}

crate::choices! {
    /// What a reviewer says.
    pub enum Verdict {
        Approve = "approve", "approve", "通过";
        RequestChanges = "request_changes", "request changes", "要求修改";
    }

    /// How a submission ended.
    pub enum Outcome {
        Approved = "approved", "approved", "已通过";
        ChangesRequested = "changes_requested", "changes requested", "需修改";
        Withdrawn = "withdrawn", "withdrawn", "已撤回";
    }
}

/// A submission whose policy was satisfied, with the digests of everything it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The submission that was approved.
    pub submission: SubmissionId,
    /// Facet → digest, for every facet with effect revoke or reconfirm on the gate.
    pub digests: BTreeMap<String, Digest>,
    /// When the deciding vote came.
    pub approved_at: Timestamp,
    /// Who signed.
    pub approved_by: Vec<MemberId>,
    /// The latest reconfirmation of changed facets.
    pub reconfirmed: Option<Reconfirmation>,
}

/// One click that carried an approval over to changed facets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconfirmation {
    /// Who confirmed.
    pub by: MemberId,
    /// Who is away and in whose place they confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<MemberId>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub comment: Option<String>,
}
