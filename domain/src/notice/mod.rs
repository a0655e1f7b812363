//! Notices: which messages a campaign wants to send, when, to whom, and until when they are of use.
//! What was already claimed or sent is the ledger's business; sending is nobody's here.

mod ladder;
mod ledger;
mod recipients;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::campaign::{FoundText, Outcome, Submission, later};
use crate::choices;
use crate::evaluate::rules_of;
use crate::gate::GateKey;
use crate::ids::CampaignId;
use crate::offset::Offset;
use crate::rule::Case;
use crate::standing::{GateStatus, Standing};
use crate::surroundings::CampaignStatus;

pub use ledger::{Existing, Ledger, Replanned, obsolete, replan};
pub use recipients::recipients;

choices! {
    /// Why a message is sent.
    pub enum Reason {
        GateDue = "gate_due", "a gate is due", "关卡即将到期";
        GateOverdue = "gate_overdue", "a gate is overdue", "关卡已逾期";
        ApprovalWanted = "approval_wanted", "an approval is wanted", "等待审批";
        GateDecided = "gate_decided", "a gate was decided", "审批结果";
        GateExpired = "gate_expired", "evidence of a passed gate is too old", "关卡证据已过期";
        WordingFound = "wording_found", "a change of the lexicon found something", "词库变更后发现问题";
    }

    /// How a message treats people's quiet hours.
    pub enum Class {
        Critical = "critical", "critical", "紧急";
        Action = "action", "action needed", "待办";
        Info = "info", "for information", "知会";
    }

    /// Who gets a message; people are resolved when it is sent.
    pub enum Audience {
        GateOwner = "gate_owner", "the gate's assignee, else the campaign's owner", "关卡负责人";
        CampaignOwner = "campaign_owner", "the campaign's owner", "活动负责人";
        Approvers = "approvers", "approvers who have not decided", "未决定的审批人";
        ApproversInReview = "approvers_in_review", "approvers, while the gate is in review", "审批中的审批人";
        Reviewers = "reviewers", "members who fit the gate's policy", "可审批该关卡的成员";
        Submitter = "submitter", "whoever submitted", "提交人";
        Managers = "managers", "managers, or admins where there are none", "主管";
        Admins = "admins", "admins", "管理员";
    }
}

/// One planned message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Why.
    pub reason: Reason,
    /// What it is about: a gate.
    pub subject: GateKey,
    /// Which of several in a row, such as `d1` or `p0`.
    pub occurrence: String,
    /// What makes a repetition a new fact: a due instant or a submission.
    pub generation: String,
    /// How it treats quiet hours.
    pub class: Class,
    /// When it shall be sent.
    pub planned_at: Timestamp,
    /// It is sent only before this.
    pub not_after: Timestamp,
    /// Who gets it.
    pub audience: Vec<Audience>,
}

impl Planned {
    /// The key that is never used twice: `<campaign>:<reason>:<subject>:<occurrence>:<generation>`.
    #[must_use]
    pub fn key(&self, campaign: CampaignId) -> String {
        let Self { reason, subject, occurrence, generation, .. } = self;
        format!("{campaign}:{reason}:{subject}:{occurrence}:{generation}")
    }
}

/// Every message the campaign wants to send, past and future; none once it is over.
#[must_use]
pub fn notices(case: &Case<'_>, standing: &Standing) -> Vec<Planned> {
    let mut planned: Vec<Planned> = match standing.status {
        CampaignStatus::Preparing | CampaignStatus::Ready | CampaignStatus::OnHold => GateKey::ALL
            .iter()
            .flat_map(|gate| due(case, standing, *gate).into_iter().chain(overdue(case, standing, *gate)))
            .chain(GateKey::ALL.iter().flat_map(|gate| wanted(case, *gate)))
            .chain(GateKey::ALL.iter().filter_map(|gate| expired(case, standing, *gate)))
            .chain(GateKey::ALL.iter().filter_map(|gate| worded(case, *gate)))
            .collect(),
        CampaignStatus::Live
        | CampaignStatus::Completed
        | CampaignStatus::Cancelled
        | CampaignStatus::Lapsed => Vec::new(),
    };
    planned.extend(GateKey::ALL.iter().flat_map(|gate| decided(case, *gate)));
    planned.retain(|notice| notice.planned_at < notice.not_after);
    planned
}

/// The overdue level that wakes people; it counts all hours (domain page, §g).
const LAST_LEVEL: &str = "l3";

fn due(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due_at = standing.gates[gate].due_at;
    let offsets = &case.playbook.reminders.gate_due;
    let at = |offset: &Offset| offset.from(due_at, &case.profile().time_zone);
    offsets
        .iter()
        .map(|(occurrence, offset)| {
            let planned_at = at(offset);
            // The reminder at the due instant itself stays of use for four hours (domain page, §g).
            let (not_after, audience) = if planned_at < due_at {
                (due_at, vec![Audience::GateOwner])
            } else {
                let hours = SignedDuration::from_hours(4);
                (later(due_at, hours), vec![Audience::GateOwner, Audience::ApproversInReview])
            };
            let (reason, class) = (Reason::GateDue, Class::Action);
            let (occurrence, generation) = (occurrence.clone(), due_at.to_string());
            Planned { reason, subject: gate, occurrence, generation, class, planned_at, not_after, audience }
        })
        .collect()
}

fn overdue(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Vec<Planned> {
    let due_at = standing.gates[gate].due_at;
    ladder::climb(case, due_at, &case.playbook.reminders.gate_overdue, Some(LAST_LEVEL))
        .into_iter()
        .map(|step| {
            let (class, audience) = match step.occurrence.as_str() {
                "l1" => (Class::Action, vec![Audience::GateOwner, Audience::Managers]),
                "l2" => (Class::Action, vec![Audience::Managers, Audience::CampaignOwner]),
                _ => (Class::Critical, vec![Audience::Managers, Audience::Admins]),
            };
            step.planned(Reason::GateOverdue, gate, due_at.to_string(), class, audience)
        })
        .collect()
}

fn wanted(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    let waiting = |submission: &&Submission| submission.outcome.is_none();
    let Some(submission) = case.campaign.gates[gate].submission.as_ref().filter(waiting) else {
        return Vec::new();
    };
    let mut offsets = case.playbook.reminders.approval_wanted.clone();
    offsets.insert("p0".to_owned(), Offset::Elapsed(SignedDuration::ZERO));
    ladder::climb(case, submission.at, &offsets, None)
        .into_iter()
        .map(|step| {
            let audience = match step.occurrence.as_str() {
                "p0" | "p1" => vec![Audience::Approvers],
                "p2" => vec![Audience::Approvers, Audience::GateOwner],
                _ => vec![Audience::Managers, Audience::Admins],
            };
            step.planned(Reason::ApprovalWanted, gate, submission.id.to_string(), Class::Action, audience)
        })
        .collect()
}

/// Told at once when evidence of a passed gate is too old.
fn expired(case: &Case<'_>, standing: &Standing, gate: GateKey) -> Option<Planned> {
    let (gate_standing, go_live_at) = (&standing.gates[gate], case.go_live_at());
    let expires_at = gate_standing.expires_at.filter(|_| gate_standing.status == GateStatus::Expired)?;
    let is_near = later(expires_at, SignedDuration::from_hours(24)) >= go_live_at;
    Some(Planned {
        reason: Reason::GateExpired,
        subject: gate,
        occurrence: "at_once".to_owned(),
        generation: expires_at.to_string(),
        class: if is_near { Class::Critical } else { Class::Action },
        planned_at: expires_at,
        not_after: go_live_at,
        audience: vec![Audience::GateOwner, Audience::Reviewers],
    })
}

/// Told at once when a change of the lexicon finds something in the texts of a gate.
fn worded(case: &Case<'_>, gate: GateKey) -> Option<Planned> {
    let texts = case.campaign.wording.iter().filter(|text| is_at(text, gate));
    let newest = texts.max_by_key(|text| text.lexicon_version)?;
    Some(Planned {
        reason: Reason::WordingFound,
        subject: gate,
        occurrence: "at_once".to_owned(),
        generation: newest.lexicon_version.to_string(),
        class: Class::Action,
        planned_at: newest.at,
        not_after: case.go_live_at(),
        audience: vec![Audience::GateOwner, Audience::CampaignOwner],
    })
}

/// Whether a text that was found belongs to the gate.
fn is_at(text: &FoundText, gate: GateKey) -> bool {
    rules_of(gate).any(|rule| rule.id == text.rule)
}

fn decided(case: &Case<'_>, gate: GateKey) -> Vec<Planned> {
    // The decisions on a submission that was withdrawn since were planned when they were made.
    let stands = |submission: &&Submission| submission.outcome != Some(Outcome::Withdrawn);
    let Some(submission) = case.campaign.gates[gate].submission.as_ref().filter(stands) else {
        return Vec::new();
    };
    let day = SignedDuration::from_hours(24);
    submission
        .decisions
        .iter()
        .enumerate()
        .map(|(index, decision)| Planned {
            reason: Reason::GateDecided,
            subject: gate,
            occurrence: format!("v{}", index + 1),
            generation: submission.id.to_string(),
            class: Class::Action,
            planned_at: decision.at,
            not_after: later(decision.at, day).min(case.go_live_at()),
            audience: vec![Audience::Submitter, Audience::GateOwner],
        })
        .collect()
}
