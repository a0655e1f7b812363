//! The rules of gate `warm_up`.

use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] =
    &[Rule::complete("warm_up.complete", GateKey::WarmUp, |case| required_fields(case, GateKey::WarmUp))];
