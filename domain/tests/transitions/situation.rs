//! Situations of the page, played with real commands.

use std::sync::OnceLock;

use domain::actor::Actor;
use domain::command::{Command, Edit, Expected};
use domain::record::Member as _;
use domain::surroundings::Directory;
use domain::{GateKey, Playbook};
use serde_json::{Value, json};

use crate::command::{GATE, LAST, command};
use crate::page::Section;
use crate::stage::{Stage, actor, id, playbook};

/// A moment at which the campaign passes every rule: three hours before it goes live.
const AFTERNOON: &str = "2027-03-20T17:00:00+08:00";

pub(crate) fn situation(section: &Section) -> Stage {
    if section.kind == "gate" { gate_situation(section.title) } else { campaign_situation(section.title) }
}

fn gate_situation(title: &str) -> Stage {
    let mut stage = Stage::new(two_slots(), old_evidence(), AFTERNOON);
    if title != "blocked" {
        stage.pass(GateKey::Goal);
    }
    stage.tick(GATE);
    match title {
        "blocked" | "open" | "open, no warning" => {}
        "open, a warning" => edit(
            &mut stage,
            json!({ "evidence": [
            { "method": "survey", "collected_at": "2027-03-01T10:00:00Z", "sample_count": 9 },
            { "method": "crm", "collected_at": "2027-03-01T10:00:00Z" },
        ] }),
        ),
        "open, a blocker" => edit(&mut stage, json!({ "evidence": null })),
        "open, an item not done" => play(&mut stage, "gate", "tick", "operator"),
        "open, the submitter is the only manager" => {
            let stay =
                stage.directory.active().filter(|person| ![id("manager"), id("admin")].contains(&person.id));
            stage.directory = Directory::new(stay.cloned().collect());
        }
        "open, an edit voided what waited" => {
            play(&mut stage, "gate", "submit", "submitter");
            edit(&mut stage, json!({ "persona": "someone else" }));
        }
        "in_review, the operator submitted" => play(&mut stage, "gate", "submit", "operator"),
        "in_review, a service key that the submitter made submitted" => {
            let service = Actor { key_made_by: Some(id("submitter")), ..actor("service") };
            let submission = stage.submission(GATE);
            stage.act(&service, &submission).unwrap();
        }
        reviewed => {
            play(&mut stage, "gate", "submit", "submitter");
            reviewed_situation(&mut stage, reviewed);
        }
    }
    stage
}

fn reviewed_situation(stage: &mut Stage, title: &str) {
    let before = |stage: &mut Stage| {
        let reason = "the goal has moved".to_owned();
        stage.act(&actor("manager"), &Command::Reopen { gate: GateKey::Goal, reason }).unwrap();
    };
    match title {
        "in_review" => {}
        "in_review, tech has signed" => play(stage, "gate", "approve", "tech"),
        "in_review, the manager has signed" => play(stage, "gate", "approve", "manager"),
        "in_review, evidence has grown too old" => stage.advance(too_old()),
        "in_review, the gate before was reopened" => before(stage),
        "changes_requested" => play(stage, "gate", "request_changes", "manager"),
        approved => {
            play(stage, "gate", "approve", "tech");
            play(stage, "gate", "approve", "manager");
            match approved {
                "passed" => {}
                "expired" => stage.advance(too_old()),
                "stale" => edit(stage, fewer_hours()),
                "stale, by an edit that revokes" => edit(stage, json!({ "persona": "someone else" })),
                "stale, the gate before was reopened" => {
                    edit(stage, fewer_hours());
                    before(stage);
                }
                unknown => panic!("nobody knows how to play [gate] {unknown}"),
            }
        }
    }
}

/// All gates but the last have passed, and that waits for the last signature.
fn nearly_ready(playbook: &'static Playbook, patch: Value) -> Stage {
    let mut stage = Stage::new(playbook, patch, AFTERNOON);
    let recheck =
        json!({ "checked_at": AFTERNOON, "checked_by": "tech", "network_ok": true, "audio_ok": true });
    let edit = Edit::Merge(json!({ "recheck": recheck }));
    stage
        .act(&actor("operator"), &Command::EditContent { gate: LAST, edit, expected: Expected::Any })
        .unwrap();
    GateKey::ALL.iter().filter(|gate| **gate != LAST).for_each(|gate| stage.pass(*gate));
    stage.tick(LAST);
    play(&mut stage, "campaign", "submit", "submitter");
    play(&mut stage, "campaign", "approve", "tech");
    stage
}

fn campaign_situation(title: &str) -> Stage {
    static USUAL: OnceLock<Stage> = OnceLock::new();
    let mut stage = match title {
        "ready, under the playbook daily" => nearly_ready(playbook("daily", json!([])), json!([])),
        "preparing, evidence of an approved gate has grown too old" => {
            nearly_ready(two_slots(), old_evidence())
        }
        _ => USUAL.get_or_init(|| nearly_ready(two_slots(), json!([]))).clone(),
    };
    let end = "2027-03-20T23:30:00+08:00".parse().unwrap();
    match title {
        "preparing" => return stage,
        "cancelled" => play(&mut stage, "campaign", "cancel", "manager"),
        "on_hold" => play(&mut stage, "campaign", "hold", "manager"),
        "lapsed" => stage.advance(end),
        "lapsed, it was on hold" => {
            play(&mut stage, "campaign", "hold", "manager");
            stage.advance(end);
        }
        _ => {
            play(&mut stage, "campaign", "approve", "manager");
            ready_situation(&mut stage, title);
        }
    }
    stage
}

fn ready_situation(stage: &mut Stage, title: &str) {
    match title {
        "ready" | "ready, under the playbook daily" => {}
        "ready, half an hour late" => stage.advance("2027-03-20T20:30:00+08:00".parse().unwrap()),
        "preparing, evidence of an approved gate has grown too old" => stage.advance(too_old()),
        "preparing, an approved gate is stale" => play(stage, "campaign", "edit", "operator"),
        "on_hold, it was ready" => play(stage, "campaign", "hold", "manager"),
        "live" => play(stage, "campaign", "go_live", "manager"),
        "completed" => {
            play(stage, "campaign", "go_live", "manager");
            play(stage, "campaign", "complete", "manager");
        }
        unknown => panic!("nobody knows how to play [campaign] {unknown}"),
    }
}

/// All evidence is ninety days old one and a half hours after the afternoon of the tests.
fn old_evidence() -> Value {
    let old = |i| {
        let path = format!("/gates/audience/evidence/{i}/collected_at");
        json!({ "op": "replace", "path": path, "value": "2026-12-20T18:00:00+08:00" })
    };
    (0..3).map(old).collect()
}

fn too_old() -> jiff::Timestamp {
    "2027-03-20T18:30:00+08:00".parse().unwrap()
}

/// The standard playbook, where the gate under test has a second slot.
fn two_slots() -> &'static Playbook {
    static TWO_SLOTS: OnceLock<&Playbook> = OnceLock::new();
    TWO_SLOTS.get_or_init(|| {
        let slot = json!({ "from": "duty:tech", "count": 1, "if_held": true });
        playbook(
            "standard",
            json!([{ "op": "add", "path": "/gates/audience/policy/slots/-", "value": slot }]),
        )
    })
}

/// The audience is online in fewer hours: an edit that asks for a confirmation only.
fn fewer_hours() -> Value {
    json!({ "segments": standard_segments().into_iter().map(|mut segment| {
        segment["peak_hours"] = json!([20, 21, 22]);
        segment
    }).collect::<Vec<_>>() })
}

fn standard_segments() -> Vec<Value> {
    let stage = Stage::new(two_slots(), json!([]), AFTERNOON);
    stage.campaign.contents.audience.write()["segments"].as_array().unwrap().clone()
}

fn edit(stage: &mut Stage, patch: Value) {
    let edit = Command::EditContent { gate: GATE, edit: Edit::Merge(patch), expected: Expected::Any };
    stage.act(&actor("operator"), &edit).unwrap();
}

fn play(stage: &mut Stage, kind: &str, name: &str, who: &str) {
    let command = command(stage, kind, name);
    stage.act(&actor(who), &command).unwrap();
}
