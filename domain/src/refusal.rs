//! Why a command is refused: a stable code, what was found, what is needed. HTTP statuses are not known here.

use crate::actor::Role;
use crate::command::Action;
use crate::decide::PatchFault;
use crate::digest::Digest;
use crate::fault::Fault;
use crate::gate::GateKey;
use crate::locale::Locale;
use crate::playbook::{EvidenceKind, Title};
use crate::standing::GateStatus;
use crate::surroundings::CampaignStatus;

/// A refused command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The input has faults.
    Invalid { faults: Vec<Fault> },
    /// The role is too low.
    RoleTooLow { action: Action, needed: Role, have: Role },
    /// Only a person can do this, and the key stands for none.
    PersonNeeded { action: Action },
    /// The actor is an author of what is to be decided.
    OwnApproval { gate: GateKey },
    /// The actor fits no slot of the gate's policy.
    FitsNoSlot { gate: GateKey, slots: Vec<String> },
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
    /// No active member could fill these slots; each with why.
    NobodyCanDecide { gate: GateKey, slots: Vec<String> },
    /// Warnings are open and nobody acknowledged them with a comment.
    CommentNeeded { gate: GateKey, findings: Vec<OpenFinding> },
    /// What the reviewer saw is not what stands there now; `waits` says whether that waits for review.
    RevisionChanged { gate: GateKey, current: Digest, waits: bool },
    /// Somebody else wrote since.
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

/// Findings told in the sentence of a refusal; all of them are listed beside it.
const MOST_TOLD: usize = 3;

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

    /// The pointer into the request body, where one member is at fault.
    #[must_use]
    pub const fn pointer(&self) -> &'static str {
        match self {
            Self::CommentNeeded { .. } => "/comment",
            Self::RevisionChanged { .. } => "/revision",
            Self::EvidenceNeeded { kind, .. } => match kind {
                EvidenceKind::Nothing => "/evidence",
                EvidenceKind::Note => "/evidence/note",
                EvidenceKind::Link => "/evidence/url",
                EvidenceKind::File => "/evidence/file_sha256",
            },
            Self::NotApplicableRefused { .. } => "/not_applicable",
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
            | Self::UnknownItem { .. }
            | Self::PatchFailed { .. } => "",
        }
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

    #[expect(clippy::too_many_lines, reason = "one line a refusal")]
    fn english(&self) -> String {
        match self {
            Self::Invalid { .. } => "The input has faults; each is listed in errors.".into(),
            Self::RoleTooLow { action, needed, have } => {
                format!(
                    "To {} the role {} is needed; you have {}.",
                    action.label().en,
                    needed.key(),
                    have.key()
                )
            }
            Self::PersonNeeded { action } => {
                format!("To {} a person is needed; use a key that belongs to a member.", action.label().en)
            }
            Self::OwnApproval { gate } => {
                format!("You are an author of what {} waits with; somebody else must decide.", gate.key())
            }
            Self::FitsNoSlot { gate, slots } => {
                format!("{} is decided by: {}; you fit none of these.", gate.key(), slots.join(", "))
            }
            Self::ReviewNeeded { gate } => {
                format!("What changed revokes the approval of {}; submit it for a new review.", gate.key())
            }
            Self::AlreadyDecided { gate } => {
                format!("You have already decided on this submission of {}.", gate.key())
            }
            Self::WrongGateStatus { gate, action, status, needed } => format!(
                "{} is {}; to {} it must be {}.",
                gate.key(),
                status.key(),
                action.label().en,
                keys(needed.iter().map(|status| status.key()), " or ")
            ),
            Self::WrongCampaignStatus { action, status, needed } => format!(
                "The campaign is {}; to {} it must be {}.",
                status.key(),
                action.label().en,
                keys(needed.iter().map(|status| status.key()), " or ")
            ),
            Self::RequirementsOpen { gate, waiting_on } => format!(
                "{} waits on: {}; these gates must pass first.",
                gate.key(),
                keys(waiting_on.iter().map(|gate| gate.key()), ", ")
            ),
            Self::BlockersOpen { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.en.as_str()), " ");
                format!("{} blocker(s) are open; solve them first. {said}", findings.len())
            }
            Self::ItemsOpen { items, .. } => format!(
                "Checklist items are not done: {}.",
                keys(items.iter().map(|item| format!("{} ({})", item.title.en, item.key)), "; ")
            ),
            Self::NobodyCanDecide { slots, .. } => {
                format!("Nobody could decide: {}. Give somebody that role or duty.", slots.join("; "))
            }
            Self::CommentNeeded { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.en.as_str()), " ");
                format!("{} warning(s) are open; acknowledge them in a comment. {said}", findings.len())
            }
            Self::RevisionChanged { current, waits: true, .. } => {
                format!("What waits for review is now revision {current}; look at it and decide on that.")
            }
            Self::RevisionChanged { gate, waits: false, .. } => {
                format!("{} was changed after it was submitted; it has to be submitted again.", gate.key())
            }
            Self::VersionChanged { current } => {
                format!("Somebody else wrote since; the version is now {current}. Read again, then write.")
            }
            Self::NotReady { gates } => format!(
                "Gates have not passed: {}.",
                keys(gates.iter().map(|(gate, status)| format!("{} ({})", gate.key(), status.key())), ", ")
            ),
            Self::OnlyProgressWhileLive { facets } => {
                format!("While live only progress may be written; this changes {}.", facets.join(", "))
            }
            Self::UnknownItem { gate, item } => format!("{} has no checklist item \"{item}\".", gate.key()),
            Self::EvidenceNeeded { item, kind } => {
                let member = self.pointer().trim_start_matches("/evidence/");
                format!("\"{item}\" needs {} as evidence: give it as evidence.{member}.", kind.label().en)
            }
            Self::NotApplicableRefused { item } => format!("\"{item}\" applies to every campaign."),
            Self::PatchFailed { why } => {
                format!("The patch does not fit the content: {}.", why.text(Locale::En))
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one line a refusal")]
    fn chinese(&self) -> String {
        match self {
            Self::Invalid { .. } => "输入有误,逐项见 errors。".into(),
            Self::RoleTooLow { action, needed, have } => {
                format!("{}需要{}角色,当前为{}。", action.label().zh, needed.label().zh, have.label().zh)
            }
            Self::PersonNeeded { action } => {
                format!("{}须由成员本人进行,请使用属于成员的密钥。", action.label().zh)
            }
            Self::OwnApproval { gate } => format!("您是{}待审内容的作者,须由他人审批。", gate.label().zh),
            Self::FitsNoSlot { gate, slots } => {
                format!("{}由以下人员审批:{};您不在其中。", gate.label().zh, slots.join("、"))
            }
            Self::ReviewNeeded { gate } => {
                format!("本次修改使{}的审批失效,请重新提交审批。", gate.label().zh)
            }
            Self::AlreadyDecided { gate } => format!("您已对{}的本次提交作出决定。", gate.label().zh),
            Self::WrongGateStatus { gate, action, status, needed } => format!(
                "{}当前{},须为{}才能{}。",
                gate.label().zh,
                status.label().zh,
                keys(needed.iter().map(|status| status.label().zh), "或"),
                action.label().zh
            ),
            Self::WrongCampaignStatus { action, status, needed } => format!(
                "活动当前{},须为{}才能{}。",
                status.label().zh,
                keys(needed.iter().map(|status| status.label().zh), "或"),
                action.label().zh
            ),
            Self::RequirementsOpen { gate, waiting_on } => format!(
                "{}需等待以下关卡先通过:{}。",
                gate.label().zh,
                keys(waiting_on.iter().map(|gate| gate.label().zh), "、")
            ),
            Self::BlockersOpen { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.zh.as_str()), "");
                format!("有 {} 个阻断项,请先解决。{said}", findings.len())
            }
            Self::ItemsOpen { items, .. } => format!(
                "检查项未完成:{}。",
                keys(items.iter().map(|item| format!("{}({})", item.title.zh, item.key)), "、")
            ),
            Self::NobodyCanDecide { slots, .. } => {
                format!("无人可审批:{}。请为成员设置相应角色或职责。", slots.join(";"))
            }
            Self::CommentNeeded { findings, .. } => {
                let said = keys(findings.iter().take(MOST_TOLD).map(|finding| finding.zh.as_str()), "");
                format!("有 {} 个提醒项,请填写说明后提交。{said}", findings.len())
            }
            Self::RevisionChanged { current, waits: true, .. } => {
                format!("待审版本已变为 {current},请查看后再决定。")
            }
            Self::RevisionChanged { gate, waits: false, .. } => {
                format!("{}提交后又有修改,需重新提交。", gate.label().zh)
            }
            Self::VersionChanged { current } => {
                format!("他人已修改,当前版本为 {current},请重新读取后再写入。")
            }
            Self::NotReady { gates } => format!(
                "以下关卡未通过:{}。",
                keys(
                    gates.iter().map(|(gate, status)| format!("{}({})", gate.label().zh, status.label().zh)),
                    "、"
                )
            ),
            Self::OnlyProgressWhileLive { facets } => {
                format!("直播中只能填写进展,本次修改涉及:{}。", facets.join("、"))
            }
            Self::UnknownItem { gate, item } => format!("{}没有检查项\"{item}\"。", gate.label().zh),
            Self::EvidenceNeeded { item, kind } => {
                let member = self.pointer().trim_start_matches("/evidence/");
                format!("检查项\"{item}\"需要凭证:{},请填写 evidence.{member}。", kind.label().zh)
            }
            Self::NotApplicableRefused { item } => format!("检查项\"{item}\"不可标记为不适用。"),
            Self::PatchFailed { why } => format!("补丁与内容不符:{}。", why.text(Locale::ZhCn)),
        }
    }
}

fn keys<K: std::fmt::Display>(keys: impl Iterator<Item = K>, separator: &str) -> String {
    keys.map(|key| key.to_string()).collect::<Vec<_>>().join(separator)
}
