//! The figures of the run sheet beside its rows: peak, silence, products, hosts, time by kind and role.

use std::collections::BTreeMap;

use domain::gate::products::{ProductRole, Sku};
use domain::gate::script::RowKind;
use domain::run_sheet::{Bin, HostLoad, Peak, ProductForecast, Quiet, SellOut, Span};
use serde::Serialize;
use utoipa::ToSchema;

use super::Simulation;
use crate::view::Figure;

/// A stretch of the show, in seconds from go-live.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"start_seconds": 1680, "end_seconds": 3120, "seconds": 1440}))]
pub struct SpanView {
    /// Its first second.
    pub start_seconds: i64,
    /// The first second after it.
    pub end_seconds: i64,
    /// How long it is.
    pub seconds: i64,
}

/// The viewers expected during one bin of the show.
#[derive(Copy, Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"start_seconds": 3600, "end_seconds": 4500, "viewers": 5600}))]
pub struct BinView {
    /// Its first second, from go-live.
    pub start_seconds: i64,
    /// The first second after it.
    pub end_seconds: i64,
    /// Concurrent viewers, the mean of the bin.
    pub viewers: i64,
}

/// When most viewers are there, and how much of that time shows the products that shall sell.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeakView {
    /// The bins with most viewers, the fullest first.
    pub bins: Vec<BinView>,
    /// Seconds of them before the run sheet ends.
    pub seconds: i64,
    /// Seconds of them in which rows show products of the peak roles.
    pub selling_seconds: i64,
    /// Their share of the peak time, in percent; 0 where the run sheet ends before the peak.
    #[schema(value_type = f64, example = 84.44)]
    pub share_pct: Figure,
}

/// The stretches of the show without interaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuietView {
    /// All of them, in order of time.
    pub spans: Vec<SpanView>,
    /// The longest; `null` where viewers are drawn in all the time.
    pub longest: Option<SpanView>,
}

/// How one product fares.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "sku_id": "HY-I01", "name": "春日樱花礼盒", "role": "image", "demand_units": 106.07, "available_units": 12,
    "projected_units": 12, "sell_out": {"minute": 104, "row": 17}
}))]
pub struct ProductForecastView {
    /// Its number.
    pub sku_id: String,
    /// What it is called on air.
    pub name: Option<String>,
    /// What it does for the show.
    #[schema(value_type = Option<crate::http::schema::ProductRole>)]
    pub role: Option<&'static str>,
    /// Units that are ordered if the stock lasts.
    #[schema(value_type = Option<f64>)]
    pub demand_units: Option<Figure>,
    /// Units that can be sold.
    pub available_units: Option<i64>,
    /// Units that are sold: the lesser of the two.
    #[schema(value_type = Option<f64>)]
    pub projected_units: Option<Figure>,
    /// Where the stock ends, if it does not last.
    pub sell_out: Option<SellOutView>,
}

/// Where a product sells out.
#[derive(Copy, Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"minute": 104, "row": 17}))]
pub struct SellOutView {
    /// The minute from go-live, rounded down.
    pub minute: i64,
    /// Place of the row in `rows`, from 0.
    pub row: usize,
}

/// What one host has to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "host": "林知夏", "seconds": 6960, "longest": {"start_seconds": 3120, "end_seconds": 4560, "seconds": 1440}
}))]
pub struct HostLoadView {
    /// Who.
    pub host: String,
    /// Seconds of all rows this host leads; rests do not count.
    pub seconds: i64,
    /// The longest stretch without a break.
    pub longest: SpanView,
}

/// The time of all rows of a kind.
#[derive(Copy, Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "product", "seconds": 4740}))]
pub struct TimeOfKind {
    /// The kind.
    #[schema(value_type = crate::http::schema::RowKind)]
    pub kind: &'static str,
    /// Seconds of all its rows.
    pub seconds: i64,
}

/// The time of all rows that show products of a role.
#[derive(Copy, Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({"role": "hero", "seconds": 3480}))]
pub struct TimeOfRole {
    /// The role.
    #[schema(value_type = crate::http::schema::ProductRole)]
    pub role: &'static str,
    /// Seconds of all its rows.
    pub seconds: i64,
}

impl From<Span> for SpanView {
    fn from(span: Span) -> Self {
        let Span { start_seconds, end_seconds } = span;
        Self { start_seconds, end_seconds, seconds: span.seconds() }
    }
}

impl PeakView {
    pub(super) fn of(peak: &Peak) -> Self {
        let Peak { bins, seconds, selling_seconds } = peak;
        let bin = |Bin { span: Span { start_seconds, end_seconds }, viewers }: &Bin| BinView {
            start_seconds: *start_seconds,
            end_seconds: *end_seconds,
            viewers: *viewers,
        };
        Self {
            bins: bins.iter().map(bin).collect(),
            seconds: *seconds,
            selling_seconds: *selling_seconds,
            share_pct: Figure::of(peak.share_pct()),
        }
    }
}

impl QuietView {
    pub(super) fn of(quiet: &Quiet) -> Self {
        let Quiet { spans, longest } = quiet;
        Self { spans: spans.iter().map(|span| (*span).into()).collect(), longest: longest.map(Into::into) }
    }
}

impl HostLoadView {
    pub(super) fn of(load: &HostLoad) -> Self {
        let HostLoad { host, seconds, longest } = load;
        Self { host: host.clone(), seconds: *seconds, longest: (*longest).into() }
    }
}

impl TimeOfKind {
    pub(super) fn list(seconds: &BTreeMap<RowKind, i64>) -> Vec<Self> {
        seconds.iter().map(|(kind, seconds)| Self { kind: kind.key(), seconds: *seconds }).collect()
    }
}

impl TimeOfRole {
    pub(super) fn list(seconds: &BTreeMap<ProductRole, i64>) -> Vec<Self> {
        seconds.iter().map(|(role, seconds)| Self { role: role.key(), seconds: *seconds }).collect()
    }
}

impl Simulation<'_> {
    pub(super) fn products(&self) -> Vec<ProductForecastView> {
        let view = |forecast: &ProductForecast| {
            let sku: Option<&Sku> = self.lineup.sku(Some(&forecast.sku_id));
            let outlook = forecast.outlook.as_ref();
            let sell_out = outlook.and_then(|outlook| outlook.sell_out);
            ProductForecastView {
                sku_id: forecast.sku_id.clone(),
                name: sku.and_then(|sku| sku.name.as_deref()).map(str::to_owned),
                role: sku.and_then(|sku| sku.role).map(ProductRole::key),
                demand_units: outlook.map(|outlook| Figure::of(outlook.demand_units)),
                available_units: outlook.map(|outlook| outlook.available_units),
                projected_units: outlook.map(|outlook| Figure::of(outlook.projected_units)),
                sell_out: sell_out.map(|SellOut { minute, row }| SellOutView { minute, row }),
            }
        };
        self.sheet.products.iter().map(view).collect()
    }
}
