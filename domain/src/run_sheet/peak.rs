//! When most viewers are there, and how much of that time shows the products that shall sell.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use super::span::{Span, Timeline};
use crate::gate::products::Products;
use crate::gate::script::{ExpectedViewers, Script};
use crate::need;
use crate::params::ScriptParams;
use crate::rule::Lack;
use crate::word::rounded;

/// The viewers expected during one bin of the show.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Bin {
    /// When it is.
    pub span: Span,
    /// Concurrent viewers, the mean of the bin.
    pub viewers: i64,
}

/// The bins with most viewers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peak {
    /// These bins, the fullest first; of equals the earlier.
    pub bins: Vec<Bin>,
    /// Seconds of them before the run sheet ends.
    pub seconds: i64,
    /// Seconds of them in which rows show products of the peak roles.
    pub selling_seconds: i64,
}

impl Peak {
    pub(crate) fn of(script: &Script, products: &Products, params: &ScriptParams) -> Result<Self, Lack> {
        let mut bins = bins(script, params)?;
        let timeline = Timeline::of(script)?;
        need!(products.skus);
        let lineup = products.lineup();
        bins.sort_by_key(|bin| (Reverse(bin.viewers), bin.span.start_seconds));
        bins.truncate(params.peak_bins);
        let show = Span { start_seconds: 0, end_seconds: timeline.end_seconds };
        let overlap = |span: Span| bins.iter().map(|bin| bin.span.overlap_seconds(span)).sum::<i64>();
        let sells = |sku_id: Option<&str>| {
            let role = lineup.sku(sku_id).and_then(|sku| sku.role);
            role.is_some_and(|role| params.peak_roles.contains(&role))
        };
        let selling = timeline.rows.iter().filter(|(row, _)| sells(row.sku_id.as_deref()));
        let selling_seconds = selling.map(|(_, span)| overlap(*span)).sum();
        Ok(Self { seconds: overlap(show), selling_seconds, bins })
    }

    /// Share of the peak time that shows products of the peak roles, in percent, rounded to two decimals;
    /// 0 where the run sheet ends before the peak.
    #[must_use]
    pub fn share_pct(&self) -> Decimal {
        let hundredfold = Decimal::ONE_HUNDRED * Decimal::from(self.selling_seconds);
        hundredfold.checked_div(Decimal::from(self.seconds)).map_or(Decimal::ZERO, rounded)
    }
}

/// The bins of expected viewers, as they stand in the script.
pub(super) fn bins(script: &Script, params: &ScriptParams) -> Result<Vec<Bin>, Lack> {
    let bin = |expected: &ExpectedViewers| {
        let start_seconds = need!(expected.from_minute).get() * 60;
        let span = Span { start_seconds, end_seconds: start_seconds + params.bin_minutes * 60 };
        Ok(Bin { span, viewers: need!(expected.viewers).get() })
    };
    need!(script.expected_viewers).iter().map(bin).collect()
}
