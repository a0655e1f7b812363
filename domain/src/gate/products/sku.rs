//! What follows from the fields of one product: what people call it and how much of it can be sold.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Products, Sku};
use crate::campaign::later;
use crate::locale::both;
use crate::params::ProductParams;
use crate::word::Word;

impl Sku {
    /// What findings call the product: its name, else its number.
    #[must_use]
    pub fn called(&self) -> Word {
        let name = self.name.as_ref().map(|name| Word::text(name));
        let sku_id = || self.sku_id.as_ref().map(|sku_id| Word::text(sku_id));
        name.or_else(sku_id).unwrap_or(Word::Label("product", both("A product", "某商品")))
    }

    /// Units that can be sold in a show at `go_live_at`: those locked, and deliveries that arrive early enough.
    /// `None` while nobody said how many are locked.
    #[must_use]
    pub fn available_units(&self, go_live_at: Timestamp, params: &ProductParams) -> Option<i64> {
        let latest = later(go_live_at, SignedDuration::from_hours(-params.inbound_lead_hours));
        let inbound = self.inbound.as_deref().unwrap_or_default().iter();
        let in_time =
            inbound.filter(|inbound| inbound.arrives_at.is_some_and(|arrives_at| arrives_at <= latest));
        let coming: i64 = in_time.filter_map(|inbound| inbound.quantity_units).map(|units| units.get()).sum();
        self.locked_units.map(|locked| locked.get() + coming)
    }
}

impl Products {
    /// The products of the line-up by their number.
    #[must_use]
    pub fn by_id(&self) -> BTreeMap<&str, &Sku> {
        self.skus.iter().flatten().filter_map(|sku| Some((sku.sku_id.as_deref()?, sku))).collect()
    }
}
