//! When gates are due.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::GatePlan;
use crate::calendar::Calendar;
use crate::campaign::later;
use crate::gate::{GateKey, PerGate};
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

    fn counts_working_days(self) -> bool {
        let mut offsets = std::iter::once(self.at).chain(self.morning_at);
        offsets.any(|offset| matches!(offset, Offset::WorkingDays { .. }))
    }
}

/// No gate may be due before one it requires, whenever a show goes live: tried for each half hour of a day, from whose time
/// offsets count, and of a week where they count its working days. Holidays are left out: around a long one, a gate whose
/// offset counts working days may still be due before one whose offset counts all days.
pub(super) fn in_order(gates: &PerGate<GatePlan>) -> Result<(), String> {
    let days = if gates.iter().any(|(_, plan)| plan.due.counts_working_days()) { 7 } else { 1 };
    for half_hour in 0..days * 48 {
        let go_live_at = later(MONDAY, SignedDuration::from_mins(30 * half_hour));
        let due = |gate: GateKey| gates[gate].due.instant(go_live_at, &TimeZone::UTC, Calendar::weekends());
        for (gate, plan) in gates.iter() {
            let own = due(gate);
            if let Some(before) = plan.requires.iter().find(|required| own < due(**required)) {
                return Err(format!("gate {gate} is due before {before}, which it requires"));
            }
        }
    }
    Ok(())
}

/// 4 January 2027, midnight.
const MONDAY: Timestamp = Timestamp::constant(1_799_020_800, 0);
