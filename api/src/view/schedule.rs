//! The schedule as its reader sees it.

use domain::decide::Desk;
use domain::rule::Case;
use domain::schedule::schedule;
use domain::standing::Standing;
use serde::Serialize;
use utoipa::ToSchema;

use super::Moment;
use crate::workflow::Acted;

/// When each gate is due before go-live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduleView {
    /// T.
    pub go_live_at: Moment,
    /// Planned end.
    pub ends_at: Moment,
    /// The moment that slack is counted from.
    pub now: Moment,
    /// The gate with the least slack; `null` when all have passed.
    #[schema(value_type = Option<crate::http::schema::Gate>)]
    pub critical_gate: Option<&'static str>,
    /// The seven gates in order.
    pub gates: Vec<ScheduledGate>,
}

/// One gate in the schedule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScheduledGate {
    /// Which gate.
    #[schema(value_type = crate::http::schema::Gate)]
    pub gate: &'static str,
    /// Where it stands.
    #[schema(value_type = crate::http::schema::GateStatus)]
    pub status: &'static str,
    /// When it is due.
    pub due_at: Moment,
    /// Seconds left until then, negative when overdue; `null` once it has passed.
    pub slack_seconds: Option<i64>,
    /// Working days left by the organization's calendar: those after today up to the day it is due, negative when that day
    /// is past; `null` once it has passed.
    pub working_days_left: Option<i64>,
}

impl ScheduleView {
    /// The schedule of an acted-on campaign.
    #[must_use]
    pub fn of(acted: &Acted) -> Self {
        Self::under(&acted.case(), &acted.standing)
    }

    /// The schedule of the campaign at hand.
    #[must_use]
    pub fn of_desk(desk: &Desk<'_>) -> Self {
        Self::under(&desk.case, &desk.standing)
    }

    fn under(case: &Case<'_>, standing: &Standing) -> Self {
        let zone = &case.profile().time_zone;
        let schedule = schedule(case, standing);
        let gates = schedule.gates.iter().map(|(gate, slot)| ScheduledGate {
            gate: gate.key(),
            status: standing.gates[gate].status.key(),
            due_at: Moment::of(slot.due_at, zone),
            slack_seconds: slot.slack.map(|slack| slack.as_secs()),
            working_days_left: slot.working_days,
        });
        Self {
            go_live_at: Moment::of(case.go_live_at(), zone),
            ends_at: Moment::of(case.profile().ends_at(), zone),
            now: Moment::of(case.now(), zone),
            critical_gate: schedule.critical_gate.map(|gate| gate.key()),
            gates: gates.collect(),
        }
    }
}
