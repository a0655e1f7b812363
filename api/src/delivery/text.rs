//! What a mail says: gate, campaign and time first, then what happened, why it is told now, and what to do.
//! The words of both languages are in `wording`, their places in a mail in `page`.

mod page;
mod wording;

use domain::campaign::{Decision, Submission};
use domain::evaluate::rules_of;
use domain::locale::Locale;
use domain::notice::{Planned, Reason};
use domain::rule::Case;
use domain::standing::{GateStanding, Standing};
use domain::surroundings::DirectoryMember;
use jiff::Timestamp;

use page::Page;

/// What a mail is about, and who reads it.
#[derive(Copy, Clone, Debug)]
pub struct Occasion<'o> {
    /// The campaign at the moment of sending.
    pub case: Case<'o>,
    /// Where it stands.
    pub standing: &'o Standing,
    /// The planned message.
    pub notice: &'o Planned,
    /// The recipient.
    pub reader: &'o DirectoryMember,
    /// Whether domain time is a sandbox's.
    pub sandbox: bool,
}

/// What a mail says, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML; says the same.
    pub html: String,
}

/// Words the mail of an occasion.
#[must_use]
pub fn letter(occasion: &Occasion<'_>) -> Letter {
    let locale = occasion.reader.locale;
    let mut page = Page::new(locale);
    if occasion.sandbox {
        page.say(wording::sandbox(locale));
    }
    page.say(wording::what(occasion));
    if let Some(comment) = occasion.comment() {
        page.quote(comment);
    }
    page.say(wording::why_now(occasion));
    page.say(wording::what_to_do(occasion));
    for (label, value) in facts(occasion) {
        page.fact(label, value);
    }
    page.sign(wording::signature(locale));
    Letter { subject: subject(occasion), text: page.text(), html: page.html() }
}

fn subject(occasion: &Occasion<'_>) -> String {
    let locale = occasion.reader.locale;
    let gate = occasion.notice.subject.label().to(locale);
    let name = &occasion.case.profile().name;
    let time = occasion.short_time(occasion.time());
    let label = wording::label(occasion);
    let mark = if occasion.sandbox { "[SANDBOX] " } else { "" };
    format!("{mark}{gate} · {name} · {time} · {label}")
}

/// Figures at the end of the mail.
fn facts(occasion: &Occasion<'_>) -> Vec<(&'static str, String)> {
    let locale = occasion.reader.locale;
    let case = &occasion.case;
    let findings: Vec<_> = rules_of(occasion.notice.subject)
        .flat_map(|rule| rule.findings(case))
        .filter(|one| !one.waived)
        .collect();
    let blocking = findings.iter().filter(|finding| finding.blocks()).count();
    vec![
        wording::open_findings(locale, findings.len(), blocking),
        wording::due(locale, occasion.long_time(occasion.gate().due_at)),
        wording::go_live(locale, occasion.long_time(case.go_live_at())),
    ]
}

impl<'o> Occasion<'o> {
    /// Where the gate stands.
    fn gate(&self) -> &'o GateStanding {
        &self.standing.gates[self.notice.subject]
    }

    /// The submission the message is about, while it is the newest.
    fn submission(&self) -> Option<&'o Submission> {
        let newest = self.case.campaign.gates[self.notice.subject].submission.as_ref();
        newest.filter(|submission| submission.id.to_string() == self.notice.generation)
    }

    /// The decision the message is about: `v1` is the first on its submission.
    fn decision(&self) -> Option<&'o Decision> {
        let number: usize = self.notice.occurrence.strip_prefix('v')?.parse().ok()?;
        self.submission()?.decisions.get(number.checked_sub(1)?)
    }

    /// The time in the subject: that of the decision or of what was found, else when the gate is due.
    fn time(&self) -> Timestamp {
        match self.notice.reason {
            Reason::GateDecided => self.decision().map_or(self.notice.planned_at, |decision| decision.at),
            Reason::GateDue | Reason::GateOverdue | Reason::ApprovalWanted => self.gate().due_at,
            Reason::GateExpired | Reason::WordingFound => self.notice.planned_at,
        }
    }

    /// What somebody wrote to the reader.
    fn comment(&self) -> Option<&'o str> {
        match self.notice.reason {
            Reason::GateDecided => self.decision()?.comment.as_deref(),
            Reason::ApprovalWanted => self.submission()?.comment.as_deref(),
            Reason::GateDue | Reason::GateOverdue | Reason::GateExpired | Reason::WordingFound => None,
        }
    }

    /// What is found in the words of the gate, in the reader's language.
    fn wording(&self) -> Vec<String> {
        let rules = rules_of(self.notice.subject).filter(|rule| rule.of_wording);
        let findings = rules.flat_map(|rule| rule.findings(&self.case));
        findings.map(|finding| finding.message(self.reader.locale, self.case.profile())).collect()
    }

    /// Whether the reader looks after the gate.
    fn reader_owns(&self) -> bool {
        let directory = self.case.surroundings.directory;
        let active = |id| directory.member(id).filter(|member| member.active);
        let assignee = self.case.campaign.gates[self.notice.subject].assignee.and_then(active);
        let owner = assignee.or_else(|| directory.person(&self.case.profile().owner));
        owner.is_some_and(|owner| owner.id == self.reader.id)
    }

    /// Whether the reader can decide on what waits for review.
    fn reader_decides(&self) -> bool {
        let newest = self.case.campaign.gates[self.notice.subject].submission.as_ref();
        newest.is_some_and(|submission| {
            submission.outcome.is_none()
                && submission.policy.fits(self.reader)
                && !submission.authors.contains(&self.reader.id)
                && submission.decisions.iter().all(|decision| decision.by != self.reader.id)
        })
    }

    /// Day and time in the campaign's zone.
    fn short_time(&self, instant: Timestamp) -> String {
        let format = match self.reader.locale {
            Locale::En => "%-d %b %H:%M",
            Locale::ZhCn => "%-m月%-d日 %H:%M",
        };
        self.case.local(instant).strftime(format).to_string()
    }

    /// Date and time in the campaign's zone, and the zone.
    fn long_time(&self, instant: Timestamp) -> String {
        let format = match self.reader.locale {
            Locale::En => "%-d %b %Y %H:%M",
            Locale::ZhCn => "%Y年%-m月%-d日 %H:%M",
        };
        let local = self.case.local(instant).strftime(format).to_string();
        let zone = self.case.profile().zone_name();
        match self.reader.locale {
            Locale::En => format!("{local} ({zone})"),
            Locale::ZhCn => format!("{local}（{zone}）"),
        }
    }
}

#[cfg(test)]
mod tests;
