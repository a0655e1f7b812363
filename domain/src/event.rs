//! What happened: facts in the past tense. `apply` makes the next state of them; the log keeps them.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::actor::Who;
use crate::campaign::{Campaign, Decision, FoundText, Profile, Reconfirmation, Submission, Tick};
use crate::digest::Digests;
use crate::gate::team::Stamps;
use crate::gate::{Content, GateKey};
use crate::ids::{ApiKeyId, MemberId, ReminderId};
use crate::reminder::Reminder;

/// One thing that happened to a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// Who did it.
    pub by: Who,
    /// The key it came with.
    pub through: Option<ApiKeyId>,
    /// When it became true; for what time alone did, the exact instant.
    pub occurred_at: Timestamp,
}

/// The kinds of event. The first group is what people, or time, did; the second tells what followed from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A campaign began.
    CampaignCreated { campaign: Box<Campaign> },
    /// Its own fields changed.
    CampaignChanged { profile: Box<Profile>, metadata: Map<String, Value>, changed: Vec<String> },
    /// A gate's content changed; `stamps` are those of the gate from now on.
    ContentChanged {
        gate: GateKey,
        content: Box<Content>,
        editor: Option<MemberId>,
        facets: Vec<String>,
        stamps: Stamps,
    },
    /// A checklist item was ticked, or with `None` unticked.
    ItemTicked { gate: GateKey, item: String, tick: Option<Tick>, editor: Option<MemberId> },
    /// Somebody, or nobody, looks after the gate.
    GateAssigned { gate: GateKey, assignee: Option<MemberId> },
    /// A revision waits for review.
    GateSubmitted { gate: GateKey, submission: Box<Submission> },
    /// A submission was taken back.
    SubmissionWithdrawn { gate: GateKey },
    /// Somebody decided; `approval` holds the signed digests if this was the deciding vote.
    GateDecided { gate: GateKey, decision: Box<Decision>, approval: Option<Digests> },
    /// An approval was carried over to changed facets.
    GateReconfirmed { gate: GateKey, confirmed: Reconfirmation, digests: Digests },
    /// An approval was ended by a manager.
    GateReopened { gate: GateKey, reason: String },
    /// The campaign was paused.
    CampaignHeld { reason: Option<String> },
    /// It went on.
    CampaignResumed,
    /// It went on air.
    CampaignWentLive { comment: Option<String> },
    /// Findings were lifted by a manager so that it could; each as `{rule, path, observed}`.
    GoLiveOverridden { reason: String, lifted: Vec<Value> },
    /// It ended; by itself where `results` could not be told.
    CampaignCompleted { results: Option<Value> },
    /// It was given up.
    CampaignCancelled { reason: Option<String> },
    /// A change of the lexicon found something in its texts; `findings` also holds what earlier changes found and
    /// what still stands.
    WordingFound { lexicon_version: i64, findings: Vec<FoundText> },
    /// Somebody wants to be reminded again and again.
    ReminderAdded { reminder: Box<Reminder> },
    /// No more of that.
    ReminderRemoved { id: ReminderId },

    /// A gate came to pass.
    GatePassed { gate: GateKey },
    /// An approved gate no longer holds, because these facets differ.
    GateStale { gate: GateKey, facets: Vec<String> },
    /// Evidence of an approved gate is past its time.
    GateExpired { gate: GateKey },
    /// Facets changed of which an approved gate only wants to hear; each with its digest before.
    FacetsChanged { gate: GateKey, before: Digests },
    /// All seven gates have passed.
    CampaignReady,
    /// They no longer have.
    CampaignNotReady,
    /// The end has passed without going live.
    CampaignLapsed,
}

impl EventKind {
    /// The public type.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::CampaignCreated { .. } => "campaign.created",
            Self::CampaignChanged { .. } => "campaign.changed",
            Self::ContentChanged { .. } => "gate.content_changed",
            Self::ItemTicked { .. } => "gate.item_ticked",
            Self::GateAssigned { .. } => "gate.assigned",
            Self::GateSubmitted { .. } => "gate.submitted",
            Self::SubmissionWithdrawn { .. } => "gate.withdrawn",
            Self::GateDecided { .. } => "gate.decided",
            Self::GateReconfirmed { .. } => "gate.reconfirmed",
            Self::GateReopened { .. } => "gate.reopened",
            Self::CampaignHeld { .. } => "campaign.held",
            Self::CampaignResumed => "campaign.resumed",
            Self::CampaignWentLive { .. } => "campaign.live",
            Self::GoLiveOverridden { .. } => "campaign.go_live_overridden",
            Self::CampaignCompleted { .. } => "campaign.completed",
            Self::CampaignCancelled { .. } => "campaign.cancelled",
            Self::WordingFound { .. } => "campaign.wording_found",
            Self::ReminderAdded { .. } => "campaign.reminder_added",
            Self::ReminderRemoved { .. } => "campaign.reminder_removed",
            Self::GatePassed { .. } => "gate.passed",
            Self::GateStale { .. } => "gate.stale",
            Self::GateExpired { .. } => "gate.expired",
            Self::FacetsChanged { .. } => "gate.facets_changed",
            Self::CampaignReady => "campaign.ready",
            Self::CampaignNotReady => "campaign.not_ready",
            Self::CampaignLapsed => "campaign.lapsed",
        }
    }

    /// The gate it is about, if it is about one.
    #[must_use]
    pub const fn gate(&self) -> Option<GateKey> {
        match self {
            Self::ContentChanged { gate, .. }
            | Self::ItemTicked { gate, .. }
            | Self::GateAssigned { gate, .. }
            | Self::GateSubmitted { gate, .. }
            | Self::SubmissionWithdrawn { gate }
            | Self::GateDecided { gate, .. }
            | Self::GateReconfirmed { gate, .. }
            | Self::GateReopened { gate, .. }
            | Self::GatePassed { gate }
            | Self::GateStale { gate, .. }
            | Self::GateExpired { gate }
            | Self::FacetsChanged { gate, .. } => Some(*gate),
            Self::CampaignCreated { .. }
            | Self::CampaignChanged { .. }
            | Self::CampaignHeld { .. }
            | Self::CampaignResumed
            | Self::CampaignWentLive { .. }
            | Self::GoLiveOverridden { .. }
            | Self::CampaignCompleted { .. }
            | Self::CampaignCancelled { .. }
            | Self::WordingFound { .. }
            | Self::ReminderAdded { .. }
            | Self::ReminderRemoved { .. }
            | Self::CampaignReady
            | Self::CampaignNotReady
            | Self::CampaignLapsed => None,
        }
    }

    /// Who is away and in whose place it was done.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<MemberId> {
        match self {
            Self::GateDecided { decision, .. } => decision.on_behalf_of,
            Self::GateReconfirmed { confirmed, .. } => confirmed.on_behalf_of,
            Self::CampaignCreated { .. }
            | Self::CampaignChanged { .. }
            | Self::ContentChanged { .. }
            | Self::ItemTicked { .. }
            | Self::GateAssigned { .. }
            | Self::GateSubmitted { .. }
            | Self::SubmissionWithdrawn { .. }
            | Self::GateReopened { .. }
            | Self::CampaignHeld { .. }
            | Self::CampaignResumed
            | Self::CampaignWentLive { .. }
            | Self::GoLiveOverridden { .. }
            | Self::CampaignCompleted { .. }
            | Self::CampaignCancelled { .. }
            | Self::WordingFound { .. }
            | Self::ReminderAdded { .. }
            | Self::ReminderRemoved { .. }
            | Self::GatePassed { .. }
            | Self::GateStale { .. }
            | Self::GateExpired { .. }
            | Self::FacetsChanged { .. }
            | Self::CampaignReady
            | Self::CampaignNotReady
            | Self::CampaignLapsed => None,
        }
    }

    /// What the log and integrators see: digests and differences, never whole contents.
    #[must_use]
    pub fn public_data(&self) -> Value {
        use serde_json::json;
        match self {
            Self::CampaignCreated { campaign } => {
                json!({"name": campaign.profile.name, "go_live_at": campaign.profile.go_live_at.to_string(),
                       "playbook": campaign.profile.playbook})
            }
            Self::CampaignChanged { changed, profile, .. } => {
                json!({"changed": changed, "go_live_at": profile.go_live_at.to_string()})
            }
            Self::ContentChanged { facets, .. } | Self::GateStale { facets, .. } => json!({"facets": facets}),
            Self::FacetsChanged { before, .. } => json!({"facets": before.keys().collect::<Vec<_>>()}),
            Self::ItemTicked { item, tick, .. } => json!({"item": item, "done": tick.is_some(),
                "not_applicable": tick.as_ref().is_some_and(|tick| tick.not_applicable)}),
            Self::GateAssigned { assignee, .. } => json!({"assignee": assignee}),
            Self::GateSubmitted { submission, .. } => {
                json!({"submission": submission.id, "revision": submission.revision, "comment": submission.comment})
            }
            Self::GateDecided { decision, .. } => json!({"verdict": decision.verdict,
                "revision": decision.revision, "comment": decision.comment}),
            Self::GateReconfirmed { confirmed, .. } => json!({"comment": confirmed.comment}),
            Self::GateReopened { reason, .. } => json!({"reason": reason}),
            Self::CampaignHeld { reason } | Self::CampaignCancelled { reason } => json!({"reason": reason}),
            Self::CampaignWentLive { comment } => json!({"comment": comment}),
            Self::GoLiveOverridden { reason, lifted } => json!({"reason": reason, "lifted": lifted}),
            Self::CampaignCompleted { results } => json!({"results": results}),
            Self::WordingFound { lexicon_version, findings } => {
                let fresh = findings.iter().filter(|text| text.lexicon_version == *lexicon_version);
                let fresh = fresh.map(|text| json!({"rule": text.rule, "path": text.path}));
                json!({"lexicon_version": lexicon_version, "findings": fresh.collect::<Vec<_>>()})
            }
            Self::ReminderAdded { reminder } => {
                json!({"reminder": reminder.id, "cron": reminder.cron, "time_zone": reminder.time_zone})
            }
            Self::ReminderRemoved { id } => json!({"reminder": id}),
            Self::SubmissionWithdrawn { .. }
            | Self::CampaignResumed
            | Self::GatePassed { .. }
            | Self::GateExpired { .. }
            | Self::CampaignReady
            | Self::CampaignNotReady
            | Self::CampaignLapsed => json!({}),
        }
    }
}
