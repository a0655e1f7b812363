//! The rules of gate script.

use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] =
    &[Rule::complete("script.complete", GateKey::Script, |case| required_fields(case, GateKey::Script))];
