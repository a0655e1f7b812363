//! Who is away, who stands in, and what becomes of what waits for them.

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::Command;
use domain::delegation::Delegation;
use domain::ids::{DelegationId, MemberId};
use domain::notice::{Planned, Reason, Recipient, recipients, stand_in};
use domain::refusal::Refusal;
use domain::standing::GateStatus;
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Stage, actor, id, playbook};
use crate::{EARLY, at, line, of, planned, replanned, reschedule, standard, submit};

/// `member` is away, `delegate` stands in.
fn away(number: u128, member: &str, delegate: &str, from: &str, until: &str) -> Delegation {
    let id_of = DelegationId(Uuid::from_u128(number));
    Delegation {
        id: id_of,
        member: id(member),
        delegate: id(delegate),
        starts_at: at(from),
        ends_at: at(until),
    }
}

fn absent(stage: &mut Stage, delegations: &[Delegation]) {
    stage.directory = stage.directory.clone().with_delegations(delegations.to_vec());
}

/// Who gets the message about the goal, and whether it is in the place of somebody.
fn told(stage: &Stage, reason: Reason, occurrence: &str) -> Vec<(MemberId, bool)> {
    let of_goal = |notice: &Planned| notice.subject == GateKey::Goal && notice.occurrence == occurrence;
    let notice = of(stage, reason).into_iter().find(of_goal).unwrap();
    let recipients = recipients(&stage.about(), &notice);
    let row = |Recipient { member, in_place_of }: Recipient| (member, !in_place_of.is_empty());
    recipients.into_iter().map(row).collect()
}

fn approve(stage: &mut Stage, name: &str) -> Result<(), Refusal> {
    let decision = stage.decision(GateKey::Goal, Verdict::Approve);
    stage.act(&actor(name), &decision)
}

/// The standard campaign with these slots at the goal beside a manager's, submitted by the manager "submitter".
fn waiting(duties: &[&str]) -> Stage {
    let slot = |duty: &&str| {
        json!({ "op": "add", "path": "/gates/goal/policy/slots/-",
                "value": { "from": format!("duty:{duty}"), "count": 1, "if_held": true } })
    };
    let patch: Vec<_> = duties.iter().map(slot).collect();
    let mut stage = Stage::new(playbook("standard", json!(patch)), json!([]), EARLY);
    submit(&mut stage, GateKey::Goal);
    stage
}

#[test]
fn what_somebody_would_get_goes_to_whoever_stands_in_while_they_are_away() {
    let mut stage = standard(EARLY);
    absent(&mut stage, &[away(1, "operator", "tech", "02-20 12:00", "02-26 09:00")]);
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [(id("operator"), false)], "not yet");
    stage.advance(at("02-20 12:00"));
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [(id("tech"), true)]);
    stage.advance(at("02-26 09:00"));
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [(id("operator"), false)], "back again");
}

#[test]
fn no_chain_is_followed_and_nobody_stands_in_who_has_left() {
    let mut stage = standard(EARLY);
    let first = away(1, "operator", "tech", "02-19 12:00", "02-26 09:00");
    absent(&mut stage, &[first, away(2, "tech", "manager", "02-19 12:00", "02-26 09:00")]);
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [(id("operator"), false)]);
    let unknown = MemberId(Uuid::from_u128(99));
    absent(&mut stage, &[Delegation { delegate: unknown, ..first }]);
    assert_eq!(told(&stage, Reason::GateDue, "d1"), [(id("operator"), false)]);
}

#[test]
fn whoever_gets_a_message_anyway_gets_it_once_and_as_their_own() {
    let mut stage = standard(EARLY);
    absent(&mut stage, &[away(1, "operator", "manager", "02-19 12:00", "02-26 09:00")]);
    let expected = [("manager", false), ("submitter", false)].map(|(name, by)| (id(name), by));
    assert_eq!(told(&stage, Reason::GateOverdue, "l1"), expected);
}

#[test]
fn the_third_reminder_of_an_approval_goes_to_those_who_are_away_as_well() {
    let mut stage = waiting(&["tech"]);
    absent(&mut stage, &[away(1, "tech", "operator", "02-19 12:00", "02-26 09:00")]);
    let wanted = |occurrence: &str| told(&stage, Reason::ApprovalWanted, occurrence);
    let names = |people: &[(&str, bool)]| people.iter().map(|(name, by)| (id(name), *by)).collect::<Vec<_>>();
    assert_eq!(wanted("p0"), names(&[("manager", false), ("admin", false), ("operator", true)]));
    let third = [("manager", false), ("admin", false), ("operator", false), ("tech", false)];
    assert_eq!(wanted("p2"), names(&third));
}

#[test]
fn what_waits_when_somebody_leaves_is_told_to_whoever_stands_in() {
    let mut stage = waiting(&["tech"]);
    let before = planned(&stage);
    absent(&mut stage, &[away(1, "tech", "operator", "02-21 09:00", "02-26 09:00")]);
    let expected = "approval_wanted goal in_place_00000000-0000-0000-0000-000000000001 | 02-21 09:00 | 02-26 09:00 | \
                    action | stand_in";
    let fresh = |stage: &Stage| replanned(stage, &before).add.iter().map(line).collect::<Vec<_>>();
    assert_eq!(fresh(&stage), [expected]);
    stage.advance(at("02-21 09:05"));
    let late = fresh(&stage);
    assert_eq!(late, [expected.replace("| 02-21 09:00", "| 02-21 09:05")], "known a little late");
    let told: Vec<_> = told(&stage, Reason::ApprovalWanted, "in_place_00000000-0000-0000-0000-000000000001");
    assert_eq!(told, [(id("operator"), true)]);
    assert!(replanned(&stage, &planned(&stage)).add.is_empty(), "planned once");
    approve(&mut stage, "operator").unwrap();
    assert!(replanned(&stage, &before).add.iter().all(|notice| !notice.occurrence.starts_with("in_place")));
}

#[test]
fn whoever_could_decide_anyway_is_not_told_again_and_an_author_not_at_all() {
    for (member, delegate) in [("manager", "admin"), ("tech", "submitter")] {
        let mut stage = waiting(&["tech"]);
        let before = planned(&stage);
        absent(&mut stage, &[away(1, member, delegate, "02-21 09:00", "02-26 09:00")]);
        assert_eq!(replanned(&stage, &before).add, [], "{member} {delegate}");
    }
}

#[test]
fn a_message_that_waits_for_somebody_who_leaves_goes_to_whoever_stands_in() {
    let mut stage = standard(EARLY);
    let due = of(&stage, Reason::GateDue).into_iter().find(|notice| notice.occurrence == "d1").unwrap();
    let instead = |stage: &Stage, name: &str| stand_in(&stage.about(), &due, id(name));
    assert_eq!(instead(&stage, "operator"), None);
    absent(&mut stage, &[away(1, "operator", "tech", "02-19 12:00", "02-26 09:00")]);
    assert_eq!(instead(&stage, "operator"), Some(id("tech")));
    assert_eq!(instead(&stage, "manager"), None);
}

#[test]
fn whoever_stands_in_signs_with_both_names_and_fills_both_their_slots() {
    let mut stage = waiting(&["tech"]);
    absent(&mut stage, &[away(1, "tech", "manager", "02-19 12:00", "02-26 09:00")]);
    approve(&mut stage, "manager").unwrap();
    let facts = &stage.campaign.gates[GateKey::Goal];
    let decision = &facts.submission.as_ref().unwrap().decisions[0];
    assert_eq!((decision.by, decision.on_behalf_of), (id("manager"), Some(id("tech"))));
    assert_eq!(stage.standing.gates[GateKey::Goal].status, GateStatus::Passed);
    let event = stage.events.iter().find(|event| event.kind.key() == "gate.decided").unwrap();
    assert_eq!(event.kind.on_behalf_of(), Some(id("tech")));
}

#[test]
fn one_persons_authority_counts_once_however_often_it_is_lent() {
    let two = json!([{ "op": "add", "path": "/gates/goal/policy/slots/-",
                       "value": { "from": "duty:tech", "count": 2, "if_held": false } }]);
    let mut stage = Stage::new(playbook("standard", two), json!([]), EARLY);
    stage.tick(GateKey::Goal);
    let submission = stage.submission(GateKey::Goal);
    let refused = stage.act(&actor("submitter"), &submission).unwrap_err();
    assert_eq!(refused.code(), "gate.nobody_can_decide", "one holds the duty, a delegate does not make two");
}

#[test]
fn a_second_signature_for_the_same_absence_is_not_wanted() {
    let mut stage = waiting(&["tech"]);
    absent(&mut stage, &[away(1, "tech", "operator", "02-19 12:00", "02-26 09:00")]);
    approve(&mut stage, "operator").unwrap();
    assert_eq!(stage.standing.gates[GateKey::Goal].status, GateStatus::InReview, "a manager is still wanted");
    assert_eq!(approve(&mut stage, "operator").unwrap_err().code(), "gate.already_decided");
    assert_eq!(approve(&mut stage, "tech").unwrap_err().code(), "gate.already_decided");
    approve(&mut stage, "manager").unwrap();
    assert_eq!(stage.standing.gates[GateKey::Goal].status, GateStatus::Passed);
}

#[test]
fn an_author_decides_neither_as_a_stand_in_nor_through_one() {
    let mut stage = waiting(&[]);
    let spring = |member: &str, delegate: &str| away(1, member, delegate, "02-19 12:00", "02-26 09:00");
    for (member, delegate, tries) in [
        ("submitter", "operator", "operator"),
        ("submitter", "manager", "manager"),
        ("submitter", "admin", "admin"),
        ("manager", "submitter", "submitter"),
    ] {
        absent(&mut stage, &[spring(member, delegate)]);
        let refused = approve(&mut stage, tries).unwrap_err();
        assert_eq!(refused.code(), "gate.own_approval", "{delegate} stands in for {member}");
    }
    absent(&mut stage, &[]);
    approve(&mut stage, "manager").unwrap();
}

#[test]
fn a_delegation_gives_its_right_only_while_it_lasts() {
    let mut stage = waiting(&[]);
    absent(&mut stage, &[away(1, "manager", "operator", "02-21 09:00", "02-22 09:00")]);
    assert_eq!(approve(&mut stage, "operator").unwrap_err().code(), "gate.fits_no_slot");
    stage.advance(at("02-22 09:00"));
    assert_eq!(approve(&mut stage, "operator").unwrap_err().code(), "gate.fits_no_slot");
    absent(&mut stage, &[away(1, "manager", "viewer", "02-21 09:00", "02-23 09:00")]);
    let refused = approve(&mut stage, "viewer").unwrap_err();
    assert_eq!(refused.code(), "actor.role_too_low", "nobody lends a viewer the right to decide");
    absent(&mut stage, &[away(1, "manager", "operator", "02-21 09:00", "02-23 09:00")]);
    approve(&mut stage, "operator").unwrap();
}

#[test]
fn an_approval_may_be_confirmed_in_the_place_of_somebody() {
    let mut stage = standard(EARLY);
    stage.pass(GateKey::Goal);
    reschedule(&mut stage, "2027-03-20T21:00:00+08:00");
    assert_eq!(stage.standing.gates[GateKey::Goal].status, GateStatus::Stale);
    let revision = stage.standing.gates[GateKey::Goal].revision.clone();
    let command = Command::Reconfirm { gate: GateKey::Goal, revision, comment: None };
    assert_eq!(stage.act(&actor("operator"), &command).unwrap_err().code(), "gate.fits_no_slot");
    absent(&mut stage, &[away(1, "manager", "operator", "02-19 12:00", "03-26 09:00")]);
    stage.act(&actor("operator"), &command).unwrap();
    let confirmed =
        stage.campaign.gates[GateKey::Goal].approval.as_ref().unwrap().reconfirmed.as_ref().unwrap();
    assert_eq!((confirmed.by, confirmed.on_behalf_of), (id("operator"), Some(id("manager"))));
    assert_eq!(confirmed.at, stage.now);
}
