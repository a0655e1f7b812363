//! When gates are due.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::calendar::Calendar;
use crate::offset::Offset;

/// When a gate is due, relative to go-live.
#[derive(Copy, Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// The offset from T.
    pub at: Offset,
    /// Where T is before 12:00 local: due at the earlier of this and `at`.
    #[serde(default)]
    pub morning_at: Option<Offset>,
}

impl Due {
    /// The due instant for a campaign that goes live then and there.
    #[must_use]
    pub fn instant(self, go_live_at: Timestamp, zone: &TimeZone, calendar: &Calendar) -> Timestamp {
        let due = self.at.from(go_live_at, zone, calendar);
        match self.morning_at {
            Some(morning) if zone.to_datetime(go_live_at).hour() < 12 => {
                due.min(morning.from(go_live_at, zone, calendar))
            }
            Some(_) | None => due,
        }
    }
}
