//! What to watch in a run sheet, for machines by its places and for people in one sentence.

use domain::Locale;
use domain::run_sheet::{Caution, SellOut, Span};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Simulation, words};

/// One thing to watch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "sell_out", "what": "春日樱花礼盒 sells out at 21:44, in row 18.", "row": 17, "start_seconds": null,
    "end_seconds": null, "sku_id": "HY-I01", "minute": 104
}))]
pub struct CautionView {
    /// What is the matter.
    #[schema(value_type = crate::http::schema::CautionKind)]
    pub kind: &'static str,
    /// The same in one sentence, in the reader's language.
    pub what: String,
    /// Place of the row in `rows`, from 0: the later of two that overlap or have a gap between them, or the one in
    /// which a product sells out.
    pub row: Option<usize>,
    /// Where a gap, an overlap or silence begins, in seconds from go-live.
    pub start_seconds: Option<i64>,
    /// Where it ends.
    pub end_seconds: Option<i64>,
    /// The product that sells out.
    pub sku_id: Option<String>,
    /// When it sells out: the minute from go-live, rounded down.
    pub minute: Option<i64>,
}

impl Simulation<'_> {
    pub(super) fn cautions(&self, locale: Locale) -> Vec<CautionView> {
        let cautions = self.sheet.cautions(self.rows(), &self.params.script);
        cautions.iter().map(|caution| self.caution(caution, locale)).collect()
    }

    fn caution(&self, caution: &Caution, locale: Locale) -> CautionView {
        let of_kind = |what: String| CautionView {
            kind: caution.kind().key(),
            what,
            row: None,
            start_seconds: None,
            end_seconds: None,
            sku_id: None,
            minute: None,
        };
        let between = |Span { start_seconds, end_seconds }: Span, view: CautionView| CautionView {
            start_seconds: Some(start_seconds),
            end_seconds: Some(end_seconds),
            ..view
        };
        match caution {
            Caution::Gap { row, span } => {
                let view = of_kind(words::gap(locale, row + 1, &self.stretch(*span, locale)));
                between(*span, CautionView { row: Some(*row), ..view })
            }
            Caution::Overlap { row, span } => {
                let view = of_kind(words::overlap(locale, row + 1, &self.stretch(*span, locale)));
                between(*span, CautionView { row: Some(*row), ..view })
            }
            Caution::Quiet { span } => {
                between(*span, of_kind(words::quiet(locale, &self.stretch(*span, locale))))
            }
            Caution::SellOut { sku_id, sell_out: SellOut { minute, row } } => {
                let product = self.called(sku_id);
                let what = words::sell_out(locale, product, &self.clock(minute * 60), row + 1);
                let (sku_id, minute) = (Some(sku_id.clone()), Some(*minute));
                CautionView { row: Some(*row), sku_id, minute, ..of_kind(what) }
            }
        }
    }

    /// From when to when, and how long that is.
    fn stretch(&self, span: Span, locale: Locale) -> words::Stretch {
        words::Stretch {
            from: self.clock(span.start_seconds),
            until: self.clock(span.end_seconds),
            length: words::length(locale, span.seconds()),
        }
    }

    /// What people call a product: its name, else its number.
    pub(super) fn called<'s>(&'s self, sku_id: &'s str) -> &'s str {
        let sku = self.lineup.sku(Some(sku_id));
        sku.and_then(|sku| sku.name.as_deref()).unwrap_or(sku_id)
    }
}
