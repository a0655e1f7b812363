//! Trainings and rehearsals count while what they were held on is as it was when they were first stored.

use std::collections::BTreeMap;

use domain::GateKey;
use domain::Playbook;
use domain::apply::apply;
use domain::command::{Command, Edit, Expected};
use domain::digest::facets;
use domain::evaluate::evaluate;
use domain::event::EventKind;
use domain::gate::team::Stamps;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::{Stage, actor};

const AFTERNOON: &str = "2027-03-20T17:00:00+08:00";
const COUNTS: [bool; 2] = [true, true];

/// The host, who knows the products and has rehearsed: a training and a rehearsal, both stored with the campaign.
fn prepared() -> Stage {
    let patch = json!([{ "op": "replace", "path": "/gates/team/rehearsals/0/kind", "value": "full" }]);
    Stage::new(Playbook::built_in("standard@1").unwrap(), patch, AFTERNOON)
}

/// Whether the training and the rehearsal count.
fn counts(stage: &Stage) -> [bool; 2] {
    let findings = evaluate(&stage.case());
    let of = |rule: &str| findings.iter().find(|finding| finding.rule.id == rule);
    let passed = of("team.training_complete").unwrap().observed.json();
    [passed.as_array().unwrap().contains(&json!("product_knowledge")), of("team.full_rehearsal").is_none()]
}

fn stamps(stage: &Stage) -> BTreeMap<String, Value> {
    let stamps = serde_json::to_value(&stage.campaign.gates[GateKey::Team].stamps).unwrap();
    stamps.as_object().unwrap().clone().into_iter().collect()
}

fn set(stage: &mut Stage, gate: GateKey, path: &str, value: Value) {
    edit(stage, gate, &json!([{ "op": "add", "path": path, "value": value }]));
}

fn edit(stage: &mut Stage, gate: GateKey, patch: &Value) {
    let edit = Edit::Patch(serde_json::from_value(patch.clone()).unwrap());
    stage.act(&actor("operator"), &Command::EditContent { gate, edit, expected: Expected::Any }).unwrap();
}

fn restore(stage: &mut Stage, gate: GateKey, content: Value) {
    let command = Command::EditContent { gate, edit: Edit::Whole(content), expected: Expected::Any };
    stage.act(&actor("operator"), &command).unwrap();
}

#[test]
fn a_change_of_the_products_outdates_the_training_until_it_is_undone() {
    let mut stage = prepared();
    assert_eq!(counts(&stage), COUNTS);
    for (path, value) in [("/skus/0/points", json!(["other"])), ("/skus/0/brand", json!("other"))] {
        let before = stage.campaign.contents.write(GateKey::Products);
        set(&mut stage, GateKey::Products, path, value);
        assert_eq!(counts(&stage), [false, true], "{path}");
        restore(&mut stage, GateKey::Products, before);
        assert_eq!(counts(&stage), COUNTS, "{path}");
    }
    set(&mut stage, GateKey::Products, "/skus/0/live_price", json!(1));
    assert_eq!(counts(&stage), COUNTS, "a price is read from the sheet");
}

#[test]
fn a_change_of_the_rows_outdates_the_rehearsal_until_it_is_undone() {
    let mut stage = prepared();
    let before = stage.campaign.contents.write(GateKey::Script);
    set(&mut stage, GateKey::Script, "/rows/0/duration_seconds", json!(7));
    assert_eq!(counts(&stage), [true, false]);
    let findings = evaluate(&stage.case());
    let finding = findings.iter().find(|finding| finding.rule.id == "team.full_rehearsal").unwrap();
    assert_eq!(finding.observed.json()["outdated"], json!(true));
    restore(&mut stage, GateKey::Script, before);
    set(&mut stage, GateKey::Script, "/rows/0/talk_track", json!("other words"));
    assert_eq!(counts(&stage), COUNTS);
}

#[test]
fn what_is_held_after_a_change_is_held_on_what_is_there_then() {
    let mut stage = prepared();
    set(&mut stage, GateKey::Products, "/skus/0/points", json!(["other"]));
    set(&mut stage, GateKey::Script, "/rows/0/duration_seconds", json!(7));
    assert_eq!(counts(&stage), [false, false]);
    let again = |of: &str| stage.campaign.contents.write(GateKey::Team)[of][0].clone();
    let (mut training, mut rehearsal) = (again("trainings"), again("rehearsals"));
    training["trained_at"] = json!("2027-03-20T15:00:00+08:00");
    rehearsal["held_at"] = json!("2027-03-20T16:00:00+08:00");
    set(&mut stage, GateKey::Team, "/trainings/-", training);
    assert_eq!(counts(&stage), [true, false]);
    set(&mut stage, GateKey::Team, "/rehearsals/-", rehearsal);
    assert_eq!(counts(&stage), COUNTS);
    assert_eq!(stamps(&stage).len(), 4, "the earlier ones keep their stamps");
}

#[test]
fn a_corrected_outcome_keeps_the_stamp_and_a_correction_of_what_was_held_does_not() {
    let mut stage = prepared();
    let before = stamps(&stage);
    set(&mut stage, GateKey::Products, "/skus/0/points", json!(["other"]));
    set(&mut stage, GateKey::Team, "/trainings/0/score", json!(99));
    set(
        &mut stage,
        GateKey::Team,
        "/rehearsals/0/issues",
        json!([{ "title": "late", "severity": "low", "resolved": true }]),
    );
    set(&mut stage, GateKey::Team, "/escalation_contact", json!("somebody else"));
    assert_eq!(stamps(&stage), before);
    assert_eq!(counts(&stage), [false, true]);
    set(&mut stage, GateKey::Team, "/trainings/0/scored_by", json!("somebody else"));
    assert_eq!(counts(&stage), COUNTS, "it is another entry, stored now");
}

#[test]
fn an_entry_that_comes_back_is_new() {
    let mut stage = prepared();
    let training = stage.campaign.contents.write(GateKey::Team)["trainings"][0].clone();
    set(&mut stage, GateKey::Products, "/skus/0/points", json!(["other"]));
    edit(&mut stage, GateKey::Team, &json!([{ "op": "remove", "path": "/trainings/0" }]));
    assert_eq!(stamps(&stage).len(), 1);
    set(&mut stage, GateKey::Team, "/trainings", json!([training]));
    assert_eq!(counts(&stage), COUNTS);
}

#[test]
fn entries_older_than_stamps_go_on_without_one() {
    let mut stage = prepared();
    stage.campaign.gates[GateKey::Team].stamps = Stamps::default();
    set(&mut stage, GateKey::Team, "/escalation_contact", json!("somebody else"));
    assert_eq!(stamps(&stage).len(), 0, "nobody knows what they were held on");
    let mut training = stage.campaign.contents.write(GateKey::Team)["trainings"][0].clone();
    training["trained_at"] = json!("2027-03-20T15:00:00+08:00");
    set(&mut stage, GateKey::Team, "/trainings/-", training);
    assert_eq!(stamps(&stage).len(), 1, "only the new one");
}

#[test]
fn attendees_in_another_order_are_the_same_rehearsal() {
    let mut stage = prepared();
    set(&mut stage, GateKey::Team, "/rehearsals/0/attendees", json!(["林知夏", "周可"]));
    let before = stamps(&stage);
    set(&mut stage, GateKey::Team, "/rehearsals/0/attendees", json!(["周可", "林知夏"]));
    assert_eq!(stamps(&stage), before);
}

#[test]
fn only_what_looks_at_facets_is_stamped_and_only_in_gate_team() {
    let mut stage = prepared();
    set(&mut stage, GateKey::Team, "/trainings/0/topic", json!("sales_skills"));
    set(&mut stage, GateKey::Team, "/rehearsals", json!([]));
    set(&mut stage, GateKey::Products, "/skus/0/points", json!(["other"]));
    for gate in GateKey::ALL {
        let stamps = &stage.campaign.gates[*gate].stamps;
        assert_eq!(stamps, &Stamps::default(), "{gate}");
    }
}

#[test]
fn stamps_are_stored_as_digests_by_the_digest_of_the_entry() {
    let stage = prepared();
    let stored = serde_json::to_string(&stage.campaign.gates[GateKey::Team].stamps).unwrap();
    let read: Stamps = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, stage.campaign.gates[GateKey::Team].stamps);
    let today = &stage.standing.digests;
    let names: Vec<&str> = facets().map(|(facet, _)| facet).collect();
    for (identity, stamp) in stamps(&stage) {
        assert!(identity.len() == 64 && identity.bytes().all(|byte| byte.is_ascii_hexdigit()), "{identity}");
        for (facet, digest) in stamp.as_object().unwrap() {
            assert!(names.contains(&facet.as_str()));
            assert_eq!(digest, today[facet].0.as_str());
        }
    }
}

/// One edit of what stamps look at, or of something beside it.
#[derive(Copy, Clone, Debug)]
enum Step {
    Point(u8),
    Brand(u8),
    Price(u8),
    Length(u8),
    Talk(u8),
    Score(u8),
    Issue(u8),
    Train(u8),
    Rehearse(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let kinds: [fn(u8) -> Step; 9] = [
        Step::Point,
        Step::Brand,
        Step::Price,
        Step::Length,
        Step::Talk,
        Step::Score,
        Step::Issue,
        Step::Train,
        Step::Rehearse,
    ];
    (0..kinds.len(), 1..9_u8).prop_map(move |(kind, n)| kinds[kind](n))
}

fn take(stage: &mut Stage, step: Step) {
    let entry = |of: &str, at: &str, n: u8| {
        let mut entry = stage.campaign.contents.write(GateKey::Team)[of][0].clone();
        entry[at] = json!(format!("2027-03-19T1{n}:00:00+08:00"));
        entry
    };
    let (gate, path, value) = match step {
        Step::Point(n) => (GateKey::Products, "/skus/0/points", json!([format!("point {n}")])),
        Step::Brand(n) => (GateKey::Products, "/skus/0/brand", json!(format!("brand {n}"))),
        Step::Price(n) => (GateKey::Products, "/skus/0/live_price", json!(n)),
        Step::Length(n) => (GateKey::Script, "/rows/0/duration_seconds", json!(n)),
        Step::Talk(n) => (GateKey::Script, "/rows/0/talk_track", json!(format!("talk {n}"))),
        Step::Score(n) => (GateKey::Team, "/trainings/0/score", json!(90 + n)),
        Step::Issue(n) => (GateKey::Team, "/rehearsals/0/issues", json!([{ "title": format!("issue {n}") }])),
        Step::Train(n) => (GateKey::Team, "/trainings/-", entry("trainings", "trained_at", n)),
        Step::Rehearse(n) => (GateKey::Team, "/rehearsals/-", entry("rehearsals", "held_at", n)),
    };
    set(stage, gate, path, value);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn undone_edits_leave_trainings_and_rehearsals_as_they_counted(steps in prop::collection::vec(step(), 1..12)) {
        let mut stage = prepared();
        let [products, script] = [GateKey::Products, GateKey::Script].map(|gate| stage.campaign.contents.write(gate));
        let first = stamps(&stage);
        for step in steps {
            let before = stamps(&stage);
            take(&mut stage, step);
            let after = stamps(&stage);
            prop_assert!(before.iter().all(|(identity, stamp)| after.get(identity) == Some(stamp)), "{step:?}");
            prop_assert!(after == before || matches!(step, Step::Train(_) | Step::Rehearse(_)), "{step:?}");
        }
        let held = stamps(&stage);
        restore(&mut stage, GateKey::Products, products);
        restore(&mut stage, GateKey::Script, script);
        prop_assert_eq!(counts(&stage), COUNTS);
        prop_assert!(first.iter().all(|(identity, stamp)| held.get(identity) == Some(stamp)));
        prop_assert_eq!(stamps(&stage), held);
        let EventKind::CampaignCreated { campaign } = &stage.events[0].kind else { unreachable!() };
        let again = stage.events[1..].iter().fold((**campaign).clone(), apply);
        prop_assert_eq!(again, stage.campaign);
    }
}
