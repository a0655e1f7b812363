//! Ladders of reminders: steps after an anchor that count waking hours only.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Audience, Class, Planned, Reason};
use crate::campaign::later;
use crate::gate::GateKey;
use crate::offset::{Offset, wall_clock};
use crate::preferences::{QUIET_FROM, QUIET_UNTIL};
use crate::rule::Case;

/// One step of a ladder.
pub(super) struct Step {
    pub(super) occurrence: String,
    at: Timestamp,
    not_after: Timestamp,
}

impl Step {
    pub(super) fn planned(
        self,
        reason: Reason,
        subject: GateKey,
        generation: String,
        class: Class,
        audience: Vec<Audience>,
    ) -> Planned {
        let Self { occurrence, at: planned_at, not_after } = self;
        let subject = subject.into();
        Planned { reason, subject, occurrence, generation, class, planned_at, not_after, audience }
    }
}

/// The steps in order of time, each of use until the next one or T. A step that would not come before its
/// successor is left out. `always_awake` names the step that counts all hours.
pub(super) fn climb(
    case: &Case<'_>,
    anchor: Timestamp,
    offsets: &BTreeMap<String, Offset>,
    always_awake: Option<&str>,
) -> Vec<Step> {
    let mut next_at = case.go_live_at();
    let mut steps: Vec<Step> = Vec::new();
    for (occurrence, offset) in offsets.iter().rev() {
        let at = match offset {
            Offset::Elapsed(elapsed) if always_awake != Some(occurrence) => waking(case, anchor, *elapsed),
            Offset::Elapsed(_) | Offset::WallClock { .. } | Offset::WorkingDays { .. } => {
                case.from(anchor, *offset)
            }
        };
        if at < next_at {
            steps.push(Step { occurrence: occurrence.clone(), at, not_after: next_at });
            next_at = at;
        }
    }
    steps.reverse();
    steps
}

/// The instant at which `wanted` waking time has passed since `anchor`; all time counts where T comes before
/// the end of the quiet hours run into.
fn waking(case: &Case<'_>, anchor: Timestamp, wanted: SignedDuration) -> Timestamp {
    let (mut cursor, mut left) = (anchor, wanted);
    let zone = &case.profile().time_zone;
    // A ladder is a day or two long; a month of nights is more than any playbook asks for.
    for _ in 0..31 {
        let local = case.local(cursor);
        if local.time() >= QUIET_FROM || local.time() < QUIET_UNTIL {
            let days = i64::from(local.time() >= QUIET_FROM);
            let morning = wall_clock(cursor, zone, days, QUIET_UNTIL);
            if left.is_zero() || case.go_live_at() < morning {
                return later(cursor, left);
            }
            cursor = morning;
        }
        let evening = wall_clock(cursor, zone, 0, QUIET_FROM);
        let awake = evening.duration_since(cursor);
        if left <= awake {
            return later(cursor, left);
        }
        left -= awake;
        cursor = evening;
    }
    later(cursor, left)
}
