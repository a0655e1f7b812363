//! Who gets a message.

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::Command;
use domain::ids::MemberId;
use domain::notice::{Planned, Reason, recipients};
use domain::surroundings::{Directory, DirectoryMember};
use serde_json::json;

use crate::stage::{Stage, actor, id, playbook};
use crate::{EARLY, decide, standard, submit, wanted};

/// The names of those who get the notice of this reason and occurrence about the goal.
fn told(stage: &Stage, reason: Reason, occurrence: &str) -> Vec<MemberId> {
    let notices = wanted(stage);
    let own = |notice: &&Planned| notice.reason == reason && notice.occurrence == occurrence;
    let notice = notices.iter().filter(|notice| notice.subject == GateKey::Goal).find(own).unwrap();
    recipients(&stage.case(), &stage.standing, notice).into_iter().map(|one| one.member).collect()
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
