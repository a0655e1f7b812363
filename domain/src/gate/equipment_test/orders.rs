//! What is demanded of test orders: the order pages say what the line-up says, and enough of them were tried.

use std::collections::BTreeSet;

use super::OrderTest;
use crate::gate::products::{Lineup, ProductRole, Sku};
use crate::locale::both;
use crate::need;
use crate::rule::{Case, Judged, Outcome, Verdict, each, found, hold, whole};
use crate::word::Word;

const ORDER_TESTS: &str = "/gates/equipment_test/order_tests";

/// An order page shows the live price, or before the price is switched the list price, and can be ordered from.
pub(super) fn orders_true(case: &Case<'_>) -> Vec<Outcome> {
    let known = case.contents().products.lineup();
    let tests = case.contents().equipment_test.order_tests.as_deref().unwrap_or_default();
    each(
        tests.iter().enumerate(),
        |(i, _)| format!("{ORDER_TESTS}/{i}"),
        |(_, test)| order_true(test, &known),
    )
}

fn order_true(test: &OrderTest, known: &Lineup<'_>) -> Judged {
    let (sku_id, seen) = (need!(test.sku_id), *need!(test.seen_price));
    let was_in_stock = *need!(test.was_in_stock);
    let failure = |required: Word| {
        let stock =
            if was_in_stock { in_stock() } else { Word::Label("sold_out", both("sold out", "缺货")) };
        let shown = Word::List(vec![Word::Money(seen.exact()), stock]);
        found(shown, required).with("sku_id", Word::text(sku_id))
    };
    let Some(sku) = known.sku(Some(sku_id)) else {
        let product = Word::Label("known", both("a product of the line-up", "排品表中的商品"));
        return Ok(Verdict::Fail(failure(product)));
    };
    let (live, list) = (*need!(sku.live_price), sku.list_price);
    hold(was_in_stock && (seen == live || Some(seen) == list), || {
        let prices = [Some(live), list].into_iter().flatten().map(|price| Word::Money(price.exact()));
        failure(Word::List(vec![Word::AnyOf(prices.collect()), in_stock()]))
    })
}

const fn in_stock() -> Word {
    Word::Label("in_stock", both("in stock", "有货"))
}

/// Every hero product was ordered, and one product of each other role but gifts.
pub(super) fn orders_cover(case: &Case<'_>) -> Vec<Outcome> {
    let (equipment, products) = (&case.contents().equipment_test, &case.contents().products);
    whole(ORDER_TESTS, || {
        let tests = need!(equipment.order_tests);
        let skus = need!(products.skus);
        let ordered: BTreeSet<&str> = tests.iter().filter_map(|test| test.sku_id.as_deref()).collect();
        let is_ordered = |sku: &&Sku| sku.sku_id.as_deref().is_some_and(|sku_id| ordered.contains(sku_id));
        let (wanted, tried) = (Range::of(skus.iter()), Range::of(skus.iter().filter(is_ordered)));
        let heroes = wanted.heroes.iter().filter(|sku| !is_ordered(sku)).map(|sku| sku.called());
        let roles = wanted.roles.difference(&tried.roles).map(|role| (*role).into());
        let missing: Vec<Word> = heroes.chain(roles).collect();
        hold(missing.is_empty(), || found(tried.word(), wanted.word()).with("missing", Word::List(missing)))
    })
}

/// What test orders range over: each hero product by itself, of others the roles.
struct Range<'c> {
    heroes: Vec<&'c Sku>,
    roles: BTreeSet<ProductRole>,
}

impl<'c> Range<'c> {
    fn of(skus: impl Iterator<Item = &'c Sku>) -> Self {
        let (heroes, others): (Vec<&Sku>, Vec<&Sku>) =
            skus.partition(|sku| sku.role == Some(ProductRole::Hero));
        let roles = others.iter().filter_map(|sku| sku.role).filter(|role| *role != ProductRole::Gift);
        let roles = roles.collect();
        Self { heroes, roles }
    }

    fn word(&self) -> Word {
        let number = |sku: &&Sku| sku.sku_id.as_ref().map_or(Word::Nothing, |sku_id| Word::text(sku_id));
        Word::fields([
            ("skus", Word::List(self.heroes.iter().map(number).collect())),
            ("roles", Word::List(self.roles.iter().map(|role| (*role).into()).collect())),
        ])
    }
}
