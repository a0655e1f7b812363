//! The rules of gate goal: the figures fit one another, past shows and the calendar.

use rust_decimal::Decimal;

use super::PrimaryGoal;
use crate::gate::GateKey;
use crate::need;
use crate::params::MegaSale;
use crate::rule::{Case, Lacking as _, Outcome, Rule, Verdict, found, hold, required_fields, whole};
use crate::scalar::Int;
use crate::word::Word;

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("goal.complete", GateKey::Goal, |case| required_fields(case, GateKey::Goal)),
    Rule::blocker("goal.kpi_for_primary_goal", GateKey::Goal, kpi_for_primary_goal)
        .unwaivable()
        .says(
            "The goal \"{primary_goal}\" needs its own figure above zero; it is {observed}.",
            "核心目标\"{primary_goal}\"需要对应指标且大于 0,当前为 {observed}。",
        )
        .fix("set the KPI of the primary goal", "填写核心目标指标"),
    Rule::blocker("goal.gmv_adds_up", GateKey::Goal, gmv_adds_up)
        .says(
            "Viewers × conversion × order value gives {observed}, the target says {target}.",
            "人数×转化×客单价为 {observed},目标为 {target}。",
        )
        .fix("change one of the four figures", "调整其中一项")
        .reads(&["goal.sum_tolerance_pct"]),
    Rule::warning("goal.viewer_value_realistic", GateKey::Goal, viewer_value_realistic)
        .says(
            "Each viewer must bring {observed}; the last shows brought {baseline}.",
            "目标 UV 价值 {observed},历史中位数 {baseline}。",
        )
        .fix("lower the target or explain", "下调目标或说明理由")
        .reads(&["goal.baseline_min_runs", "goal.viewer_value_ratio"]),
    Rule::blocker("goal.go_live_ahead", GateKey::Goal, go_live_ahead)
        .unwaivable()
        .says("The go-live time {observed} has passed.", "开播时间 {observed} 已过。")
        .fix("reschedule", "改期"),
    Rule::blocker("goal.duration_in_range", GateKey::Goal, duration_in_range)
        .says(
            "The show is planned for {observed} min; allowed are {min}–{max}.",
            "计划 {observed} 分钟,应为 {min}–{max} 分钟。",
        )
        .fix("change planned_minutes", "调整时长")
        .reads(&["goal.min_minutes", "goal.max_minutes"]),
    Rule::blocker("goal.roi_floor_met", GateKey::Goal, roi_floor_met)
        .says(
            "The target gives an ROI of {observed}, the floor is {required}.",
            "目标 ROI {observed},底线 {required}。",
        )
        .fix("raise the target or cut the budget", "提目标或减预算"),
    Rule::warning("goal.clear_of_mega_sales", GateKey::Goal, clear_of_mega_sales)
        .says("Go-live falls into {label}.", "开播日落在 {label} 大促期。")
        .fix("move the date or accept", "改期或确认")
        .reads(&["goal.mega_sales"]),
];

/// The figure that belongs to the primary goal is above zero.
fn kpi_for_primary_goal(case: &Case<'_>) -> Vec<Outcome> {
    let goal = &case.contents().goal;
    let Some(primary) = goal.primary_goal else { return Vec::new() };
    let (field, kpi, word): (_, Option<i64>, fn(i64) -> Word) = match primary {
        PrimaryGoal::Sales => ("gmv_target", goal.gmv_target.map(Int::get), Word::money),
        PrimaryGoal::Clearance => ("clearance_units", goal.clearance_units.map(Int::get), Word::number),
        PrimaryGoal::NewLaunch => ("launch_units", goal.launch_units.map(Int::get), Word::number),
        PrimaryGoal::Brand => {
            ("average_watch_seconds", goal.average_watch_seconds.map(Int::get), Word::number)
        }
        PrimaryGoal::PrivateDomain => {
            ("new_members_target", goal.new_members_target.map(Int::get), Word::number)
        }
    };
    whole(&format!("/gates/goal/{field}"), || {
        let kpi = kpi.ok_or_else(|| goal.lack(field))?;
        hold(kpi > 0, || {
            found(word(kpi), Word::fields([("min", Word::number(1))])).with("primary_goal", primary.into())
        })
    })
}

/// Viewers × conversion × order value equals the GMV target within the tolerance.
fn gmv_adds_up(case: &Case<'_>) -> Vec<Outcome> {
    let goal = &case.contents().goal;
    let tolerance_pct = *case.params().goal.sum_tolerance_pct;
    whole("/gates/goal/gmv_target", || {
        let target = need!(goal.gmv_target).exact();
        let hundredfold = need!(goal.viewers_target).exact()
            * need!(goal.conversion_pct).exact()
            * need!(goal.average_order_value).exact();
        let near = (Decimal::ONE_HUNDRED * target - hundredfold).abs() <= tolerance_pct * target;
        hold(near, || {
            let required = Word::fields([
                ("target", Word::Money(target)),
                ("tolerance_pct", Word::Number(tolerance_pct)),
            ]);
            found(Word::Money(hundredfold / Decimal::ONE_HUNDRED), required)
                .with("target", Word::Money(target))
        })
    })
}

/// A viewer need not bring much more than in the last shows, once there were enough of them.
fn viewer_value_realistic(case: &Case<'_>) -> Vec<Outcome> {
    let goal = &case.contents().goal;
    let params = &case.params().goal;
    whole("/gates/goal/baseline", || {
        let runs = goal.baseline.as_ref().and_then(|baseline| baseline.runs);
        if runs.is_some_and(|runs| runs.get() < params.baseline_min_runs) {
            return Ok(Verdict::NotApplicable);
        }
        let baseline = need!(goal.baseline);
        need!(baseline.runs);
        let baseline = need!(baseline.viewer_value).exact();
        let (gmv, viewers) = (need!(goal.gmv_target).exact(), need!(goal.viewers_target).exact());
        let most = *params.viewer_value_ratio * baseline;
        // Beyond the range of exact numbers every target is low enough.
        hold(gmv <= most.saturating_mul(viewers), || {
            found(Word::Money(gmv / viewers), Word::Money(most)).with("baseline", Word::Money(baseline))
        })
    })
}

/// Go-live is still ahead.
fn go_live_ahead(case: &Case<'_>) -> Vec<Outcome> {
    whole("/campaign/go_live_at", || {
        hold(case.now() < case.go_live_at(), || {
            found(Word::Instant(case.go_live_at()), Word::Instant(case.now()))
        })
    })
}

/// The show is neither too short nor too long.
fn duration_in_range(case: &Case<'_>) -> Vec<Outcome> {
    let planned = case.profile().planned_minutes;
    let (min, max) = (case.params().goal.min_minutes, case.params().goal.max_minutes);
    whole("/campaign/planned_minutes", || {
        hold((min..=max).contains(&planned), || {
            let bounds = [("min", Word::number(min)), ("max", Word::number(max))];
            found(Word::number(planned), Word::fields(bounds.clone())).with_all(bounds)
        })
    })
}

/// The GMV target earns the ad budget back as often as the ROI floor says.
fn roi_floor_met(case: &Case<'_>) -> Vec<Outcome> {
    let goal = &case.contents().goal;
    whole("/gates/goal/roi_floor", || {
        if goal.ad_budget.is_some_and(|budget| budget.get() == 0) {
            return Ok(Verdict::NotApplicable);
        }
        let budget = need!(goal.ad_budget).exact();
        let floor = need!(goal.roi_floor).exact();
        let gmv = need!(goal.gmv_target).exact();
        hold(gmv >= floor * budget, || found(Word::Number(gmv / budget), Word::Number(floor)))
    })
}

/// The local date of go-live lies in no sale period that every platform runs.
fn clear_of_mega_sales(case: &Case<'_>) -> Vec<Outcome> {
    let date = case.local(case.go_live_at()).date();
    let day = date.strftime("%m-%d").to_string();
    let sale = case.params().goal.mega_sales.iter().find(|sale| covers(sale, &day));
    whole("/campaign/go_live_at", || {
        Ok(sale.map_or(Verdict::Pass, |sale| {
            let period = [("label", &sale.label), ("from", &sale.from), ("to", &sale.to)];
            let period = period.map(|(name, text)| (name, Word::text(text)));
            Verdict::Fail(found(Word::Date(date), Word::fields(period.clone())).with_all(period))
        }))
    })
}

/// Whether a sale covers a day of the year; one that ends before it begins runs over New Year.
fn covers(sale: &MegaSale, day: &str) -> bool {
    let (begun, not_over) = (day >= sale.from.as_str(), day <= sale.to.as_str());
    if sale.from <= sale.to { begun && not_over } else { begun || not_over }
}
