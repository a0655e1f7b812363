//! Which days people work: weekdays, less what is closed, and the weekend days that are worked in return (调休).

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::num::NonZero;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

use crate::choices;
use crate::data::HOLIDAYS_CN;

choices! {
    /// A country whose public holidays are known.
    pub enum Country {
        Cn = "cn", "mainland China", "中国大陆";
    }
}

/// The days an organization works: the public holidays and make-up working days of its country, and its own closed
/// days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    holidays: &'static Holidays,
    closed: BTreeSet<Date>,
}

/// What a country announced.
#[derive(Debug, Default, PartialEq, Eq)]
struct Holidays {
    years: BTreeSet<i16>,
    days: BTreeMap<Date, Announced>,
}

/// What is announced of one day.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Announced {
    Off,
    Working,
}

/// A line of a file of holidays. What the day is called is there for people.
#[derive(Deserialize)]
struct Line {
    announced_for: i16,
    date: Date,
    day: Announced,
}

impl Calendar {
    /// The calendar of a country with the days that an organization closes beside; these are closed also where the
    /// country works.
    #[must_use]
    pub fn with(country: Country, closed_days: impl IntoIterator<Item = Date>) -> Self {
        let holidays = match country {
            Country::Cn => &HOLIDAYS_OF_CN,
        };
        Self { holidays, closed: closed_days.into_iter().collect() }
    }

    /// The calendar of mainland China.
    #[must_use]
    pub fn cn() -> &'static Self {
        static CN: LazyLock<Calendar> = LazyLock::new(|| Calendar::with(Country::Cn, []));
        &CN
    }

    /// A calendar that knows Saturdays and Sundays only.
    #[must_use]
    pub fn weekends() -> &'static Self {
        static NONE: LazyLock<Holidays> = LazyLock::new(Holidays::default);
        static WEEKENDS: LazyLock<Calendar> =
            LazyLock::new(|| Calendar { holidays: &NONE, closed: BTreeSet::new() });
        &WEEKENDS
    }

    /// Whether the country's holidays of a year are known. In other years only weekends and the organization's own days
    /// are closed. What is announced for a year sometimes changes the last days of December before it.
    #[must_use]
    pub fn covers(&self, year: i16) -> bool {
        self.holidays.years.contains(&year)
    }

    /// Whether people work on a date.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        if self.closed.contains(&date) {
            return false;
        }
        match self.holidays.days.get(&date) {
            Some(Announced::Off) => false,
            Some(Announced::Working) => true,
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The working day so many working days from a date, negative before it; the date itself does not count. None
    /// where dates end.
    #[must_use]
    pub fn working_day(&self, from: Date, days: NonZero<i16>) -> Option<Date> {
        let count = usize::from(days.get().unsigned_abs());
        let next = |date: &Date| if days.get() > 0 { date.tomorrow() } else { date.yesterday() }.ok();
        successors(next(&from), next)
            .take(self.holds(count))
            .filter(|date| self.is_working_day(*date))
            .nth(count - 1)
    }

    /// How many working days there are after one date up to and with another, which counts negative where it is the
    /// earlier one.
    #[must_use]
    pub fn working_days(&self, after: Date, until: Date) -> i64 {
        if until < after {
            return -self.working_days(until, after);
        }
        let dates = successors(after.tomorrow().ok(), |date| date.tomorrow().ok());
        let worked = dates.take_while(|date| *date <= until).filter(|date| self.is_working_day(*date));
        i64::try_from(worked.count()).unwrap_or(i64::MAX)
    }

    /// So many dates in a row hold at least `count` working days, wherever they begin: every seven have five weekdays,
    /// and no more are closed than the calendar names.
    fn holds(&self, count: usize) -> usize {
        2 * (count + self.holidays.days.len() + self.closed.len()) + 7
    }
}

#[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
static HOLIDAYS_OF_CN: LazyLock<Holidays> = LazyLock::new(|| {
    let mut holidays = Holidays::default();
    for line in csv::Reader::from_reader(HOLIDAYS_CN.as_bytes()).into_deserialize::<Line>() {
        let Line { announced_for, date, day } = line.expect("a line of the holidays is complete");
        holidays.years.insert(announced_for);
        holidays.days.insert(date, day);
    }
    holidays
});
