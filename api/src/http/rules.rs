//! The catalogue of rules, with their texts, and what each playbook makes of them.

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::Path;
use domain::gate::GateKey;
use domain::gate::goal::PrimaryGoal;
use domain::locale::Bilingual;
use domain::playbook::Ruleset;
use domain::rule::Rule;
use domain::{Playbook, evaluate, record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::caller::Viewer;
use super::page::Paged;
use super::playbooks::BothView;
use super::query::{Query, query_parameters};
use super::refusals::{Reading, ReadingOne};
use crate::problem::Problem;
use crate::reply::Reply;

/// A rule that campaigns are judged by.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "rule": "goal.roi_floor_met", "gate": "goal", "severity": "blocker", "waivable": true, "law": null, "ages": false,
    "message": {"en": "GMV per ad spend is {observed}, below the floor {required}.", "zh": "投产比 {observed},低于底线 {required}。"},
    "fix": {"en": "raise the GMV target or cut the ad budget", "zh": "提高 GMV 目标或压缩投放预算"},
    "playbooks": [{"playbook": "standard@1", "severity": "blocker", "by_goal": {"brand": "warning"}, "parameters": {}}]
}))]
pub struct RuleView {
    /// Its stable id.
    #[schema(example = "goal.gmv_adds_up")]
    pub rule: &'static str,
    /// The gate it is shown at and blocks.
    #[schema(value_type = super::schema::Gate)]
    pub gate: &'static str,
    /// Severity where a playbook says nothing else.
    #[schema(value_type = super::schema::Severity)]
    pub severity: &'static str,
    /// Whether a manager may waive a finding of it.
    pub waivable: bool,
    /// The jurisdiction whose law it helps to keep.
    #[schema(example = json!(null))]
    pub law: Option<&'static str>,
    /// Whether time alone can turn it.
    pub ages: bool,
    /// What a failure says; names in braces are filled in.
    pub message: BothView,
    /// What to do about it.
    pub fix: BothView,
    /// What each playbook makes of it.
    pub playbooks: Vec<RuleInPlaybook>,
}

/// What one playbook makes of a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleInPlaybook {
    /// The playbook.
    #[schema(example = "standard@1")]
    pub playbook: String,
    /// What it makes of the rule.
    #[schema(value_type = super::schema::RuleSetting)]
    pub severity: &'static str,
    /// Severity for those primary goals where it differs.
    #[schema(example = json!({"brand": "warning"}))]
    pub by_goal: BTreeMap<&'static str, &'static str>,
    /// The parameters it reads, with their values.
    #[schema(example = json!({"goal.sum_tolerance_pct": 10}))]
    pub parameters: BTreeMap<&'static str, Value>,
}

record! {
    /// Which rules to list.
    pub struct RuleFilter {
        /// Only rules that are shown at this gate.
        gate: GateKey, no, "Gate", "关卡";
    }
}

query_parameters!(RuleFilter);

/// `…/rules/{rule}`
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RulePath {
    /// Id of the rule.
    #[param(min_length = 1, max_length = 80, example = "goal.gmv_adds_up")]
    pub rule: String,
}

/// List rules.
///
/// The catalogue in the order of results: every rule with its texts, severities and parameters.
#[utoipa::path(tag = "playbooks", params(RuleFilter), responses(
    (status = 200, description = "All of them; there is no further page.", body = Paged<RuleView>),
    Reading
))]
#[get("/v1/rules")]
pub(super) async fn list_rules(_who: Viewer, query: Query<RuleFilter>) -> Reply {
    let wanted = |rule: &&'static Rule| query.0.gate.is_none_or(|gate| rule.gate == gate);
    Reply::ok(&Paged::all(evaluate::rules().filter(wanted).map(RuleView::of)))
}

/// Read a rule.
///
/// One rule of the catalogue; findings name it.
#[utoipa::path(tag = "playbooks", params(RulePath), responses((status = 200, description = "It.", body = RuleView), ReadingOne))]
#[get("/v1/rules/{rule}")]
pub(super) async fn read_rule(_who: Viewer, path: Path<RulePath>) -> Result<Reply, Problem> {
    let rule = evaluate::rules().find(|rule| rule.id == path.rule).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(&RuleView::of(rule)))
}

impl RuleView {
    fn of(rule: &'static Rule) -> Self {
        Self {
            rule: rule.id,
            gate: rule.gate.key(),
            severity: rule.severity.key(),
            waivable: rule.waivable,
            law: rule.law,
            ages: rule.ages.is_some(),
            message: both(rule.message),
            fix: both(rule.fix),
            playbooks: Playbook::all_built_in().iter().map(|playbook| in_playbook(rule, playbook)).collect(),
        }
    }
}

fn in_playbook(rule: &'static Rule, playbook: &Playbook) -> RuleInPlaybook {
    let severity = severity(rule, playbook.rules(None));
    let by_goal =
        PrimaryGoal::ALL.iter().map(|goal| (goal.key(), self::severity(rule, playbook.rules(Some(*goal)))));
    let parameters = rule.params.iter().map(|name| (*name, parameter(playbook, name)));
    RuleInPlaybook {
        playbook: playbook.reference(),
        severity,
        by_goal: by_goal.filter(|(_, own)| *own != severity).collect(),
        parameters: parameters.collect(),
    }
}

fn severity(rule: &Rule, rules: &Ruleset) -> &'static str {
    rule.severity_in(rules).map_or("off", domain::playbook::Severity::key)
}

/// The value of a parameter named `gate.name`.
fn parameter(playbook: &Playbook, name: &str) -> Value {
    let pointer = format!("/params/{}", name.replace('.', "/"));
    playbook.source.pointer(&pointer).cloned().unwrap_or_default()
}

fn both(text: Bilingual) -> BothView {
    BothView { en: text.en.to_owned(), zh: text.zh.to_owned() }
}
