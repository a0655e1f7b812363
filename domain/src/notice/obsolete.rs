//! Why a planned message no longer applies.

use super::approval::{changed_at, evidence_until, wants_recheck};
use super::show::{asset, warms_up};
use super::{About, Planned, Reason, Subject, office};
use crate::campaign::{FacetChange, Outcome};
use crate::evaluate::rules_of;
use crate::gate::GateKey;
use crate::rule::{Case, Rule};
use crate::standing::{GateStatus, Standing};
use crate::surroundings::CampaignStatus;

/// Why a message ends that was not sent because its campaign was paused.
pub(super) const ON_HOLD: &str = "on_hold";
/// Why a message ends whose useful time is over, though it was to last longer when it was planned.
const EXPIRED: &str = "expired";
/// Why a message ends whose gate has passed.
pub(super) const GATE_PASSED: &str = "gate_passed";
/// Why a message ends that is planned at another time instead.
pub(super) const REPLANNED: &str = "replanned";
/// Why a message ends whose reminder was removed.
pub(super) const REMINDER_REMOVED: &str = "reminder_removed";

/// Why a planned message no longer applies at the moment of sending; `None` if it does.
#[must_use]
pub fn obsolete(about: &About<'_>, notice: &Planned) -> Option<String> {
    let is_on_hold = match about {
        About::Campaign(_, standing) => standing.status == CampaignStatus::OnHold,
        About::Organization(_) => false,
    };
    // Evidence ages during a pause, too.
    let held = is_on_hold && notice.reason != Reason::GateExpired;
    let void = if held { Some(ON_HOLD) } else { void(about, notice) };
    void.or_else(|| unwanted(about, notice)).map(str::to_owned)
}

/// Why nobody wants to send this very message any more: another is planned instead, or the show that it was to
/// come before was moved and is over by now.
fn unwanted(about: &About<'_>, notice: &Planned) -> Option<&'static str> {
    let key = about.key(notice);
    let today = about.wanted().into_iter().find(|wanted| about.key(wanted) == key);
    match today {
        Some(today) => (today.not_after <= about.now()).then_some(EXPIRED),
        None => (!notice.reason.stands_for_good()).then_some(REPLANNED),
    }
}

/// As [`obsolete`], pauses aside.
pub(super) fn void(about: &About<'_>, notice: &Planned) -> Option<&'static str> {
    match about {
        _ if notice.reason.stands_for_good() => None,
        About::Campaign(case, standing) => of_campaign(case, standing, notice),
        About::Organization(office) => office::void(office, notice),
    }
}

fn of_campaign(case: &Case<'_>, standing: &Standing, notice: &Planned) -> Option<&'static str> {
    let at = notice.subject.gate().map(|gate| AtGate { case, standing, notice, gate });
    let at = at.as_ref();
    let is_ready = standing.status == CampaignStatus::Ready;
    campaign_over(standing.status).or_else(|| match notice.reason {
        Reason::GateDue => at?.passed().or_else(|| at?.in_review_before_due()),
        Reason::GateOverdue => at?.passed(),
        Reason::ApprovalWanted => at?.not_wanted(),
        Reason::GateStale => at?.unless(GateStatus::Stale, "no_longer_stale"),
        Reason::GateExpired => at?.unless(GateStatus::Expired, RENEWED),
        Reason::GateExpiring => at?.renewed(),
        Reason::RecheckWanted => (!wants_recheck(case)).then_some("recheck_recorded"),
        Reason::FacetChanged => at?.changed_otherwise(),
        Reason::WordingFound => at?.reworded(),
        Reason::Touchpoint => of_asset(case, standing, &notice.subject),
        Reason::Countdown => {
            let step = case.playbook.reminders.countdown.get(&notice.occurrence);
            step.and_then(|step| (is_ready && step.unless_ready).then_some("campaign_ready"))
        }
        Reason::Reminder => {
            let mut reminders = case.campaign.reminders.iter();
            let is_set = reminders.any(|reminder| reminder.id.to_string() == notice.generation);
            (!is_set).then_some(REMINDER_REMOVED)
        }
        Reason::CampaignReady => (!is_ready).then_some("no_longer_ready"),
        Reason::CampaignNotReady => is_ready.then_some("ready_again"),
        Reason::GoLiveDecision
        | Reason::GateDecided
        | Reason::ConfirmationCode
        | Reason::DeliveryFailed
        | Reason::KeyExpiring => None,
    })
}

const RENEWED: &str = "evidence_renewed";

/// A message about a gate, and where that stands.
struct AtGate<'a, 'c> {
    case: &'a Case<'c>,
    standing: &'a Standing,
    notice: &'a Planned,
    gate: GateKey,
}

impl AtGate<'_, '_> {
    fn unless(&self, status: GateStatus, why: &'static str) -> Option<&'static str> {
        (self.standing.gates[self.gate].status != status).then_some(why)
    }

    fn passed(&self) -> Option<&'static str> {
        (self.standing.gates[self.gate].status == GateStatus::Passed).then_some(GATE_PASSED)
    }

    fn in_review_before_due(&self) -> Option<&'static str> {
        let own = &self.standing.gates[self.gate];
        let before_due = self.notice.not_after <= own.due_at;
        (before_due && own.status == GateStatus::InReview).then_some("gate_in_review")
    }

    fn not_wanted(&self) -> Option<&'static str> {
        let newest = self.case.campaign.gates[self.gate].submission.as_ref();
        let Some(submission) = newest.filter(|newest| newest.id.to_string() == self.notice.generation) else {
            return Some("voided");
        };
        match submission.outcome {
            Some(Outcome::Withdrawn) => Some("withdrawn"),
            Some(Outcome::Approved | Outcome::ChangesRequested) => Some("decided"),
            None => self.unless(GateStatus::InReview, "voided"),
        }
    }

    fn renewed(&self) -> Option<&'static str> {
        let until = evidence_until(self.case, self.gate);
        until.is_none_or(|until| until.to_string() != self.notice.generation).then_some(RENEWED)
    }

    /// Why there is nothing to tell any more of what changed at the instant of the message: it was taken back, changed
    /// again, or the approval that it was told of ended.
    fn changed_otherwise(&self) -> Option<&'static str> {
        let at = self.notice.generation.parse().ok()?;
        let mut changes = self.case.campaign.gates[self.gate].noticed.changes.values();
        if !changes.any(|change| change.at == at) {
            // Taking it back was a change, too, and left nothing to tell; or there is news of a later one.
            let is_open =
                |change: &FacetChange| !changed_at(self.case, self.standing, self.gate, change.at).is_empty();
            let later = self.case.campaign.gates[self.gate].noticed.changes.values().any(is_open);
            return Some(if later { "superseded" } else { "change_undone" });
        }
        let differs = !changed_at(self.case, self.standing, self.gate, at).is_empty();
        (!differs).then_some("change_undone")
    }

    /// Whether nothing of the kind is left that changes of the lexicon found at the gate. Where it stands does not
    /// matter: a text moves when others are written before it.
    fn reworded(&self) -> Option<&'static str> {
        let found = |rule: &&Rule| self.case.campaign.wording.iter().any(|text| text.rule == rule.id);
        let mut findings = rules_of(self.gate).filter(found).flat_map(|rule| rule.findings(self.case));
        findings.next().is_none().then_some("reworded")
    }
}

fn of_asset(case: &Case<'_>, standing: &Standing, subject: &Subject) -> Option<&'static str> {
    let Subject::Asset(key) = subject else { return None };
    match asset(case, key) {
        None => Some("asset_removed"),
        Some(asset) if asset.published_url.is_some() => Some("published"),
        Some(_) if !warms_up(case, standing) => Some("warm_up_not_submitted"),
        Some(_) => None,
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
