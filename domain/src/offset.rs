//! Offsets from an instant: `-21d 18:00` is wall clock in the campaign's zone, `-6h` is elapsed time.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Deserializer};

use crate::campaign::later;

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
}

impl Offset {
    /// The instant this far from `anchor`. A gap in local time moves later, a fold takes the first.
    #[must_use]
    pub fn from(self, anchor: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Elapsed(elapsed) => later(anchor, elapsed),
            Self::WallClock { days, at } => zone
                .to_datetime(anchor)
                .date()
                .checked_add(Span::new().days(days))
                .ok()
                .and_then(|date| zone.to_ambiguous_timestamp(date.to_datetime(at)).compatible().ok())
                .unwrap_or(anchor),
        }
    }

    /// Reads `[T]±<n>d HH:MM`, `[T]±<n>h` or `[T]±<n>m`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('T').unwrap_or(text);
        let (amount, clock) =
            text.split_once(' ').map_or((text, None), |(amount, clock)| (amount, Some(clock)));
        let unit = amount.chars().next_back()?;
        let number: i64 =
            amount.strip_suffix(unit)?.parse().ok().filter(|n| (-10_000..=10_000_i64).contains(n))?;
        match (unit, clock) {
            ('d', Some(clock)) => Some(Self::WallClock { days: number, at: clock.parse().ok()? }),
            ('h', None) => Some(Self::Elapsed(SignedDuration::from_hours(number))),
            ('m', None) => Some(Self::Elapsed(SignedDuration::from_mins(number))),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("\"{text}\" is no offset; write T-21d 18:00, T-6h, +4h or +30m"))
        })
    }
}
