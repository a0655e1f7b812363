//! Plays every line of `transitions.txt` with real facts and compares the machine with what a person wrote.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod command;
mod page;
mod situation;
#[path = "../stage/mod.rs"]
mod stage;

use std::collections::BTreeSet;

use command::{GATE, command};
use domain::command::Action;
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;
use page::{Page, Section, commands};
use situation::situation;
use stage::{Stage, actor};

#[test]
fn gates_do_what_the_page_says() {
    compare("gate");
}

#[test]
fn campaigns_do_what_the_page_says() {
    compare("campaign");
}

fn compare(kind: &str) {
    let page = Page::read();
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for section in page.sections.iter().filter(|section| section.kind == kind) {
        let situation = situation(section);
        assert_eq!(status(&situation, kind), section.status(), "[{kind}] {}", section.title);
        for (command, who) in section.cells() {
            let Some((line, expected)) = page.expected(section, command, who) else {
                assert!(!section.is_whole(), "[{kind}] {}: {command} by {who}", section.title);
                continue;
            };
            used.insert(line);
            let found = outcome(&situation, kind, command, who);
            if found != expected {
                wrong
                    .push(format!("[{kind}] {}: {command} by {who}: {expected}, but {found}", section.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
    let of_kind = page.sections.iter().filter(|section| section.kind == kind);
    let silent: Vec<usize> = of_kind.flat_map(|section| &section.lines).map(|line| line.number).collect();
    let silent: Vec<_> = silent.into_iter().filter(|line| !used.contains(line)).collect();
    assert!(silent.is_empty(), "lines of the page that say nothing: {silent:?}");
}

#[test]
fn every_status_and_every_command_is_on_the_page() {
    let page = Page::read();
    let whole = |kind| {
        page.sections
            .iter()
            .filter(move |section| section.kind == kind && section.is_whole())
            .map(Section::status)
    };
    assert_eq!(whole("gate").collect::<BTreeSet<_>>(), GateStatus::KEYS.iter().copied().collect());
    assert_eq!(whole("campaign").collect::<BTreeSet<_>>(), CampaignStatus::KEYS.iter().copied().collect());
    let named = |of: fn(Action) -> &'static [&'static str]| -> BTreeSet<&str> {
        Action::ALL.iter().flat_map(|action| of(*action)).copied().collect()
    };
    assert_eq!(named(on_gate), commands("gate").iter().copied().collect());
    assert_eq!(named(on_campaign), commands("campaign").iter().copied().collect());
}

/// The commands of the page that stand for an action on a gate.
fn on_gate(action: Action) -> &'static [&'static str] {
    match action {
        Action::Edit => &["edit"],
        Action::Tick => &["tick"],
        Action::Assign => &["assign"],
        Action::Submit => &["submit"],
        Action::Withdraw => &["withdraw"],
        Action::Approve => &["approve"],
        Action::RequestChanges => &["request_changes"],
        Action::Reconfirm => &["reconfirm"],
        Action::Reopen => &["reopen"],
        Action::Hold
        | Action::Resume
        | Action::GoLive
        | Action::Complete
        | Action::Cancel
        | Action::Remind => &[],
    }
}

/// The commands of the page that stand for an action while the campaign is in one status or another.
fn on_campaign(action: Action) -> &'static [&'static str] {
    match action {
        Action::Edit => &["edit_profile", "reschedule", "edit", "progress"],
        Action::Hold => &["hold"],
        Action::Resume => &["resume"],
        Action::GoLive => &["go_live", "override"],
        Action::Complete => &["complete"],
        Action::Cancel => &["cancel"],
        Action::Remind => &["remind"],
        Action::Tick
        | Action::Assign
        | Action::Submit
        | Action::Withdraw
        | Action::Approve
        | Action::RequestChanges
        | Action::Reconfirm
        | Action::Reopen => on_gate(action),
    }
}

fn status(stage: &Stage, kind: &str) -> &'static str {
    if kind == "gate" { stage.standing.gates[GATE].status.key() } else { stage.standing.status.key() }
}

fn outcome(situation: &Stage, kind: &str, name: &str, who: &str) -> String {
    let mut stage = situation.clone();
    let command = command(&mut stage, kind, name);
    match stage.act(&actor(who), &command) {
        Ok(()) => format!("→ {}", status(&stage, kind)),
        Err(refusal) => format!("× {}", refusal.code()),
    }
}
