//! Facets and their digests: what an approval signed, and whether it is still the same today.
//! The projection and its canonical form are fixed; stored digests depend on every byte of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::campaign::Campaign;
use crate::canonical::canonical;
use crate::gate::{GateKey, PerGate};
use crate::params::Params;
use crate::profile::CampaignFields;
use crate::record::Member;
use crate::rule::Case;
use crate::shape::Shape;
use crate::standing::done_items;

/// SHA-256 as lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub String);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Digest {
    /// The digest of a value's canonical JSON (RFC 8785).
    #[must_use]
    pub fn of(value: &Value) -> Self {
        Self(hex::encode(Sha256::digest(canonical(value))))
    }
}

/// Today's digest of every facet by name, the seven checklist facets included.
pub type Digests = BTreeMap<String, Digest>;

/// The digests of all facets of the case's campaign.
#[must_use]
pub fn digests(case: &Case<'_>) -> Digests {
    let mut digests = of_fields(case, |_| true);
    for (gate, facts) in case.campaign.gates.iter() {
        let done = done_items(&case.playbook.gates[gate], facts);
        digests.insert(checklist_facet(gate), Digest::of(&Value::from(done)));
    }
    digests
}

/// The digests of some facets that are made of fields; a name that is none of theirs is left out.
#[must_use]
pub fn digests_of(case: &Case<'_>, facets: &[&str]) -> Digests {
    of_fields(case, |facet| facets.contains(&facet))
}

fn of_fields(case: &Case<'_>, wanted: impl Fn(&str) -> bool) -> Digests {
    let document = Document::of(case.campaign);
    let wanted = facets().filter(|(facet, _)| wanted(facet));
    let digest = |paths| Digest::of(&document.projection(paths, case.params()));
    wanted.map(|(facet, paths)| (facet.to_owned(), digest(paths))).collect()
}

/// The name of the facet that stands for a gate's ticked required items.
#[must_use]
pub fn checklist_facet(gate: GateKey) -> String {
    format!("{}.checklist", gate.key())
}

/// Every facet that is made of fields, with its paths, in the order of the data file.
pub fn facets() -> impl Iterator<Item = (&'static str, &'static [String])> {
    FACETS.iter().map(|(name, paths)| (name.as_str(), paths.as_slice()))
}

/// The revision of a gate: the digest over the digests its approval would record.
#[must_use]
pub fn revision(recorded: &BTreeMap<String, Digest>) -> Digest {
    Digest::of(
        &recorded.iter().map(|(facet, digest)| (facet.clone(), Value::from(digest.0.as_str()))).collect(),
    )
}

#[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
static FACETS: LazyLock<Vec<(String, Vec<String>)>> = LazyLock::new(|| {
    let map: Map<String, Value> =
        serde_json::from_str(crate::data::FACETS).expect("facets.json is an object");
    map.into_iter()
        .map(|(name, paths)| (name, serde_json::from_value(paths).expect("a list of paths")))
        .collect()
});

/// Campaign and contents in normal form, written once for all facets.
pub struct Document {
    campaign: (Shape, Value),
    gates: PerGate<(Shape, Value)>,
}

impl Document {
    /// The document of a campaign.
    #[must_use]
    pub fn of(campaign: &Campaign) -> Self {
        let normal = |shape: Shape, mut value: Value| {
            normalise(&shape, &mut value);
            (shape, value)
        };
        Self {
            campaign: normal(CampaignFields::shape(), CampaignFields::of(&campaign.profile).write()),
            gates: PerGate::each(|gate| normal(gate.shape(), campaign.contents.write(gate))),
        }
    }

    /// What a facet's digest is taken over: path → value, paths without a value left out.
    #[must_use]
    pub fn projection(&self, paths: &[String], params: &Params) -> Value {
        paths.iter().filter_map(|path| Some((path.clone(), self.project(path, params)?))).collect()
    }

    fn project(&self, path: &str, params: &Params) -> Option<Value> {
        let (part, field) = path.split_once('.')?;
        let (_, value) = GateKey::of_key(part).map_or(&self.campaign, |gate| &self.gates[gate]);
        let Some((list, rest)) = field.split_once('[') else { return value.get(field).cloned() };
        let (which, leaf) = rest.split_once("].")?;
        let kept = |element: &&Value| match which {
            "on_air" => on_air(element, params),
            "off_air" => !on_air(element, params),
            _ => true,
        };
        let elements = value.get(list)?.as_array()?;
        let leaves = || elements.iter().filter(kept).map(|element| element.get(leaf).cloned());
        if leaves().all(|leaf| leaf.is_none()) {
            return None;
        }
        let values = leaves().map(Option::unwrap_or_default);
        Some(if part == "products" { by_sku(elements, values) } else { values.collect() })
    }
}

/// SKUs are keyed, so that their order changes nothing.
fn by_sku(skus: &[Value], values: impl Iterator<Item = Value>) -> Value {
    let key = |(i, sku): (usize, &Value)| {
        sku.get("sku_id").and_then(Value::as_str).map_or_else(|| format!("#{i}"), str::to_owned)
    };
    skus.iter().enumerate().map(key).zip(values).collect()
}

fn on_air(entry: &Value, params: &Params) -> bool {
    let role = entry.get("role").and_then(Value::as_str);
    params.team.on_air_roles.iter().any(|on_air| Some(on_air.key()) == role)
}

/// Drops what is missing and sorts what has no order; numbers and instants are normal already.
pub(crate) fn normalise(shape: &Shape, value: &mut Value) {
    match shape {
        Shape::Record(record) => {
            let Value::Object(map) = value else { return };
            for field in record.fields {
                if let Some(member) = map.get_mut(field.name) {
                    normalise(&(field.shape)(), member);
                }
            }
            map.retain(|_, member| !is_missing(member));
        }
        Shape::List { of, .. } => normalise_each(&of(), value),
        Shape::Set { of, .. } => {
            normalise_each(&of(), value);
            if let Value::Array(elements) = value {
                elements.sort_by(in_order);
            }
        }
        Shape::Text { .. }
        | Shape::Integer { .. }
        | Shape::Decimal { .. }
        | Shape::Bool
        | Shape::Instant
        | Shape::Date
        | Shape::Choice(_)
        | Shape::Id
        | Shape::Map(_)
        | Shape::Free => {}
    }
}

fn normalise_each(of: &Shape, value: &mut Value) {
    value.as_array_mut().into_iter().flatten().for_each(|element| normalise(of, element));
}

fn is_missing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn in_order(left: &Value, right: &Value) -> std::cmp::Ordering {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left.cmp(&right),
        (None, _) | (_, None) => left.as_str().cmp(&right.as_str()),
    }
}
