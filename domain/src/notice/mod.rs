//! Notices: which messages a campaign or an organization wants to send, when, to whom, and until when they are of use.
//! What was already claimed or sent is the ledger's business; sending is nobody's here.

mod about;
mod approval;
mod code;
mod departure;
mod ending;
mod ladder;
mod ledger;
mod obsolete;
mod office;
mod outlook;
mod recipients;
mod remind;
mod review;
mod show;
mod subject;
mod undelivered;

use std::fmt::Display;

use jiff::{SignedDuration, Timestamp};

use crate::campaign::later;
use crate::choices;
use crate::gate::GateKey;
use crate::rule::Case;
use crate::standing::Standing;
use crate::surroundings::CampaignStatus;

pub use about::About;
pub use approval::changed_at as facets_changed_at;
pub use code::{CODE_LASTS, code};
pub use departure::{Bundle, Departure, MERGED_WITHIN, Opened, departure, wakes_at};
pub use ending::explanation;
pub use ledger::{Existing, Ledger, Replanned, replan};
pub use obsolete::obsolete;
pub use outlook::{Outlook, outlook};
pub use recipients::{Recipient, recipients, stand_in};
pub use subject::Subject;
pub use undelivered::undelivered;

choices! {
    /// Why a message is sent.
    pub enum Reason {
        GateDue = "gate_due", "a gate is due", "关卡即将到期";
        GateOverdue = "gate_overdue", "a gate is overdue", "关卡已逾期";
        ApprovalWanted = "approval_wanted", "an approval is wanted", "等待审批";
        GateDecided = "gate_decided", "a gate was decided", "审批结果";
        GateStale = "gate_stale", "an approval no longer holds", "审批已失效";
        GateExpired = "gate_expired", "evidence of a passed gate is too old", "关卡证据已过期";
        GateExpiring = "gate_expiring", "evidence of a passed gate is about to be too old", "关卡证据即将过期";
        RecheckWanted = "recheck_wanted", "the recheck before the show is wanted", "等待开播前复测";
        FacetChanged = "facet_changed", "something an approval rests on changed", "审批依据有变化";
        WordingFound = "wording_found", "a change of the lexicon found something", "词库变更后发现问题";
        Touchpoint = "touchpoint", "a warm-up asset is to be published", "预热物料待发布";
        Countdown = "countdown", "the show comes nearer", "开播倒计时";
        GoLiveDecision = "go_live_decision", "somebody must take the campaign live", "等待开播决定";
        CampaignReady = "campaign_ready", "all gates have passed", "活动已就绪";
        CampaignNotReady = "campaign_not_ready", "not all gates have passed any more", "活动不再就绪";
        ConfirmationCode = "confirmation_code", "a code confirms who opened a link", "身份验证码";
        Reminder = "reminder", "somebody set a reminder", "自定义提醒";
        KeyExpiring = "key_expiring", "an API key is about to expire", "API 密钥即将到期";
        DeliveryFailed = "delivery_failed", "a message did not arrive", "消息未送达";
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
        ApproversAway = "approvers_away", "approvers who are away", "休假中的审批人";
        StandIn = "stand_in", "whoever stands in for an approver who is away", "代理审批人";
        Reviewers = "reviewers", "members who fit the gate's policy", "可审批该关卡的成员";
        Submitter = "submitter", "whoever submitted", "提交人";
        Asked = "asked", "whoever asked for it", "请求人";
        Caretaker = "caretaker", "whoever looks after the campaign and can be reached", "可联系到的活动负责人或主管";
        Roster = "roster", "members on the roster", "排班成员";
        Managers = "managers", "managers, or admins where there are none", "主管";
        Admins = "admins", "admins", "管理员";
        Everybody = "everybody", "every member", "全体成员";
        KeyHolder = "key_holder", "whom the key acts as, or who made it", "密钥持有人";
    }
}

impl Reason {
    /// Whether a message of this kind stays true, and is sent, whatever becomes of the campaign.
    #[must_use]
    pub const fn stands_for_good(self) -> bool {
        matches!(self, Self::GateDecided | Self::ConfirmationCode | Self::DeliveryFailed)
    }
}

/// One planned message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Why.
    pub reason: Reason,
    /// What it is about.
    pub subject: Subject,
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
    /// The key that is never used twice: `<campaign>:<reason>:<subject>:<occurrence>:<generation>`, with the organization's id
    /// where the message is about that.
    #[must_use]
    pub fn key(&self, of: impl Display) -> String {
        let Self { reason, subject, occurrence, generation, .. } = self;
        format!("{of}:{reason}:{subject}:{occurrence}:{generation}")
    }
}

/// The occurrence of what is told the moment it is found.
const AT_ONCE: &str = "at_once";
/// A day: how long news are of use, and from when on before T they are critical (domain page, §g).
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Every message the campaign wants to send, past and future; none once it is over.
#[must_use]
pub fn notices(case: &Case<'_>, standing: &Standing) -> Vec<Planned> {
    let mut planned: Vec<Planned> = match standing.status {
        CampaignStatus::Preparing | CampaignStatus::Ready | CampaignStatus::OnHold => {
            let of_gate = |gate: &GateKey| {
                let (review, approval) =
                    (review::of(case, standing, *gate), approval::of(case, standing, *gate));
                review.into_iter().chain(approval)
            };
            GateKey::ALL
                .iter()
                .flat_map(of_gate)
                .chain(show::of(case, standing))
                .chain(remind::of(case))
                .collect()
        }
        CampaignStatus::Live
        | CampaignStatus::Completed
        | CampaignStatus::Cancelled
        | CampaignStatus::Lapsed => Vec::new(),
    };
    planned.extend(GateKey::ALL.iter().flat_map(|gate| review::decided(case, *gate)));
    planned.retain(|notice| notice.planned_at < notice.not_after);
    planned
}

/// Something that is told the moment it is found.
fn at_once(reason: Reason, subject: impl Into<Subject>, at: Timestamp) -> Planned {
    Planned {
        reason,
        subject: subject.into(),
        occurrence: AT_ONCE.to_owned(),
        generation: at.to_string(),
        class: Class::Action,
        planned_at: at,
        not_after: later(at, DAY),
        audience: Vec::new(),
    }
}

/// `class`, or critical within 24 h of T.
fn critical_near(case: &Case<'_>, at: Timestamp, class: Class) -> Class {
    if later(at, DAY) >= case.go_live_at() { Class::Critical } else { class }
}
