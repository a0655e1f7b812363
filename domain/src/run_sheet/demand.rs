//! What is ordered in each row, and whether the stock lasts. Orders are shared out by the viewers a row has
//! and the weight of its product's role.

use std::collections::BTreeMap;

use num_rational::BigRational;
use rust_decimal::Decimal;

use super::peak::{Bin, bins};
use super::span::{Span, Timeline};
use crate::gate::Contents;
use crate::gate::goal::Goal;
use crate::gate::products::{ProductRole, Products};
use crate::need;
use crate::params::ScriptParams;
use crate::rule::Lack;

/// Where a product sells out.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct SellOut {
    /// The minute from go-live, rounded down.
    pub minute: i64,
    /// Place of the row in the run sheet, from 0.
    pub row: usize,
}

/// The units demanded, exactly: figures of a playbook and a script together exceed every type of fixed size.
#[derive(Clone, Debug)]
pub(crate) struct Demand<'c> {
    /// The weight of each row, in list order.
    pub(crate) weights: Vec<BigRational>,
    /// Units each row sells, in list order.
    pub(crate) rows: Vec<BigRational>,
    /// The rows that sell each product, by start.
    of_sku: BTreeMap<&'c str, Vec<(usize, Span)>>,
}

impl<'c> Demand<'c> {
    pub(crate) fn of(contents: &'c Contents, params: &ScriptParams) -> Result<Self, Lack> {
        let Contents { goal, products, script, .. } = contents;
        let orders = orders(goal)?;
        let bins = bins(script, params)?;
        let timeline = Timeline::of(script)?;
        let roles = roles(products)?;
        let mut weights = vec![whole(0); timeline.rows.len()];
        let mut of_sku: BTreeMap<&str, Vec<(usize, Span)>> = BTreeMap::new();
        for (i, row, span) in timeline.by_start().into_iter().filter(|(_, row, _)| row.sells()) {
            let sku = row.sku_id.as_deref().and_then(|sku_id| roles.get_key_value(sku_id));
            if let Some((sku_id, role)) = sku {
                weights[i] = weight(*role, span, &bins, params);
                of_sku.entry(*sku_id).or_default().push((i, span));
            }
        }
        let sum: BigRational = weights.iter().sum();
        let rows = if sum == whole(0) {
            weights.clone()
        } else {
            let per_weight = exact(orders) / sum;
            weights.iter().map(|weight| weight * &per_weight).collect()
        };
        Ok(Self { weights, rows, of_sku })
    }

    /// Units of a product that are demanded over the whole show.
    pub(crate) fn units(&self, sku_id: Option<&str>) -> BigRational {
        self.rows_of(sku_id).iter().map(|(i, _)| &self.rows[*i]).sum()
    }

    /// Where a product of which so many units are available sells out, if it does.
    pub(crate) fn sell_out(&self, sku_id: Option<&str>, available_units: i64) -> Option<SellOut> {
        let available = whole(available_units);
        if self.units(sku_id) <= available {
            return None;
        }
        let mut before = whole(0);
        for (row, span) in self.rows_of(sku_id) {
            let demand = &self.rows[*row];
            let after = &before + demand;
            if after > available {
                let into_row = whole(span.seconds()) * (available - before) / demand;
                let minute = (whole(span.start_seconds) + into_row) / whole(60);
                let minute = i64::try_from(minute.floor().to_integer()).ok()?;
                return Some(SellOut { minute, row: *row });
            }
            before = after;
        }
        None
    }

    fn rows_of(&self, sku_id: Option<&str>) -> &[(usize, Span)] {
        sku_id.and_then(|sku_id| self.of_sku.get(sku_id)).map_or(&[], Vec::as_slice)
    }
}

/// Orders that the goal expects.
pub(super) fn orders(goal: &Goal) -> Result<Decimal, Lack> {
    let hundredfold = need!(goal.viewers_target).exact() * need!(goal.conversion_pct).exact();
    Ok((hundredfold / Decimal::ONE_HUNDRED).normalize())
}

/// The role of every product, by SKU.
fn roles(products: &Products) -> Result<BTreeMap<&str, ProductRole>, Lack> {
    let mut roles = BTreeMap::new();
    for sku in need!(products.skus) {
        let role = *need!(sku.role);
        roles.extend(sku.sku_id.as_deref().map(|sku_id| (sku_id, role)));
    }
    Ok(roles)
}

/// The weight of the role times the seconds that viewers see of the row.
fn weight(role: ProductRole, row: Span, bins: &[Bin], params: &ScriptParams) -> BigRational {
    let seen = |bin: &Bin| i128::from(bin.span.overlap_seconds(row)) * i128::from(bin.viewers);
    let of_role = params.demand_weight.get(&role).map_or(Decimal::ZERO, |weight| **weight);
    exact(of_role) * BigRational::from_integer(bins.iter().map(seen).sum::<i128>().into())
}

fn whole(number: i64) -> BigRational {
    BigRational::from_integer(number.into())
}

fn exact(number: Decimal) -> BigRational {
    BigRational::new(number.mantissa().into(), 10_i128.pow(number.scale()).into())
}

/// Rounded half up to two decimals, as every shown number; `None` beyond the range of shown numbers.
pub(crate) fn shown_units(number: &BigRational) -> Option<Decimal> {
    let hundredths = (number * whole(100)).round().to_integer();
    let shown = Decimal::try_from_i128_with_scale(hundredths.try_into().ok()?, 2).ok()?;
    Some(shown.normalize())
}
