//! The run-sheet simulation: what a script means in time, demand and load. It is pure and total: whatever a draft
//! misses makes the parts that rest on it absent, never zero. Rules ask the same functions, so that a finding
//! and the run sheet cannot disagree. Whether a figure is good or bad is for the rules to say.

mod caution;
mod demand;
mod hosts;
mod peak;
mod quiet;
mod span;
mod talk;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use num_rational::BigRational;
use rust_decimal::Decimal;

use crate::campaign::{Campaign, later};
use crate::gate::products::{ProductRole, Products};
use crate::gate::script::{Row, RowKind, Script};
use crate::need;
use crate::params::Params;
use crate::rule::Lack;

pub use caution::{Caution, CautionKind};
pub use demand::SellOut;
pub(crate) use demand::{Demand, shown_units};
pub use hosts::HostLoad;
pub(crate) use hosts::{host_loads, leading_hosts};
pub use peak::{Bin, Peak};
pub use quiet::Quiet;
pub use span::Span;
pub(crate) use span::Timeline;
pub use talk::Talk;

/// What a script means. Numbers of units are rounded half up to two decimals; everything else is exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSheet {
    /// The rows, in list order.
    pub rows: Vec<RowForecast>,
    /// Seconds from go-live to the end of the last row.
    pub show_end_seconds: Option<i64>,
    /// When viewers come, and what they see then.
    pub peak: Option<Peak>,
    /// When viewers are left without interaction.
    pub quiet: Option<Quiet>,
    /// Orders that the goal expects; it need not be a whole number.
    pub orders: Option<Decimal>,
    /// What is sold of each product that has a number, in the order of the line-up.
    pub products: Vec<ProductForecast>,
    /// What each host has to do, in the order in which they come on air.
    pub hosts: Option<Vec<HostLoad>>,
    /// Seconds of all rows of a kind.
    pub seconds_by_kind: Option<BTreeMap<RowKind, i64>>,
    /// Seconds of all rows that show a known product of a role.
    pub seconds_by_role: Option<BTreeMap<ProductRole, i64>>,
}

/// What one row means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowForecast {
    /// When it starts.
    pub start_at: Option<Timestamp>,
    /// When it ends.
    pub end_at: Option<Timestamp>,
    /// Seconds between the end of the row before, or go-live, and its start; negative where they overlap.
    pub gap_seconds: Option<i64>,
    /// What is said, if a talk track is written.
    pub talk: Option<Talk>,
    /// What it weighs when orders are shared out: the weight of its product's role times the viewers' seconds.
    pub weight: Option<Decimal>,
    /// Units that are ordered while it runs; 0 for a row that sells nothing.
    pub demand_units: Option<Decimal>,
}

/// What is sold of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductForecast {
    /// Which.
    pub sku_id: String,
    /// How it fares, once enough is known to tell.
    pub outlook: Option<Outlook>,
}

/// How a product fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Units that are ordered if the stock lasts.
    pub demand_units: Decimal,
    /// Units that can be sold.
    pub available_units: i64,
    /// Units that are sold: the lesser of the two.
    pub projected_units: Decimal,
    /// Where the stock ends, if it does not last.
    pub sell_out: Option<SellOut>,
}

impl RunSheet {
    /// Simulates the show of a campaign.
    #[must_use]
    pub fn of(campaign: &Campaign, params: &Params) -> Self {
        let contents = &campaign.contents;
        let (script, products) = (&contents.script, &contents.products);
        let timeline = Timeline::of(script).ok();
        let demand = Demand::of(contents, &params.script).ok();
        let hosts = timeline.as_ref().map(|timeline| {
            let mut loads = host_loads(timeline, &params.script);
            leading_hosts(script).into_iter().filter_map(|(_, host)| loads.remove(host)).collect()
        });
        Self {
            rows: rows(campaign, params, demand.as_ref()),
            show_end_seconds: timeline.as_ref().map(|timeline| timeline.end_seconds),
            peak: Peak::of(script, products, &params.script).ok(),
            quiet: timeline.as_ref().map(Quiet::of),
            orders: demand::orders(&contents.goal).ok(),
            products: product_forecasts(campaign, params, demand.as_ref()),
            hosts,
            seconds_by_kind: seconds_by_kind(script).ok(),
            seconds_by_role: seconds_by_role(script, products).ok(),
        }
    }
}

fn rows(campaign: &Campaign, params: &Params, demand: Option<&Demand<'_>>) -> Vec<RowForecast> {
    let rows = campaign.contents.script.rows.as_deref().unwrap_or_default();
    let at = |seconds: i64| later(campaign.profile.go_live_at, SignedDuration::from_secs(seconds));
    let forecast = |(i, row): (usize, &Row)| RowForecast {
        start_at: row.start_seconds.map(|start| at(start.get())),
        end_at: row.span().ok().map(|span| at(span.end_seconds)),
        gap_seconds: gap_seconds(rows, i).ok(),
        talk: row.talk_track.as_ref().map(|text| Talk::of(text, &params.script)),
        weight: demand.and_then(|demand| shown_units(demand.weights.get(i)?)),
        demand_units: demand.and_then(|demand| shown_units(demand.rows.get(i)?)),
    };
    rows.iter().enumerate().map(forecast).collect()
}

/// Seconds between the end of the row before, or go-live, and the start of row `i`.
pub(crate) fn gap_seconds(rows: &[Row], i: usize) -> Result<i64, Lack> {
    Ok(start_seconds(&rows[i])? - end_of_row_before(rows, i)?)
}

/// When the row before row `i` ends; go-live for the first.
pub(crate) fn end_of_row_before(rows: &[Row], i: usize) -> Result<i64, Lack> {
    rows[..i].last().map_or(Ok(0), |before| Ok(before.span()?.end_seconds))
}

fn start_seconds(row: &Row) -> Result<i64, Lack> {
    Ok(need!(row.start_seconds).get())
}

fn product_forecasts(
    campaign: &Campaign,
    params: &Params,
    demand: Option<&Demand<'_>>,
) -> Vec<ProductForecast> {
    let outlook = |sku_id: &str, available_units: Option<i64>| {
        let (demand, available_units) = (demand?, available_units?);
        let units = demand.units(Some(sku_id));
        let available = BigRational::from_integer(available_units.into());
        Some(Outlook {
            demand_units: shown_units(&units)?,
            available_units,
            projected_units: shown_units(&units.min(available))?,
            sell_out: demand.sell_out(Some(sku_id), available_units),
        })
    };
    let skus = campaign.contents.products.skus.as_deref().unwrap_or_default().iter();
    skus.filter_map(|sku| {
        let sku_id = sku.sku_id.as_deref()?;
        let available = sku.available_units(campaign.profile.go_live_at, &params.products);
        Some(ProductForecast { sku_id: sku_id.to_owned(), outlook: outlook(sku_id, available) })
    })
    .collect()
}

fn seconds_by_kind(script: &Script) -> Result<BTreeMap<RowKind, i64>, Lack> {
    let mut seconds = BTreeMap::new();
    for row in need!(script.rows) {
        *seconds.entry(*need!(row.kind)).or_default() += need!(row.duration_seconds).get();
    }
    Ok(seconds)
}

fn seconds_by_role(script: &Script, products: &Products) -> Result<BTreeMap<ProductRole, i64>, Lack> {
    let lineup = products.lineup();
    let mut seconds = BTreeMap::new();
    for row in need!(script.rows) {
        if row.sells() {
            need!(row.sku_id);
        }
        if let Some(sku) = lineup.sku(row.sku_id.as_deref()) {
            *seconds.entry(*need!(sku.role)).or_default() += need!(row.duration_seconds).get();
        }
    }
    Ok(seconds)
}
