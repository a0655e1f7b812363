//! The rules of gate `equipment_test`.

use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[Rule::complete("equipment_test.complete", GateKey::EquipmentTest, |case| {
    required_fields(case, GateKey::EquipmentTest)
})];
