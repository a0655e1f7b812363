//! The rules of gate script.

use super::wording;
use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};
use crate::wording::{forbidden, risky};

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("script.complete", GateKey::Script, |case| required_fields(case, GateKey::Script)),
    forbidden("script.wording_forbidden", GateKey::Script, wording::wording_forbidden),
    risky("script.wording_risky", GateKey::Script, wording::wording_risky),
];
