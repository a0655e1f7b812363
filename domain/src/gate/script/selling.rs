//! Whether the run sheet sells the line-up: early, at the peak, fully explained, at its prices, with the stock there is.

use std::collections::{BTreeMap, BTreeSet};

use num_rational::BigRational;
use rust_decimal::Decimal;

use super::rules::{ROWS, each_row, number};
use super::{Beats, Row, RowKind};
use crate::gate::products::{Lineup, ProductRole, Sku};
use crate::need;
use crate::record::{Member as _, Record as _};
use crate::rule::{Case, Judged, Outcome, Verdict, each, found, hold, whole};
use crate::run_sheet::{Demand, Peak, shown_units};
use crate::word::Word;

/// A product that draws viewers in is shown early.
pub(super) fn opening_hook(case: &Case<'_>) -> Vec<Outcome> {
    let (script, products) = (&case.contents().script, &case.contents().products);
    let params = &case.params().script;
    whole(ROWS, || {
        let rows = need!(script.rows).iter();
        need!(products.skus);
        let lineup = products.lineup();
        let hooks = |row: &Row| {
            let role = lineup.sku(row.sku_id.as_deref()).and_then(|sku| sku.role);
            role.is_some_and(|role| params.hook_roles.contains(&role))
        };
        let first = rows.filter(|row| hooks(row)).filter_map(|row| row.start_seconds).min();
        let within = params.hook_within_seconds;
        hold(first.is_some_and(|first| first.get() <= within), || {
            let minutes = Decimal::from(within) / Decimal::from(60);
            found(first.map_or(Word::Nothing, |first| Word::number(first.get())), Word::number(within))
                .with("minutes", Word::Number(minutes))
        })
    })
}

/// Enough of the time with most viewers goes to the products that shall sell.
pub(super) fn peak_sells(case: &Case<'_>) -> Vec<Outcome> {
    let (script, products) = (&case.contents().script, &case.contents().products);
    let params = &case.params().script;
    whole("/gates/script/expected_viewers", || {
        if !expects_viewers(case) {
            return Ok(Verdict::NotApplicable);
        }
        let peak = Peak::of(script, products, params)?;
        let min = *params.min_peak_pct;
        let (seconds, selling) = (Decimal::from(peak.seconds), Decimal::from(peak.selling_seconds));
        // Without any peak time the share is 0.
        let enough = if peak.seconds == 0 {
            Decimal::ZERO >= min
        } else {
            Decimal::ONE_HUNDRED * selling >= min * seconds
        };
        hold(enough, || {
            let short = (min * seconds / Decimal::ONE_HUNDRED - selling).ceil();
            found(Word::Number(peak.share_pct()), Word::Number(min))
                .with("short", Word::Number(short))
                .with("peak", Word::Number(seconds))
        })
    })
}

/// Each product that is explained is explained in all six steps, at least once.
pub(super) fn beats_complete(case: &Case<'_>) -> Vec<Outcome> {
    let lineup = case.contents().products.lineup();
    let rows = case.contents().script.rows.as_deref().unwrap_or_default().iter().enumerate();
    let mut explained: Vec<Explained<'_>> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, row) in rows.filter(|(_, row)| row.kind == Some(RowKind::Product)) {
        let Some(sku_id) = row.sku_id.as_deref() else { continue };
        let missing = missing_beats(row.beats.as_ref());
        let place = *places.entry(sku_id).or_insert(explained.len());
        match explained.get_mut(place) {
            None => explained.push(Explained { first_row: i, sku_id, missing }),
            Some(earlier) if missing.len() < earlier.missing.len() => earlier.missing = missing,
            Some(_) => {}
        }
    }
    each(
        explained,
        |product| format!("{ROWS}/{}/beats", product.first_row),
        |product| {
            hold(product.missing.is_empty(), || {
                let beats = Beats::fields().iter().map(|beat| Word::Label(beat.name, beat.label));
                let present = beats.clone().filter(|beat| !product.missing.contains(beat)).collect();
                found(Word::List(present), Word::List(beats.collect()))
                    .with("name", called(&lineup, product.sku_id))
                    .with("missing", Word::List(product.missing.clone()))
            })
        },
    )
}

/// A product that is explained, with what the fullest of its rows lacks.
struct Explained<'s> {
    first_row: usize,
    sku_id: &'s str,
    missing: Vec<Word>,
}

fn missing_beats(beats: Option<&Beats>) -> Vec<Word> {
    let written = beats.map(|beats| beats.write());
    let fields = Beats::fields().iter();
    let missing =
        fields.filter(|beat| written.as_ref().is_none_or(|written| written.get(beat.name).is_none()));
    missing.map(|beat| Word::Label(beat.name, beat.label)).collect()
}

fn called(lineup: &Lineup<'_>, sku_id: &str) -> Word {
    lineup.sku(Some(sku_id)).map_or_else(|| Word::text(sku_id), Sku::called)
}

/// What rows sell is in the line-up.
pub(super) fn rows_match_lineup(case: &Case<'_>) -> Vec<Outcome> {
    let products = &case.contents().products;
    let lineup = products.lineup();
    each_row(case, "sku_id", |i, row| {
        if !row.sells() && row.sku_id.is_none() {
            return Ok(Verdict::NotApplicable);
        }
        let sku_id = need!(row.sku_id);
        need!(products.skus);
        hold(lineup.sku(Some(sku_id)).is_some(), || {
            found(Word::text(sku_id), Word::Key("known")).with("n", number(i))
        })
    })
}

/// Every product but gifts has a row.
pub(super) fn lineup_is_shown(case: &Case<'_>) -> Vec<Outcome> {
    let script = &case.contents().script;
    let rows = script.rows.as_deref().unwrap_or_default().iter();
    let shown: BTreeSet<&str> = rows.filter_map(|row| row.sku_id.as_deref()).collect();
    each_but_gifts(case, "sku_id", |sku| {
        need!(script.rows);
        let is_shown = sku.sku_id.as_deref().is_some_and(|sku_id| shown.contains(sku_id));
        hold(is_shown, || found(Word::number(0), Word::number(1)).with("name", sku.called()))
    })
}

/// The host says the price that is charged.
pub(super) fn prices_match(case: &Case<'_>) -> Vec<Outcome> {
    let lineup = case.contents().products.lineup();
    each_row(case, "quoted_price", |i, row| {
        let sku = lineup.sku(row.sku_id.as_deref()).filter(|_| row.sells());
        let Some((sku, quoted)) = sku.zip(row.quoted_price) else { return Ok(Verdict::NotApplicable) };
        let live = *need!(sku.live_price);
        hold(quoted == live, || {
            found(Word::Money(quoted.exact()), Word::Money(live.exact())).with("n", number(i))
        })
    })
}

/// What is likely to be ordered of a product is there.
pub(super) fn stock_lasts(case: &Case<'_>) -> Vec<Outcome> {
    let params = case.params();
    let demand = Demand::of(case.contents(), &params.script);
    each_but_gifts(case, "locked_units", |sku| {
        if !expects_viewers(case) {
            return Ok(Verdict::NotApplicable);
        }
        let demand = demand.as_ref().map_err(|lack| *lack)?;
        need!(sku.locked_units);
        let available = sku.available_units(case.go_live_at(), &params.products).unwrap_or_default();
        let sku_id = sku.sku_id.as_deref();
        Ok(demand.sell_out(sku_id, available).map_or(Verdict::Pass, |sell_out| {
            let short = (demand.units(sku_id) - BigRational::from_integer(available.into())).ceil();
            let failure = found(Word::number(sell_out.minute), Word::Nothing);
            let short = shown_units(&short).map_or(Word::Nothing, Word::Number);
            Verdict::Fail(failure.with("name", sku.called()).with("short", short))
        }))
    })
}

/// Whether anybody said how many viewers are expected when.
fn expects_viewers(case: &Case<'_>) -> bool {
    case.contents().script.expected_viewers.as_deref().is_some_and(|bins| !bins.is_empty())
}

/// Judges each product that is sold, not given away, at one of its fields.
fn each_but_gifts(case: &Case<'_>, field: &str, judge: impl Fn(&Sku) -> Judged) -> Vec<Outcome> {
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    each(
        skus.iter().enumerate(),
        |(i, _)| format!("/gates/products/skus/{i}/{field}"),
        |(_, sku)| match sku.role {
            None | Some(ProductRole::Gift) => Ok(Verdict::NotApplicable),
            Some(ProductRole::Traffic | ProductRole::Hero | ProductRole::Profit | ProductRole::Image) => {
                judge(sku)
            }
        },
    )
}
