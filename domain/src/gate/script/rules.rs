//! The rules of gate script: the catalogue, and what does not hang on time or the line-up.
//! Time, length and speed are in `pace`, products and their prices in `selling`.

use std::collections::BTreeSet;

use super::{InteractionKind, Row, Trigger, pace, selling, wording};
use crate::gate::GateKey;
use crate::need;
use crate::rule::{Case, Judged, Outcome, Rule, Verdict, each, found, hold, required_fields, whole};
use crate::word::Word;
use crate::wording::{forbidden, risky};

pub(super) const ROWS: &str = "/gates/script/rows";

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("script.complete", GateKey::Script, |case| required_fields(case, GateKey::Script)),
    Rule::blocker("script.timeline_continuous", GateKey::Script, pace::timeline_continuous)
        .says(
            "Row {n} leaves a gap of {observed} s (negative: overlap).",
            "第 {n} 行与上一行间隔 {observed} 秒(负数为重叠)。",
        )
        .fix("move the row (to second {to})", "调整时间(改为第 {to} 秒开始)")
        .reads(&["script.max_gap_seconds"]),
    Rule::blocker("script.length_fits_plan", GateKey::Script, pace::length_fits_plan)
        .says(
            "The run sheet ends after {minutes} min; planned are {planned}.",
            "脚本共 {minutes} 分钟,计划 {planned} 分钟。",
        )
        .fix("add or cut rows (at least {by} s)", "增减环节(至少 {by} 秒)")
        .reads(&["script.length_tolerance_pct"]),
    Rule::blocker("script.opening_hook", GateKey::Script, selling::opening_hook)
        .says("No traffic product in the first {minutes} minutes.", "开播 {minutes} 分钟内没有引流款或福利。")
        .fix(
            "bring a traffic product forward (to second {required} at the latest)",
            "前置引流款(不晚于第 {required} 秒)",
        )
        .reads(&["script.hook_roles", "script.hook_within_seconds"]),
    Rule::warning("script.peak_sells", GateKey::Script, selling::peak_sells)
        .says(
            "Only {observed} % of the peak sells hero or profit products.",
            "流量高峰仅 {observed}% 用于主推/利润款。",
        )
        .fix(
            "move key products to the peak (+{short} s of its {peak} s)",
            "调整排序(高峰 {peak} 秒中再增加 {short} 秒)",
        )
        .reads(&["script.bin_minutes", "script.peak_bins", "script.peak_roles", "script.min_peak_pct"]),
    Rule::blocker("script.beats_complete", GateKey::Script, selling::beats_complete)
        .says(
            "No row of {name} has all six beats; the fullest lacks: {missing}.",
            "{name} 没有一行讲全六步,最全的一行缺少:{missing}。",
        )
        .fix("write the missing beats", "补齐六步"),
    Rule::warning("script.product_row_length", GateKey::Script, pace::product_row_length)
        .says(
            "Row {n} talks {observed} s about one product; {required} s are the most.",
            "第 {n} 行讲解 {observed} 秒,建议不超过 {required} 秒。",
        )
        .fix("split the row ({over} s too long)", "拆分讲解(超出 {over} 秒)")
        .reads(&["script.max_product_minutes"]),
    Rule::warning("script.host_rest", GateKey::Script, pace::host_rest)
        .says(
            "{host} leads {observed} s without a break; {required} s are the most.",
            "{host} 连续主讲 {observed} 秒,建议不超过 {required} 秒。",
        )
        .fix("change hosts or insert a rest row (by second {by})", "换人或安排休息(不晚于第 {by} 秒)")
        .reads(&["script.max_host_minutes", "script.max_gap_seconds"]),
    Rule::warning("script.talk_speed", GateKey::Script, pace::talk_speed)
        .says(
            "Row {n} has {observed} characters for {seconds} s; {required} can be spoken.",
            "第 {n} 行 {observed} 字,{seconds} 秒内约可讲 {required} 字。",
        )
        .fix("shorten or allow more time (−{over} characters)", "精简或加时(−{over} 字)")
        .reads(&["script.han_per_second", "script.letters_per_second"]),
    Rule::warning("script.interaction_spacing", GateKey::Script, pace::interaction_spacing)
        .says("{observed} s pass without interaction.", "连续 {observed} 秒无互动。")
        .fix("insert an interaction (by second {by})", "插入互动(不晚于第 {by} 秒)")
        .reads(&["script.max_quiet_seconds"]),
    Rule::blocker("script.lottery_lawful", GateKey::Script, lottery_lawful)
        .law("cn")
        .says(
            "The prize in row {n} is {observed}; the law allows {required}, with odds and rules published.",
            "第 {n} 行奖品 {observed},上限 {required},须公示概率与规则。",
        )
        .fix("lower the prize, publish the rules (−{over})", "降低奖品并公示规则(−{over})")
        .reads(&["script.prize_cap"]),
    forbidden("script.wording_forbidden", GateKey::Script, wording::wording_forbidden),
    risky("script.wording_risky", GateKey::Script, wording::wording_risky),
    Rule::blocker("script.rows_match_lineup", GateKey::Script, selling::rows_match_lineup)
        .says(
            "Row {n} sells {observed}, which is not in the line-up.",
            "第 {n} 行商品 {observed} 不在排品表。",
        )
        .fix("correct the SKU", "修正货号"),
    Rule::blocker("script.lineup_is_shown", GateKey::Script, selling::lineup_is_shown)
        .says("{name} never appears in the run sheet.", "{name} 未排入脚本。")
        .fix("add a row or drop the SKU", "补排或移除"),
    Rule::blocker("script.prices_match", GateKey::Script, selling::prices_match)
        .unwaivable()
        .says(
            "Row {n} quotes {observed}; the price is {required}.",
            "第 {n} 行口播 {observed},直播价 {required}。",
        )
        .fix("correct one of them", "统一价格"),
    Rule::blocker("script.emergency_plans_cover", GateKey::Script, emergency_plans_cover)
        .says("No plan for: {missing}.", "缺少预案:{missing}。")
        .fix("write the plan", "补充预案")
        .reads(&["script.required_triggers"]),
    Rule::warning("script.stock_lasts", GateKey::Script, selling::stock_lasts)
        .says("{name} is likely to sell out at minute {observed}.", "{name} 预计第 {observed} 分钟售罄。")
        .fix("lock more stock or move rows (+{short} units)", "补锁或调整(+{short} 件)")
        .reads(&["script.bin_minutes", "script.demand_weight", "products.inbound_lead_hours"]),
];

/// Judges each row by itself, at one of its fields; the judge is told the row's place too.
pub(super) fn each_row(case: &Case<'_>, field: &str, judge: impl Fn(usize, &Row) -> Judged) -> Vec<Outcome> {
    let rows = case.contents().script.rows.as_deref().unwrap_or_default();
    each(rows.iter().enumerate(), |(i, _)| format!("{ROWS}/{i}/{field}"), |(i, row)| judge(*i, row))
}

/// The number people know a row by: the first is 1.
pub(super) fn number(i: usize) -> Word {
    Word::count(i + 1)
}

/// A draw keeps to the legal cap of its prize, and its odds and rules are written down.
fn lottery_lawful(case: &Case<'_>) -> Vec<Outcome> {
    let cap = case.params().script.prize_cap;
    let capped = case.profile().currency == "CNY";
    each_row(case, "interaction", |i, row| {
        let draws = |kind| kind == InteractionKind::Lottery || kind == InteractionKind::LuckyBag;
        let Some(draw) = row.interaction.as_ref().filter(|it| it.kind.is_some_and(draws)) else {
            return Ok(Verdict::NotApplicable);
        };
        let prize = need!(draw.prize_value).get();
        need!(draw.odds_pct);
        need!(draw.rules_text);
        hold(!capped || prize <= cap, || {
            found(Word::money(prize), Word::money(cap))
                .with("n", number(i))
                .with("over", Word::money(prize - cap))
        })
    })
}

/// There is a plan for everything that must be expected to go wrong.
fn emergency_plans_cover(case: &Case<'_>) -> Vec<Outcome> {
    let script = &case.contents().script;
    let required = &case.params().script.required_triggers;
    whole("/gates/script/emergency_plans", || {
        let plans = need!(script.emergency_plans).iter();
        let covered: BTreeSet<Trigger> = plans.filter_map(|plan| plan.trigger).collect();
        let missing: Vec<Word> = required.iter().filter(|it| !covered.contains(*it)).map(word).collect();
        hold(missing.is_empty(), || {
            let (covered, required) =
                (covered.iter().map(word).collect(), required.iter().map(word).collect());
            found(Word::List(covered), Word::List(required)).with("missing", Word::List(missing.clone()))
        })
    })
}

fn word(trigger: &Trigger) -> Word {
    (*trigger).into()
}
