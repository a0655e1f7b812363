//! A finding as its reader sees it.

use domain::campaign::Profile;
use domain::finding::Finding;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Reader;

/// A rule result that is not a pass.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "rule": "goal.gmv_adds_up", "gate": "goal", "severity": "blocker", "status": "fail", "waivable": true,
    "path": "/gates/goal/gmv_target", "observed": 156_000_000, "required": 120_000_000,
    "message": "Viewers × conversion × order value gives CNY 1560000.00, the target says CNY 1200000.00.",
    "fix": "change one of the four figures", "waived": false
}))]
pub struct FindingView {
    /// The rule; `/v1/rules/{rule}` explains it.
    #[schema(example = "goal.gmv_adds_up")]
    pub rule: &'static str,
    /// The gate it belongs to.
    #[schema(value_type = crate::http::schema::Gate)]
    pub gate: &'static str,
    /// `blocker` stops a submission, `warning` asks for a comment.
    #[schema(value_type = crate::http::schema::Severity)]
    pub severity: &'static str,
    /// `fail`: the condition does not hold; `incomplete`: it cannot be judged yet.
    #[schema(value_type = crate::http::schema::FindingStatus)]
    pub status: &'static str,
    /// Whether a manager may waive it.
    pub waivable: bool,
    /// RFC 6901 pointer into `{"campaign": …, "gates": …}`.
    #[schema(example = "/gates/goal/gmv_target")]
    pub path: String,
    /// What was found; `null` where it is withheld from viewers.
    pub observed: Value,
    /// What is needed; `null` where it is withheld from viewers.
    pub required: Value,
    /// What is wrong, in the reader's language.
    pub message: String,
    /// What to do about it, in the reader's language.
    pub fix: String,
    /// Whether a waiver covers it.
    pub waived: bool,
}

impl FindingView {
    /// The finding for this reader; figures that tell a cost are withheld from viewers.
    #[must_use]
    pub fn of(finding: &Finding, profile: &Profile, reader: Reader<'_>) -> Self {
        let shown = reader.knows_cost() || !finding.rule.tells_cost;
        let withheld =
            domain::locale::both("Withheld: it would tell what the goods cost.", "涉及成本，不予显示。");
        Self {
            rule: finding.rule.id,
            gate: finding.rule.gate.key(),
            severity: finding.severity.key(),
            status: finding.status.key(),
            waivable: finding.rule.waivable,
            path: finding.path.clone(),
            observed: if shown { finding.observed.json() } else { Value::Null },
            required: if shown { finding.required.json() } else { Value::Null },
            message: if shown {
                finding.message(reader.locale, profile)
            } else {
                withheld.to(reader.locale).to_owned()
            },
            fix: if shown {
                finding.fix(reader.locale, profile)
            } else {
                withheld.to(reader.locale).to_owned()
            },
            waived: finding.waived,
        }
    }
}
