//! The sums at the end of a printed run sheet: by host, by kind of segment, by role and product, and of the whole show.

use domain::Locale;
use domain::locale::Bilingual;
use domain::run_sheet::{Bin, HostLoad, Outlook, Peak, ProductForecast, Span};
use domain::word::rounded;
use rust_decimal::Decimal;

use super::{Simulation, words};
use crate::view::capitalized;

/// A small table; its first column is text, the others are figures.
#[derive(Debug)]
pub struct SumTable {
    /// What it is about.
    pub title: &'static str,
    /// The heads of its columns.
    pub head: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl SumTable {
    /// A table, unless it has no rows.
    pub(in crate::view) fn new(
        title: Bilingual,
        head: &[Bilingual],
        rows: Vec<Vec<String>>,
        locale: Locale,
    ) -> Option<Self> {
        let head = head.iter().map(|head| head.to(locale)).collect();
        (!rows.is_empty()).then_some(Self { title: title.to(locale), head, rows })
    }
}

impl Simulation<'_> {
    /// Every sum that can be told.
    pub(super) fn sums(&self, locale: Locale) -> Vec<SumTable> {
        let tables = [self.hosts(locale), self.kinds(locale), self.roles(locale), self.show(locale)];
        tables.into_iter().flatten().chain(self.forecasts(locale)).collect()
    }

    fn hosts(&self, locale: Locale) -> Option<SumTable> {
        let row = |HostLoad { host, seconds, longest }: &HostLoad| {
            vec![host.clone(), words::length(locale, *seconds), words::length(locale, longest.seconds())]
        };
        let rows = self.sheet.hosts.iter().flatten().map(row).collect();
        SumTable::new(words::HOSTS, &[words::HOST, words::ON_AIR, words::LONGEST], rows, locale)
    }

    fn kinds(&self, locale: Locale) -> Option<SumTable> {
        let seconds = self.sheet.seconds_by_kind.iter().flatten();
        let rows = seconds.map(|(kind, seconds)| time_of(kind.label(), *seconds, locale)).collect();
        SumTable::new(words::KINDS, &[words::SEGMENT, words::LENGTH], rows, locale)
    }

    fn roles(&self, locale: Locale) -> Option<SumTable> {
        let seconds = self.sheet.seconds_by_role.iter().flatten();
        let rows = seconds.map(|(role, seconds)| time_of(role.label(), *seconds, locale)).collect();
        SumTable::new(words::ROLES, &[words::ROLE, words::LENGTH], rows, locale)
    }

    fn show(&self, locale: Locale) -> Option<SumTable> {
        let (sheet, figure) = (&self.sheet, |number: Decimal| rounded(number).to_string());
        let length = sheet.show_end_seconds.map(|seconds| (words::LENGTH, words::length(locale, seconds)));
        let orders = sheet.orders.map(|orders| (words::ORDERS, figure(orders)));
        let peak = sheet.peak.as_ref();
        let bins = peak.map(|peak| (words::PEAK, self.peak_times(peak)));
        let share = peak.map(|peak| (words::PEAK_SHARE, format!("{} %", figure(peak.share_pct()))));
        let quiet =
            sheet.quiet.as_ref().map(|quiet| (words::QUIET, words::length(locale, quiet.longest_seconds())));
        let facts = [length, orders, bins, share, quiet].into_iter().flatten();
        let rows = facts.map(|(label, text)| vec![label.to(locale).to_owned(), text]).collect();
        SumTable::new(words::WHOLE, &[words::SHOW, words::FIGURE], rows, locale)
    }

    /// When the fullest bins are, in order of time.
    fn peak_times(&self, peak: &Peak) -> String {
        let mut spans: Vec<Span> = peak.bins.iter().map(|Bin { span, .. }| *span).collect();
        spans.sort_by_key(|span| span.start_seconds);
        let times =
            |span: Span| format!("{}–{}", self.clock(span.start_seconds), self.clock(span.end_seconds));
        joined(&spans).into_iter().map(times).collect::<Vec<_>>().join(", ")
    }

    fn forecasts(&self, locale: Locale) -> Option<SumTable> {
        let row = |ProductForecast { sku_id, outlook }: &ProductForecast| {
            let unknown = || vec![words::NOTHING.to_owned(); 4];
            let figures = outlook.as_ref().map_or_else(unknown, |outlook| self.outlook(outlook));
            [vec![self.called(sku_id).to_owned()], figures].concat()
        };
        let rows = self.sheet.products.iter().map(row).collect();
        let head = [words::PRODUCT, words::DEMAND, words::AVAILABLE, words::PROJECTED, words::SELL_OUT];
        SumTable::new(words::PRODUCTS, &head, rows, locale)
    }

    fn outlook(&self, outlook: &Outlook) -> Vec<String> {
        let Outlook { demand_units, available_units, projected_units, sell_out } = outlook;
        let sell_out =
            sell_out.map_or(words::NOTHING.to_owned(), |sell_out| self.clock(sell_out.minute * 60));
        vec![
            two_decimals(*demand_units),
            available_units.to_string(),
            two_decimals(*projected_units),
            sell_out,
        ]
    }
}

/// So that points stand below each other.
fn two_decimals(number: Decimal) -> String {
    let mut number = rounded(number);
    number.rescale(2);
    number.to_string()
}

fn time_of(label: Bilingual, seconds: i64, locale: Locale) -> Vec<String> {
    vec![capitalized(label.to(locale)), words::length(locale, seconds)]
}

/// Spans in order of time, those that touch taken as one.
fn joined(spans: &[Span]) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(before) if before.end_seconds >= span.start_seconds => {
                before.end_seconds = before.end_seconds.max(span.end_seconds);
            }
            Some(_) | None => joined.push(*span),
        }
    }
    joined
}
