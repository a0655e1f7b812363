//! What differs from what was reviewed last, in the words of the form: parts of a facet are named by their fields.

use domain::Locale;
use domain::digest::facets;
use domain::gate::GateKey;
use domain::locale::both;
use domain::profile::CampaignFields;
use domain::record::Member as _;
use domain::shape::{Field, Shape};

/// Fields named of one facet; the others are summed up.
const MOST_NAMED: usize = 4;

/// A changed facet: where it belongs to, and what it covers.
pub(super) fn facet(name: &str, locale: Locale) -> String {
    let part = name.split('.').next().and_then(GateKey::of_key);
    let place = part.map_or(both("The campaign itself", "活动信息"), |gate| gate.label()).to(locale);
    let covered =
        facets().find(|(facet, _)| *facet == name).map_or_else(Vec::new, |(_, paths)| labels(paths, locale));
    let (colon, comma) = (both(": ", "：").to(locale), both(", ", "、").to(locale));
    match (covered.as_slice(), locale) {
        ([], Locale::En) => format!("{place}: checklist"),
        ([], Locale::ZhCn) => format!("{place}：清单"),
        (few, _) if few.len() <= MOST_NAMED => format!("{place}{colon}{}", few.join(comma)),
        (many, Locale::En) => format!("{place}: {} and more", many[..MOST_NAMED].join(comma)),
        (many, Locale::ZhCn) => format!("{place}：{}等", many[..MOST_NAMED].join(comma)),
    }
}

/// What people call the fields at these paths, each once.
fn labels(paths: &[String], locale: Locale) -> Vec<&'static str> {
    let mut labels = Vec::new();
    for label in paths.iter().filter_map(|path| label(path, locale)) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

fn label(path: &str, locale: Locale) -> Option<&'static str> {
    let (part, fields) = path.split_once('.')?;
    let mut shape = GateKey::of_key(part).map_or_else(CampaignFields::shape, GateKey::shape);
    let mut found: Option<Field> = None;
    for name in fields.split('.') {
        // Behind a bracket stands which elements of a list are meant.
        let field = field(&shape, name.split('[').next()?)?;
        shape = (field.shape)();
        if let Shape::List { of, .. } | Shape::Set { of, .. } = shape {
            shape = of();
        }
        found = Some(field);
    }
    found.map(|field| field.label.to(locale))
}

fn field(shape: &Shape, name: &str) -> Option<Field> {
    let Shape::Record(record) = shape else { return None };
    record.fields.iter().find(|field| field.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_facet_is_named_in_both_languages() {
        for (name, paths) in facets() {
            for path in paths {
                assert!(label(path, Locale::En).is_some(), "{path}");
            }
            assert!(!facet(name, Locale::En).contains("checklist"), "{name}");
            assert!(facet(name, Locale::ZhCn).contains('：'), "{name}");
        }
        assert_eq!(facet("goal.checklist", Locale::ZhCn), "目标与定位：清单");
        assert_eq!(
            facet("goal.targets", Locale::En),
            "Goal: GMV target, Viewers target, Expected conversion, Expected average order value and more"
        );
    }
}
