//! Offsets from an instant: `-21d 18:00` is wall clock in the campaign's zone, `-3wd 18:00` too, but counts working days,
//! and `-6h` is elapsed time.

use std::num::NonZero;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Deserializer};

use crate::calendar::Calendar;
use crate::campaign::later;

/// Most working days that an offset counts.
const WORKING_DAYS_MAX: u16 = 366;

/// A distance from an anchor such as go-live or a due instant.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Offset {
    /// So many seconds of elapsed time.
    Elapsed(SignedDuration),
    /// So many local days from the anchor's local date, at a clock time there.
    WallClock {
        /// Days, negative before the anchor.
        days: i64,
        /// The local clock time.
        at: Time,
    },
    /// So many working days from the anchor's local date, which itself does not count, at a clock time there.
    WorkingDays {
        /// Working days, negative before the anchor.
        days: NonZero<i16>,
        /// The local clock time.
        at: Time,
    },
}

impl Offset {
    /// The instant this far from `anchor`. A gap in local time moves later, a fold takes the first.
    #[must_use]
    pub fn from(self, anchor: Timestamp, zone: &TimeZone, calendar: &Calendar) -> Timestamp {
        match self {
            Self::Elapsed(elapsed) => later(anchor, elapsed),
            Self::WallClock { days, at } => wall_clock(anchor, zone, days, at),
            Self::WorkingDays { days, at } => {
                on_date(zone, at, calendar.working_day(zone.to_datetime(anchor).date(), days))
                    .unwrap_or(anchor)
            }
        }
    }

    /// Reads `[T]±<n>d HH:MM`, `[T]±<n>wd HH:MM`, `[T]±<n>h` or `[T]±<n>m`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('T').unwrap_or(text);
        let (amount, clock) =
            text.split_once(' ').map_or((text, None), |(amount, clock)| (amount, Some(clock)));
        let (number, unit) = amount.split_at(amount.find(|c: char| c.is_ascii_alphabetic())?);
        let number: i64 = number.parse().ok().filter(|n| (-10_000..=10_000_i64).contains(n))?;
        match (unit, clock) {
            ("d", Some(clock)) => Some(Self::WallClock { days: number, at: clock.parse().ok()? }),
            ("wd", Some(clock)) => {
                Some(Self::WorkingDays { days: working_days(number)?, at: clock.parse().ok()? })
            }
            ("h", None) => Some(Self::Elapsed(SignedDuration::from_hours(number))),
            ("m", None) => Some(Self::Elapsed(SignedDuration::from_mins(number))),
            _ => None,
        }
    }
}

/// The instant at which a clock of the zone shows a time, so many days from the local date of `anchor`.
pub(crate) fn wall_clock(anchor: Timestamp, zone: &TimeZone, days: i64, at: Time) -> Timestamp {
    let date = zone.to_datetime(anchor).date().checked_add(Span::new().days(days)).ok();
    on_date(zone, at, date).unwrap_or(anchor)
}

/// The first instant at which a clock of the zone shows a time on a date, or would if the clocks did not skip it.
fn on_date(zone: &TimeZone, at: Time, date: Option<Date>) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date?.to_datetime(at)).compatible().ok()
}

fn working_days(number: i64) -> Option<NonZero<i16>> {
    NonZero::new(i16::try_from(number).ok()?).filter(|days| days.get().unsigned_abs() <= WORKING_DAYS_MAX)
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "\"{text}\" is no offset; write T-21d 18:00, T-3wd 18:00, T-6h, +4h or +30m"
            ))
        })
    }
}
