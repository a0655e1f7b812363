//! Mails about a gate: what they know of it, and the places their words stand in.

pub(super) mod code;
mod told;
mod words;

use std::ops::Deref;

use domain::actor::{Role, Who};
use domain::campaign::{Decision, Submission};
use domain::evaluate::rules_of;
use domain::finding::Finding;
use domain::gate::GateKey;
use domain::locale::Locale;
use domain::notice::Reason;
use domain::rule::Rule;
use domain::signing::Signing;
use domain::standing::{GateStanding, GateStatus};
use jiff::SignedDuration;

use super::wording::{self, pick};
use super::{OfCampaign, Words};
use told::told;
use words::{and_more, changed, due, open_findings, role, to_tick, what_to_do};

/// An occasion that is about a gate.
pub(super) struct AtGate<'a, 'o> {
    pub(super) campaign: &'a OfCampaign<'a, 'o>,
    pub(super) key: GateKey,
}

impl<'a, 'o> Deref for AtGate<'a, 'o> {
    type Target = OfCampaign<'a, 'o>;

    fn deref(&self) -> &Self::Target {
        self.campaign
    }
}

/// Findings that a mail tells one by one; the others are counted.
const FINDINGS_TOLD: usize = 5;

/// The words of a mail about a gate.
pub(super) fn words(at: &AtGate<'_, '_>) -> Words {
    let (locale, findings, told) = (at.reader.locale, at.findings(), told(at));
    let role = told.role.unwrap_or_else(|| role(at));
    Words {
        about: Some(at.name()),
        time: told.time,
        label: told.label,
        what: told.what,
        quote: told.quote,
        why_now: format!("{role}{}{}", pick(locale, " ", ""), told.now).trim_end().to_owned(),
        what_to_do: told.to_do.map_or_else(|| what_to_do(at), str::to_owned),
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
    facts.extend(at.changed().map(|parts| changed(locale, parts)));
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

    /// The gate, in the reader's language.
    fn name(&self) -> &'static str {
        self.key.label().to(self.reader.locale)
    }

    fn campaign_name(&self) -> &'o str {
        &self.case.profile().name
    }

    /// The time left until the gate is due, negative when it is overdue.
    fn slack(&self) -> SignedDuration {
        wording::whole_minutes(self.gate().due_at.duration_since(self.case.now()))
    }

    /// The same in words.
    fn until_due(&self) -> String {
        let (locale, slack) = (self.reader.locale, self.slack());
        let span = wording::span(slack, locale);
        match locale {
            Locale::En if slack.is_positive() => format!("{span} are left until it is due."),
            Locale::En if slack.is_zero() => "It is due now.".to_owned(),
            Locale::En => format!("It is {span} overdue."),
            Locale::ZhCn if slack.is_positive() => format!("距截止还有 {span}。"),
            Locale::ZhCn if slack.is_zero() => "现在到期。".to_owned(),
            Locale::ZhCn => format!("已逾期 {span}。"),
        }
    }

    /// Somebody's name; the active and those who left alike.
    fn person(&self, who: Option<Who>) -> String {
        let locale = self.reader.locale;
        let member = match who {
            Some(Who::Member(id)) => self.case.surroundings.directory.member(id),
            Some(Who::Service(_) | Who::System) | None => None,
        };
        match member {
            Some(member) if locale == Locale::ZhCn => format!("{} ", member.name),
            Some(member) => member.name.clone(),
            None => pick(locale, "Somebody", "有人").to_owned(),
        }
    }

    /// The parts of a campaign that facets belong to, in the reader's language.
    fn parts_of<'f>(&self, facets: impl Iterator<Item = &'f str>) -> String {
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

    /// Where what waits for review differs from what was reviewed last; `None` where the reader is asked for nothing, or
    /// where this is the first review.
    fn changed(&self) -> Option<String> {
        let wanted = self.notice.reason == Reason::ApprovalWanted;
        let submission = self.submission().filter(|_| wanted)?;
        let (_, facets) = submission.changed_since_review()?;
        Some(self.parts_of(facets.into_iter()))
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
        let waiting = newest.filter(|submission| submission.outcome.is_none());
        waiting.is_some_and(|submission| Signing::of(&self.case, submission).signature(self.reader).is_some())
    }
}
