//! Which messages a campaign wants to send, what a change does to those that wait, and who gets them, compared
//! with lists written by hand.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod at_once;
mod delegation;
mod departure;
mod office;
mod planning;
mod recipients;
mod reminders;
mod replanning;
mod show;
#[path = "../stage/mod.rs"]
mod stage;

use std::collections::BTreeSet;

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::{Command, Expected};
use domain::notice::{About, Existing, Ledger, Planned, Reason, Replanned, notices, replan};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use stage::{Stage, actor, playbook};

/// A moment at which the campaign passes every rule: three hours before it goes live.
const AFTERNOON: &str = "2027-03-20T17:00:00+08:00";
const EARLY: &str = "2027-02-20T10:00:00+08:00";

fn standard(now: &str) -> Stage {
    Stage::new(playbook("standard", json!([])), json!([]), now)
}

fn at(text: &str) -> Timestamp {
    format!("2027-{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

fn local(instant: Timestamp) -> String {
    TimeZone::get("Asia/Shanghai").unwrap().to_datetime(instant).strftime("%m-%d %H:%M").to_string()
}

impl Stage {
    /// What its messages are about.
    fn about(&self) -> About<'_> {
        About::Campaign(self.case(), &self.standing)
    }
}

fn wanted(stage: &Stage) -> Vec<Planned> {
    notices(&stage.case(), &stage.standing)
}

/// A notice as the lists below write it: reason, subject, occurrence, planned, not after, class, audience.
fn line(notice: &Planned) -> String {
    let Planned { reason, subject, occurrence, class, planned_at, not_after, audience, .. } = notice;
    let audience: Vec<_> = audience.iter().map(|audience| audience.key()).collect();
    let (planned_at, not_after) = (local(*planned_at), local(*not_after));
    format!("{reason} {subject} {occurrence} | {planned_at} | {not_after} | {class} | {}", audience.join(" "))
}

fn lines<'n>(notices: impl IntoIterator<Item = &'n Planned>) -> BTreeSet<String> {
    notices.into_iter().map(line).collect()
}

fn page(text: &str) -> BTreeSet<String> {
    let normal = |line: &str| line.split('|').map(str::trim).collect::<Vec<_>>().join(" | ");
    text.lines().map(normal).filter(|line| !line.is_empty()).collect()
}

fn of(stage: &Stage, reason: Reason) -> Vec<Planned> {
    wanted(stage).into_iter().filter(|notice| notice.reason == reason).collect()
}

/// The ledger as it would be had everything wanted been planned, and nothing sent.
fn planned(stage: &Stage) -> Vec<Existing> {
    let row = |planned: Planned| Existing {
        outcome: None,
        key: planned.key(stage.campaign.id),
        reason: planned.reason,
        status: Ledger::Planned,
        planned,
    };
    wanted(stage).into_iter().map(row).collect()
}

fn replanned(stage: &Stage, existing: &[Existing]) -> Replanned {
    replan(&stage.about(), wanted(stage), existing)
}

fn dropped(replanned: &Replanned) -> BTreeSet<&str> {
    replanned.drop.iter().map(|(_, because)| because.as_str()).collect()
}

fn reschedule(stage: &mut Stage, go_live_at: &str) {
    let patch = json!({ "go_live_at": go_live_at });
    let edit = Command::EditProfile { patch, metadata: None, expected: Expected::Any };
    stage.act(&actor("operator"), &edit).unwrap();
}

fn submit(stage: &mut Stage, gate: GateKey) {
    stage.tick(gate);
    let submission = stage.submission(gate);
    stage.act(&actor("submitter"), &submission).unwrap();
}

fn decide(stage: &mut Stage, gate: GateKey, verdict: Verdict) {
    let decision = stage.decision(gate, verdict);
    stage.act(&actor("manager"), &decision).unwrap();
}
