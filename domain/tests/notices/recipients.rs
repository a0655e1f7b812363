//! Who gets a message.

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::Command;
use domain::ids::MemberId;
use domain::notice::{Planned, Reason, recipients, undelivered};
use domain::surroundings::{Directory, DirectoryMember};
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Stage, actor, id, playbook};
use crate::{EARLY, decide, standard, submit, wanted};

/// The names of those who get the notice of this reason and occurrence about the goal.
fn told(stage: &Stage, reason: Reason, occurrence: &str) -> Vec<MemberId> {
    let notices = wanted(stage);
    let own = |notice: &&Planned| notice.reason == reason && notice.occurrence == occurrence;
    let notice = notices.iter().filter(|notice| notice.subject == GateKey::Goal).find(own).unwrap();
    recipients(&stage.about(), notice).into_iter().map(|one| one.member).collect()
}

fn without(stage: &mut Stage, gone: &[&str]) {
    let gone: Vec<_> = gone.iter().map(|name| id(name)).collect();
    let away = |mut person: DirectoryMember| {
        person.active = !gone.contains(&person.id);
        person
    };
    stage.directory = Directory::new(stage.directory.active().cloned().map(away).collect());
}

fn assign(stage: &mut Stage, name: &str) {
    let assignee = Some(format!("{name}@heyan.example"));
    stage.act(&actor("operator"), &Command::Assign { gate: GateKey::Goal, assignee }).unwrap();
}

#[test]
fn a_gate_belongs_to_its_assignee_and_otherwise_to_the_campaigns_owner() {
    let mut stage = standard(EARLY);
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [id("operator")]);
    assign(&mut stage, "tech");
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [id("tech")]);
    assert_eq!(told(&stage, Reason::GateOverdue, "l1"), ["tech", "submitter", "manager"].map(id));
    assert_eq!(told(&stage, Reason::GateOverdue, "l2"), ["submitter", "manager", "operator"].map(id));
    assert_eq!(told(&stage, Reason::GateOverdue, "l3"), ["submitter", "manager", "admin"].map(id));
    without(&mut stage, &["tech"]);
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [id("operator")], "whoever has left gets nothing");
}

#[test]
fn without_managers_the_admins_are_told_and_nobody_twice() {
    let mut stage = standard(EARLY);
    without(&mut stage, &["manager", "submitter"]);
    assert_eq!(told(&stage, Reason::GateOverdue, "l1"), ["operator", "admin"].map(id));
    assert_eq!(told(&stage, Reason::GateOverdue, "l3"), [id("admin")]);
    assign(&mut stage, "admin");
    assert_eq!(told(&stage, Reason::GateOverdue, "l1"), [id("admin")]);
}

#[test]
fn a_loss_is_told_to_whoever_looks_after_the_campaign_and_can_be_reached() {
    let mut stage = standard(EARLY);
    let lost = wanted(&stage).into_iter().find(|notice| notice.reason == Reason::GateDue).unwrap();
    let told = |stage: &Stage, unreached: Option<&str>| {
        let notice = undelivered(&lost, Uuid::from_u128(1), unreached.map(id), stage.now).unwrap();
        let told = recipients(&stage.about(), &notice);
        told.into_iter().map(|one| one.member).collect::<Vec<_>>()
    };
    assert_eq!(told(&stage, Some("tech")), [id("operator")]);
    assert_eq!(told(&stage, None), [id("operator")]);
    assert_eq!(told(&stage, Some("operator")), ["submitter", "manager"].map(id), "the owner was not reached");
    without(&mut stage, &["operator"]);
    assert_eq!(told(&stage, Some("manager")), [id("submitter")]);
    without(&mut stage, &["operator", "submitter"]);
    assert_eq!(told(&stage, Some("manager")), [id("admin")]);
}

#[test]
fn a_loss_is_told_once_and_its_own_loss_and_that_of_a_code_are_not() {
    let stage = standard(EARLY);
    let lost = wanted(&stage).into_iter().find(|notice| notice.reason == Reason::GateDue).unwrap();
    let of = |lost: &Planned, number| undelivered(lost, Uuid::from_u128(number), Some(id("tech")), stage.now);
    let campaign = stage.case().campaign.id;
    let key = |number| of(&lost, number).unwrap().key(campaign);
    assert_eq!(key(1), key(1));
    assert_ne!(key(1), key(2));
    assert_eq!(of(&of(&lost, 1).unwrap(), 3), None);
    assert_eq!(of(&Planned { reason: Reason::ConfirmationCode, ..lost.clone() }, 3), None);
}

#[test]
fn approvers_are_those_who_can_still_decide() {
    let slot = json!({ "from": "duty:tech", "count": 1, "if_held": true });
    let two =
        playbook("standard", json!([{ "op": "add", "path": "/gates/goal/policy/slots/-", "value": slot }]));
    let mut stage = Stage::new(two, json!([]), EARLY);
    assert_eq!(told(&stage, Reason::GateDue, "d0"), [id("operator")], "nothing is in review yet");
    submit(&mut stage, GateKey::Goal);
    assert_eq!(told(&stage, Reason::ApprovalWanted, "p0"), ["manager", "admin", "tech"].map(id));
    assert_eq!(told(&stage, Reason::GateDue, "d0"), ["operator", "manager", "admin", "tech"].map(id));
    decide(&mut stage, GateKey::Goal, Verdict::Approve);
    assert_eq!(told(&stage, Reason::ApprovalWanted, "p1"), ["admin", "tech"].map(id));
    assert_eq!(told(&stage, Reason::ApprovalWanted, "p2"), ["admin", "tech", "operator"].map(id));
    assert_eq!(told(&stage, Reason::ApprovalWanted, "p3"), ["submitter", "manager", "admin"].map(id));
    assert_eq!(told(&stage, Reason::GateDecided, "v1"), ["submitter", "operator"].map(id));
    without(&mut stage, &["tech"]);
    assert_eq!(told(&stage, Reason::ApprovalWanted, "p1"), [id("admin")]);
}

#[test]
fn a_service_that_submitted_gets_no_mail() {
    let mut stage = standard(EARLY);
    stage.tick(GateKey::Goal);
    let submission = stage.submission(GateKey::Goal);
    stage.act(&actor("service"), &submission).unwrap();
    decide(&mut stage, GateKey::Goal, Verdict::Approve);
    assert_eq!(told(&stage, Reason::GateDecided, "v1"), [id("operator")]);
}
