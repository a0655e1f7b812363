//! The wording rules of gate `warm_up`: what assets and benefits say.

use super::{Asset, WarmUp};
use crate::gate::GateKey;
use crate::gate::products::{Category, Lineup};
use crate::playbook::Severity;
use crate::rule::{Case, Outcome};
use crate::wording::{Passage, judge};

/// Nothing is written that may not be said.
pub(super) fn wording_forbidden(case: &Case<'_>) -> Vec<Outcome> {
    wording(case, Severity::Blocker)
}

/// Nothing is written that is risky.
pub(super) fn wording_risky(case: &Case<'_>) -> Vec<Outcome> {
    wording(case, Severity::Warning)
}

fn wording(case: &Case<'_>, severity: Severity) -> Vec<Outcome> {
    let warm_up = &case.contents().warm_up;
    let line_up = case.contents().products.lineup();
    judge(case, GateKey::WarmUp, severity, passages(warm_up, &line_up), warm_up.allowed_phrases.as_deref())
}

/// Every text of the gate that people read before the show, in the order of the domain page.
fn passages<'w>(warm_up: &'w WarmUp, line_up: &Lineup<'_>) -> Vec<Passage<'w>> {
    let assets = warm_up.assets.iter().flatten().enumerate();
    let assets = assets.flat_map(|(i, asset)| {
        let categories = categories(asset, line_up);
        let title = asset.title.iter().map(|title| ("title".to_owned(), title.as_str()));
        let body = asset.body.iter().map(|body| ("body".to_owned(), body.as_str()));
        let tags = asset.tags.iter().flatten().enumerate();
        let tags = tags.map(|(j, tag)| (format!("tags/{j}"), tag.as_str()));
        title.chain(body).chain(tags).map(move |(member, text)| Passage {
            path: format!("/gates/warm_up/assets/{i}/{member}"),
            text,
            categories: categories.clone(),
        })
    });
    let benefits = warm_up.benefits.iter().flatten().enumerate();
    let benefits = benefits.map(|(i, benefit)| Passage {
        path: format!("/gates/warm_up/benefits/{i}"),
        text: benefit,
        categories: Vec::new(),
    });
    assets.chain(benefits).collect()
}

/// The categories of the products an asset features; none if that of one of them is not known.
fn categories(asset: &Asset, line_up: &Lineup<'_>) -> Vec<Category> {
    let featured = asset.featured.iter().flatten();
    let category = |sku_id: Option<&str>| line_up.sku(sku_id)?.category;
    featured
        .map(|product| category(product.sku_id.as_deref()))
        .collect::<Option<Vec<_>>>()
        .unwrap_or_default()
}
