//! What the law demands of products, so far as it can be checked: aids for people who know the law, no clearance.

use jiff::SignedDuration;

use super::rules::each_sku;
use super::{Licence, LicenceKind, Origin, Sku};
use crate::campaign::later;
use crate::need;
use crate::params::{Demand, LicenceGround};
use crate::rule::{Case, Outcome, Verdict, each, found, hold};
use crate::word::Word;

/// Every licence that the product's category, brand and origin demand is there.
pub(super) fn licences_present(case: &Case<'_>) -> Vec<Outcome> {
    let demanded = &case.params().products.licences;
    each_sku(case, "licences", |sku| {
        let mut grounds = vec![LicenceGround::Any, LicenceGround::Category(*need!(sku.category))];
        let imported = *need!(sku.origin) == Origin::Imported;
        grounds.extend(sku.brand.is_some().then_some(LicenceGround::Branded));
        grounds.extend(imported.then_some(LicenceGround::Imported));
        let demands: Vec<&Demand> =
            grounds.iter().filter_map(|ground| demanded.get(ground)).flatten().collect();
        let present = kinds_present(sku);
        let met = |demand: &Demand| demand.kinds().iter().any(|kind| present.contains(kind));
        let missing: Vec<Word> =
            demands.iter().filter(|demand| !met(demand)).map(|demand| wanted(demand)).collect();
        hold(missing.is_empty(), || {
            let present = Word::List(present.iter().map(|kind| (*kind).into()).collect());
            found(present, Word::List(demands.iter().map(|demand| wanted(demand)).collect()))
                .with("name", sku.called())
                .with("missing", Word::List(missing.clone()))
        })
    })
}

/// The kinds of licence that have a number, or a reason why none is needed.
fn kinds_present(sku: &Sku) -> Vec<LicenceKind> {
    let licences = sku.licences.as_deref().unwrap_or_default().iter();
    licences
        .filter(|licence| licence.number.is_some() || licence.not_required_reason.is_some())
        .filter_map(|licence| licence.kind)
        .collect()
}

fn wanted(demand: &Demand) -> Word {
    match demand {
        Demand::One(kind) => (*kind).into(),
        Demand::AnyOf(kinds) => Word::AnyOf(kinds.iter().map(|kind| (*kind).into()).collect()),
    }
}

/// A licence that can expire is valid until the last parcel leaves.
pub(super) fn licences_valid(case: &Case<'_>) -> Vec<Outcome> {
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    let licences = skus.iter().enumerate().flat_map(|(i, sku)| {
        let licences = sku.licences.as_deref().unwrap_or_default();
        licences.iter().enumerate().map(move |(j, licence)| (i, sku, j, licence))
    });
    each(
        licences,
        |(i, _, j, _)| format!("/gates/products/skus/{i}/licences/{j}/valid_until_on"),
        |(_, sku, _, licence)| {
            if !can_expire(licence) {
                return Ok(Verdict::NotApplicable);
            }
            let valid_until_on = *need!(licence.valid_until_on);
            let ship_within = SignedDuration::from_hours(need!(sku.ship_within_hours).get());
            let last_parcel_on = case.local(later(case.profile().ends_at(), ship_within)).date();
            hold(valid_until_on >= last_parcel_on, || {
                found(Word::Date(valid_until_on), Word::Date(last_parcel_on))
                    .with("kind", licence.kind.map_or(Word::Nothing, Word::from))
                    .with("name", sku.called())
            })
        },
    )
}

fn can_expire(licence: &Licence) -> bool {
    licence.no_expiry != Some(true) && licence.not_required_reason.is_none()
}

/// The product's category may be sold live at all.
pub(super) fn category_permitted(case: &Case<'_>) -> Vec<Outcome> {
    let prohibited = &case.params().products.prohibited_categories;
    each_sku(case, "category", |sku| {
        let category = *need!(sku.category);
        hold(!prohibited.contains(&category), || {
            let prohibited = prohibited.iter().map(|category| (*category).into()).collect();
            found(category.into(), Word::List(prohibited)).with("name", sku.called())
        })
    })
}

/// A struck-through price is no higher than the lowest price of the last 7 days.
pub(super) fn strike_price_has_basis(case: &Case<'_>) -> Vec<Outcome> {
    each_sku(case, "strike_price", |sku| {
        let Some(strike) = sku.strike_price else { return Ok(Verdict::NotApplicable) };
        let lowest = *need!(sku.lowest_7d_price);
        hold(strike <= lowest, || {
            found(Word::Money(strike.exact()), Word::Money(lowest.exact())).with("name", sku.called())
        })
    })
}

/// Every claim made on air has its proof.
pub(super) fn claims_proven(case: &Case<'_>) -> Vec<Outcome> {
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    let claims = skus.iter().enumerate().flat_map(|(i, sku)| {
        let claims = sku.claims.as_deref().unwrap_or_default();
        claims.iter().enumerate().map(move |(j, claim)| (i, sku, j, claim))
    });
    each(
        claims,
        |(i, _, j, _)| format!("/gates/products/skus/{i}/claims/{j}/proof"),
        |(_, sku, _, claim)| {
            hold(claim.proof.is_some(), || {
                found(Word::Nothing, Word::Key("proof"))
                    .with("text", claim.text.as_ref().map_or(Word::Nothing, |text| Word::text(text)))
                    .with("name", sku.called())
            })
        },
    )
}

/// Goods that may not be aimed at minors are shown to adult segments only.
pub(super) fn minors_protected(case: &Case<'_>) -> Vec<Outcome> {
    let params = &case.params().products;
    let skus = case.contents().products.skus.as_deref().unwrap_or_default();
    let sensitive =
        |sku: &Sku| sku.category.is_some_and(|it| params.minor_sensitive_categories.contains(&it));
    let some_sensitive = skus.iter().any(sensitive);
    let segments = case.contents().audience.segments.as_deref().unwrap_or_default();
    each(
        segments.iter().enumerate(),
        |(i, _)| format!("/gates/audience/segments/{i}/age_min"),
        |(_, segment)| {
            if !some_sensitive {
                return Ok(Verdict::NotApplicable);
            }
            let age_min = need!(segment.age_min).get();
            hold(age_min >= params.adult_age, || {
                let name = segment.name.as_ref().map_or(Word::Nothing, |name| Word::text(name));
                found(Word::number(age_min), Word::number(params.adult_age)).with("name", name)
            })
        },
    )
}
