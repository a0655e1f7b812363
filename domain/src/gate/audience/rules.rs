//! The rules of gate audience: the picture of the audience is complete, backed by data, and fits price and time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{Audience, Evidence, EvidenceMethod, Segment};
use crate::campaign::later;
use crate::gate::GateKey;
use crate::need;
use crate::rule::{
    Case, Lack, Lacking as _, Outcome, Rule, Verdict, each, found, hold, required_fields, whole,
};
use crate::scalar::Pct;
use crate::word::Word;

const SEGMENTS: &str = "/gates/audience/segments";
const EVIDENCE: &str = "/gates/audience/evidence";

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("audience.complete", GateKey::Audience, |case| required_fields(case, GateKey::Audience)),
    Rule::blocker("audience.shares_sum", GateKey::Audience, shares_sum)
        .says("The segments add up to {observed} %.", "人群占比合计 {observed}%。")
        .fix("correct the shares", "修正占比")
        .reads(&["audience.share_tolerance_pct"]),
    Rule::blocker("audience.evidence_methods", GateKey::Audience, evidence_methods)
        .says(
            "Only {observed} back the persona; {required} different methods are needed.",
            "依据仅有 {observed},需至少 {required} 种方法。",
        )
        .fix("add data, a survey, community or CRM evidence", "补充依据")
        .reads(&["audience.min_methods"]),
    Rule::blocker("audience.evidence_fresh", GateKey::Audience, evidence_fresh)
        .says(
            "The newest evidence is from {observed}; it may be {required} days old.",
            "最新依据为 {observed},不得超过 {required} 天。",
        )
        .fix("collect again", "重新采集")
        .reads(&["audience.evidence_max_age_days"])
        .ages(evidence_fresh_until)
        .ripens(evidence_counts_from),
    Rule::warning("audience.survey_sample", GateKey::Audience, survey_sample)
        .says(
            "The survey has {observed} answers; {required} are wanted.",
            "问卷样本 {observed},建议至少 {required}。",
        )
        .fix("ask more people", "扩大样本")
        .reads(&["audience.min_survey_sample"]),
    Rule::blocker("audience.price_fits_order", GateKey::Audience, price_fits_order)
        .says(
            "The order value fits only {observed} % of the audience; {required} % are needed.",
            "客单价仅覆盖 {observed}% 人群,需 {required}%。",
        )
        .fix("revisit order value or price bands", "调整客单价或价格带")
        .reads(&["audience.min_price_fit_pct"]),
    Rule::warning("audience.peak_hour_met", GateKey::Audience, peak_hour_met)
        .says(
            "The show misses the hours in which \"{name}\" is online.",
            "直播时段未覆盖\"{name}\"活跃时段。",
        )
        .fix("move the start or accept", "调整时段或确认"),
];

/// The shares of the segments add up to 100 % within the tolerance.
fn shares_sum(case: &Case<'_>) -> Vec<Outcome> {
    let audience = &case.contents().audience;
    let tolerance_pct = *case.params().audience.share_tolerance_pct;
    whole(SEGMENTS, || {
        let mut sum = Decimal::ZERO;
        for segment in need!(audience.segments) {
            sum += need!(segment.share_pct).exact();
        }
        hold((sum - Decimal::ONE_HUNDRED).abs() <= tolerance_pct, || {
            let required = [("value", Word::number(100)), ("tolerance_pct", Word::Number(tolerance_pct))];
            found(Word::Number(sum), Word::fields(required))
        })
    })
}

/// Enough different methods back the persona.
fn evidence_methods(case: &Case<'_>) -> Vec<Outcome> {
    let audience = &case.contents().audience;
    let min = case.params().audience.min_methods;
    whole(EVIDENCE, || {
        let counting = need!(audience.evidence).iter().filter(|evidence| counts(evidence, case.now()));
        let methods: BTreeSet<EvidenceMethod> = counting.filter_map(|evidence| evidence.method).collect();
        hold(methods.len() >= min, || {
            found(Word::List(methods.into_iter().map(Word::from).collect()), Word::count(min))
        })
    })
}

/// Some evidence is fresh.
fn evidence_fresh(case: &Case<'_>) -> Vec<Outcome> {
    let audience = &case.contents().audience;
    whole(EVIDENCE, || {
        need!(audience.evidence);
        hold(evidence_fresh_until(case).is_some_and(|until| case.now() < until), || {
            let newest = newest_evidence(case).map_or(Word::Nothing, Word::Instant);
            found(newest, Word::number(case.params().audience.evidence_max_age_days))
        })
    })
}

/// The first instant at which the newest evidence that counts is too old.
fn evidence_fresh_until(case: &Case<'_>) -> Option<Timestamp> {
    let max_age_hours = case.params().audience.evidence_max_age_days * 24;
    Some(later(newest_evidence(case)?, SignedDuration::from_hours(max_age_hours)))
}

/// When the next of the evidence comes to count.
fn evidence_counts_from(case: &Case<'_>) -> Option<Timestamp> {
    let evidence = case.contents().audience.evidence.as_deref().unwrap_or_default().iter();
    evidence.filter_map(|evidence| evidence.collected_at).filter(|at| *at > case.now()).min()
}

fn newest_evidence(case: &Case<'_>) -> Option<Timestamp> {
    let evidence = case.contents().audience.evidence.as_deref().unwrap_or_default();
    evidence
        .iter()
        .filter(|evidence| counts(evidence, case.now()))
        .filter_map(|evidence| evidence.collected_at)
        .max()
}

/// Evidence counts once its period is over.
fn counts(evidence: &Evidence, now: Timestamp) -> bool {
    evidence.collected_at.is_some_and(|collected_at| collected_at <= now)
}

/// Each survey asked enough people.
fn survey_sample(case: &Case<'_>) -> Vec<Outcome> {
    let evidence = case.contents().audience.evidence.as_deref().unwrap_or_default();
    let min = case.params().audience.min_survey_sample;
    each(
        evidence.iter().enumerate(),
        |(i, _)| format!("{EVIDENCE}/{i}/sample_count"),
        |(_, evidence)| {
            if evidence.method != Some(EvidenceMethod::Survey) {
                return Ok(Verdict::NotApplicable);
            }
            let sample = need!(evidence.sample_count).get();
            hold(sample >= min, || found(Word::number(sample), Word::number(min)))
        },
    )
}

/// The order value lies in the price band of enough of the audience.
fn price_fits_order(case: &Case<'_>) -> Vec<Outcome> {
    let (goal, audience) = (&case.contents().goal, &case.contents().audience);
    let min = *case.params().audience.min_price_fit_pct;
    whole(SEGMENTS, || {
        let order = need!(goal.average_order_value);
        let mut covered = Decimal::ZERO;
        for segment in need!(audience.segments) {
            let share = need!(segment.share_pct).exact();
            if (need!(segment.price_min)..=need!(segment.price_max)).contains(&order) {
                covered += share;
            }
        }
        hold(covered >= min, || found(Word::Number(covered), Word::Number(min)))
    })
}

/// The show touches a peak hour of the largest segment.
fn peak_hour_met(case: &Case<'_>) -> Vec<Outcome> {
    let (i, segment) = match largest_segment(&case.contents().audience) {
        Ok(largest) => largest,
        Err(lack) => return whole(SEGMENTS, || Err(lack)),
    };
    whole(&format!("{SEGMENTS}/{i}/peak_hours"), || {
        let peak_hours = need!(segment.peak_hours);
        let touched = touched_hours(case);
        hold(peak_hours.iter().any(|hour| touched.contains(&hour.get())), || {
            let hours = |hours: Vec<i64>| Word::List(hours.into_iter().map(Word::number).collect());
            let name = segment.name.as_ref().map_or(Word::Nothing, |name| Word::text(name));
            found(hours(touched), hours(peak_hours.iter().map(|hour| hour.get()).collect()))
                .with("name", name)
        })
    })
}

/// The segment with the greatest share, the first of equals, with its place.
///
/// # Errors
/// What is missing to say which it is.
pub(crate) fn largest_segment(audience: &Audience) -> Result<(usize, &Segment), Lack> {
    let segments = need!(audience.segments);
    let mut largest: Option<(Pct, usize, &Segment)> = None;
    for (i, segment) in segments.iter().enumerate() {
        let share = *need!(segment.share_pct);
        if largest.is_none_or(|(most, ..)| share > most) {
            largest = Some((share, i, segment));
        }
    }
    largest.map(|(_, i, segment)| (i, segment)).ok_or_else(|| audience.lack("segments"))
}

/// The local hours of the day during which the show is on, in the order in which it reaches them.
fn touched_hours(case: &Case<'_>) -> Vec<i64> {
    let start = case.local(case.go_live_at());
    let first_minute = i64::from(start.hour()) * 60 + i64::from(start.minute());
    let last_minute = first_minute + case.profile().planned_minutes - 1;
    (first_minute / 60..=last_minute / 60).take(24).map(|hour| hour % 24).collect()
}
