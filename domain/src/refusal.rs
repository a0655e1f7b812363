//! Why a command is refused: a stable code, what was found, what is needed. HTTP statuses are not known here.

use std::borrow::Cow;

use crate::actor::Role;
use crate::command::Action;
use crate::decide::PatchFault;
use crate::digest::Digest;
use crate::fault::Fault;
use crate::gate::GateKey;
use crate::locale::Locale;
use crate::playbook::{EvidenceKind, Title};
use crate::policy::{ForbidAuthor, SlotFrom};
use crate::standing::GateStatus;
use crate::surroundings::CampaignStatus;

mod text;

/// A refused command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The input has faults.
    Invalid { faults: Vec<Fault> },
    /// The role is too low.
    RoleTooLow { action: Action, needed: Role, have: Role },
    /// Only a person can do this, and the key stands for none.
    PersonNeeded { action: Action },
    /// Whoever counts as author of what is to be decided cannot decide; `others` names who can.
    OwnApproval { gate: GateKey, author: ForbidAuthor, others: Vec<String> },
    /// The actor fits no slot of the gate's policy.
    FitsNoSlot { gate: GateKey, slots: Vec<SlotFrom> },
    /// A changed facet revokes the approval, so confirming is not enough.
    ReviewNeeded { gate: GateKey },
    /// The actor decided on this submission before.
    AlreadyDecided { gate: GateKey },
    /// The gate is in another status than needed.
    WrongGateStatus { gate: GateKey, action: Action, status: GateStatus, needed: Vec<GateStatus> },
    /// The campaign is in another status than needed.
    WrongCampaignStatus { action: Action, status: CampaignStatus, needed: Vec<CampaignStatus> },
    /// Gates it requires have not passed.
    RequirementsOpen { gate: GateKey, waiting_on: Vec<GateKey> },
    /// Blockers are open.
    BlockersOpen { action: Action, findings: Vec<OpenFinding> },
    /// Required checklist items are not done.
    ItemsOpen { gate: GateKey, items: Vec<OpenItem> },
    /// Too few active members could fill these slots.
    NobodyCanDecide { gate: GateKey, slots: Vec<EmptySlot> },
    /// Warnings are open and nobody acknowledged them with a comment.
    CommentNeeded { gate: GateKey, findings: Vec<OpenFinding> },
    /// What the reviewer saw is not what stands there now; `waits` says whether that waits for review.
    RevisionChanged { gate: GateKey, current: Digest, waits: bool },
    /// The version is another one than the one that was read.
    VersionChanged { current: i64 },
    /// Gates have not passed, so the campaign cannot go live; each with its status.
    NotReady { gates: Vec<(GateKey, GateStatus)> },
    /// While live only progress may be written; these facets are not progress.
    OnlyProgressWhileLive { facets: Vec<String> },
    /// The gate has no such checklist item.
    UnknownItem { gate: GateKey, item: String },
    /// A tick needs proof of this kind.
    EvidenceNeeded { item: String, kind: EvidenceKind },
    /// The item may not be ticked as not applicable.
    NotApplicableRefused { item: String },
    /// A JSON Patch that does not fit the content.
    PatchFailed { why: PatchFault },
}

/// An open finding in a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenFinding {
    /// The rule.
    pub rule: &'static str,
    /// RFC 6901 pointer into `{"campaign": …, "gates": …}`.
    pub path: String,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Chinese.
    pub zh: String,
}

/// One thing that is open, as it is listed beside a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPoint {
    /// Where it is, in `{"campaign": …, "gates": …}`.
    pub pointer: String,
    /// The rule, or `checklist.open`.
    pub code: &'static str,
    /// What is wrong or asked.
    pub text: Title,
}

/// An open checklist item in a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    /// Its key.
    pub key: String,
    /// Its question.
    pub title: Title,
}

/// A slot that too few could fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptySlot {
    /// Who fits it.
    pub from: SlotFrom,
    /// Active members who fit it and are no authors.
    pub found: usize,
    /// Signatures it needs.
    pub needed: usize,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "request.invalid",
            Self::RoleTooLow { .. } => "actor.role_too_low",
            Self::PersonNeeded { .. } => "actor.person_needed",
            Self::OwnApproval { .. } => "gate.own_approval",
            Self::FitsNoSlot { .. } => "gate.fits_no_slot",
            Self::ReviewNeeded { .. } => "gate.review_needed",
            Self::AlreadyDecided { .. } => "gate.already_decided",
            Self::WrongGateStatus { .. } => "gate.wrong_status",
            Self::WrongCampaignStatus { .. } => "campaign.wrong_status",
            Self::RequirementsOpen { .. } => "gate.requirements_open",
            Self::BlockersOpen { .. } => "gate.blockers_open",
            Self::ItemsOpen { .. } => "gate.items_open",
            Self::NobodyCanDecide { .. } => "gate.nobody_can_decide",
            Self::CommentNeeded { .. } => "gate.comment_needed",
            Self::RevisionChanged { .. } => "gate.revision_changed",
            Self::VersionChanged { .. } => "version.changed",
            Self::NotReady { .. } => "campaign.not_ready",
            Self::OnlyProgressWhileLive { .. } => "campaign.only_progress_while_live",
            Self::UnknownItem { .. } => "checklist.unknown_item",
            Self::EvidenceNeeded { .. } => "checklist.evidence_needed",
            Self::NotApplicableRefused { .. } => "checklist.not_applicable_refused",
            Self::PatchFailed { .. } => "patch.failed",
        }
    }

    /// The pointer into the request body, where one part of it is at fault.
    #[must_use]
    pub fn pointer(&self) -> Cow<'static, str> {
        let pointer = match self {
            Self::CommentNeeded { .. } => "/comment",
            Self::RevisionChanged { .. } => "/revision",
            Self::EvidenceNeeded { kind, .. } => match kind {
                EvidenceKind::Nothing => "/evidence",
                EvidenceKind::Note => "/evidence/note",
                EvidenceKind::Link => "/evidence/url",
                EvidenceKind::File => "/evidence/file_sha256",
            },
            Self::NotApplicableRefused { .. } => "/not_applicable",
            Self::PatchFailed { why } => match why {
                PatchFault::TooLarge { operation } | PatchFault::CannotBeDone { operation, .. } => {
                    return Cow::Owned(format!("/{operation}"));
                }
                PatchFault::TooManyOperations { .. } => "",
            },
            Self::Invalid { .. }
            | Self::RoleTooLow { .. }
            | Self::PersonNeeded { .. }
            | Self::OwnApproval { .. }
            | Self::FitsNoSlot { .. }
            | Self::ReviewNeeded { .. }
            | Self::AlreadyDecided { .. }
            | Self::WrongGateStatus { .. }
            | Self::WrongCampaignStatus { .. }
            | Self::RequirementsOpen { .. }
            | Self::BlockersOpen { .. }
            | Self::ItemsOpen { .. }
            | Self::NobodyCanDecide { .. }
            | Self::VersionChanged { .. }
            | Self::NotReady { .. }
            | Self::OnlyProgressWhileLive { .. }
            | Self::UnknownItem { .. } => "",
        };
        Cow::Borrowed(pointer)
    }

    /// What is open, one by one: findings by their path and rule, checklist items by their key.
    #[must_use]
    pub fn open_points(&self) -> Vec<OpenPoint> {
        match self {
            Self::BlockersOpen { findings, .. } | Self::CommentNeeded { findings, .. } => findings
                .iter()
                .map(|finding| OpenPoint {
                    pointer: finding.path.clone(),
                    code: finding.rule,
                    text: Title { en: finding.en.clone(), zh: finding.zh.clone() },
                })
                .collect(),
            Self::ItemsOpen { gate, items } => items
                .iter()
                .map(|item| OpenPoint {
                    pointer: format!("/gates/{}/checklist/{}", gate.key(), item.key),
                    code: "checklist.open",
                    text: item.title.clone(),
                })
                .collect(),
            Self::Invalid { .. }
            | Self::RoleTooLow { .. }
            | Self::PersonNeeded { .. }
            | Self::OwnApproval { .. }
            | Self::FitsNoSlot { .. }
            | Self::ReviewNeeded { .. }
            | Self::AlreadyDecided { .. }
            | Self::WrongGateStatus { .. }
            | Self::WrongCampaignStatus { .. }
            | Self::RequirementsOpen { .. }
            | Self::NobodyCanDecide { .. }
            | Self::RevisionChanged { .. }
            | Self::VersionChanged { .. }
            | Self::NotReady { .. }
            | Self::OnlyProgressWhileLive { .. }
            | Self::UnknownItem { .. }
            | Self::EvidenceNeeded { .. }
            | Self::NotApplicableRefused { .. }
            | Self::PatchFailed { .. } => Vec::new(),
        }
    }

    /// What was found and what is needed, for a reader of `locale`.
    #[must_use]
    pub fn detail(&self, locale: Locale) -> String {
        match locale {
            Locale::En => self.english(),
            Locale::ZhCn => self.chinese(),
        }
    }
}
