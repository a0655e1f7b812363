//! The rules of gate team.

use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] =
    &[Rule::complete("team.complete", GateKey::Team, |case| required_fields(case, GateKey::Team))];
