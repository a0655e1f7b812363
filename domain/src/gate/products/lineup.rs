//! The line-up by SKU, for whoever looks at many rows or assets that name products.

use std::collections::BTreeMap;

use super::{Products, Sku};

/// The products of a line-up by their `sku_id`.
#[derive(Clone, Debug)]
pub struct Lineup<'p>(BTreeMap<&'p str, &'p Sku>);

impl Products {
    /// The line-up by SKU; products without a number are not in it.
    #[must_use]
    pub fn lineup(&self) -> Lineup<'_> {
        let skus = self.skus.as_deref().unwrap_or_default().iter();
        Lineup(skus.filter_map(|sku| Some((sku.sku_id.as_deref()?, sku))).collect())
    }
}

impl<'p> Lineup<'p> {
    /// The product called so, if it is known.
    #[must_use]
    pub fn sku(&self, sku_id: Option<&str>) -> Option<&'p Sku> {
        self.0.get(sku_id?).copied()
    }
}
