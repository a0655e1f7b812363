//! What a submission remembers of the review before it, and what differs since.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod stage;

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::{Command, Edit, Expected};
use domain::gate::GateKey::Goal;
use serde_json::{Value, json};
use stage::{Stage, actor, playbook};

fn begun() -> Stage {
    let mut stage = Stage::new(playbook("standard", json!([])), json!([]), "2027-03-02T10:00:00+08:00");
    stage.tick(Goal);
    stage
}

fn at(stage: &mut Stage, time: &str) {
    stage.advance(format!("2027-03-02T{time}:00+08:00").parse().unwrap());
}

fn edit(stage: &mut Stage, gate: GateKey, patch: Value) {
    let edit = Command::EditContent { gate, edit: Edit::Merge(patch), expected: Expected::Any };
    stage.act(&actor("operator"), &edit).unwrap();
}

fn submit(stage: &mut Stage) {
    let submission = stage.submission(Goal);
    stage.act(&actor("submitter"), &submission).unwrap();
}

fn decide(stage: &mut Stage, verdict: Verdict) {
    let decision = stage.decision(Goal, verdict);
    stage.act(&actor("manager"), &decision).unwrap();
}

/// When the goal was reviewed before its newest submission, and what differs since.
fn since(stage: &Stage) -> Option<(String, Vec<String>)> {
    let submission = stage.campaign.gates[Goal].submission.as_ref().unwrap();
    let (at, facets) = submission.changed_since_review()?;
    Some((at.to_string(), facets.into_iter().map(str::to_owned).collect()))
}

fn differs(at: &str, facets: &[&str]) -> Option<(String, Vec<String>)> {
    Some((at.to_owned(), facets.iter().map(|facet| (*facet).to_owned()).collect()))
}

#[test]
fn a_first_submission_has_no_review_before_it() {
    let mut stage = begun();
    submit(&mut stage);
    assert_eq!(since(&stage), None);
}

#[test]
fn what_was_edited_after_changes_were_asked_for_is_named() {
    let mut stage = begun();
    submit(&mut stage);
    at(&mut stage, "11:00");
    decide(&mut stage, Verdict::RequestChanges);
    at(&mut stage, "12:00");
    edit(&mut stage, Goal, json!({ "stop_loss": "Stop at 3,000 viewers." }));
    submit(&mut stage);
    assert_eq!(since(&stage), differs("2027-03-02T03:00:00Z", &["goal.context"]));
}

#[test]
fn what_is_submitted_again_unchanged_differs_in_nothing() {
    let mut stage = begun();
    submit(&mut stage);
    decide(&mut stage, Verdict::RequestChanges);
    submit(&mut stage);
    assert_eq!(since(&stage), differs("2027-03-02T02:00:00Z", &[]));
}

#[test]
fn a_submission_that_was_taken_back_was_no_review() {
    let mut stage = begun();
    submit(&mut stage);
    decide(&mut stage, Verdict::RequestChanges);
    at(&mut stage, "12:00");
    edit(&mut stage, Goal, json!({ "stop_loss": "Stop at 3,000 viewers." }));
    submit(&mut stage);
    stage.act(&actor("submitter"), &Command::Withdraw { gate: Goal }).unwrap();
    submit(&mut stage);
    assert_eq!(since(&stage), differs("2027-03-02T02:00:00Z", &["goal.context"]));
}

#[test]
fn an_approval_is_the_last_review_until_it_is_ended() {
    let mut stage = begun();
    stage.pass(Goal);
    at(&mut stage, "11:00");
    edit(&mut stage, Goal, json!({ "stop_loss": "Stop at 3,000 viewers." }));
    submit(&mut stage);
    assert_eq!(since(&stage), differs("2027-03-02T02:00:00Z", &["goal.context"]));
}
