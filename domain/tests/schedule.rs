//! When gates are due, how offsets fall where clocks change, how much time is left and which gate is critical.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod stage;

use domain::calendar::Country;
use domain::notice::{Reason, notices};
use domain::offset::Offset;
use domain::rule::Case;
use domain::schedule::schedule;
use domain::standing::standing;
use domain::surroundings::Surroundings;
use domain::{Calendar, GateKey};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use stage::{Stage, actor, id, playbook};

/// Due instants on the wall clock of the standard campaign, in gate order.
fn due(key: &str, go_live_at: &str) -> Vec<String> {
    let patch = json!([{ "op": "replace", "path": "/campaign/go_live_at", "value": go_live_at }]);
    let stage = Stage::new(playbook(key, json!([])), patch, "2027-02-20T10:00:00+08:00");
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let schedule = schedule(&stage.case(), &stage.standing);
    let local = |(_, slot): (GateKey, &domain::schedule::Slot)| {
        zone.to_datetime(slot.due_at).strftime("%m-%d %H:%M:%S").to_string()
    };
    schedule.gates.iter().map(local).collect()
}

/// A moment at which the campaign passes every rule: three hours before it goes live.
const AFTERNOON: &str = "2027-03-20T17:00:00+08:00";
const T: &str = "2027-03-20T20:00:00+08:00";

#[test]
fn the_standard_playbook_spreads_the_gates_over_three_weeks() {
    let expected = ["02-27", "03-02", "03-06", "03-09", "03-11", "03-12", "03-19"];
    assert_eq!(due("standard", T), expected.map(|date| format!("{date} 18:00:00")));
}

#[test]
fn the_fast_playbook_spreads_the_gates_over_ten_days() {
    let expected = ["03-10", "03-11", "03-13", "03-15", "03-17", "03-15", "03-19"];
    assert_eq!(due("fast", T), expected.map(|date| format!("{date} 18:00:00")));
}

#[test]
fn the_daily_playbook_takes_two_days() {
    let expected = [
        "03-18 18:00:00",
        "03-18 18:00:00",
        "03-18 20:00:00",
        "03-19 18:00:00",
        "03-19 18:00:00",
        "03-19 18:00:00",
        "03-20 16:00:00",
    ];
    assert_eq!(due("daily", T), expected);
}

#[test]
fn a_daily_show_before_noon_has_its_equipment_tested_the_evening_before() {
    let equipment = |go_live_at| due("daily", go_live_at).pop().unwrap();
    assert_eq!(equipment("2027-03-20T10:00:00+08:00"), "03-19 21:00:00");
    assert_eq!(equipment("2027-03-20T11:59:59+08:00"), "03-19 21:00:00");
    assert_eq!(equipment("2027-03-20T12:00:00+08:00"), "03-20 08:00:00");
    // Four hours before a show at half past midnight come before 21:00.
    assert_eq!(equipment("2027-03-20T00:30:00+08:00"), "03-19 20:30:00");
}

#[test]
fn the_local_date_of_go_live_counts_and_not_that_of_its_offset() {
    // 23:30 in Berlin is half past six of the next morning in Shanghai.
    assert_eq!(due("standard", "2027-03-19T23:30:00+01:00"), due("standard", "2027-03-20T06:30:00+08:00"));
    assert_eq!(due("standard", "2027-03-19T23:30:00+01:00")[6], "03-19 18:00:00");
}

/// The instant of an offset from an anchor, on the wall clock with its offset from UTC.
fn falls(offset: &str, anchor: &str, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap();
    let at = Offset::parse(offset).unwrap().from(anchor.parse().unwrap(), &zone, Calendar::cn());
    at.display_with_offset(zone.to_offset(at)).to_string()
}

#[test]
fn a_time_that_the_clocks_skip_comes_later() {
    let skipped = [
        ("-0d 02:30", "2027-03-14T20:00:00-04:00", "America/New_York", "2027-03-14T03:30:00-04:00"),
        ("-1d 02:30", "2027-03-15T20:00:00-04:00", "America/New_York", "2027-03-14T03:30:00-04:00"),
        ("-0d 01:30", "2027-03-28T20:00:00+01:00", "Europe/London", "2027-03-28T02:30:00+01:00"),
        ("-0d 02:15", "2027-10-03T20:00:00+11:00", "Australia/Lord_Howe", "2027-10-03T02:45:00+11:00"),
    ];
    for (offset, anchor, zone, expected) in skipped {
        assert_eq!(falls(offset, anchor, zone), expected, "{offset} in {zone}");
    }
}

#[test]
fn of_a_time_that_comes_twice_the_first_counts() {
    let twice = [
        ("-0d 01:30", "2027-11-07T20:00:00-05:00", "America/New_York", "2027-11-07T01:30:00-04:00"),
        ("-7d 01:30", "2027-11-14T20:00:00-05:00", "America/New_York", "2027-11-07T01:30:00-04:00"),
        ("-0d 01:30", "2027-10-31T20:00:00+00:00", "Europe/London", "2027-10-31T01:30:00+01:00"),
        ("-0d 01:45", "2027-04-04T20:00:00+10:30", "Australia/Lord_Howe", "2027-04-04T01:45:00+11:00"),
    ];
    for (offset, anchor, zone, expected) in twice {
        assert_eq!(falls(offset, anchor, zone), expected, "{offset} in {zone}");
    }
}

#[test]
fn days_are_wall_clock_and_hours_are_elapsed_time() {
    let zone = "America/New_York";
    assert_eq!(falls("T-1d 18:00", "2027-03-14T20:00:00-04:00", zone), "2027-03-13T18:00:00-05:00");
    assert_eq!(falls("-24h", "2027-03-14T20:00:00-04:00", zone), "2027-03-13T19:00:00-05:00");
    assert_eq!(falls("+24h", "2027-11-06T20:00:00-04:00", zone), "2027-11-07T19:00:00-05:00");
    assert_eq!(falls("+30m", "2027-03-14T01:45:00-05:00", zone), "2027-03-14T03:15:00-04:00");
    assert_eq!(
        falls("-21d 18:00", "2027-03-20T20:00:00+08:00", "Asia/Shanghai"),
        "2027-02-27T18:00:00+08:00"
    );
}

#[test]
fn what_is_no_offset_is_not_read() {
    for text in [
        "",
        "T",
        "-21d",
        "6h 18:00",
        "-21d 25:00",
        "x6h",
        "-6 h",
        "6s",
        "10001h",
        "-9223372036854775808h",
        "小",
    ] {
        assert_eq!(Offset::parse(text), None, "{text:?}");
    }
    assert_eq!(Offset::parse("T-6h"), Some(Offset::Elapsed(SignedDuration::from_hours(-6))));
    assert_eq!(Offset::parse("+0h"), Some(Offset::Elapsed(SignedDuration::ZERO)));
}

/// The fast playbook, goal and audience due in working days, on a campaign that goes live after Spring Festival 2026.
fn after_spring_festival() -> Stage {
    let counted = json!([
        { "op": "replace", "path": "/gates/goal/due/at", "value": "T-12wd 18:00" },
        { "op": "replace", "path": "/gates/audience/due/at", "value": "T-11wd 18:00" },
        { "op": "replace", "path": "/reminders/gate_due/d1", "value": "-1wd 10:00" },
        { "op": "replace", "path": "/reminders/gate_overdue/l2", "value": "+1wd 09:00" },
    ]);
    let go_live =
        json!([{ "op": "replace", "path": "/campaign/go_live_at", "value": "2026-03-04T20:00:00+08:00" }]);
    Stage::new(playbook("fast", counted), go_live, "2026-02-01T10:00:00+08:00")
}

#[test]
fn gates_and_reminders_count_working_days_where_a_playbook_says_so() {
    let stage = after_spring_festival();
    let due = |case: &Case<'_>, gate| standing(case).gates[gate].due_at.to_string();
    // 3, 2 March; Saturday 28, 27 to 24; Saturday 14, 13 to 10 February.
    assert_eq!(due(&stage.case(), GateKey::Goal), "2026-02-10T10:00:00Z");
    assert_eq!(due(&stage.case(), GateKey::Audience), "2026-02-11T10:00:00Z");
    let planned = notices(&stage.case(), &stage.standing);
    let told = |reason, occurrence| {
        let mut of = planned.iter().filter(|it| it.reason == reason && it.occurrence == occurrence);
        of.find(|it| it.subject == GateKey::Goal).unwrap().planned_at.to_string()
    };
    assert_eq!(told(Reason::GateDue, "d1"), "2026-02-09T02:00:00Z");
    assert_eq!(told(Reason::GateOverdue, "l2"), "2026-02-11T01:00:00Z");

    let closed = Calendar::with(Country::Cn, [date(2026, 2, 24), date(2026, 2, 10)]);
    let case = stage.case();
    let surroundings = Surroundings { calendar: &closed, ..case.surroundings };
    let case = Case::of(case.campaign, case.playbook, surroundings);
    assert_eq!(due(&case, GateKey::Goal), "2026-02-06T10:00:00Z");
}

#[test]
fn slack_runs_out_and_the_gate_with_the_least_is_critical() {
    let mut stage = Stage::new(playbook("fast", json!([])), json!([]), "2027-03-10T17:00:00+08:00");
    let hours = |stage: &Stage, gate: GateKey| {
        schedule(&stage.case(), &stage.standing).gates[gate].slack.map(|slack| slack.as_hours())
    };
    let critical = |stage: &Stage| schedule(&stage.case(), &stage.standing).critical_gate;
    assert_eq!(hours(&stage, GateKey::Goal), Some(1));
    assert_eq!(hours(&stage, GateKey::Audience), Some(25));
    assert_eq!(critical(&stage), Some(GateKey::Goal));
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    stage.advance(at("2027-03-10T20:00:00+08:00"));
    assert_eq!(hours(&stage, GateKey::Goal), Some(-2));
    for gate in [GateKey::Goal, GateKey::Audience, GateKey::Products] {
        stage.pass(gate);
    }
    assert_eq!(hours(&stage, GateKey::Goal), None);
    // Script and warm-up are due at the same instant; script comes first in order.
    assert_eq!(hours(&stage, GateKey::WarmUp), hours(&stage, GateKey::Script));
    assert_eq!(critical(&stage), Some(GateKey::Script));
    stage.pass(GateKey::Script);
    assert_eq!(critical(&stage), Some(GateKey::WarmUp));
    for gate in [GateKey::WarmUp, GateKey::Team, GateKey::EquipmentTest] {
        stage.pass(gate);
    }
    assert_eq!(critical(&stage), None);
}

#[test]
fn working_days_left_follow_the_organizations_calendar() {
    let mut stage = Stage::new(playbook("fast", json!([])), json!([]), "2027-03-05T17:00:00+08:00");
    let closed = Calendar::with(Country::Cn, [date(2027, 3, 8)]);
    let left = |stage: &Stage, calendar: &Calendar, gate: GateKey| {
        let case = stage.case();
        let surroundings = Surroundings { calendar, ..case.surroundings };
        schedule(&Case::of(case.campaign, case.playbook, surroundings), &stage.standing).gates[gate]
            .working_days
    };
    // From Friday 5 to Wednesday 10 March.
    assert_eq!(left(&stage, Calendar::cn(), GateKey::Goal), Some(3));
    assert_eq!(left(&stage, &closed, GateKey::Goal), Some(2));
    stage.advance("2027-03-12T20:00:00+08:00".parse().unwrap());
    assert_eq!(left(&stage, Calendar::cn(), GateKey::Goal), Some(-2));
    stage.pass(GateKey::Goal);
    assert_eq!(left(&stage, Calendar::cn(), GateKey::Goal), None);
}

#[test]
fn a_gate_that_is_reopened_has_its_slack_again() {
    let mut stage = Stage::new(playbook("daily", json!([])), json!([]), AFTERNOON);
    stage.pass(GateKey::Goal);
    assert_eq!(schedule(&stage.case(), &stage.standing).gates[GateKey::Goal].slack, None);
    let reopen = domain::Command::Reopen { gate: GateKey::Goal, reason: "the goal has moved".to_owned() };
    stage.act(&actor("manager"), &reopen).unwrap();
    let slack = schedule(&stage.case(), &stage.standing).gates[GateKey::Goal].slack;
    assert_eq!(
        slack,
        Some(SignedDuration::from_hours(-47)),
        "due on the 18th at 18:00, now it is the 20th, 17:00"
    );
    assert_eq!(stage.campaign.gates[GateKey::Goal].submission.as_ref().unwrap().authors, [id("submitter")]);
}

#[test]
fn a_playbook_in_which_a_gate_is_due_before_one_it_requires_is_refused() {
    let read = |gate: &str, due: serde_json::Value| {
        let mut source = domain::Playbook::built_in("standard").unwrap().source.clone();
        source["gates"][gate]["due"] = due;
        domain::Playbook::read(source).map(|playbook| playbook.key)
    };
    let table = [
        (
            "script",
            json!({ "at": "T-14d 17:59" }),
            Err("gate script is due before products, which it requires"),
        ),
        ("script", json!({ "at": "T-14d 18:00" }), Ok("standard")),
        ("products", json!({ "at": "T-12wd 18:00" }), Ok("standard")),
        (
            "products",
            json!({ "at": "T-13wd 18:00" }),
            Err("gate products is due before audience, which it requires"),
        ),
        (
            "equipment_test",
            json!({ "at": "T-1d 18:00", "morning_at": "T-12d 18:00" }),
            Err("gate equipment_test is due before warm_up, which it requires"),
        ),
    ];
    for (gate, due, expected) in table {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(read(gate, due.clone()), expected, "{gate} {due}");
    }
}
