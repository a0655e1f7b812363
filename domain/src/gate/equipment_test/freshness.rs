//! How long tests last: the measurements until they are too old, the last look at network and sound from shortly
//! before go-live. Time alone can turn both rules, so both also tell when.

use jiff::Timestamp;

use super::stream::{LINES, lines};
use super::{EquipmentTest, Line, Recheck};
use crate::campaign::later;
use crate::locale::both;
use crate::need;
use crate::rule::{Case, Lack, Outcome, Verdict, each, found, hold, whole};
use crate::word::Word;

/// One measurement that ages.
struct Measurement {
    path: String,
    what: Word,
    at: Result<Timestamp, Lack>,
}

/// Everything measured is fresh, and nothing was changed since.
pub(super) fn tests_fresh(case: &Case<'_>) -> Vec<Outcome> {
    let max_age = case.params().equipment_test.tests_max_age_hours.hours();
    let changed_at = case.contents().equipment_test.rig_changed_at;
    each(
        measurements(case),
        |measurement| measurement.path.clone(),
        |measurement| {
            let at = measurement.at?;
            let fresh = at <= case.now() && case.now() < later(at, max_age);
            hold(fresh && changed_at.is_none_or(|changed_at| at >= changed_at), || {
                let oldest = later(case.now(), -max_age);
                let oldest = changed_at.map_or(oldest, |changed_at| changed_at.max(oldest));
                found(Word::Instant(at), Word::Instant(oldest)).with("what", measurement.what.clone())
            })
        },
    )
}

/// The first instant at which one of the measurements is too old.
pub(super) fn tests_fresh_until(case: &Case<'_>) -> Option<Timestamp> {
    let max_age = case.params().equipment_test.tests_max_age_hours.hours();
    measured_at(case).map(|at| later(at, max_age)).min()
}

/// When the next measurement comes to count that bears a later time than now.
pub(super) fn tests_count_from(case: &Case<'_>) -> Option<Timestamp> {
    measured_at(case).filter(|at| *at > case.now()).min()
}

fn measured_at(case: &Case<'_>) -> impl Iterator<Item = Timestamp> {
    measurements(case).into_iter().filter_map(|measurement| measurement.at.ok())
}

fn measurements(case: &Case<'_>) -> Vec<Measurement> {
    let equipment = &case.contents().equipment_test;
    let of_line = |(i, line): (usize, &Line)| Measurement {
        path: format!("{LINES}/{i}/measured_at"),
        what: line.called(),
        at: line_measured_at(line),
    };
    let test_stream = Measurement {
        path: "/gates/equipment_test/test_stream/tested_at".to_owned(),
        what: Word::Label("test_stream", both("The test stream", "试播")),
        at: streamed_at(equipment),
    };
    let audio = Measurement {
        path: "/gates/equipment_test/audio/measured_at".to_owned(),
        what: Word::Label("audio", both("The sound", "声音")),
        at: sound_measured_at(equipment),
    };
    lines(case).iter().enumerate().map(of_line).chain([test_stream, audio]).collect()
}

fn line_measured_at(line: &Line) -> Result<Timestamp, Lack> {
    Ok(*need!(line.measured_at))
}

fn streamed_at(equipment: &EquipmentTest) -> Result<Timestamp, Lack> {
    let test_stream = need!(equipment.test_stream);
    Ok(*need!(test_stream.tested_at))
}

fn sound_measured_at(equipment: &EquipmentTest) -> Result<Timestamp, Lack> {
    let audio = need!(equipment.audio);
    Ok(*need!(audio.measured_at))
}

/// From some time before go-live on, network and sound have been checked again, not too early, and were in order.
pub(super) fn recheck_done(case: &Case<'_>) -> Vec<Outcome> {
    let equipment = &case.contents().equipment_test;
    let (from, due_at) = (recheck_from(case), recheck_due_at(case));
    whole("/gates/equipment_test/recheck", || {
        if case.now() < due_at {
            return Ok(Verdict::NotApplicable);
        }
        let recheck = need!(equipment.recheck);
        let checked_at = *need!(recheck.checked_at);
        let (network_ok, audio_ok) = (*need!(recheck.network_ok), *need!(recheck.audio_ok));
        hold(holds(recheck, from, case.now()), || {
            let bounds = [("from", Word::Instant(from)), ("due", Word::Instant(due_at))];
            let observed = Word::fields([
                ("checked_at", Word::Instant(checked_at)),
                ("network_ok", Word::truth(network_ok)),
                ("audio_ok", Word::truth(audio_ok)),
            ]);
            found(observed, Word::fields(bounds.clone())).with_all(bounds)
        })
    })
}

/// When the recheck is due, unless one is recorded that holds by then.
pub(crate) fn recheck_lasts_until(case: &Case<'_>) -> Option<Timestamp> {
    let due_at = recheck_due_at(case);
    let recheck = case.contents().equipment_test.recheck.as_ref();
    let done = recheck.is_some_and(|recheck| holds(recheck, recheck_from(case), due_at.max(case.now())));
    (!done).then_some(due_at)
}

/// When a recheck that bears a later time than now comes to count.
pub(super) fn recheck_counts_from(case: &Case<'_>) -> Option<Timestamp> {
    let recheck = case.contents().equipment_test.recheck.as_ref()?;
    recheck.checked_at.filter(|at| *at > case.now())
}

fn holds(recheck: &Recheck, from: Timestamp, until: Timestamp) -> bool {
    let in_time = recheck.checked_at.is_some_and(|at| from <= at && at <= until);
    in_time && recheck.network_ok == Some(true) && recheck.audio_ok == Some(true)
}

fn recheck_from(case: &Case<'_>) -> Timestamp {
    later(case.go_live_at(), -case.params().equipment_test.recheck_from_hours.hours())
}

fn recheck_due_at(case: &Case<'_>) -> Timestamp {
    later(case.go_live_at(), -case.params().equipment_test.recheck_due_minutes.minutes())
}
