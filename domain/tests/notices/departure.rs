//! When a message leaves for one person: quiet hours, digest, wishes, approvals that wait for one another.

use domain::GateKey;
use domain::notice::{Bundle, Class, Departure, Opened, Planned, Reason, departure, wakes_at};
use domain::preferences::Preferences;
use domain::record;
use domain::surroundings::DirectoryMember;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::stage::{Stage, actor, id};
use crate::{EARLY, at, local, standard, wanted};

fn member(name: &str) -> DirectoryMember {
    standard(EARLY).directory.member(id(name)).unwrap().clone()
}

fn wishing(wishes: &Value) -> DirectoryMember {
    let preferences: Preferences = record::read(wishes, "").unwrap();
    DirectoryMember { preferences, ..member("manager") }
}

/// The message of a campaign that goes live on 03-20 20:00.
fn notice(reason: Reason, class: Class, planned_at: &str, not_after: &str) -> Planned {
    let some = wanted(&standard(EARLY)).into_iter().find(|notice| notice.reason == Reason::GateDue).unwrap();
    Planned { reason, class, planned_at: at(planned_at), not_after: at(not_after), ..some }
}

fn leaves(notice: &Planned, now: &str, reader: &DirectoryMember) -> String {
    let mut stage = standard(EARLY);
    stage.now = at(now);
    match departure(&stage.about(), notice, reader) {
        Ok(Departure { at, with }) => format!("{} {with}", local(at)),
        Err(why) => why.to_owned(),
    }
}

#[test]
fn what_somebody_must_act_on_waits_until_quiet_hours_end_and_what_is_critical_does_not() {
    let silent = wishing(&json!({}));
    for (planned_at, expected) in [
        ("03-01 21:59", "03-01 21:59 alone"),
        ("03-01 22:00", "03-02 08:00 alone"),
        ("03-01 23:30", "03-02 08:00 alone"),
        ("03-02 00:00", "03-02 08:00 alone"),
        ("03-02 07:59", "03-02 08:00 alone"),
        ("03-02 08:00", "03-02 08:00 alone"),
    ] {
        let action = notice(Reason::GateDecided, Class::Action, planned_at, "03-09 18:00");
        assert_eq!(leaves(&action, planned_at, &silent), expected);
        let critical = Planned { class: Class::Critical, ..action };
        assert_eq!(leaves(&critical, planned_at, &silent), format!("{planned_at} alone"));
    }
}

#[test]
fn what_would_come_too_late_after_quiet_hours_comes_in_them_unless_another_follows() {
    let silent = wishing(&json!({}));
    let due = notice(Reason::GateDue, Class::Action, "03-01 23:00", "03-02 07:30");
    assert_eq!(due.subject, GateKey::Goal);
    // Goal was due on 02-27: none of its reminders follows. The script's next is on 03-06 10:00.
    assert_eq!(leaves(&due, "03-01 23:00", &silent), "03-01 23:00 alone");
    let followed = Planned { subject: GateKey::Script.into(), ..due.clone() };
    let owner = member("operator");
    assert_eq!(leaves(&followed, "03-01 23:00", &owner), "quiet_hours");
    assert_eq!(
        leaves(&followed, "03-01 23:00", &silent),
        "03-01 23:00 alone",
        "the next one is not for them"
    );
    let in_time = Planned { not_after: at("03-02 08:01"), ..due };
    assert_eq!(leaves(&in_time, "03-01 23:00", &silent), "03-02 08:00 alone");
}

#[test]
fn losses_are_told_together_at_the_end_of_their_quarter_of_an_hour() {
    let silent = wishing(&json!({}));
    for (found, expected) in [
        ("03-02 10:00", "03-02 10:15 failures"),
        ("03-02 10:14", "03-02 10:15 failures"),
        ("03-02 21:44", "03-02 21:45 failures"),
        ("03-02 21:50", "03-03 08:00 failures"),
    ] {
        let lost = notice(Reason::DeliveryFailed, Class::Action, found, "03-09 18:00");
        assert_eq!(leaves(&lost, found, &silent), expected, "{found}");
    }
}

#[test]
fn whoever_sleeps_when_a_message_comes_to_leave_gets_it_in_the_morning_if_that_is_soon_enough() {
    let silent = wishing(&json!({}));
    let action = notice(Reason::GateDecided, Class::Action, "03-01 21:00", "03-09 18:00");
    let wakes = |notice: &Planned, now: &str| {
        let mut stage = standard(EARLY);
        stage.now = at(now);
        wakes_at(&stage.about(), notice, &silent).map(local)
    };
    assert_eq!(wakes(&action, "03-01 21:59"), None);
    assert_eq!(wakes(&action, "03-01 23:00").as_deref(), Some("03-02 08:00"));
    let critical = Planned { class: Class::Critical, ..action.clone() };
    assert_eq!(wakes(&critical, "03-01 23:00"), None);
    let over_by_then = Planned { not_after: at("03-02 08:00"), ..action };
    assert_eq!(wakes(&over_by_then, "03-01 23:00"), None);
}

#[test]
fn quiet_hours_are_those_of_the_persons_own_zone_else_of_the_campaign() {
    let action = notice(Reason::GateDecided, Class::Action, "03-02 10:00", "03-09 18:00");
    let in_new_york = DirectoryMember {
        time_zone: Some(TimeZone::get("America/New_York").unwrap()),
        ..wishing(&json!({}))
    };
    // 10:00 in Shanghai is 21:00 the day before in New York; 12:00 there is 23:00, and 08:00 there is 21:00 here.
    assert_eq!(leaves(&action, "03-02 10:00", &in_new_york), "03-02 10:00 alone");
    let later = notice(Reason::GateDecided, Class::Action, "03-02 12:00", "03-09 18:00");
    assert_eq!(leaves(&later, "03-02 12:00", &in_new_york), "03-02 21:00 alone");
}

#[test]
fn where_clocks_are_put_back_quiet_hours_end_the_first_time_a_clock_shows_their_end_from_now_on() {
    let in_new_york = DirectoryMember {
        time_zone: Some(TimeZone::get("America/New_York").unwrap()),
        ..wishing(&json!({ "quiet_hours": { "from": "22:00", "until": "01:30" } }))
    };
    let action = notice(Reason::GateDecided, Class::Action, "03-01 21:00", "03-09 18:00");
    let action = Planned { not_after: "2027-11-09T00:00:00Z".parse().unwrap(), ..action };
    // Clocks show 01:00 to 02:00 twice, from 05:00 and from 06:00 UTC on.
    for (now, expected) in [
        ("2027-11-07T04:15:00Z", Some("2027-11-07T05:30:00Z")),
        ("2027-11-07T05:15:00Z", Some("2027-11-07T05:30:00Z")),
        ("2027-11-07T05:30:00Z", None),
        ("2027-11-07T06:15:00Z", Some("2027-11-07T06:30:00Z")),
        ("2027-11-07T06:30:00Z", None),
    ] {
        let mut stage = standard(EARLY);
        stage.now = now.parse().unwrap();
        let wakes = wakes_at(&stage.about(), &action, &in_new_york).map(|at| at.to_string());
        assert_eq!(wakes.as_deref(), expected, "{now}");
    }
}

#[test]
fn quiet_hours_are_as_the_person_wants_them() {
    let action = |time: &str| notice(Reason::GateDecided, Class::Action, time, "03-09 18:00");
    let never = wishing(&json!({ "quiet_hours": { "from": "00:00", "until": "00:00" } }));
    assert_eq!(leaves(&action("03-02 03:00"), "03-02 03:00", &never), "03-02 03:00 alone");
    let at_noon = wishing(&json!({ "quiet_hours": { "from": "12:00", "until": "13:30" } }));
    assert_eq!(leaves(&action("03-02 11:59"), "03-02 11:59", &at_noon), "03-02 11:59 alone");
    assert_eq!(leaves(&action("03-02 12:00"), "03-02 12:00", &at_noon), "03-02 13:30 alone");
    assert_eq!(leaves(&action("03-02 13:30"), "03-02 13:30", &at_noon), "03-02 13:30 alone");
    assert_eq!(leaves(&action("03-02 23:00"), "03-02 23:00", &at_noon), "03-02 23:00 alone");
}

#[test]
fn news_wait_for_the_next_digest_or_come_at_once_where_that_is_too_late() {
    let silent = wishing(&json!({}));
    for (planned_at, not_after, expected) in [
        ("03-02 08:59", "03-03 08:59", "03-02 09:00 digest"),
        ("03-02 09:00", "03-03 09:00", "03-02 09:00 digest"),
        ("03-02 09:01", "03-03 09:01", "03-03 09:00 digest"),
        ("03-02 10:00", "03-03 09:00", "03-02 10:00 alone"),
        ("03-02 23:00", "03-03 09:00", "03-03 08:00 alone"),
        ("03-02 23:00", "03-03 08:00", "03-02 23:00 alone"),
    ] {
        let news = notice(Reason::FacetChanged, Class::Info, planned_at, not_after);
        assert_eq!(leaves(&news, planned_at, &silent), expected, "{planned_at} {not_after}");
    }
    let news = notice(Reason::FacetChanged, Class::Info, "03-02 10:00", "03-03 10:00");
    let at_ten = wishing(&json!({ "digest_at": "21:30" }));
    assert_eq!(leaves(&news, "03-02 10:00", &at_ten), "03-02 21:30 digest");
}

#[test]
fn wishes_by_kind_are_kept() {
    let news = notice(Reason::FacetChanged, Class::Info, "03-02 10:00", "03-03 10:00");
    let due = notice(Reason::GateDue, Class::Action, "03-02 10:00", "03-09 18:00");
    let wanted = Planned { reason: Reason::ApprovalWanted, ..due.clone() };
    let critical = Planned { class: Class::Critical, ..news.clone() };
    let table = [
        (json!({ "at_once": ["facet_changed"] }), &news, "03-02 10:00 alone"),
        (json!({ "digest": false }), &news, "switched_off"),
        (json!({ "digest": false }), &due, "03-02 10:00 alone"),
        (json!({ "digest": false, "in_digest": ["gate_due"] }), &due, "03-02 10:00 alone"),
        (json!({ "digest": false, "in_digest": ["approval_wanted"] }), &wanted, "03-02 10:00 approvals"),
        (json!({ "off": ["facet_changed"] }), &news, "switched_off"),
        (json!({ "off": ["facet_changed"] }), &critical, "03-02 10:00 alone"),
        (json!({ "in_digest": ["gate_due"] }), &due, "03-03 09:00 digest"),
        (json!({ "off": ["gate_due"] }), &news, "03-03 09:00 digest"),
    ];
    for (wishes, notice, expected) in table {
        assert_eq!(leaves(notice, "03-02 10:00", &wishing(&wishes)), expected, "{wishes}");
    }
}

#[test]
fn what_is_late_by_a_quarter_of_an_hour_is_told_together() {
    let silent = wishing(&json!({}));
    let due = notice(Reason::GateDue, Class::Action, "03-02 10:00", "03-09 18:00");
    assert_eq!(leaves(&due, "03-02 10:14", &silent), "03-02 10:14 alone");
    assert_eq!(leaves(&due, "03-02 10:15", &silent), "03-02 10:15 late");
    assert_eq!(leaves(&due, "03-02 22:15", &silent), "03-03 08:00 late");
    let critical = Planned { class: Class::Critical, ..due };
    assert_eq!(leaves(&critical, "03-02 16:00", &silent), "03-02 16:00 alone");
    let news = notice(Reason::FacetChanged, Class::Info, "03-02 08:00", "03-03 08:00");
    assert_eq!(leaves(&news, "03-02 16:00", &silent), "03-02 09:00 digest", "the digest that was missed");
}

/// A submitted gate, and the first message that asks for its approval.
fn asked(now: &str) -> (Stage, Planned) {
    let mut stage = standard(now);
    stage.tick(GateKey::Goal);
    let submit = stage.submission(GateKey::Goal);
    stage.act(&actor("operator"), &submit).unwrap();
    let is_first = |notice: &Planned| notice.reason == Reason::ApprovalWanted && notice.occurrence == "p0";
    let first = wanted(&stage).into_iter().find(is_first).unwrap();
    (stage, first)
}

fn after(now: &str, opened: Option<(&str, bool)>) -> String {
    let (stage, first) = asked(&format!("2027-{}:00+08:00", now.replace(' ', "T")));
    let reader = wishing(&json!({}));
    let leaves = departure(&stage.about(), &first, &reader).unwrap();
    let opened = opened.map(|(time, waits)| Opened { at: at(time), waits });
    let Departure { at, with } = leaves.after(opened, &first, &reader, &stage.about());
    format!("{} {with}", local(at))
}

#[test]
fn approvals_that_follow_one_within_a_quarter_of_an_hour_leave_together_at_its_end() {
    assert_eq!(after("03-02 10:00", None), "03-02 10:00 approvals");
    assert_eq!(after("03-02 10:14", Some(("03-02 10:00", false))), "03-02 10:15 approvals");
    assert_eq!(after("03-02 10:00", Some(("03-02 10:00", false))), "03-02 10:15 approvals");
    assert_eq!(
        after("03-02 10:15", Some(("03-02 10:00", false))),
        "03-02 10:15 approvals",
        "the first of the next"
    );
    assert_eq!(after("03-02 10:20", Some(("03-02 10:00", false))), "03-02 10:20 approvals");
    assert_eq!(
        after("03-02 21:50", Some(("03-02 21:46", false))),
        "03-02 21:50 alone",
        "not into quiet hours"
    );
}

#[test]
fn approvals_asked_for_in_the_night_leave_together_in_the_morning() {
    assert_eq!(after("03-02 23:00", None), "03-03 08:00 approvals");
    assert_eq!(after("03-02 23:30", Some(("03-03 08:00", true))), "03-03 08:00 approvals");
}

#[test]
fn approvals_wait_for_nothing_within_four_hours_of_go_live_or_where_the_person_wants_each() {
    assert_eq!(after("03-20 15:59", Some(("03-20 15:50", false))), "03-20 16:05 approvals");
    assert_eq!(after("03-20 16:00", Some(("03-20 15:50", false))), "03-20 16:05 approvals");
    assert_eq!(after("03-20 16:01", Some(("03-20 15:50", false))), "03-20 16:01 alone");
    let (stage, first) = asked("2027-03-02T10:00:00+08:00");
    let each = wishing(&json!({ "at_once": ["approval_wanted"] }));
    let leaves: Timestamp = departure(&stage.about(), &first, &each).unwrap().at;
    assert_eq!(local(leaves), "03-02 10:00");
    assert_eq!(departure(&stage.about(), &first, &each).unwrap().with, Bundle::Alone);
}
