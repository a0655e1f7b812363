//! What a campaign takes of what its organization has once only: its room, its account, people, goods. Whoever keeps
//! these can tell by them which other campaigns the rules have to look at; the rules themselves are in `portfolio`.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::campaign::later;
use crate::choices;
use crate::rule::Case;
use crate::scalar::Money;

choices! {
    /// What is taken.
    pub enum ClaimKind {
        Room = "room", "room", "直播间";
        Account = "account", "account", "账号";
        Person = "person", "person", "人员";
        Sku = "sku", "product", "商品";
    }
}

/// One thing that a campaign takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What kind of thing it is.
    pub kind: ClaimKind,
    /// Its room, account, person or number, as it is written.
    pub key: String,
    /// Of a product, the units promised to the campaign.
    pub locked_units: Option<i64>,
    /// Of a product, its price in the show.
    pub live_price: Option<Money>,
}

/// Everything a campaign takes, each thing once: room, account, people whose role allows one show at a time, goods.
#[must_use]
pub fn claims(case: &Case<'_>) -> Vec<Claim> {
    let plain = |kind, key: &str| Claim { kind, key: key.to_owned(), locked_units: None, live_price: None };
    let profile = case.profile();
    let exclusive = &case.params().portfolio.exclusive_roles;
    let roster = case.contents().team.roster.iter().flatten();
    let bound = roster.filter(|entry| entry.role.is_some_and(|role| exclusive.contains(&role)));
    let people: BTreeSet<&str> = bound.filter_map(|entry| entry.person.as_deref()).collect();
    let mut claims =
        vec![plain(ClaimKind::Room, &profile.room_ref), plain(ClaimKind::Account, &profile.account_ref)];
    claims.extend(people.into_iter().map(|person| plain(ClaimKind::Person, person)));
    claims.extend(case.contents().products.skus.iter().flatten().filter_map(|sku| {
        Some(Claim {
            locked_units: sku.locked_units.map(|units| units.get()),
            live_price: sku.live_price,
            ..plain(ClaimKind::Sku, sku.sku_id.as_deref()?)
        })
    }));
    claims
}

/// No other campaign that ends at this instant or before matters to this one: it cannot collide with it, has released
/// what it was promised, and its prices are too long ago.
#[must_use]
pub fn matter_after(case: &Case<'_>) -> Timestamp {
    let portfolio = &case.params().portfolio;
    let buffer = SignedDuration::from_mins(portfolio.buffer_minutes);
    let release = SignedDuration::from_hours(portfolio.release_hours);
    let around = SignedDuration::from_hours(portfolio.price_days.saturating_mul(24));
    let collide = later(case.go_live_at(), -buffer);
    let hold_goods = later(case.now(), -release);
    let sell_cheaper = later(case.go_live_at(), -around);
    collide.min(hold_goods).min(sell_cheaper)
}
