//! The rules of gate products: roles, prices, stock, and how the line-up fits the goal.
//! What the law demands of products is in `law`.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::law;
use super::{Category, ProductRole, Sku};
use crate::gate::GateKey;
use crate::gate::goal::{Positioning, PrimaryGoal};
use crate::need;
use crate::rule::{Case, Judged, Outcome, Rule, Verdict, each, found, hold, required_fields, whole};
use crate::word::Word;

const SKUS: &str = "/gates/products/skus";

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("products.complete", GateKey::Products, |case| required_fields(case, GateKey::Products)),
    Rule::warning("products.role_mix", GateKey::Products, role_mix)
        .says("The line-up lacks: {missing}.", "缺少款型:{missing}。")
        .fix("add a product of that role", "补充款型")
        .reads(&["products.required_roles"]),
    Rule::warning("products.traffic_price", GateKey::Products, traffic_price)
        .says(
            "{name} at {observed} is not {discount} % under the market price.",
            "{name} 直播价 {observed} 未低于市场价的要求比例。",
        )
        .fix("lower the price or change its role", "降价或换款型")
        .reads(&["products.traffic_price_max_pct"]),
    Rule::warning("products.margin_floor", GateKey::Products, margin_floor)
        .says(
            "{name} earns {observed} %; a {role} product should earn {required} %.",
            "{name} 毛利率 {observed}%,{role} 应不低于 {required}%。",
        )
        .fix("renegotiate cost or price", "重谈成本或价格")
        .reads(&["products.margin_floor_pct"])
        .tells_cost(),
    Rule::blocker("products.loss_only_on_traffic", GateKey::Products, loss_only_on_traffic)
        .says("{name} sells below cost.", "{name} 低于成本价。")
        .fix("raise the price or make it a traffic product", "提价或改为引流款")
        .reads(&["products.loss_roles"])
        .tells_cost(),
    Rule::blocker("products.stock_covers_forecast", GateKey::Products, stock_covers_forecast)
        .says(
            "{name}: {observed} units can be there, {required} are needed.",
            "{name}:可用 {observed} 件,需 {required} 件。",
        )
        .fix("lock more stock or cut the forecast (+{short} units)", "补锁库存或下调预估(+{short} 件)")
        .reads(&["products.safety_ratio", "products.inbound_lead_hours"]),
    Rule::blocker("products.licences_present", GateKey::Products, law::licences_present)
        .law("cn")
        .says("{name} lacks: {missing}.", "{name} 缺少资质:{missing}。")
        .fix("upload the licence", "补齐资质")
        .reads(&["products.licences"]),
    Rule::blocker("products.licences_valid", GateKey::Products, law::licences_valid)
        .law("cn")
        .says(
            "{kind} of {name} ends {observed}, before the last parcel leaves ({required}).",
            "{name} 的{kind} {observed} 到期,早于发货截止 {required}。",
        )
        .fix("renew it", "更新资质"),
    Rule::blocker("products.category_permitted", GateKey::Products, law::category_permitted)
        .law("cn")
        .says("{name}: {observed} may not be sold live.", "{name}:{observed} 不得直播销售。")
        .fix("take it out", "移除")
        .reads(&["products.prohibited_categories"]),
    Rule::blocker("products.strike_price_has_basis", GateKey::Products, law::strike_price_has_basis)
        .law("cn")
        .says(
            "{name} shows {observed} as the price before, but sold at {required} in the last 7 days.",
            "{name} 划线价 {observed} 高于近 7 天最低成交价 {required}。",
        )
        .fix("lower or drop the strike price", "修改或去掉划线价"),
    Rule::blocker("products.claims_proven", GateKey::Products, law::claims_proven)
        .law("cn")
        .says("\"{text}\" of {name} has no proof.", "{name} 宣称\"{text}\"缺少依据。")
        .fix("attach the report or drop the claim", "补依据或删除"),
    Rule::blocker("products.minors_protected", GateKey::Products, law::minors_protected)
        .law("cn")
        .says(
            "\"{name}\" starts at age {observed}; these goods may not be aimed at minors.",
            "\"{name}\"含未成年人({observed} 岁起),该类商品不得面向未成年人。",
        )
        .fix("narrow the segment", "调整人群")
        .reads(&["products.minor_sensitive_categories", "products.adult_age"]),
    Rule::blocker("products.ship_in_time", GateKey::Products, ship_in_time)
        .says(
            "{name} ships within {observed} h; {required} h is the limit.",
            "{name} 发货时效 {observed} 小时,上限 {required} 小时。",
        )
        .fix("agree faster shipping", "约定更快发货")
        .reads(&["products.max_ship_hours"]),
    Rule::warning("products.forecast_meets_goal", GateKey::Products, forecast_meets_goal)
        .says(
            "The forecast sells {observed}; the goal asks for {min}–{max}.",
            "预估 GMV {observed},目标区间 {min}–{max}。",
        )
        .fix("align forecast and goal", "对齐预估与目标")
        .reads(&["products.min_forecast_pct", "products.max_forecast_pct"]),
    Rule::warning("products.focus_fits_positioning", GateKey::Products, focus_fits_positioning)
        .says("A vertical room shows {observed} categories.", "垂类直播间出现 {observed} 个类目。")
        .fix("focus the line-up", "收敛类目")
        .reads(&["products.max_vertical_categories"]),
];

/// Judges each product by itself, at one of its fields.
pub(super) fn each_sku(case: &Case<'_>, field: &str, judge: impl Fn(&Sku) -> Judged) -> Vec<Outcome> {
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    each(skus.iter().enumerate(), |(i, _)| format!("{SKUS}/{i}/{field}"), |(_, sku)| judge(sku))
}

/// Every required role is the role of a product.
fn role_mix(case: &Case<'_>) -> Vec<Outcome> {
    let products = &case.contents().products;
    let required = &case.params().products.required_roles;
    whole(SKUS, || {
        let mut present = BTreeSet::new();
        for sku in need!(products.skus) {
            present.insert(*need!(sku.role));
        }
        let missing: Vec<Word> = required.iter().filter(|role| !present.contains(*role)).map(word).collect();
        hold(missing.is_empty(), || {
            let (present, required) =
                (present.iter().map(word).collect(), required.iter().map(word).collect());
            found(Word::List(present), Word::List(required)).with("missing", Word::List(missing.clone()))
        })
    })
}

fn word(role: &ProductRole) -> Word {
    (*role).into()
}

/// A traffic product is well under the market price.
fn traffic_price(case: &Case<'_>) -> Vec<Outcome> {
    let max_pct = *case.params().products.traffic_price_max_pct;
    each_sku(case, "live_price", |sku| {
        if sku.role != Some(ProductRole::Traffic) {
            return Ok(Verdict::NotApplicable);
        }
        let live = need!(sku.live_price).exact();
        let most = max_pct * need!(sku.market_price).exact();
        hold(Decimal::ONE_HUNDRED * live <= most, || {
            found(Word::Money(live), Word::Money(most / Decimal::ONE_HUNDRED))
                .with("name", sku.called())
                .with("discount", Word::Number(Decimal::ONE_HUNDRED - max_pct))
        })
    })
}

/// A product earns at least the margin that its role should earn.
fn margin_floor(case: &Case<'_>) -> Vec<Outcome> {
    let floors = &case.params().products.margin_floor_pct;
    each_sku(case, "cost", |sku| {
        let floor = sku.role.and_then(|role| Some((role, *floors.get(&role)?)));
        let Some((role, floor)) = floor else { return Ok(Verdict::NotApplicable) };
        let live = need!(sku.live_price).exact();
        let hundredfold = Decimal::ONE_HUNDRED * (live - need!(sku.cost).exact());
        hold(hundredfold >= *floor * live, || {
            let margin_pct = hundredfold.checked_div(live).map_or(Word::Nothing, Word::Number);
            found(margin_pct, Word::Number(*floor)).with("name", sku.called()).with("role", role.into())
        })
    })
}

/// Only roles meant for it sell below cost, unless the show clears old stock.
fn loss_only_on_traffic(case: &Case<'_>) -> Vec<Outcome> {
    let clears = case.contents().goal.primary_goal == Some(PrimaryGoal::Clearance);
    let loss_roles = &case.params().products.loss_roles;
    each_sku(case, "live_price", |sku| {
        if clears || sku.role.is_none_or(|role| loss_roles.contains(&role)) {
            return Ok(Verdict::NotApplicable);
        }
        let (live, cost) = (need!(sku.live_price).exact(), need!(sku.cost).exact());
        hold(live >= cost, || found(Word::Money(live), Word::Money(cost)).with("name", sku.called()))
    })
}

/// Stock that can be there in time covers the forecast with its safety factor.
fn stock_covers_forecast(case: &Case<'_>) -> Vec<Outcome> {
    let params = &case.params().products;
    each_sku(case, "locked_units", |sku| {
        need!(sku.locked_units);
        let available = sku.available_units(case.go_live_at(), params).unwrap_or_default();
        let available = Decimal::from(available);
        let wanted = *params.safety_ratio * need!(sku.forecast_units).exact();
        hold(available >= wanted, || {
            found(Word::Number(available), Word::Number(wanted))
                .with("name", sku.called())
                .with("short", Word::Number((wanted - available).ceil()))
        })
    })
}

/// A product leaves the warehouse soon enough.
fn ship_in_time(case: &Case<'_>) -> Vec<Outcome> {
    let max = case.params().products.max_ship_hours;
    each_sku(case, "ship_within_hours", |sku| {
        let hours = need!(sku.ship_within_hours).get();
        hold(hours <= max, || found(Word::number(hours), Word::number(max)).with("name", sku.called()))
    })
}

/// What the forecast sells is near the GMV target.
fn forecast_meets_goal(case: &Case<'_>) -> Vec<Outcome> {
    let (goal, products) = (&case.contents().goal, &case.contents().products);
    let params = &case.params().products;
    whole(SKUS, || {
        let target = need!(goal.gmv_target).exact();
        let mut forecast = Decimal::ZERO;
        for sku in need!(products.skus) {
            forecast += need!(sku.forecast_units).exact() * need!(sku.live_price).exact();
        }
        let (min, max) = (*params.min_forecast_pct * target, *params.max_forecast_pct * target);
        hold((min..=max).contains(&(Decimal::ONE_HUNDRED * forecast)), || {
            let bound = |hundredfold| Word::Money(hundredfold / Decimal::ONE_HUNDRED);
            let bounds = [("min", bound(min)), ("max", bound(max))];
            found(Word::Money(forecast), Word::fields(bounds.clone())).with_all(bounds)
        })
    })
}

/// A vertical room keeps to few categories; gifts do not count.
fn focus_fits_positioning(case: &Case<'_>) -> Vec<Outcome> {
    let (goal, products) = (&case.contents().goal, &case.contents().products);
    let max = case.params().products.max_vertical_categories;
    whole(SKUS, || {
        if goal.positioning == Some(Positioning::General) {
            return Ok(Verdict::NotApplicable);
        }
        need!(goal.positioning);
        let mut shown: BTreeSet<Category> = BTreeSet::new();
        for sku in need!(products.skus) {
            let (category, role) = (*need!(sku.category), *need!(sku.role));
            if role != ProductRole::Gift {
                shown.insert(category);
            }
        }
        hold(shown.len() <= max, || found(Word::count(shown.len()), Word::count(max)))
    })
}
