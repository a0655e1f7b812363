//! What the ledger has to change when a campaign changed: rows to add, rows to move, rows that are void.

use jiff::Timestamp;

use super::{Planned, Reason};
use crate::campaign::Outcome;
use crate::choices;
use crate::evaluate::rules_of;
use crate::gate::GateKey;
use crate::ids::CampaignId;
use crate::rule::{Case, Rule};
use crate::standing::{GateStatus, Standing};
use crate::surroundings::CampaignStatus;

choices! {
    /// How far a planned message has come.
    pub enum Ledger {
        Planned = "planned", "planned", "已计划";
        Sending = "sending", "being sent", "发送中";
        Sent = "sent", "sent", "已发送";
        Merged = "merged", "merged into another", "已合并";
        Skipped = "skipped", "skipped", "已跳过";
        Expired = "expired", "past its useful time", "已过时";
        Failed = "failed", "failed", "发送失败";
    }
}

/// A row the ledger has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Its key.
    pub key: String,
    /// Its reason.
    pub reason: Reason,
    /// How far it has come.
    pub status: Ledger,
    /// Why it ended as it did.
    pub outcome: Option<String>,
    /// The row as it was planned.
    pub planned: Planned,
}

/// What changes in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replanned {
    /// Rows to add.
    pub add: Vec<Planned>,
    /// Rows to write anew under their key, waiting from now on: those that read differently, and skipped ones
    /// that are wanted again, as after a reschedule that was taken back. Neither was sent.
    pub change: Vec<(String, Planned)>,
    /// Waiting rows that are void: key and outcome of `skipped`.
    pub drop: Vec<(String, String)>,
}

/// Compares what is wanted with what the ledger has. A row whose time was over before it could be planned is
/// not wanted, except what is still of use: the highest overdue level a gate has reached, and what is told the moment it
/// is found. These go out at once. What was sent, or is about to be, stays as it is.
#[must_use]
pub fn replan(
    campaign: CampaignId,
    status: CampaignStatus,
    wanted: Vec<Planned>,
    existing: &[Existing],
    now: Timestamp,
) -> Replanned {
    let mut replanned = Replanned::default();
    let keys: Vec<String> = wanted.iter().map(|notice| notice.key(campaign)).collect();
    let waiting = existing.iter().filter(|row| row.status == Ledger::Planned);
    for row in waiting.filter(|row| row.reason != Reason::GateDecided && !keys.contains(&row.key)) {
        replanned.drop.push((row.key.clone(), void_because(row, status, &wanted).to_owned()));
    }
    let overdue = highest_reached(&wanted, now);
    for ((key, notice), highest) in keys.into_iter().zip(wanted).zip(overdue) {
        let at_once = matches!(notice.reason, Reason::GateExpired | Reason::WordingFound);
        let is_useful_late = highest || at_once;
        let timely = timely(notice, is_useful_late, now);
        match (existing.iter().find(|row| row.key == key), timely) {
            (None, timely) => replanned.add.extend(timely),
            (Some(row), Some(notice)) if may_read_anew(row, &notice, now) => {
                replanned.change.push((key, notice));
            }
            (Some(row), None) if row.status == Ledger::Planned && row.planned.planned_at > now => {
                replanned.drop.push((key, REPLANNED.to_owned()));
            }
            (Some(_), Some(_) | None) => {}
        }
    }
    replanned
}

const REPLANNED: &str = "replanned";
const ON_HOLD: &str = "on_hold";
const RENEWED: &str = "evidence_renewed";

/// The row as it can still be planned.
fn timely(notice: Planned, is_useful_late: bool, now: Timestamp) -> Option<Planned> {
    if notice.planned_at >= now {
        Some(notice)
    } else if is_useful_late && now < notice.not_after {
        Some(Planned { planned_at: now, ..notice })
    } else {
        None
    }
}

fn may_read_anew(row: &Existing, notice: &Planned, now: Timestamp) -> bool {
    match row.status {
        Ledger::Planned => row.planned != *notice && row.planned.planned_at > now,
        // What a pause held back and is still the highest overdue level goes out when the pause ends.
        Ledger::Skipped => {
            notice.planned_at > now || (row.outcome.as_deref() == Some(ON_HOLD) && notice.planned_at == now)
        }
        Ledger::Sending | Ledger::Sent | Ledger::Merged | Ledger::Expired | Ledger::Failed => false,
    }
}

/// Marks, for each wanted row, whether it is the highest overdue level its gate has reached.
fn highest_reached(wanted: &[Planned], now: Timestamp) -> Vec<bool> {
    let reached = |notice: &Planned| notice.reason == Reason::GateOverdue && notice.planned_at < now;
    let higher = |notice: &Planned| {
        let above =
            |other: &&Planned| other.subject == notice.subject && other.planned_at > notice.planned_at;
        wanted.iter().filter(|other| reached(other)).any(|other| above(&other))
    };
    wanted.iter().map(|notice| reached(notice) && !higher(notice)).collect()
}

/// Why a waiting row is not wanted any more. Of an approval: it was decided, a new submission took the place of
/// a voided one, or nothing is left that could be approved.
fn void_because(row: &Existing, status: CampaignStatus, wanted: &[Planned]) -> &'static str {
    let same_subject = |reason| {
        wanted.iter().filter(move |notice| notice.reason == reason && notice.subject == row.planned.subject)
    };
    let same_generation = |notice: &Planned| notice.generation == row.planned.generation;
    if let Some(over) = campaign_over(status) {
        over
    } else if row.reason == Reason::GateExpired {
        RENEWED
    } else if row.reason != Reason::ApprovalWanted || same_subject(row.reason).any(same_generation) {
        REPLANNED
    } else if same_subject(Reason::GateDecided).any(same_generation) {
        "decided"
    } else if same_subject(row.reason).next().is_some() {
        "voided"
    } else {
        "withdrawn"
    }
}

/// The outcome of every message of a campaign that is over or on air.
const fn campaign_over(status: CampaignStatus) -> Option<&'static str> {
    match status {
        CampaignStatus::Preparing | CampaignStatus::Ready | CampaignStatus::OnHold => None,
        CampaignStatus::Live => Some("campaign_live"),
        CampaignStatus::Completed => Some("campaign_completed"),
        CampaignStatus::Cancelled => Some("campaign_cancelled"),
        CampaignStatus::Lapsed => Some("campaign_lapsed"),
    }
}

/// Why a planned message no longer applies at the moment of sending; `None` if it does.
#[must_use]
pub fn obsolete(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Option<String> {
    if standing.status == CampaignStatus::OnHold {
        return Some(ON_HOLD.to_owned());
    }
    let gate = &standing.gates[notice.subject];
    let over = || campaign_over(standing.status);
    let passed = || (gate.status == GateStatus::Passed).then_some("gate_passed");
    let before_due = notice.not_after <= gate.due_at;
    let in_review = || (before_due && gate.status == GateStatus::InReview).then_some("gate_in_review");
    let void = match notice.reason {
        Reason::GateDue => over().or_else(passed).or_else(in_review),
        Reason::GateOverdue => over().or_else(passed),
        Reason::ApprovalWanted => over().or_else(|| not_wanted(case, standing, notice)),
        Reason::GateExpired => over().or_else(|| (gate.status != GateStatus::Expired).then_some(RENEWED)),
        Reason::WordingFound => over().or_else(|| is_reworded(case, notice.subject).then_some("reworded")),
        // What was decided stays true, whatever becomes of the campaign.
        Reason::GateDecided => None,
    };
    void.map(str::to_owned)
}

/// Whether nothing of the kind is left at a gate that changes of the lexicon found there. Where it stands does not
/// matter: a text moves when others are written before it.
fn is_reworded(case: &Case<'_>, gate: GateKey) -> bool {
    let found = |rule: &&Rule| case.campaign.wording.iter().any(|text| text.rule == rule.id);
    rules_of(gate).filter(found).flat_map(|rule| rule.findings(case)).next().is_none()
}

fn not_wanted(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Option<&'static str> {
    let newest = case.campaign.gates[notice.subject].submission.as_ref();
    let Some(submission) = newest.filter(|newest| newest.id.to_string() == notice.generation) else {
        return Some("voided");
    };
    match submission.outcome {
        Some(Outcome::Withdrawn) => Some("withdrawn"),
        Some(Outcome::Approved | Outcome::ChangesRequested) => Some("decided"),
        None if standing.gates[notice.subject].status == GateStatus::InReview => None,
        None => Some("voided"),
    }
}
