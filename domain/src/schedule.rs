//! The backward schedule: when each gate is due before go-live, how much time is left, which gate is critical.

use jiff::{SignedDuration, Timestamp};

use crate::gate::{GateKey, PerGate};
use crate::rule::Case;
use crate::standing::{GateStatus, Standing};

/// Due instants and slack of all gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Each gate.
    pub gates: PerGate<Slot>,
    /// The gate with the least slack, the first in order of equals; none when all have passed.
    pub critical_gate: Option<GateKey>,
}

/// One gate in the schedule.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// When it is due.
    pub due_at: Timestamp,
    /// Time left until then, negative when overdue; none once it has passed.
    pub slack: Option<SignedDuration>,
    /// Working days left: those after today up to the day it is due, negative when that day is past; none once it has
    /// passed.
    pub working_days: Option<i64>,
}

/// The schedule of a campaign.
#[must_use]
pub fn schedule(case: &Case<'_>, standing: &Standing) -> Schedule {
    let gates = PerGate::each(|gate| {
        let due_at = standing.gates[gate].due_at;
        let waits = standing.gates[gate].status != GateStatus::Passed;
        let zone = &case.profile().time_zone;
        let date = |instant: Timestamp| zone.to_datetime(instant).date();
        let days = || case.surroundings.calendar.working_days(date(case.now()), date(due_at));
        let slack = waits.then(|| due_at.duration_since(case.now()));
        Slot { due_at, slack, working_days: waits.then(days) }
    });
    let waiting = gates.iter().filter_map(|(gate, slot)| Some((slot.slack?, gate)));
    let critical_gate = waiting.min().map(|(_, gate)| gate);
    Schedule { gates, critical_gate }
}
