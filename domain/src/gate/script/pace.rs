//! Whether the run sheet runs: without holes, as long as planned, at a speed that hosts and viewers can follow.

use rust_decimal::Decimal;

use super::RowKind;
use super::rules::{ROWS, each_row, number};
use crate::need;
use crate::rule::{Case, Outcome, Verdict, each, found, hold, whole};
use crate::run_sheet::{Quiet, Talk, Timeline, end_of_row_before, gap_seconds, host_loads, leading_hosts};
use crate::word::Word;

/// Each row starts when the one before ends, or soon after.
pub(super) fn timeline_continuous(case: &Case<'_>) -> Vec<Outcome> {
    let rows = case.contents().script.rows.as_deref().unwrap_or_default();
    let max = case.params().script.max_gap_seconds;
    each_row(case, "start_seconds", |i, _| {
        let (gap, earliest) = (gap_seconds(rows, i)?, end_of_row_before(rows, i)?);
        hold((0..=max).contains(&gap), || {
            let to = if gap < 0 { earliest } else { earliest + max };
            found(Word::number(gap), Word::fields([("min", Word::number(0)), ("max", Word::number(max))]))
                .with("n", number(i))
                .with("to", Word::number(to))
        })
    })
}

/// The run sheet is about as long as the show is planned.
pub(super) fn length_fits_plan(case: &Case<'_>) -> Vec<Outcome> {
    let minutes = Decimal::from(case.profile().planned_minutes);
    let tolerance_pct = *case.params().script.length_tolerance_pct;
    let minute = Decimal::from(60);
    whole(ROWS, || {
        let end = Decimal::from(Timeline::of(&case.contents().script)?.end_seconds);
        let planned = minutes * minute;
        let off = Decimal::ONE_HUNDRED * (end - planned).abs();
        let most_off = tolerance_pct * planned;
        hold(off <= most_off, || {
            let by = ((off - most_off) / Decimal::ONE_HUNDRED).ceil();
            found(Word::Number(end), Word::Number(planned))
                .with("minutes", Word::Number(end / minute))
                .with("planned", Word::Number(minutes))
                .with("by", Word::Number(by))
        })
    })
}

/// No row talks about one product for too long.
pub(super) fn product_row_length(case: &Case<'_>) -> Vec<Outcome> {
    let max = 60 * case.params().script.max_product_minutes;
    each_row(case, "duration_seconds", |i, row| {
        if row.kind != Some(RowKind::Product) {
            return Ok(Verdict::NotApplicable);
        }
        let seconds = need!(row.duration_seconds).get();
        hold(seconds <= max, || {
            found(Word::number(seconds), Word::number(max))
                .with("n", number(i))
                .with("over", Word::number(seconds - max))
        })
    })
}

/// No host leads for too long without a break.
pub(super) fn host_rest(case: &Case<'_>) -> Vec<Outcome> {
    let (script, params) = (&case.contents().script, &case.params().script);
    let max = 60 * params.max_host_minutes;
    let loads = Timeline::of(script).map(|timeline| host_loads(&timeline, params));
    each(
        leading_hosts(script),
        |(i, _)| format!("{ROWS}/{i}/host"),
        |(_, host)| {
            let longest = loads.as_ref().map_err(|lack| *lack)?.get(host).map(|load| load.longest);
            let Some(longest) = longest else { return Ok(Verdict::NotApplicable) };
            hold(longest.seconds() <= max, || {
                found(Word::number(longest.seconds()), Word::number(max))
                    .with("host", Word::text(host))
                    .with("by", Word::number(longest.start_seconds + max))
            })
        },
    )
}

/// What a row says can be spoken in its time.
pub(super) fn talk_speed(case: &Case<'_>) -> Vec<Outcome> {
    each_row(case, "talk_track", |i, row| {
        let Some(text) = &row.talk_track else { return Ok(Verdict::NotApplicable) };
        let seconds = need!(row.duration_seconds).exact();
        let talk = Talk::of(text, &case.params().script);
        let (letters, most) = (Decimal::from(talk.letters), talk.letters_per_second * seconds);
        hold(letters <= most, || {
            found(Word::Number(letters), Word::Number(most))
                .with("n", number(i))
                .with("seconds", Word::Number(seconds))
                .with("over", Word::Number((letters - most).ceil()))
        })
    })
}

/// Viewers are drawn in again and again.
pub(super) fn interaction_spacing(case: &Case<'_>) -> Vec<Outcome> {
    let max = case.params().script.max_quiet_seconds;
    whole(ROWS, || {
        let quiet = Quiet::of(&Timeline::of(&case.contents().script)?);
        hold(quiet.longest_seconds() <= max, || {
            let since = quiet.longest.map_or(0, |longest| longest.start_seconds);
            found(Word::number(quiet.longest_seconds()), Word::number(max))
                .with("by", Word::number(since + max))
        })
    })
}
