//! What somebody sees who follows the link in a mail that asks for a decision: the gate's key figures, what the rules find,
//! what changed since the last review, and the decision itself while it is theirs to take.

mod changed;
mod figures;
mod words;

use domain::actor::Role;
use domain::campaign::{Decision, Submission};
use domain::decide::{Desk, Invitation, invitation};
use domain::evaluate::rules_of;
use domain::finding::Finding;
use domain::gate::GateKey;
use domain::ids::{MemberId, SubmissionId};
use domain::locale::Bilingual;
use domain::surroundings::DirectoryMember;
use domain::{Actor, Locale};
use jiff::Timestamp;

use super::leaf::{Block, Button, Field, Form, Leaf, Tone, Weight};
use super::{Reader, capitalized, wall_clock};
use crate::workflow::Acted;

/// Most characters of a comment; as for every decision.
const COMMENT_MAX: usize = 1000;

/// Somebody before a submission, as far as it is known who they are.
#[derive(Debug)]
pub struct Review<'r> {
    /// The campaign.
    pub acted: &'r Acted,
    /// The gate.
    pub gate: GateKey,
    /// The submission they were asked to decide on.
    pub submission: SubmissionId,
    /// Who was asked.
    pub member: &'r DirectoryMember,
    /// Whether it is known that this is them.
    pub browser: Browser,
    /// Whether domain time is a sandbox's.
    pub sandbox: bool,
    /// The page's address, relative to the request's.
    pub here: &'r str,
    /// What became of what they sent, if they sent something.
    pub answer: Option<String>,
}

/// Whether the browser is known to be the member's.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Their code was typed in it.
    Known,
    /// It is not.
    Unknown {
        /// Whether a code is waited for.
        code_waits: bool,
    },
}

impl Review<'_> {
    /// The page.
    #[must_use]
    pub fn leaf(&self) -> Leaf {
        let locale = self.member.locale;
        let actor = self.actor();
        let desk = self.acted.desk(&actor);
        let invitation = invitation(&desk, self.gate, self.submission);
        let mut blocks = Vec::new();
        blocks.extend(self.answer.iter().map(|answer| Block::Note(Tone::Stop, answer.clone())));
        let turn = self.turn(&invitation);
        blocks.push(turn);
        if let Invitation::Open { submission, hindrance } = &invitation {
            self.show(&desk, submission, &mut blocks);
            let hindrance = hindrance.as_ref().map(|why| why.detail(locale));
            self.ask(submission, hindrance, &mut blocks);
        }
        Leaf {
            locale,
            sandbox: self.sandbox,
            about: self.acted.campaign.profile.name.clone(),
            title: words::title(locale, self.gate.label().to(locale)),
            blocks,
        }
    }

    /// The member with their authority; nothing but the page acts for them.
    fn actor(&self) -> Actor {
        actor(self.member)
    }

    /// What to see first: whose turn it is.
    fn turn(&self, invitation: &Invitation<'_>) -> Block {
        let locale = self.member.locale;
        match invitation {
            Invitation::Open { .. } => Block::Note(Tone::Turn, words::waits_for(locale, &self.member.name)),
            Invitation::Decided { decision, outcome } => {
                let decided = words::you_decided(locale, decision.verdict, &self.time(decision.at));
                let space = if locale == Locale::En { " " } else { "" };
                Block::Note(
                    Tone::Good,
                    format!("{decided}{space}{}", words::what_follows(*outcome).to(locale)),
                )
            }
            Invitation::Ended { outcome, last } => {
                let last = last.map(|decision| (self.name(decision.by), self.time(decision.at)));
                let last = last.as_ref().map(|(name, at)| (*name, at.as_str()));
                Block::Note(Tone::Stop, words::ended(locale, *outcome, last))
            }
            Invitation::Replaced => Block::Note(Tone::Stop, words::REPLACED.to(locale).to_owned()),
            Invitation::Changed => Block::Note(Tone::Stop, words::CHANGED_SINCE.to(locale).to_owned()),
            Invitation::Closed(refusal) => Block::Note(Tone::Stop, refusal.detail(locale)),
        }
    }

    /// What is to be decided on.
    fn show(&self, desk: &Desk<'_>, submission: &Submission, blocks: &mut Vec<Block>) {
        let (locale, standing) = (self.member.locale, &desk.standing.gates[self.gate]);
        let by = match submission.by {
            domain::actor::Who::Member(member) => self.by_at(member, submission.at),
            domain::actor::Who::Service(_) | domain::actor::Who::System => self.time(submission.at),
        };
        blocks.push(Block::Facts(vec![
            (words::GO_LIVE.to(locale), self.time(desk.case.go_live_at())),
            (words::DUE.to(locale), self.time(standing.due_at)),
            (words::SUBMITTED.to(locale), by),
        ]));
        if let Some(comment) = &submission.comment {
            blocks.extend([Block::Heading(words::SAID.to(locale)), Block::Quote(comment.clone())]);
        }
        if let Some((_, facets)) = submission.changed_since_review() {
            blocks.push(Block::Heading(words::CHANGED.to(locale)));
            let changed: Vec<(bool, String)> =
                facets.into_iter().map(|facet| (false, changed::facet(facet, locale))).collect();
            blocks.push(match changed.is_empty() {
                true => Block::Text(words::NOTHING_CHANGED.to(locale).to_owned()),
                false => Block::List(changed),
            });
        }
        let reader = Actor { role: self.sight(), ..self.actor() };
        let figures = figures::of(self.acted, self.gate, Reader { actor: &reader, locale });
        blocks.push(Block::Heading(words::FIGURES.to(locale)));
        blocks.push(Block::Facts(figures.facts));
        blocks.extend(figures.tables.into_iter().map(Block::Table));
        blocks.push(Block::Heading(words::FINDINGS.to(locale)));
        blocks.push(self.findings(desk));
        if !submission.decisions.is_empty() {
            let said = |decision: &Decision| {
                let verdict = capitalized(decision.verdict.label().to(locale));
                (false, format!("{verdict} · {}", self.by_at(decision.by, decision.at)))
            };
            blocks.push(Block::Heading(words::DECISIONS.to(locale)));
            blocks.push(Block::List(submission.decisions.iter().map(said).collect()));
        }
    }

    /// What may be seen: an unknown browser sees what a viewer sees.
    fn sight(&self) -> Role {
        match self.browser {
            Browser::Known => self.member.role,
            Browser::Unknown { .. } => Role::Viewer,
        }
    }

    fn findings(&self, desk: &Desk<'_>) -> Block {
        let (locale, profile) = (self.member.locale, desk.case.profile());
        let hides_cost = self.sight() == Role::Viewer;
        let seen = rules_of(self.gate).filter(|rule| !(rule.tells_cost && hides_cost));
        let mut findings: Vec<Finding> =
            seen.flat_map(|rule| rule.findings(&desk.case)).filter(|finding| !finding.waived).collect();
        findings.sort_by_key(|finding| !finding.blocks());
        let said = |finding: &Finding| {
            let (message, fix) = (finding.message(locale, profile), finding.fix(locale, profile));
            (finding.blocks(), format!("{message} → {fix}"))
        };
        match findings.is_empty() {
            true => Block::Text(words::NO_FINDINGS.to(locale).to_owned()),
            false => Block::List(findings.iter().map(said).collect()),
        }
    }

    /// The decision, or who they are.
    fn ask(&self, submission: &Submission, hindrance: Option<String>, blocks: &mut Vec<Block>) {
        blocks.push(Block::Heading(words::YOUR_DECISION.to(self.member.locale)));
        match self.browser {
            Browser::Known => self.ask_for_decision(submission, hindrance, blocks),
            Browser::Unknown { code_waits } => self.ask_for_code(code_waits, blocks),
        }
    }

    fn ask_for_decision(&self, submission: &Submission, hindrance: Option<String>, blocks: &mut Vec<Block>) {
        let locale = self.member.locale;
        let can_approve = hindrance.is_none();
        blocks.extend(hindrance.map(|why| Block::Note(Tone::Stop, words::only_changes(locale, &why))));
        let button = |label: Bilingual, verdict, weight| Button {
            label: label.to(locale),
            sends: Some(("verdict", verdict)),
            weight,
        };
        let approve = button(words::APPROVE, "approve", Weight::Usual);
        let changes = if can_approve { Weight::Other } else { Weight::Usual };
        let changes = button(words::REQUEST_CHANGES, "request_changes", changes);
        let label = words::COMMENT.to(locale);
        blocks.push(Block::Form(Form {
            action: self.here.to_owned(),
            hidden: vec![("revision", submission.revision.0.clone())],
            field: Some(Field::Lines { name: "comment", label, most: COMMENT_MAX }),
            buttons: can_approve.then_some(approve).into_iter().chain([changes]).collect(),
        }));
    }

    fn ask_for_code(&self, code_waits: bool, blocks: &mut Vec<Block>) {
        let locale = self.member.locale;
        let Some(address) = self.member.email.as_deref().map(words::masked) else {
            blocks.push(Block::Note(Tone::Stop, words::NO_ADDRESS.to(locale).to_owned()));
            return;
        };
        let form = |below: &str, field, label: Bilingual, weight| {
            let buttons = vec![Button { label: label.to(locale), sends: None, weight }];
            Block::Form(Form { action: format!("{}/{below}", self.here), field, buttons, ..Form::default() })
        };
        if code_waits {
            let typed = Field::Code { name: "code", label: words::CODE.to(locale) };
            blocks.push(Block::Text(words::code_sent(locale, &address)));
            blocks.push(form("confirmation", Some(typed), words::CONFIRM, Weight::Usual));
            blocks.push(form("code", None, words::SEND_ANOTHER, Weight::Other));
        } else {
            blocks.push(Block::Text(words::prove_it(locale, &self.member.name, &address)));
            blocks.push(form("code", None, words::SEND_CODE, Weight::Usual));
        }
    }

    fn by_at(&self, member: MemberId, at: Timestamp) -> String {
        words::by_at(self.member.locale, self.name(member), &self.time(at))
    }

    fn name(&self, member: MemberId) -> &str {
        self.acted.directory.member(member).map(|member| member.name.as_str()).unwrap_or_default()
    }

    fn time(&self, instant: Timestamp) -> String {
        wall_clock::long(&self.acted.campaign.profile.time_zone, instant, self.member.locale)
    }
}

/// A member who acts through a page, with all their authority and no key.
#[must_use]
pub const fn actor(member: &DirectoryMember) -> Actor {
    Actor { who: domain::actor::Who::Member(member.id), role: member.role, key: None, key_made_by: None }
}
