//! What the control room should know before it happens: holes, overlaps, silence and products that sell out. The
//! figures are those of the rules of gate script, so that both call the same things too long.

use super::{RunSheet, SellOut, Span};
use crate::choices;
use crate::gate::script::Row;
use crate::params::ScriptParams;

choices! {
    /// What to watch in a run sheet.
    pub enum CautionKind {
        Gap = "gap", "gap", "空档";
        Overlap = "overlap", "overlap", "重叠";
        /// (viewers are left without interaction)
        Quiet = "quiet", "quiet", "无互动";
        SellOut = "sell_out", "sell-out", "售罄";
    }
}

/// One thing to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caution {
    /// Nothing is planned for longer than allowed before a row.
    Gap {
        /// Place of the row, from 0.
        row: usize,
        /// When nothing is planned.
        span: Span,
    },
    /// A row starts before the one in front of it ends.
    Overlap {
        /// Place of the row, from 0.
        row: usize,
        /// When both run.
        span: Span,
    },
    /// Viewers are left without interaction for longer than allowed.
    Quiet {
        /// When.
        span: Span,
    },
    /// A product sells out before the show ends.
    SellOut {
        /// Which.
        sku_id: String,
        /// Where.
        sell_out: SellOut,
    },
}

impl Caution {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> CautionKind {
        match self {
            Self::Gap { .. } => CautionKind::Gap,
            Self::Overlap { .. } => CautionKind::Overlap,
            Self::Quiet { .. } => CautionKind::Quiet,
            Self::SellOut { .. } => CautionKind::SellOut,
        }
    }
}

impl RunSheet {
    /// What to watch in the run sheet of these rows: holes and overlaps in list order, silence, sell-outs.
    #[must_use]
    pub fn cautions(&self, rows: &[Row], params: &ScriptParams) -> Vec<Caution> {
        let joints = self.rows.iter().zip(rows).enumerate();
        let joints = joints.filter_map(|(i, (forecast, row))| {
            let (gap, start) = (forecast.gap_seconds?, row.start_seconds?.get());
            joint(i, gap, start, params.max_gap_seconds)
        });
        let spans = self.quiet.iter().flat_map(|quiet| &quiet.spans);
        let long = spans.filter(|span| span.seconds() > params.max_quiet_seconds);
        let sold_out = self.products.iter().filter_map(|product| {
            let sell_out = product.outlook.as_ref()?.sell_out?;
            Some(Caution::SellOut { sku_id: product.sku_id.clone(), sell_out })
        });
        joints.chain(long.map(|span| Caution::Quiet { span: *span })).chain(sold_out).collect()
    }
}

/// What is wrong between row `i`, which starts at `start`, and the end of the row before.
fn joint(i: usize, gap: i64, start: i64, max_gap_seconds: i64) -> Option<Caution> {
    let span = Span { start_seconds: start.min(start - gap), end_seconds: start.max(start - gap) };
    if gap < 0 {
        Some(Caution::Overlap { row: i, span })
    } else {
        (gap > max_gap_seconds).then_some(Caution::Gap { row: i, span })
    }
}
