//! Laws of the schedule and of the plan of notices: whole days move everything alike, the same facts give the same keys,
//! planning again changes nothing, and wall clocks hold in every zone over every change of its clocks.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod stage;

use std::collections::BTreeSet;

use domain::command::{Command, Edit, Expected};
use domain::notice::{About, Existing, Ledger, Planned, Reason, Replanned, notices, replan};
use domain::offset::Offset;
use domain::{Calendar, GateKey};
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use proptest::prelude::*;
use serde_json::json;
use stage::{Stage, actor, playbook};

const T: &str = "2027-03-20T20:00:00+08:00";
const NOW: &str = "2027-03-02T10:00:00+08:00";

fn stage(key: &str, go_live_at: &str) -> Stage {
    let patch = json!([
        { "op": "replace", "path": "/campaign/go_live_at", "value": go_live_at },
        { "op": "remove", "path": "/gates/warm_up/assets/0/published_url" },
    ]);
    Stage::new(playbook(key, json!([])), patch, NOW)
}

fn wanted(stage: &Stage) -> Vec<Planned> {
    notices(&stage.case(), &stage.standing)
}

fn replanned(stage: &Stage, rows: &[Existing]) -> Replanned {
    replan(&About::Campaign(stage.case(), &stage.standing), wanted(stage), rows)
}

/// The rows of the ledger after what was planned is written, as the store writes it.
fn write(stage: &Stage, mut rows: Vec<Existing>, replanned: Replanned) -> Vec<Existing> {
    let Replanned { add, change, renew, drop } = replanned;
    for (key, outcome) in drop {
        let row = rows.iter_mut().find(|row| row.key == key).unwrap();
        (row.status, row.outcome) = (Ledger::Skipped, Some(outcome));
    }
    for (key, planned) in change {
        let row = rows.iter_mut().find(|row| row.key == key).unwrap();
        (row.status, row.outcome, row.planned) = (Ledger::Planned, None, planned);
    }
    for (key, planned) in renew {
        let row = rows.iter_mut().find(|row| row.key == key).unwrap();
        (row.planned.class, row.planned.not_after) = (planned.class, planned.not_after);
    }
    rows.extend(add.into_iter().map(|planned| Existing {
        key: planned.key(stage.campaign.id),
        reason: planned.reason,
        status: Ledger::Planned,
        outcome: None,
        planned,
    }));
    rows
}

/// Something people do, or time that passes, between two plannings.
#[derive(Copy, Clone, Debug)]
enum Step {
    Wait(i64),
    Move(i64),
    Submit(GateKey),
    Withdraw(GateKey),
    Pass(GateKey),
    Target(i64),
    Link(bool),
    Hold,
    Resume,
}

fn step() -> impl Strategy<Value = Step> {
    let gate = || (0..GateKey::ALL.len()).prop_map(|at| GateKey::ALL[at]);
    prop_oneof![
        (1..3_000_i64).prop_map(Step::Wait),
        (-5..6_i64).prop_map(Step::Move),
        gate().prop_map(Step::Submit),
        gate().prop_map(Step::Withdraw),
        gate().prop_map(Step::Pass),
        (1..4_i64).prop_map(Step::Target),
        any::<bool>().prop_map(Step::Link),
        Just(Step::Hold),
        Just(Step::Resume),
    ]
}

fn edit(stage: &mut Stage, gate: GateKey, patch: serde_json::Value) {
    let edit = Command::EditContent { gate, edit: Edit::Merge(patch), expected: Expected::Any };
    // What is not allowed in this state changes nothing.
    drop(stage.act(&actor("operator"), &edit));
}

fn take(stage: &mut Stage, step: Step) {
    match step {
        Step::Wait(minutes) => stage.advance(stage.now + SignedDuration::from_mins(minutes)),
        Step::Move(days) => {
            let at = T.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * days);
            let patch = json!({ "go_live_at": at.to_string() });
            let edit = Command::EditProfile { patch, metadata: None, expected: Expected::Any };
            drop(stage.act(&actor("operator"), &edit));
        }
        Step::Submit(gate) => {
            let submission = stage.submission(gate);
            drop(stage.act(&actor("submitter"), &submission));
        }
        Step::Withdraw(gate) => drop(stage.act(&actor("submitter"), &Command::Withdraw { gate })),
        Step::Pass(gate) => {
            let submission = stage.submission(gate);
            drop(stage.act(&actor("submitter"), &submission));
            let approval = stage.decision(gate, domain::campaign::Verdict::Approve);
            drop(stage.act(&actor("manager"), &approval));
        }
        Step::Target(target) => edit(stage, GateKey::Goal, json!({ "gmv_target": target })),
        Step::Link(there) => {
            let mut assets = stage.campaign.contents.write(GateKey::WarmUp)["assets"].clone();
            assets[0]["published_url"] = if there { json!("https://media.example/1") } else { json!(null) };
            edit(stage, GateKey::WarmUp, json!({ "assets": assets }));
        }
        Step::Hold => drop(stage.act(&actor("manager"), &Command::Hold { reason: None })),
        Step::Resume => drop(stage.act(&actor("manager"), &Command::Resume)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn planning_again_changes_nothing_and_no_key_is_planned_twice(
        passed in 0..=GateKey::ALL.len(),
        steps in prop::collection::vec(step(), 1..14),
    ) {
        let mut stage = stage("standard", T);
        for gate in GateKey::ALL {
            stage.tick(*gate);
        }
        GateKey::ALL[..passed].iter().for_each(|gate| stage.pass(*gate));
        let mut rows = write(&stage, Vec::new(), replanned(&stage, &[]));
        for step in steps {
            take(&mut stage, step);
            let changed = replanned(&stage, &rows);
            for planned in &changed.add {
                let key = planned.key(stage.campaign.id);
                prop_assert!(rows.iter().all(|row| row.key != key), "{key} is there already");
                prop_assert!(planned.planned_at >= stage.now && planned.planned_at < planned.not_after, "{planned:?}");
            }
            rows = write(&stage, rows, changed);
            prop_assert_eq!(replanned(&stage, &rows), Replanned::default(), "after {:?}", step);
            let keys: BTreeSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
            prop_assert_eq!(keys.len(), rows.len());
            prop_assert_eq!(wanted(&stage), wanted(&stage.clone()));
        }
    }

    #[test]
    fn whole_days_move_everything_that_counts_from_go_live_alike(
        days in 1..400_i64,
        key in prop::sample::select(vec!["standard", "fast", "daily"]),
    ) {
        let by = SignedDuration::from_hours(24 * days);
        let later = T.parse::<Timestamp>().unwrap() + by;
        let (before, after) = (stage(key, T), stage(key, &later.to_string()));
        for gate in GateKey::ALL {
            prop_assert_eq!(after.standing.gates[*gate].due_at, before.standing.gates[*gate].due_at + by);
        }
        // What is about assets and evidence keeps its own times.
        let of_show = |notice: &Planned| !matches!(notice.reason, Reason::Touchpoint | Reason::GateExpiring);
        let moved = wanted(&before).into_iter().filter(of_show).map(|notice| {
            (notice.reason, notice.subject, notice.occurrence, notice.planned_at + by, notice.not_after + by)
        });
        let found = wanted(&after).into_iter().filter(of_show).map(|notice| {
            (notice.reason, notice.subject, notice.occurrence, notice.planned_at, notice.not_after)
        });
        prop_assert_eq!(moved.collect::<Vec<_>>(), found.collect::<Vec<_>>());
    }
}

/// The wall-clock time that is meant: the same, or, where clocks skip it, later by as much as they skip.
fn is_meant(zone: &TimeZone, meant: DateTime, at: Timestamp) -> bool {
    let shown = zone.to_datetime(at);
    let instants = |from: DateTime| zone.to_ambiguous_timestamp(from).offset();
    match instants(meant) {
        jiff::tz::AmbiguousOffset::Gap { before, after } => {
            shown == meant + (after.seconds() - before.seconds()).seconds()
        }
        // Of a time that comes twice, the first.
        jiff::tz::AmbiguousOffset::Fold { before, .. } => shown == meant && zone.to_offset(at) == before,
        jiff::tz::AmbiguousOffset::Unambiguous { .. } => shown == meant,
    }
}

#[test]
fn wall_clocks_hold_in_every_zone_over_every_change_of_its_clocks() {
    let (from, until): (Timestamp, Timestamp) =
        ("2026-01-01T00:00:00Z".parse().unwrap(), "2029-01-01T00:00:00Z".parse().unwrap());
    let (mut zones, mut changes, mut unusual) = (0, 0, 0);
    for name in jiff::tz::db().available() {
        let zone = TimeZone::get(name.as_str()).unwrap();
        zones += 1;
        for change in zone.following(from).take_while(|change| change.timestamp() < until) {
            changes += 1;
            let day = zone.to_datetime(change.timestamp()).date();
            for (days, minutes) in (0..=3).flat_map(|days| (0..48).map(move |half| (days, half * 30))) {
                let anchor_day = day.checked_add(days.days()).unwrap();
                let anchor = zone.to_ambiguous_timestamp(anchor_day.at(20, 0, 0, 0)).compatible().unwrap();
                let time = Time::midnight() + SignedDuration::from_mins(minutes);
                let at = Offset::WallClock { days: -days, at: time }.from(anchor, &zone, Calendar::cn());
                let meant = day.to_datetime(time);
                assert!(
                    is_meant(&zone, meant, at),
                    "{}: {meant} became {}",
                    name.as_str(),
                    zone.to_datetime(at)
                );
                unusual += i64::from(!matches!(
                    zone.to_ambiguous_timestamp(meant).offset(),
                    jiff::tz::AmbiguousOffset::Unambiguous { .. }
                ));
                let hours = SignedDuration::from_mins(-minutes);
                let elapsed = Offset::Elapsed(hours).from(anchor, &zone, Calendar::cn());
                assert_eq!(elapsed, anchor + hours, "{}: elapsed time is no wall clock", name.as_str());
            }
        }
    }
    assert!(
        zones > 400 && changes > 500 && unusual > 1_000,
        "{zones} zones, {changes} changes, {unusual} times"
    );
}
