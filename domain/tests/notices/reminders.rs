//! Reminders of people's own: when they come, what is refused, what becomes of them.

use domain::actor::Who;
use domain::command::Command;
use domain::fault::FaultKind;
use domain::ids::ReminderId;
use domain::notice::{Ledger, Planned, Reason, notices, obsolete, replan};
use domain::refusal::Refusal;
use domain::reminder::{Frame, REMINDERS_MAX, Reminder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Stage, actor, playbook};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A campaign whose show is from 20:00 to 23:00 on a day in Shanghai.
fn show(day: &str, now: &str) -> Stage {
    let go_live = json!([{ "op": "replace", "path": "/campaign/go_live_at", "value": format!("{day}T20:00:00+08:00") }]);
    Stage::new(playbook("standard", json!([])), go_live, now)
}

fn made(stage: &Stage, wish: &Value) -> Result<Reminder, FaultKind> {
    let new = domain::record::read(wish, "").unwrap();
    let id = ReminderId(Uuid::from_u128(1));
    let made = Reminder::of(&new, &Frame::of_campaign(&stage.campaign), id, Who::System, stage.now);
    made.map_err(|faults| faults.into_iter().next().unwrap().kind)
}

/// The next times on the clock of the reminder's zone, with their offsets.
fn next(stage: &Stage, cron: &str, zone: &str, count: usize) -> Vec<String> {
    let reminder = made(stage, &json!({ "cron": cron, "time_zone": zone, "text": "Stock" })).unwrap();
    let zone = TimeZone::get(zone).unwrap();
    let shown = |at: Timestamp| at.display_with_offset(zone.to_offset(at)).to_string();
    reminder.next(&Frame::of_campaign(&stage.campaign), stage.now).take(count).map(shown).collect()
}

#[test]
fn a_reminder_comes_when_the_clock_of_its_zone_says_so() {
    let stage = show("2027-12-20", "2027-03-01T09:00:00+08:00");
    for (cron, zone, expected) in [
        ("0 10 * * *", "Asia/Shanghai", ["2027-03-01T10:00:00+08:00", "2027-03-02T10:00:00+08:00"]),
        ("0 10 * * MON-FRI", "Asia/Shanghai", ["2027-03-01T10:00:00+08:00", "2027-03-02T10:00:00+08:00"]),
        ("30 15 * * 5", "Asia/Shanghai", ["2027-03-05T15:30:00+08:00", "2027-03-12T15:30:00+08:00"]),
        ("15 0 9 1 * *", "Asia/Shanghai", ["2027-03-01T09:00:15+08:00", "2027-04-01T09:00:15+08:00"]),
        ("0 9 L * *", "Asia/Shanghai", ["2027-03-31T09:00:00+08:00", "2027-04-30T09:00:00+08:00"]),
        ("0 10 * * *", "America/New_York", ["2027-03-01T10:00:00-05:00", "2027-03-02T10:00:00-05:00"]),
    ] {
        assert_eq!(next(&stage, cron, zone, 2), expected, "{cron}");
    }
}

#[test]
fn what_clocks_skip_comes_later_and_what_they_repeat_once() {
    let table = [
        // New York skips 2:00 to 3:00 on 14 March and repeats 1:00 to 2:00 on 7 November.
        (
            "2027-03-13T12:00:00-05:00",
            "30 2 * * *",
            "America/New_York",
            ["2027-03-14T03:30:00-04:00", "2027-03-15T02:30:00-04:00"],
        ),
        (
            "2027-11-06T12:00:00-04:00",
            "30 1 * * *",
            "America/New_York",
            ["2027-11-07T01:30:00-04:00", "2027-11-08T01:30:00-05:00"],
        ),
        // Between the two 1:30s only the next day is left.
        (
            "2027-11-07T01:45:00-04:00",
            "30 1 * * *",
            "America/New_York",
            ["2027-11-08T01:30:00-05:00", "2027-11-09T01:30:00-05:00"],
        ),
        // London skips 1:00 to 2:00 on 28 March, Lord Howe half an hour on 3 October.
        (
            "2027-03-27T12:00:00Z",
            "30 1 * * *",
            "Europe/London",
            ["2027-03-28T02:30:00+01:00", "2027-03-29T01:30:00+01:00"],
        ),
        (
            "2027-10-02T12:00:00Z",
            "15 2 * * *",
            "Australia/Lord_Howe",
            ["2027-10-03T02:45:00+11:00", "2027-10-04T02:15:00+11:00"],
        ),
        (
            "2027-03-13T12:00:00+08:00",
            "30 2 * * *",
            "Asia/Shanghai",
            ["2027-03-14T02:30:00+08:00", "2027-03-15T02:30:00+08:00"],
        ),
    ];
    for (now, cron, zone, expected) in table {
        assert_eq!(next(&show("2027-12-20", now), cron, zone, 2), expected, "{cron} in {zone} after {now}");
    }
    // What was skipped a moment ago is not missed, and the hour that is skipped is not told twice.
    let moment_after = show("2027-12-20", "2027-03-14T03:10:00-04:00");
    assert_eq!(next(&moment_after, "30 2 * * *", "America/New_York", 1), ["2027-03-14T03:30:00-04:00"]);
    let hourly = show("2027-12-20", "2027-03-14T00:30:00-05:00");
    let expected = ["2027-03-14T01:00:00-05:00", "2027-03-14T03:00:00-04:00", "2027-03-14T04:00:00-04:00"];
    assert_eq!(next(&hourly, "0 * * * *", "America/New_York", 3), expected);
}

#[test]
fn a_reminder_that_cannot_be_is_refused_with_what_is_needed() {
    let stage = show("2027-03-20", "2027-03-01T09:00:00+08:00");
    let refused = |wish: Value| made(&stage, &wish).unwrap_err();
    for cron in ["10", "0 10 * *", "0 25 * * *", "@daily", "0 10 * * * * *", "every morning", "* * * * 9"] {
        let kind = refused(json!({ "cron": cron, "text": "Stock" }));
        assert!(matches!(kind, FaultKind::BadFormat { .. }), "{cron}: {kind:?}");
    }
    for cron in ["* * * * *", "*/10 * * * *", "0,10 9 * * *", "*/30 * * * * *"] {
        let kind = refused(json!({ "cron": cron, "text": "Stock" }));
        assert!(matches!(kind, FaultKind::TooOften { .. }), "{cron}: {kind:?}");
    }
    assert!(made(&stage, &json!({ "cron": "*/15 * * * *", "text": "Stock" })).is_ok());
    let too_often = refused(json!({ "cron": "*/10 * * * *", "text": "Stock" }));
    assert_eq!(too_often, FaultKind::TooOften { least_minutes: 15, found_seconds: 600 });
    for cron in ["0 10 21 3 *", "0 10 31 2 *"] {
        let kind = refused(json!({ "cron": cron, "text": "Stock" }));
        let before = "2027-03-20T15:00:00Z".to_owned();
        assert_eq!(kind, FaultKind::NeverComes { before }, "{cron}");
    }
    for ends_at in ["2027-03-01T09:00:00+08:00", "2027-03-20T23:00:01+08:00"] {
        let kind = refused(json!({ "cron": "0 10 * * *", "text": "Stock", "ends_at": ends_at }));
        assert!(matches!(kind, FaultKind::OutOfRange { .. }), "{ends_at}: {kind:?}");
    }
}

fn remind(stage: &mut Stage, number: u128, wish: &Value) -> Result<(), Refusal> {
    let reminder = Box::new(domain::record::read(wish, "").unwrap());
    stage.act(&actor("operator"), &Command::AddReminder { id: ReminderId(Uuid::from_u128(number)), reminder })
}

fn own(planned: &[Planned]) -> Vec<String> {
    let own = planned.iter().filter(|notice| notice.reason == Reason::Reminder);
    own.map(|notice| notice.planned_at.to_string()).collect()
}

#[test]
fn the_next_three_are_planned_and_the_others_once_these_have_come() {
    let mut stage = show("2027-03-20", "2027-03-01T09:00:00+08:00");
    remind(
        &mut stage,
        1,
        &json!({ "cron": "0 10 * * *", "text": "Stock", "ends_at": "2027-03-05T12:00:00+08:00" }),
    )
    .unwrap();
    let planned = |stage: &Stage| own(&notices(&stage.case(), &stage.standing));
    let day = |day: u32| format!("2027-03-0{day}T02:00:00Z");
    assert_eq!(planned(&stage), [day(1), day(2), day(3)]);
    assert_eq!(stage.standing.changes_at, Some(at(&day(1))), "then the next is planned");
    stage.advance(at(&day(1)));
    assert_eq!(planned(&stage), [day(1), day(2), day(3), day(4)]);
    stage.advance(at("2027-03-04T09:00:00+08:00"));
    assert_eq!(planned(&stage), [day(3), day(4), day(5)], "what is of use, and the last");
    stage.advance(at("2027-03-06T11:00:00+08:00"));
    assert_eq!(planned(&stage), Vec::<String>::new());
    assert!(stage.standing.changes_at.is_some_and(|at| at > stage.now));
}

#[test]
fn what_was_removed_is_void_and_a_campaign_has_twenty_at_most() {
    let mut stage = show("2027-03-20", "2027-03-01T09:00:00+08:00");
    let wish =
        json!({ "cron": "0 10 * * *", "text": "Stock", "audience": ["roster", "managers"], "class": "info" });
    for number in 1..=20 {
        remind(&mut stage, number, &wish).unwrap();
    }
    let refused = remind(&mut stage, 21, &wish).unwrap_err();
    let Refusal::Invalid { faults } = refused else { panic!("{refused:?}") };
    assert_eq!(faults[0].kind, FaultKind::TooMany { max: REMINDERS_MAX, found: 21 });
    let planned = notices(&stage.case(), &stage.standing);
    let first = planned.iter().find(|notice| notice.reason == Reason::Reminder).unwrap().clone();
    assert_eq!(obsolete(&stage.about(), &first), None);
    let id: ReminderId = first.generation.parse().unwrap();
    stage.act(&actor("operator"), &Command::RemoveReminder { id }).unwrap();
    assert_eq!(obsolete(&stage.about(), &first).as_deref(), Some("reminder_removed"));
    let existing = domain::notice::Existing {
        key: first.key(stage.campaign.id),
        reason: first.reason,
        status: Ledger::Planned,
        outcome: None,
        planned: first,
    };
    let wanted = notices(&stage.case(), &stage.standing);
    let replanned = replan(&stage.about(), wanted, std::slice::from_ref(&existing));
    assert_eq!(replanned.drop, [(existing.key.clone(), "reminder_removed".to_owned())]);
    stage.act(&actor("operator"), &Command::RemoveReminder { id }).unwrap();
}
