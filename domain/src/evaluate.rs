//! Runs every rule over a campaign.

use crate::finding::Finding;
use crate::gate::{GateKey, audience, equipment_test, goal, products, script, team, warm_up};
use crate::portfolio;
use crate::rule::{Case, Rule};

/// Every rule, in the order of results: by gate, then as the domain page lists them, then portfolio rules.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    GateKey::ALL.iter().flat_map(|gate| rules_of(*gate))
}

/// The rules shown at one gate, in order.
pub fn rules_of(gate: GateKey) -> impl Iterator<Item = &'static Rule> {
    let own = match gate {
        GateKey::Goal => goal::RULES,
        GateKey::Audience => audience::RULES,
        GateKey::Products => products::RULES,
        GateKey::Script => script::RULES,
        GateKey::Team => team::RULES,
        GateKey::WarmUp => warm_up::RULES,
        GateKey::EquipmentTest => equipment_test::RULES,
    };
    own.iter().chain(portfolio::RULES.iter().filter(move |rule| rule.gate == gate))
}

/// The findings of every rule, in order.
#[must_use]
pub fn evaluate(case: &Case<'_>) -> Vec<Finding> {
    rules().flat_map(|rule| rule.findings(case)).collect()
}
