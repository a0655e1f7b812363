//! The run sheet as its reader sees it: what the simulation says of every row, product and host, for machines here, and
//! as a page to print and a Markdown table in `print`. Nothing of it tells what goods cost.

mod caution;
mod html;
mod markdown;
mod parts;
mod print;
mod sums;
mod words;

use domain::Locale;
use domain::campaign::Campaign;
use domain::gate::products::Lineup;
use domain::gate::script::Row;
use domain::params::Params;
use domain::run_sheet::RunSheet;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Figure, Moment};

pub use caution::CautionView;
pub(super) use html::sum_table;
pub use html::{page, policy};
pub use markdown::table;
pub use parts::{
    BinView, HostLoadView, PeakView, ProductForecastView, QuietView, SellOutView, SpanView, TimeOfKind,
    TimeOfRole,
};
pub use print::{Sheet, SheetRow, Speech};
pub use sums::SumTable;
pub(super) use words::length;

/// What a script means in time, demand and load. What a draft misses makes the parts that rest on it `null`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunSheetView {
    /// T; seconds count from here.
    pub go_live_at: Moment,
    /// When the last row ends.
    pub show_ends_at: Option<Moment>,
    /// Seconds from go-live to the end of the last row.
    pub show_end_seconds: Option<i64>,
    /// ISO 4217 code of prices.
    #[schema(example = "CNY")]
    pub currency: String,
    /// The rows, in list order.
    pub rows: Vec<RunSheetRow>,
    /// When viewers come, and what they see then.
    pub peak: Option<PeakView>,
    /// When viewers are left without interaction.
    pub quiet: Option<QuietView>,
    /// Orders that the goal expects.
    #[schema(value_type = Option<f64>, example = 6000)]
    pub orders: Option<Figure>,
    /// What is sold of each product, in the order of the line-up.
    pub products: Vec<ProductForecastView>,
    /// What each host has to do, in the order in which they come on air.
    pub hosts: Option<Vec<HostLoadView>>,
    /// Time of all rows of each kind.
    pub time_by_kind: Option<Vec<TimeOfKind>>,
    /// Time of all rows that show products of each role.
    pub time_by_role: Option<Vec<TimeOfRole>>,
    /// What to watch: holes, overlaps, silence, sell-outs.
    pub cautions: Vec<CautionView>,
}

/// What one row means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunSheetRow {
    /// When it starts.
    pub start_at: Option<Moment>,
    /// When it ends.
    pub end_at: Option<Moment>,
    /// Seconds from go-live to its start.
    pub start_seconds: Option<i64>,
    /// How many seconds it takes.
    pub duration_seconds: Option<i64>,
    /// Seconds between the end of the row before, or go-live, and its start; negative where they overlap.
    pub gap_seconds: Option<i64>,
    /// What it is for.
    #[schema(value_type = Option<crate::http::schema::RowKind>)]
    pub kind: Option<&'static str>,
    /// Who leads it.
    #[schema(example = "林知夏")]
    pub host: Option<String>,
    /// The product it shows.
    #[schema(example = "HY-H01")]
    pub sku_id: Option<String>,
    /// What that product is called on air.
    #[schema(example = "樱花焕亮精华 30ml")]
    pub product: Option<String>,
    /// The price the host says, else the live price of the product, in minor units.
    #[schema(example = 23900)]
    pub price: Option<i64>,
    /// Letters and digits of its talk track.
    pub letters: Option<usize>,
    /// How many of them are spoken in a second.
    #[schema(value_type = Option<f64>, example = 4.5)]
    pub letters_per_second: Option<Figure>,
    /// How long saying them takes.
    #[schema(value_type = Option<f64>, example = 11.33)]
    pub talk_seconds: Option<Figure>,
    /// What it weighs when orders are shared out: the weight of its product's role times the seconds of all viewers.
    #[schema(value_type = Option<f64>, example = 576_000)]
    pub weight: Option<Figure>,
    /// Units that are ordered while it runs.
    #[schema(value_type = Option<f64>, example = 73.15)]
    pub demand_units: Option<Figure>,
}

/// A script with what it means, from which every form of the run sheet is made.
#[derive(Debug)]
pub struct Simulation<'c> {
    campaign: &'c Campaign,
    params: &'c Params,
    lineup: Lineup<'c>,
    sheet: RunSheet,
}

impl<'c> Simulation<'c> {
    /// Simulates the show of a campaign.
    #[must_use]
    pub fn of(campaign: &'c Campaign, params: &'c Params) -> Self {
        let lineup = campaign.contents.products.lineup();
        Self { campaign, params, lineup, sheet: RunSheet::of(campaign, params) }
    }

    /// The run sheet for machines; its sentences are in this language.
    #[must_use]
    pub fn view(&self, locale: Locale) -> RunSheetView {
        let (profile, sheet) = (&self.campaign.profile, &self.sheet);
        let hosts = sheet.hosts.as_ref();
        RunSheetView {
            go_live_at: self.at(0),
            show_ends_at: sheet.show_end_seconds.map(|seconds| self.at(seconds)),
            show_end_seconds: sheet.show_end_seconds,
            currency: profile.currency.clone(),
            rows: self.rows().iter().enumerate().map(|(i, row)| self.row(i, row)).collect(),
            peak: sheet.peak.as_ref().map(PeakView::of),
            quiet: sheet.quiet.as_ref().map(QuietView::of),
            orders: sheet.orders.map(Figure::of),
            products: self.products(),
            hosts: hosts.map(|hosts| hosts.iter().map(HostLoadView::of).collect()),
            time_by_kind: sheet.seconds_by_kind.as_ref().map(TimeOfKind::list),
            time_by_role: sheet.seconds_by_role.as_ref().map(TimeOfRole::list),
            cautions: self.cautions(locale),
        }
    }

    fn rows(&self) -> &'c [Row] {
        self.campaign.contents.script.rows.as_deref().unwrap_or_default()
    }

    fn row(&self, i: usize, row: &Row) -> RunSheetRow {
        let forecast = &self.sheet.rows[i];
        let zone = &self.campaign.profile.time_zone;
        let at = |instant: Option<jiff::Timestamp>| instant.map(|instant| Moment::of(instant, zone));
        let text = |text: Option<&str>| text.map(str::to_owned);
        RunSheetRow {
            start_at: at(forecast.start_at),
            end_at: at(forecast.end_at),
            start_seconds: row.start_seconds.map(|seconds| seconds.get()),
            duration_seconds: row.duration_seconds.map(|seconds| seconds.get()),
            gap_seconds: forecast.gap_seconds,
            kind: row.kind.map(|kind| kind.key()),
            host: text(row.host.as_deref()),
            sku_id: text(row.sku_id.as_deref()),
            product: text(self.product(row)),
            price: self.price(row),
            letters: forecast.talk.map(|talk| talk.letters),
            letters_per_second: forecast.talk.map(|talk| Figure::of(talk.letters_per_second)),
            talk_seconds: forecast.talk.and_then(|talk| talk.seconds()).map(Figure::of),
            weight: forecast.weight.map(Figure::of),
            demand_units: forecast.demand_units.map(Figure::of),
        }
    }
}
