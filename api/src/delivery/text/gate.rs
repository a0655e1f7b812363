//! Mails about a gate: what they know of it, and the places their words stand in.

mod words;

use std::ops::Deref;

use domain::actor::Role;
use domain::campaign::{Decision, Submission};
use domain::evaluate::rules_of;
use domain::finding::Finding;
use domain::gate::GateKey;
use domain::notice::{Reason, facets_changed_at};
use domain::rule::Rule;
use domain::standing::{GateStanding, GateStatus};
use jiff::Timestamp;

use super::wording::{self, pick};
use super::{Occasion, Words};
use words::{and_more, due, label, open_findings, to_tick, what, what_to_do, why_now};

/// An occasion that is about a gate.
pub(super) struct AtGate<'a, 'o> {
    pub(super) occasion: &'a Occasion<'o>,
    pub(super) key: GateKey,
}

impl<'o> Deref for AtGate<'_, 'o> {
    type Target = Occasion<'o>;

    fn deref(&self) -> &Self::Target {
        self.occasion
    }
}

/// Findings that a mail tells one by one; the others are counted.
const FINDINGS_TOLD: usize = 5;

/// The words of a mail about a gate.
pub(super) fn words(at: &AtGate<'_, '_>) -> Words {
    let findings = at.findings();
    Words {
        about: Some(at.key.label().to(at.reader.locale)),
        time: at.time(),
        label: label(at),
        what: what(at),
        quote: at.comment().map(str::to_owned),
        why_now: why_now(at),
        what_to_do: what_to_do(at),
        items: items(at, &findings),
        facts: facts(at, &findings),
    }
}

/// What is found, blockers first, where the reader is asked to settle or to judge it.
fn items(at: &AtGate<'_, '_>, findings: &[Finding]) -> Vec<String> {
    if at.notice.reason == Reason::WordingFound || at.gate().status == GateStatus::Passed {
        return Vec::new();
    }
    let (locale, profile) = (at.reader.locale, at.case.profile());
    let (blocking, others): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.blocks());
    let told = blocking.into_iter().chain(others).take(FINDINGS_TOLD);
    let arrow = |one: &Finding| format!("{} → {}", one.message(locale, profile), one.fix(locale, profile));
    let more = findings.len().saturating_sub(FINDINGS_TOLD);
    told.map(arrow).chain((more > 0).then(|| and_more(locale, more))).collect()
}

/// Figures at the end of the mail.
fn facts(at: &AtGate<'_, '_>, findings: &[Finding]) -> Vec<(&'static str, String)> {
    let locale = at.reader.locale;
    let blocking = findings.iter().filter(|finding| finding.blocks()).count();
    let mut facts = vec![open_findings(locale, findings.len(), blocking)];
    facts.extend(at.unticked().map(|titles| to_tick(locale, &titles)));
    facts.push(due(locale, at.long_time(at.gate().due_at)));
    facts.push(wording::go_live(locale, at.long_time(at.case.go_live_at())));
    facts
}

impl<'o> AtGate<'_, 'o> {
    /// Where the gate stands.
    fn gate(&self) -> &'o GateStanding {
        &self.standing.gates[self.key]
    }

    /// The submission the message is about, while it is the newest.
    fn submission(&self) -> Option<&'o Submission> {
        let newest = self.case.campaign.gates[self.key].submission.as_ref();
        newest.filter(|submission| submission.id.to_string() == self.notice.generation)
    }

    /// The decision the message is about: `v1` is the first on its submission.
    fn decision(&self) -> Option<&'o Decision> {
        let number: usize = self.notice.occurrence.strip_prefix('v')?.parse().ok()?;
        self.submission()?.decisions.get(number.checked_sub(1)?)
    }

    /// The time in the subject: that of what happened, else when the gate is due or the evidence too old.
    fn time(&self) -> Timestamp {
        match self.notice.reason {
            Reason::GateDecided => self.decision().map_or(self.notice.planned_at, |decision| decision.at),
            Reason::GateDue | Reason::GateOverdue | Reason::ApprovalWanted => self.gate().due_at,
            // It is of use until then.
            Reason::GateExpiring | Reason::RecheckWanted => self.notice.not_after,
            Reason::GateStale
            | Reason::GateExpired
            | Reason::FacetChanged
            | Reason::WordingFound
            | Reason::Touchpoint
            | Reason::Countdown
            | Reason::GoLiveDecision
            | Reason::CampaignReady
            | Reason::CampaignNotReady => self.notice.planned_at,
        }
    }

    /// What somebody wrote to the reader.
    fn comment(&self) -> Option<&'o str> {
        match self.notice.reason {
            Reason::GateDecided => self.decision()?.comment.as_deref(),
            Reason::ApprovalWanted => self.submission()?.comment.as_deref(),
            Reason::GateDue
            | Reason::GateOverdue
            | Reason::GateStale
            | Reason::GateExpired
            | Reason::GateExpiring
            | Reason::RecheckWanted
            | Reason::FacetChanged
            | Reason::WordingFound
            | Reason::Touchpoint
            | Reason::Countdown
            | Reason::GoLiveDecision
            | Reason::CampaignReady
            | Reason::CampaignNotReady => None,
        }
    }

    /// Where something changed: the parts whose facets differ, in the reader's language.
    fn changed(&self) -> String {
        let stale = self.gate().stale.iter().flat_map(|stale| &stale.facets).map(|(facet, _)| facet.as_str());
        let facets: Vec<&str> = match self.notice.reason {
            Reason::FacetChanged => {
                let at = self.notice.generation.parse();
                at.map(|at| facets_changed_at(&self.case, self.standing, self.key, at)).unwrap_or_default()
            }
            Reason::GateDue
            | Reason::GateOverdue
            | Reason::ApprovalWanted
            | Reason::GateDecided
            | Reason::GateStale
            | Reason::GateExpired
            | Reason::GateExpiring
            | Reason::RecheckWanted
            | Reason::WordingFound
            | Reason::Touchpoint
            | Reason::Countdown
            | Reason::GoLiveDecision
            | Reason::CampaignReady
            | Reason::CampaignNotReady => stale.collect(),
        };
        let locale = self.reader.locale;
        let mut parts: Vec<&str> = Vec::new();
        for facet in facets {
            let gate = facet.split('.').next().and_then(GateKey::of_key);
            let part = gate
                .map_or(pick(locale, "the campaign itself", "活动信息"), |gate| gate.label().to(locale));
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.join(pick(locale, ", ", "、"))
    }

    /// What is open at the gate, as far as the reader may see it.
    fn findings(&self) -> Vec<Finding> {
        let seen = |rule: &&Rule| !(rule.tells_cost && self.reader.role == Role::Viewer);
        let found = rules_of(self.key).filter(seen).flat_map(|rule| rule.findings(&self.case));
        found.filter(|finding| !finding.waived).collect()
    }

    /// Required items that nobody has ticked; none where nothing is missing or nobody has to tick it any more.
    fn unticked(&self) -> Option<Vec<&str>> {
        let facts = &self.case.campaign.gates[self.key];
        let required = self.case.playbook.gates[self.key].checklist.iter().filter(|item| item.required);
        let missing = required.filter(|item| !facts.ticks.contains_key(&item.key));
        let titles: Vec<&str> = missing.map(|item| item.title.to(self.reader.locale)).collect();
        (self.gate().status != GateStatus::Passed && !titles.is_empty()).then_some(titles)
    }

    /// What is found in the words of the gate, in the reader's language.
    fn wording(&self) -> Vec<String> {
        let rules = rules_of(self.key).filter(|rule| rule.of_wording);
        let findings = rules.flat_map(|rule| rule.findings(&self.case));
        findings.map(|finding| finding.message(self.reader.locale, self.case.profile())).collect()
    }

    /// Whether the reader looks after the gate.
    fn reader_owns(&self) -> bool {
        let directory = self.case.surroundings.directory;
        let active = |id| directory.member(id).filter(|member| member.active);
        let assignee = self.case.campaign.gates[self.key].assignee.and_then(active);
        let owner = assignee.or_else(|| directory.person(&self.case.profile().owner));
        owner.is_some_and(|owner| owner.id == self.reader.id)
    }

    /// Whether the reader can decide on what waits for review.
    fn reader_decides(&self) -> bool {
        let newest = self.case.campaign.gates[self.key].submission.as_ref();
        newest.is_some_and(|submission| {
            submission.outcome.is_none()
                && submission.policy.fits(self.reader)
                && !submission.authors.contains(&self.reader.id)
                && submission.decisions.iter().all(|decision| decision.by != self.reader.id)
        })
    }
}
