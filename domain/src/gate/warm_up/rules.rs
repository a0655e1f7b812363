//! The rules of gate `warm_up`: what is published is planned in steps, true, within the budget, and proven.
//! Whom it reaches and what it tells is in `message`, how it is worded in `wording`.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{Asset, PlatformEvent, message, wording};
use crate::campaign::later;
use crate::gate::GateKey;
use crate::locale::{Locale, both};
use crate::need;
use crate::params::{Figure, LadderStep};
use crate::rule::{Case, Failure, Judged, Outcome, Rule, Verdict, each, found, hold, required_fields, whole};
use crate::word::Word;
use crate::wording::{forbidden, risky};

pub(super) const ASSETS: &str = "/gates/warm_up/assets";

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("warm_up.complete", GateKey::WarmUp, |case| required_fields(case, GateKey::WarmUp)),
    Rule::blocker("warm_up.ladder_complete", GateKey::WarmUp, ladder_complete)
        .says("Nothing is published at: {missing}.", "预热节点缺失:{missing}。")
        .fix("plan an asset in that window", "补排物料")
        .reads(&["warm_up.ladder"]),
    Rule::blocker("warm_up.start_time_true", GateKey::WarmUp, start_time_true)
        .unwaivable()
        .says(
            "{key} announces {observed}; go-live is {required}.",
            "{key} 标注 {observed},实际开播 {required}。",
        )
        .fix("correct the announcement", "更正时间")
        .reads(&["warm_up.start_tolerance_minutes"]),
    Rule::blocker("warm_up.featured_true", GateKey::WarmUp, featured_true)
        .unwaivable()
        .says(
            "{key} shows {observed}; the line-up says {required}.",
            "{key} 露出 {observed},排品为 {required}。",
        )
        .fix("correct the asset", "更正物料"),
    Rule::warning("warm_up.event_on_platform", GateKey::WarmUp, event_on_platform)
        .says("No reservation page on {platform}.", "{platform} 未建预告。")
        .fix("create it", "创建预告")
        .reads(&["warm_up.event_platforms"]),
    Rule::blocker("warm_up.spend_within_budget", GateKey::WarmUp, spend_within_budget)
        .says("Planned spend is {observed}, the budget {required}.", "计划投放 {observed},预算 {required}。")
        .fix("cut spend (by {over})", "削减投放({over})"),
    Rule::warning("warm_up.reservations_on_track", GateKey::WarmUp, reservations_on_track)
        .says(
            "{observed} reservations; {required} were wanted by now.",
            "预约 {observed},此时应达 {required}。",
        )
        .fix("push once more (+{short} reservations)", "追加推送(+{short} 人预约)")
        .reads(&["warm_up.reservation_check_hours", "warm_up.min_reservation_pct"]),
    Rule::blocker("warm_up.published_with_proof", GateKey::WarmUp, published_with_proof)
        .says(
            "{key} was due {publish_at}; there is no proof of publication.",
            "{key} 应于 {publish_at} 发布,尚无凭证。",
        )
        .fix("publish, paste the link", "发布并回填链接")
        .reads(&["warm_up.proof_within_hours"])
        .ages(proven_until),
    forbidden("warm_up.wording_forbidden", GateKey::WarmUp, wording::wording_forbidden),
    risky("warm_up.wording_risky", GateKey::WarmUp, wording::wording_risky),
    Rule::blocker("warm_up.ad_label_shown", GateKey::WarmUp, message::ad_label_shown)
        .law("cn")
        .says("{key} is paid content without an advertising label.", "{key} 为付费内容但未标\"广告\"。")
        .fix("add the label", "加广告标识"),
    Rule::warning("warm_up.reaches_largest_segment", GateKey::WarmUp, message::reaches_largest_segment)
        .says("No asset runs where \"{name}\" looks.", "物料未覆盖\"{name}\"的渠道。")
        .fix("add a channel ({any_of})", "补充渠道({any_of})"),
    Rule::warning("warm_up.channels_varied", GateKey::WarmUp, message::channels_varied)
        .says(
            "The warm-up runs on {observed} only; {required} channels are wanted.",
            "预热仅使用 {observed},建议至少 {required} 个渠道。",
        )
        .fix("add a channel (+{short})", "增加渠道(+{short})")
        .reads(&["warm_up.min_channels"]),
    Rule::warning("warm_up.message_complete", GateKey::WarmUp, message::message_complete)
        .says("The warm-up never tells: {missing}.", "预热内容缺少:{missing}。")
        .fix("add it to an asset or the benefits", "补充到物料或福利"),
];

/// Judges each asset by itself, at one of its fields.
pub(super) fn each_asset(case: &Case<'_>, field: &str, judge: impl Fn(&Asset) -> Judged) -> Vec<Outcome> {
    let assets = case.contents().warm_up.assets.as_deref().unwrap_or_default();
    each(assets.iter().enumerate(), |(i, _)| format!("{ASSETS}/{i}/{field}"), |(_, asset)| judge(asset))
}

impl Asset {
    /// What findings call the asset.
    pub(super) fn called(&self) -> Word {
        self.key.as_ref().map_or(Word::Label("asset", both("An asset", "某物料")), |key| Word::text(key))
    }
}

/// Something is published in the window of every step before go-live.
fn ladder_complete(case: &Case<'_>) -> Vec<Outcome> {
    let warm_up = &case.contents().warm_up;
    let ladder = &case.params().warm_up.ladder;
    whole(ASSETS, || {
        let assets = need!(warm_up.assets);
        let published = |within: &RangeInclusive<Timestamp>| {
            assets.iter().filter_map(|asset| asset.publish_at).any(|at| within.contains(&at))
        };
        let is_filled = |step: &&LadderStep| published(&window(case, step));
        let (filled, missing): (Vec<&LadderStep>, Vec<&LadderStep>) = ladder.iter().partition(is_filled);
        hold(missing.is_empty(), || {
            let keys = |steps: Vec<&LadderStep>| {
                Word::List(steps.into_iter().map(|step| Word::text(&step.key)).collect())
            };
            let windows = missing.into_iter().map(|step| shown_window(case, step)).collect();
            found(keys(filled), keys(ladder.iter().collect())).with("missing", Word::List(windows))
        })
    })
}

fn window(case: &Case<'_>, step: &LadderStep) -> RangeInclusive<Timestamp> {
    let before = |hours: Figure| later(case.go_live_at(), -hours.hours());
    before(step.from_hours)..=before(step.to_hours)
}

/// The window on the wall clock of the campaign, the same in every language.
fn shown_window(case: &Case<'_>, step: &LadderStep) -> Word {
    let (from, to) = window(case, step).into_inner();
    let shown = |instant| Word::Instant(instant).text_for(Locale::En, case.profile());
    Word::Text(format!("{}–{}", shown(from), shown(to)))
}

/// Every asset and reservation page that tells a go-live time tells the true one.
fn start_time_true(case: &Case<'_>) -> Vec<Outcome> {
    let mut outcomes = each_asset(case, "shown_start_at", |asset| {
        let Some(shown) = asset.shown_start_at else { return Ok(Verdict::NotApplicable) };
        near_go_live(case, shown, || asset.called())
    });
    let events = case.contents().warm_up.events.as_deref().unwrap_or_default();
    outcomes.extend(each(
        events.iter().enumerate(),
        |(i, _)| format!("/gates/warm_up/events/{i}/scheduled_at"),
        |(_, event)| near_go_live(case, *need!(event.scheduled_at), || page(event)),
    ));
    outcomes
}

fn near_go_live(case: &Case<'_>, shown: Timestamp, called: impl FnOnce() -> Word) -> Judged {
    let go_live_at = case.go_live_at();
    let tolerance = SignedDuration::from_mins(case.params().warm_up.start_tolerance_minutes);
    hold(shown.duration_since(go_live_at).abs() <= tolerance, || {
        found(Word::Instant(shown), Word::Instant(go_live_at)).with("key", called())
    })
}

/// What findings call a reservation page.
fn page(event: &PlatformEvent) -> Word {
    event.platform.map_or(Word::Label("page", both("A reservation page", "某预告")), Word::from)
}

/// Every product that an asset features is in the line-up, at the price shown.
fn featured_true(case: &Case<'_>) -> Vec<Outcome> {
    let line_up = case.contents().products.lineup();
    let assets = case.contents().warm_up.assets.as_deref().unwrap_or_default();
    let featured = assets.iter().enumerate().flat_map(|(i, asset)| {
        let featured = asset.featured.as_deref().unwrap_or_default();
        featured.iter().enumerate().map(move |(j, product)| (i, asset, j, product))
    });
    each(
        featured,
        |(i, _, j, _)| format!("{ASSETS}/{i}/featured/{j}"),
        |(_, asset, _, product)| {
            let differs = |failure: Failure| Ok(Verdict::Fail(failure.with("key", asset.called())));
            let sku_id = need!(product.sku_id);
            let Some(sku) = line_up.sku(Some(sku_id)) else {
                let known = Word::Label("known", both("no such product", "无此商品"));
                return differs(found(Word::text(sku_id), known));
            };
            let Some(shown) = product.shown_price else { return Ok(Verdict::Pass) };
            let live = *need!(sku.live_price);
            if shown == live {
                return Ok(Verdict::Pass);
            }
            differs(found(Word::money(shown.get()), Word::money(live.get())))
        },
    )
}

/// Viewers can reserve on every platform that has reservation pages.
fn event_on_platform(case: &Case<'_>) -> Vec<Outcome> {
    let events = case.contents().warm_up.events.as_deref().unwrap_or_default();
    let with_pages = &case.params().warm_up.event_platforms;
    each(
        case.profile().platforms.iter().enumerate(),
        |(i, _)| format!("/campaign/platforms/{i}"),
        |(_, platform)| {
            if !with_pages.contains(platform) {
                return Ok(Verdict::NotApplicable);
            }
            hold(events.iter().any(|event| event.platform == Some(**platform)), || {
                let platform = Word::from(**platform);
                found(Word::Nothing, platform.clone()).with("platform", platform)
            })
        },
    )
}

/// What is planned to be spent stays within the budget.
fn spend_within_budget(case: &Case<'_>) -> Vec<Outcome> {
    let goal = &case.contents().goal;
    let spend = case.contents().warm_up.spend.as_deref().unwrap_or_default();
    whole("/gates/warm_up/spend", || {
        if spend.is_empty() {
            return Ok(Verdict::NotApplicable);
        }
        let budget = need!(goal.ad_budget).exact();
        let mut planned = Decimal::ZERO;
        for item in spend {
            planned += need!(item.amount).exact();
        }
        hold(planned <= budget, || {
            found(Word::Money(planned), Word::Money(budget)).with("over", Word::Money(planned - budget))
        })
    })
}

/// Once it is time to look, enough of the reservations wanted are there.
fn reservations_on_track(case: &Case<'_>) -> Vec<Outcome> {
    let warm_up = &case.contents().warm_up;
    let params = &case.params().warm_up;
    whole("/gates/warm_up/reservations", || {
        let looked_at_from = later(case.go_live_at(), -params.reservation_check_hours.hours());
        let Some(target) = warm_up.reservation_target.filter(|_| case.now() >= looked_at_from) else {
            return Ok(Verdict::NotApplicable);
        };
        let reservations = need!(warm_up.reservations).exact();
        let hundredfold = *params.min_reservation_pct * target.exact();
        hold(Decimal::ONE_HUNDRED * reservations >= hundredfold, || {
            let wanted = hundredfold / Decimal::ONE_HUNDRED;
            found(Word::Number(reservations), Word::Number(wanted))
                .with("short", Word::Number((wanted - reservations).ceil()))
        })
    })
}

/// What should be out for a while has its link.
fn published_with_proof(case: &Case<'_>) -> Vec<Outcome> {
    each_asset(case, "published_url", |asset| {
        let Some(publish_at) = asset.publish_at.filter(|it| case.now() >= proof_due(case, *it)) else {
            return Ok(Verdict::NotApplicable);
        };
        hold(asset.published_url.is_some(), || {
            found(Word::Nothing, Word::Key("url"))
                .with("key", asset.called())
                .with("publish_at", Word::Instant(publish_at))
        })
    })
}

/// The first instant at which an asset that has no link yet needs one.
fn proven_until(case: &Case<'_>) -> Option<Timestamp> {
    let assets = case.contents().warm_up.assets.as_deref().unwrap_or_default();
    let without_link = assets.iter().filter(|asset| asset.published_url.is_none());
    without_link.filter_map(|asset| asset.publish_at).min().map(|first| proof_due(case, first))
}

fn proof_due(case: &Case<'_>, publish_at: Timestamp) -> Timestamp {
    later(publish_at, case.params().warm_up.proof_within_hours.hours())
}
