//! What time alone does to the equipment test: measurements grow too old, and the recheck falls due.

use domain::GateKey;
use domain::command::{Command, Edit, Expected};
use domain::event::EventKind;
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::stage::{Stage, actor, playbook};

const GATE: GateKey = GateKey::EquipmentTest;
const MORNING: &str = "2027-03-20T10:00:00+08:00";

/// A clock time on the day of the show, which goes live at 20:00.
fn at(time: &str) -> Timestamp {
    format!("2027-03-20T{time}+08:00").parse().unwrap()
}

/// The campaign on the morning of the show with all gates passed, where the rules that age run.
fn passed(patch: Value, playbook_patch: &[Value]) -> Stage {
    let mut changes = vec![
        json!({ "op": "remove", "path": "/rules/equipment_test.tests_fresh" }),
        json!({ "op": "remove", "path": "/rules/equipment_test.recheck_done" }),
    ];
    changes.extend_from_slice(playbook_patch);
    let mut stage = Stage::new(playbook("standard", Value::Array(changes)), patch, MORNING);
    GateKey::ALL.iter().for_each(|gate| stage.pass(*gate));
    assert_eq!(stage.standing.status, CampaignStatus::Ready);
    stage
}

fn tested_at(instant: &str) -> Value {
    json!([
        { "op": "remove", "path": "/gates/equipment_test/rig_changed_at" },
        { "op": "replace", "path": "/gates/equipment_test/lines/0/measured_at", "value": instant },
    ])
}

fn expires_at(stage: &Stage) -> Option<Timestamp> {
    stage.standing.gates[GATE].expires_at
}

fn status(stage: &Stage) -> GateStatus {
    stage.standing.gates[GATE].status
}

fn write(stage: &mut Stage, content: Value) {
    let edit = Edit::Merge(content);
    stage
        .act(&actor("operator"), &Command::EditContent { gate: GATE, edit, expected: Expected::Any })
        .unwrap();
}

fn recheck(checked_at: &str) -> Value {
    let checked_at = format!("2027-03-20T{checked_at}+08:00");
    json!({ "recheck": { "checked_at": checked_at, "checked_by": "唐骁", "network_ok": true, "audio_ok": true } })
}

/// What time alone did to the gate, and when.
fn turns(stage: &Stage) -> Vec<(&'static str, Timestamp)> {
    let of_gate = stage.events.iter().filter(|event| event.kind.gate() == Some(GATE));
    let turns = of_gate
        .filter(|event| matches!(event.kind, EventKind::GatePassed { .. } | EventKind::GateExpired { .. }));
    turns.map(|event| (event.kind.key(), event.occurred_at)).skip(1).collect()
}

#[test]
fn the_recheck_falls_due_an_hour_before_the_show_and_brings_the_gate_back() {
    let mut stage = passed(json!([]), &[]);
    assert_eq!(expires_at(&stage), Some(at("19:00:00")));
    assert_eq!(stage.standing.changes_at, Some(at("19:00:00")));
    stage.advance(at("18:59:59"));
    assert_eq!((status(&stage), turns(&stage)), (GateStatus::Passed, vec![]));
    stage.advance(at("19:10:00"));
    assert_eq!(status(&stage), GateStatus::Expired);
    assert_eq!(turns(&stage), [("gate.expired", at("19:00:00"))]);
    write(&mut stage, recheck("19:09:00"));
    assert_eq!(status(&stage), GateStatus::Passed, "at once, since the recheck is signed by nobody");
    assert_eq!(expires_at(&stage), Some(at("23:05:00")), "the line was measured the day before at 17:05");
    assert_eq!(stage.standing.changes_at, Some(at("23:00:00")), "the campaign lapses before");
}

#[test]
fn a_recheck_recorded_before_it_is_due_keeps_the_gate_passed() {
    let mut stage = passed(json!([]), &[]);
    stage.advance(at("17:30:00"));
    write(&mut stage, recheck("17:00:00"));
    assert_eq!(expires_at(&stage), Some(at("23:05:00")));
    stage.advance(at("19:30:00"));
    assert_eq!((status(&stage), turns(&stage)), (GateStatus::Passed, vec![]));
}

#[test]
fn a_recheck_more_than_three_hours_ahead_or_with_a_fault_is_none() {
    let mut early = passed(json!([]), &[]);
    early.advance(at("17:30:00"));
    write(&mut early, recheck("16:59:59"));
    assert_eq!(expires_at(&early), Some(at("19:00:00")));
    let mut faulty = recheck("17:00:00");
    faulty["recheck"]["network_ok"] = json!(false);
    write(&mut early, faulty);
    assert_eq!(expires_at(&early), Some(at("19:00:00")));
    early.advance(at("19:00:00"));
    assert_eq!(status(&early), GateStatus::Expired);
}

#[test]
fn a_recheck_that_bears_a_later_time_counts_from_then_on() {
    let mut stage = passed(json!([]), &[]);
    stage.advance(at("18:30:00"));
    write(&mut stage, recheck("19:20:00"));
    assert_eq!(expires_at(&stage), Some(at("19:00:00")));
    stage.advance(at("19:30:00"));
    assert_eq!(turns(&stage), [("gate.expired", at("19:00:00")), ("gate.passed", at("19:20:00"))]);
    let mut sooner = passed(json!([]), &[]);
    sooner.advance(at("18:30:00"));
    write(&mut sooner, recheck("18:50:00"));
    assert_eq!(expires_at(&sooner), Some(at("23:05:00")), "by the time it is due it is done");
    sooner.advance(at("19:30:00"));
    assert_eq!(turns(&sooner), []);
}

#[test]
fn measurements_last_thirty_hours_and_new_ones_are_confirmed() {
    let mut stage = passed(tested_at("2027-03-19T11:00:00+08:00"), &[]);
    assert_eq!(expires_at(&stage), Some(at("17:00:00")));
    stage.advance(at("16:59:59"));
    assert_eq!(status(&stage), GateStatus::Passed);
    stage.advance(at("17:00:00"));
    assert_eq!(status(&stage), GateStatus::Expired);
    assert_eq!(stage.standing.status, CampaignStatus::Preparing);
    let mut lines = stage.campaign.contents.write(GATE)["lines"].clone();
    lines[0]["measured_at"] = json!("2027-03-20T16:55:00+08:00");
    write(&mut stage, json!({ "lines": lines }));
    assert_eq!(status(&stage), GateStatus::Stale);
    let revision = stage.standing.gates[GATE].revision.clone();
    stage.act(&actor("manager"), &Command::Reconfirm { gate: GATE, revision, comment: None }).unwrap();
    assert_eq!(status(&stage), GateStatus::Passed);
    assert_eq!(expires_at(&stage), Some(at("19:00:00")), "now the recheck comes first");
}

#[test]
fn a_later_show_moves_the_recheck_but_not_the_age_of_measurements() {
    let mut stage = passed(json!([]), &[]);
    let patch = json!({ "go_live_at": "2027-03-21T01:00:00+08:00" });
    let later = Command::EditProfile { patch, metadata: None, expected: Expected::Any };
    stage.act(&actor("operator"), &later).unwrap();
    assert_eq!(status(&stage), GateStatus::Stale);
    let due_at = "2027-03-21T00:00:00+08:00".parse().unwrap();
    assert_eq!(expires_at(&stage), Some(at("23:05:00")));
    stage.advance(due_at);
    assert_eq!(status(&stage), GateStatus::Stale, "stale comes before expired");
}

#[test]
fn a_rule_turned_to_a_warning_expires_no_gate() {
    let warning = |rule: &str| json!({ "op": "add", "path": format!("/rules/{rule}"), "value": "warning" });
    let softened = ["equipment_test.tests_fresh", "equipment_test.recheck_done"].map(warning);
    let mut stage = passed(tested_at("2027-03-19T11:00:00+08:00"), &softened);
    assert_eq!(expires_at(&stage), None);
    stage.advance(at("19:30:00"));
    assert_eq!((status(&stage), turns(&stage)), (GateStatus::Passed, vec![]));
}

#[test]
fn other_ages_are_figures_of_the_playbook() {
    let figures = [
        json!({ "op": "replace", "path": "/params/equipment_test/tests_max_age_hours", "value": 25.5 }),
        json!({ "op": "replace", "path": "/params/equipment_test/recheck_due_minutes", "value": 30 }),
    ];
    let mut stage = passed(json!([]), &figures);
    assert_eq!(expires_at(&stage), Some(at("18:35:00")), "17:05 the day before and 25.5 hours");
    stage.advance(at("18:35:00"));
    assert_eq!(status(&stage), GateStatus::Expired);
}
