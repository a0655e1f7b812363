//! Which days are worked, compared with another project's list; and what so many working days away is, checked by hand.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::collections::BTreeMap;
use std::num::NonZero;

use domain::Calendar;
use domain::calendar::Country;
use domain::offset::Offset;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date, time};
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// What LKI/chinese-calendar says, from a file of its own.
const OTHERS: &str = include_str!("calendar/chinese_calendar.csv");
const YEARS: std::ops::RangeInclusive<i16> = 2007..=2026;

fn away(calendar: &Calendar, from: Date, days: i16) -> Date {
    calendar.working_day(from, NonZero::new(days).unwrap()).unwrap()
}

fn is_weekday(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[test]
fn the_calendar_says_which_years_it_knows() {
    for year in 1990..2100 {
        assert_eq!(Calendar::cn().covers(year), YEARS.contains(&year), "{year}");
        assert!(!Calendar::weekends().covers(year), "{year}");
    }
}

#[test]
fn another_project_finds_the_same_days_worked() {
    let lines = csv::Reader::from_reader(OTHERS.as_bytes()).into_deserialize::<(Date, String)>();
    let others: BTreeMap<Date, String> = lines.map(Result::unwrap).collect();
    let (mut compared, mut unusual) = (0, 0);
    for day in date(*YEARS.start(), 1, 1).series(1.day()).take_while(|day| YEARS.contains(&day.year())) {
        let worked = match others.get(&day).map(String::as_str) {
            None => is_weekday(day),
            Some(said) => said == "working",
        };
        assert_eq!(Calendar::cn().is_working_day(day), worked, "{day}");
        compared += 1;
        unusual += i32::from(worked != is_weekday(day));
    }
    assert_eq!((compared, unusual), (7305, 488));
}

#[test]
fn years_that_are_not_announced_have_weekends_only() {
    for day in date(2027, 1, 1).series(1.day()).take(730) {
        assert_eq!(Calendar::cn().is_working_day(day), is_weekday(day), "{day}");
    }
}

#[test]
fn working_days_around_holidays_are_those_people_count() {
    let counted = [
        // Spring Festival 2026: off from Sunday 15 to Monday 23 February, worked on the Saturdays before and after.
        ("2026-02-24", -1, "2026-02-14"),
        ("2026-02-24", -2, "2026-02-13"),
        ("2026-02-18", -1, "2026-02-14"),
        ("2026-02-18", 1, "2026-02-24"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-14", -1, "2026-02-13"),
        ("2026-03-02", -1, "2026-02-28"),
        ("2026-03-02", -6, "2026-02-14"),
        ("2026-02-27", 1, "2026-02-28"),
        ("2026-02-27", 2, "2026-03-02"),
        // Mid-Autumn and National Day 2026: worked on Sunday 20 September, off from Friday 25 to Sunday 27 and from
        // Thursday 1 to Wednesday 7 October, worked on Saturday 10.
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-10-08", -3, "2026-09-28"),
        ("2026-10-08", -4, "2026-09-24"),
        ("2026-10-08", -8, "2026-09-20"),
        ("2026-10-08", -9, "2026-09-18"),
        ("2026-10-12", -1, "2026-10-10"),
        ("2026-10-12", -4, "2026-09-30"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
        // Over new year 2026: off from Thursday 1 to Saturday 3 January, worked on Sunday 4.
        ("2026-01-05", -1, "2026-01-04"),
        ("2026-01-05", -2, "2025-12-31"),
        ("2025-12-31", 1, "2026-01-04"),
        ("2024-12-31", 1, "2025-01-02"),
        // The announcement for 2019 closed Monday 31 December before it, for a worked Saturday 29.
        ("2019-01-02", -1, "2018-12-29"),
        // Nobody has announced 2027: its first Friday counts.
        ("2026-12-31", 1, "2027-01-01"),
        ("2027-03-20", -15, "2027-03-01"),
    ];
    for (from, days, expected) in counted {
        let found = away(Calendar::cn(), from.parse().unwrap(), days);
        assert_eq!(found.to_string(), expected, "{days} from {from}");
    }
}

#[test]
fn what_an_organization_closes_is_closed_also_where_the_country_works() {
    let closed = Calendar::with(Country::Cn, [date(2026, 2, 14), date(2026, 2, 13)]);
    assert_eq!(away(&closed, date(2026, 2, 24), -1), date(2026, 2, 12));
    assert!(closed.covers(2026) && !closed.covers(2027));
    let years = date(2026, 2, 24).series(1.day()).take(4_000);
    let long = Calendar::with(Country::Cn, years);
    // The last of them is a Thursday.
    assert_eq!(away(&long, date(2026, 2, 14), 1), date(2037, 2, 6));
}

#[test]
fn working_days_are_counted_between_dates() {
    let count = |after: &str, until: &str| {
        Calendar::cn().working_days(after.parse().unwrap(), until.parse().unwrap())
    };
    // Spring Festival 2026: worked on Saturday 14 and from Tuesday 24 February, with Saturday 28.
    for (after, until, expected) in [
        ("2026-02-13", "2026-02-13", 0),
        ("2026-02-13", "2026-02-14", 1),
        ("2026-02-14", "2026-02-23", 0),
        ("2026-02-13", "2026-02-24", 2),
        ("2026-02-13", "2026-03-02", 7),
        ("2026-03-02", "2026-02-13", -7),
        ("2026-02-23", "2026-02-14", 0),
    ] {
        assert_eq!(count(after, until), expected, "after {after} until {until}");
    }
}

proptest! {
    #[test]
    fn the_day_so_many_working_days_away_is_so_many_working_days_away(
        day in 0_i32..7_000, days in (-200_i16..200).prop_filter("no days lead nowhere", |days| *days != 0),
    ) {
        let from = date(2007, 6, 1).saturating_add(day.days());
        let there = away(Calendar::cn(), from, days);
        let counted = Calendar::cn().working_days(from, there);
        // Going back, the day where one arrives counts and the one where one began may not.
        let begins = i64::from(Calendar::cn().is_working_day(from));
        let expected = if days > 0 { i64::from(days) } else { i64::from(days) + 1 - begins };
        prop_assert_eq!(counted, expected);
    }
}

#[test]
fn where_dates_end_there_is_no_working_day() {
    let away = |from, days| Calendar::cn().working_day(from, NonZero::new(days).unwrap());
    assert_eq!((away(Date::MAX, 1), away(Date::MIN, -1)), (None, None));
}

/// The instant of an offset from an anchor, on the wall clock with its offset from UTC.
fn falls(offset: &str, anchor: &str, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap();
    let at = Offset::parse(offset).unwrap().from(anchor.parse().unwrap(), &zone, Calendar::cn());
    at.display_with_offset(zone.to_offset(at)).to_string()
}

#[test]
fn working_days_are_local_dates_and_wall_clock_over_changes_of_the_clocks() {
    let cases = [
        ("T-1wd 18:00", "2026-02-24T20:00:00+08:00", "Asia/Shanghai", "2026-02-14T18:00:00+08:00"),
        // 23:30 in Berlin is the next morning in Shanghai, and the local date counts.
        ("T-1wd 18:00", "2026-02-24T23:30:00+01:00", "Asia/Shanghai", "2026-02-24T18:00:00+08:00"),
        ("T-1wd 18:00", "2026-02-24T23:30:00+01:00", "Europe/Berlin", "2026-02-14T18:00:00+01:00"),
        ("T-1wd 18:00", "2027-03-15T20:00:00-04:00", "America/New_York", "2027-03-12T18:00:00-05:00"),
        ("T+1wd 09:00", "2027-11-05T20:00:00-04:00", "America/New_York", "2027-11-08T09:00:00-05:00"),
        // Clocks in Cairo skip the first hour of Friday, 30 April, and repeat the last one of Thursday, 28 October.
        ("T-1wd 00:30", "2027-05-01T20:00:00+03:00", "Africa/Cairo", "2027-04-30T01:30:00+03:00"),
        ("T-1wd 23:30", "2027-10-29T20:00:00+02:00", "Africa/Cairo", "2027-10-28T23:30:00+03:00"),
    ];
    for (offset, anchor, zone, expected) in cases {
        assert_eq!(falls(offset, anchor, zone), expected, "{offset} from {anchor} in {zone}");
    }
}

#[test]
fn working_days_are_read_as_other_offsets_are() {
    for (text, days) in
        [("T-3wd 18:00", -3), ("-1wd 18:00", -1), ("+366wd 18:00", 366), ("T-366wd 18:00", -366)]
    {
        let (days, at) = (NonZero::new(days).unwrap(), time(18, 0, 0, 0));
        assert_eq!(Offset::parse(text), Some(Offset::WorkingDays { days, at }), "{text}");
    }
    let wrong = [
        "T-3wd",
        "T-0wd 18:00",
        "+0wd 18:00",
        "T-367wd 18:00",
        "T+367wd 18:00",
        "T-65539wd 18:00",
        "T-3wd 25:00",
        "T-3wd  18:00",
        "T-3 wd 18:00",
        "T-3w 18:00",
        "T-3dw 18:00",
        "T-3WD 18:00",
        "T-3wd18:00",
        "T-wd 18:00",
        "Twd 18:00",
        "T--3wd 18:00",
        "T-3.5wd 18:00",
        "T-3wdd 18:00",
        "3wd 18:00 ",
    ];
    for text in wrong {
        assert_eq!(Offset::parse(text), None, "{text:?}");
    }
}

fn dates() -> impl Strategy<Value = Date> {
    (0..9_000_i32).prop_map(|days| date(2006, 1, 1) + days.days())
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let closed = prop::collection::vec(dates(), 0..200);
    prop_oneof![
        Just(Calendar::weekends().clone()),
        closed.prop_map(|closed| Calendar::with(Country::Cn, closed)),
    ]
}

fn counts() -> impl Strategy<Value = i16> {
    (1..=366_i16, any::<bool>()).prop_map(|(days, after)| if after { days } else { -days })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn it_is_a_working_day_with_so_many_up_to_it(calendar in calendars(), from in dates(), days in counts()) {
        let to = away(&calendar, from, days);
        prop_assert!(calendar.is_working_day(to), "{to}");
        prop_assert_eq!(to > from, days > 0);
        let (first, last) = if days > 0 { (from.tomorrow().unwrap(), to) } else { (to, from.yesterday().unwrap()) };
        let between = first.series(1.day()).take_while(|day| *day <= last);
        let worked = between.filter(|day| calendar.is_working_day(*day)).count();
        prop_assert_eq!(worked, usize::from(days.unsigned_abs()));
    }

    #[test]
    fn a_working_day_is_found_again(calendar in calendars(), from in dates(), days in counts()) {
        let from = away(&calendar, from, 1);
        prop_assert_eq!(away(&calendar, away(&calendar, from, -days), days), from);
    }

    #[test]
    fn whole_weeks_without_holidays_move_alike(from in dates(), weeks in -60..60_i32, days in counts()) {
        let calendar = Calendar::weekends();
        prop_assert_eq!(away(calendar, from + weeks.weeks(), days), away(calendar, from, days) + weeks.weeks());
        if is_weekday(from) && days % 5 == 0 {
            prop_assert_eq!(away(calendar, from, days), from + (i32::from(days) / 5).weeks());
        }
    }
}
