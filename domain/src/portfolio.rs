//! The rules that look at the organization's other campaigns: rooms, accounts, people, stock and prices can be
//! promised once only. Each is shown at, and blocks, the gate it names.

use jiff::{SignedDuration, Timestamp};

use crate::campaign::later;
use crate::gate::GateKey;
use crate::need;
use crate::rule::{Case, Outcome, Rule, Verdict, each, found, hold, whole};
use crate::surroundings::{CampaignStatus, Extract, ExtractSku};
use crate::word::Word;

/// Every portfolio rule; in results they follow the rules of their gate.
pub static RULES: &[Rule] = &[
    Rule::blocker("portfolio.room_free", GateKey::Goal, room_free)
        .says("{value} is taken by \"{other}\" at that time.", "{value} 同时段被\"{other}\"占用。")
        .fix("move one of them", "错开时间")
        .reads(&["portfolio.buffer_minutes", "portfolio.release_hours"]),
    Rule::blocker("portfolio.account_free", GateKey::Goal, account_free)
        .says("{value} is taken by \"{other}\" at that time.", "{value} 同时段被\"{other}\"占用。")
        .fix("move one of them", "错开时间")
        .reads(&["portfolio.buffer_minutes", "portfolio.release_hours"]),
    Rule::blocker("portfolio.people_free", GateKey::Team, people_free)
        .says("{person} works for \"{other}\" at that time.", "{person} 同时段服务于\"{other}\"。")
        .fix("change the roster", "调整排班")
        .reads(&["portfolio.buffer_minutes", "portfolio.release_hours", "portfolio.exclusive_roles"]),
    Rule::blocker("portfolio.stock_promised_once", GateKey::Products, stock_promised_once)
        .says(
            "{name}: {observed} units are promised, {required} exist.",
            "{name} 共承诺 {observed} 件,现货 {required} 件。",
        )
        .fix("re-divide the stock", "重新分配库存")
        .reads(&["portfolio.release_hours"]),
    Rule::warning("portfolio.cheapest_here", GateKey::Products, cheapest_here)
        .says("{name} sells for {observed} in \"{other}\".", "{name} 在\"{other}\"售 {observed}。")
        .fix("align prices", "统一价格")
        .reads(&["portfolio.price_days"]),
];

/// No active other campaign is in the same room at that time.
fn room_free(case: &Case<'_>) -> Vec<Outcome> {
    let room = case.profile().room_ref.as_str();
    place_free(case, "/campaign/room_ref", room, |other| other.room_ref.as_deref() == Some(room))
}

/// No active other campaign is on the same account at that time.
fn account_free(case: &Case<'_>) -> Vec<Outcome> {
    let account = case.profile().account_ref.as_str();
    place_free(case, "/campaign/account_ref", account, |other| other.account_ref.as_deref() == Some(account))
}

fn place_free(case: &Case<'_>, path: &str, value: &str, there: impl Fn(&Extract) -> bool) -> Vec<Outcome> {
    let taken_by: Vec<&Extract> = colliding(case).into_iter().filter(|other| there(other)).collect();
    whole(path, || {
        hold(taken_by.is_empty(), || {
            let (from, until) = own_time(case);
            let free = [("from", Word::Instant(from)), ("until", Word::Instant(until))];
            found(Word::List(taken_by.iter().map(|other| show(other)).collect()), Word::fields(free))
                .with("value", Word::text(value))
                .with("other", names(&taken_by))
        })
    })
}

/// Nobody whose role allows one show at a time is on the roster of another show at that time.
fn people_free(case: &Case<'_>) -> Vec<Outcome> {
    let exclusive = &case.params().portfolio.exclusive_roles;
    let colliding = colliding(case);
    let roster = case.contents().team.roster.as_deref().unwrap_or_default().iter().enumerate();
    let bound = roster.filter(|(_, entry)| entry.role.is_some_and(|role| exclusive.contains(&role)));
    let mut people: Vec<(usize, &str)> = Vec::new();
    for (i, person) in bound.filter_map(|(i, entry)| Some((i, entry.person.as_deref()?))) {
        if !people.iter().any(|(_, earlier)| *earlier == person) {
            people.push((i, person));
        }
    }
    each(
        people,
        |(i, _)| format!("/gates/team/roster/{i}/person"),
        |(_, person)| {
            let lists = |other: &Extract| other.people.iter().flatten().any(|name| name.as_str() == *person);
            let busy_in: Vec<&Extract> = colliding.iter().copied().filter(|other| lists(other)).collect();
            hold(busy_in.is_empty(), || {
                found(Word::List(busy_in.iter().map(|other| reference(other)).collect()), Word::Nothing)
                    .with("person", Word::text(person))
                    .with("other", names(&busy_in))
            })
        },
    )
}

/// What this and the other active campaigns were promised of a product exists.
fn stock_promised_once(case: &Case<'_>) -> Vec<Outcome> {
    let active: Vec<&Extract> = active(case).collect();
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    each(
        skus.iter().enumerate(),
        |(i, _)| format!("/gates/products/skus/{i}/locked_units"),
        |(_, sku)| {
            let (locked, stock) = (need!(sku.locked_units).get(), need!(sku.stock_units).get());
            let entries = active.iter().flat_map(|other| entries(other, sku.sku_id.as_deref()));
            let elsewhere: i64 =
                entries.filter_map(|entry| entry.locked_units).map(|units| units.get()).sum();
            let promised = locked + elsewhere;
            hold(promised <= stock, || {
                found(Word::number(promised), Word::number(stock)).with("name", sku.called())
            })
        },
    )
}

/// No other campaign around that day sells a product for less.
fn cheapest_here(case: &Case<'_>) -> Vec<Outcome> {
    let around = SignedDuration::from_hours(case.params().portfolio.price_days * 24);
    let others: Vec<&Extract> = case
        .surroundings
        .others
        .iter()
        .filter(|other| other.status != Some(CampaignStatus::Cancelled))
        .filter(|other| {
            other.go_live_at.is_some_and(|at| at.duration_since(case.go_live_at()).abs() <= around)
        })
        .collect();
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    each(
        skus.iter().enumerate(),
        |(i, _)| format!("/gates/products/skus/{i}/live_price"),
        |(_, sku)| {
            let live = *need!(sku.live_price);
            let offers = others.iter().flat_map(|other| {
                let prices = entries(other, sku.sku_id.as_deref()).filter_map(|entry| entry.live_price);
                prices.map(move |price| (price, *other))
            });
            let cheapest = offers.filter(|(price, _)| *price < live).min_by_key(|(price, _)| *price);
            Ok(cheapest.map_or(Verdict::Pass, |(price, other)| {
                let failure = found(Word::Money(price.exact()), Word::Money(live.exact()));
                Verdict::Fail(failure.with("name", sku.called()).with("other", names(&[other])))
            }))
        },
    )
}

/// The other campaigns that still bind what they were promised, the earliest first.
fn active<'c>(case: &Case<'c>) -> impl Iterator<Item = &'c Extract> {
    let now = case.now();
    let release = SignedDuration::from_hours(case.params().portfolio.release_hours);
    case.surroundings.others.iter().filter(move |other| {
        other.status.is_some_and(is_alive) && ends_at(other).is_some_and(|end| now < later(end, release))
    })
}

const fn is_alive(status: CampaignStatus) -> bool {
    match status {
        CampaignStatus::Preparing | CampaignStatus::Ready | CampaignStatus::OnHold | CampaignStatus::Live => {
            true
        }
        CampaignStatus::Completed | CampaignStatus::Cancelled | CampaignStatus::Lapsed => false,
    }
}

/// The active others whose time touches ours, in the order of their time.
fn colliding<'c>(case: &Case<'c>) -> Vec<&'c Extract> {
    let (from, until) = own_time(case);
    let begins_before = |other: &Extract| other.go_live_at.is_some_and(|at| at < until);
    let ends_after = |other: &Extract| ends_at(other).is_some_and(|at| from < at);
    let mut colliding: Vec<&Extract> =
        active(case).filter(|other| begins_before(other) && ends_after(other)).collect();
    colliding.sort_by_key(|other| (other.go_live_at, other.r#ref.as_deref()));
    colliding
}

/// The time the show needs for itself: planned start and end with the buffer on either side.
fn own_time(case: &Case<'_>) -> (Timestamp, Timestamp) {
    let buffer = SignedDuration::from_mins(case.params().portfolio.buffer_minutes);
    (later(case.go_live_at(), -buffer), later(case.profile().ends_at(), buffer))
}

fn ends_at(other: &Extract) -> Option<Timestamp> {
    Some(later(other.go_live_at?, SignedDuration::from_mins(other.planned_minutes?.get())))
}

fn entries<'o>(other: &'o Extract, sku_id: Option<&'o str>) -> impl Iterator<Item = &'o ExtractSku> {
    let skus = other.skus.as_deref().unwrap_or_default().iter();
    skus.filter(move |entry| sku_id.is_some() && entry.sku_id.as_deref() == sku_id)
}

fn reference(other: &Extract) -> Word {
    other.r#ref.as_ref().map_or(Word::Nothing, |reference| Word::text(reference))
}

fn show(other: &Extract) -> Word {
    let instant = |at: Option<Timestamp>| at.map_or(Word::Nothing, Word::Instant);
    Word::fields([
        ("ref", reference(other)),
        ("go_live_at", instant(other.go_live_at)),
        ("ends_at", instant(ends_at(other))),
    ])
}

fn names(others: &[&Extract]) -> Word {
    let name =
        |other: &&Extract| other.name.as_ref().map_or_else(|| reference(other), |name| Word::text(name));
    Word::List(others.iter().map(name).collect())
}
