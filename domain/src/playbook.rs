//! Playbooks: versioned data that says what each gate requires, when it is due, who approves it, and with
//! which parameters and severities its rules run.

mod due;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::actor::Role;
use crate::choices;
use crate::effect::{Effect, effects};
use crate::gate::goal::PrimaryGoal;
use crate::gate::{GateKey, PerGate};
use crate::notice::{Audience, Class};
use crate::offset::Offset;
use crate::params::Params;
use crate::policy::Policy;

pub use due::Due;

/// One version of a playbook, ready to judge campaigns.
#[derive(Clone, Debug)]
pub struct Playbook {
    /// Its key, such as `standard`.
    pub key: String,
    /// Its version, from 1; a campaign pins one.
    pub version: i64,
    /// What people call it.
    pub title: Title,
    /// The lowest role that may take a campaign live.
    pub go_live_by: Role,
    /// When people are reminded.
    pub reminders: Reminders,
    /// What each gate needs.
    pub gates: PerGate<GatePlan>,
    /// The whole playbook as data.
    pub source: Value,
    base: Ruleset,
    by_goal: BTreeMap<PrimaryGoal, Ruleset>,
    closures: PerGate<Vec<GateKey>>,
    effects: PerGate<BTreeMap<String, Effect>>,
}

/// A text that playbooks carry in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Title {
    /// The text for a reader of `locale`.
    #[must_use]
    pub fn to(&self, locale: crate::Locale) -> &str {
        match locale {
            crate::Locale::En => &self.en,
            crate::Locale::ZhCn => &self.zh,
        }
    }
}

/// What one gate needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatePlan {
    /// Gates that must have passed before this one can be submitted.
    pub requires: Vec<GateKey>,
    /// When it is due.
    pub due: Due,
    /// Who approves it.
    pub policy: Policy,
    /// What must be ticked.
    #[serde(deserialize_with = "items")]
    pub checklist: Vec<Item>,
}

/// One item of a gate's checklist.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Its key; the member name in the playbook.
    #[serde(default)]
    pub key: String,
    /// Whether the gate cannot be submitted without it.
    pub required: bool,
    /// Whether it may be ticked as not applicable, with a note.
    pub may_be_na: bool,
    /// What proof a tick needs.
    pub evidence: EvidenceKind,
    /// The question.
    pub title: Title,
}

choices! {
    /// What proof a checklist item needs.
    pub enum EvidenceKind {
        Nothing = "none", "nothing", "无需凭证";
        Note = "note", "a note", "备注";
        Link = "link", "a link", "链接";
        File = "file", "a file", "文件";
    }

    /// What a finding of a rule does to a submission.
    pub enum Severity {
        Warning = "warning", "warning", "提醒";
        Blocker = "blocker", "blocker", "阻断";
    }

    /// What a playbook makes of a rule.
    pub enum RuleSetting {
        Off = "off", "off", "关闭";
        Warning = "warning", "warning", "提醒";
        Blocker = "blocker", "blocker", "阻断";
    }
}

fn items<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Item>, D::Error> {
    let map = Map::deserialize(deserializer)?;
    map.into_iter()
        .map(|(key, item)| {
            let item: Item = serde_json::from_value(item).map_err(serde::de::Error::custom)?;
            Ok(Item { key, ..item })
        })
        .collect()
}

/// When people are reminded, by occurrence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reminders {
    /// Before and at the due instant, from it.
    pub gate_due: BTreeMap<String, Offset>,
    /// After the due instant, from it.
    pub gate_overdue: BTreeMap<String, Offset>,
    /// After a submission, from it.
    pub approval_wanted: BTreeMap<String, Offset>,
    /// Before evidence is too old, from the instant at which it is.
    #[serde(default)]
    pub gate_expiring: BTreeMap<String, Offset>,
    /// Where the recheck before the show is still to be done, from go-live.
    #[serde(default)]
    pub recheck_wanted: BTreeMap<String, Offset>,
    /// Around the publication of each warm-up asset, from it.
    #[serde(default)]
    pub touchpoint: BTreeMap<String, Offset>,
    /// Before the show.
    #[serde(default)]
    pub countdown: BTreeMap<String, Countdown>,
    /// When whoever may take the campaign live is asked to, from go-live.
    #[serde(default)]
    pub go_live_decision: BTreeMap<String, Offset>,
}

/// One message of the countdown to a show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countdown {
    /// When, from go-live.
    pub at: Offset,
    /// How it treats quiet hours.
    pub class: Class,
    /// Who gets it.
    pub to: Vec<Audience>,
    /// Whether nobody needs it once all gates have passed.
    #[serde(default)]
    pub unless_ready: bool,
}

/// Parameters and severities in force for one primary goal.
#[derive(Clone, Debug)]
pub struct Ruleset {
    /// The figures.
    pub params: Params,
    settings: BTreeMap<String, RuleSetting>,
}

impl Ruleset {
    /// What the playbook makes of a rule; `None` where it leaves it as it is.
    #[must_use]
    pub fn setting(&self, rule: &str) -> Option<RuleSetting> {
        self.settings.get(rule).copied()
    }

    /// Whether law rules of `jurisdiction` run.
    #[must_use]
    pub fn applies_in(&self, jurisdiction: &str) -> bool {
        self.params.jurisdictions.iter().any(|own| own == jurisdiction)
    }
}

impl Playbook {
    /// The reference that campaigns pin, `key@version`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}@{}", self.key, self.version)
    }

    /// The rules in force for a primary goal; the base while that is missing.
    #[must_use]
    pub fn rules(&self, primary_goal: Option<PrimaryGoal>) -> &Ruleset {
        primary_goal.and_then(|goal| self.by_goal.get(&goal)).unwrap_or(&self.base)
    }

    /// Reads a complete playbook.
    ///
    /// # Errors
    /// What is wrong with it, in English.
    pub fn read(source: Value) -> Result<Self, String> {
        let text = |error: serde_json::Error| error.to_string();
        let mut plan: Plan = serde_json::from_value(source.clone()).map_err(text)?;
        let no_rules = Map::new();
        let base = ruleset(&plan.params, [&plan.rules, &no_rules])?;
        let mut by_goal = BTreeMap::new();
        for (goal, overlay) in &plan.by_goal {
            let mut params = plan.params.clone();
            json_patch::merge(&mut params, &overlay.params);
            by_goal.insert(*goal, ruleset(&params, [&plan.rules, &overlay.rules])?);
        }
        let missing = |gate: GateKey| format!("the playbook says nothing about gate {}", gate.key());
        for gate in GateKey::ALL {
            plan.gates.get(gate).ok_or_else(|| missing(*gate))?;
        }
        let mut gates = GateKey::ALL.iter().filter_map(|gate| plan.gates.remove(gate));
        let mut built = Vec::new();
        built.extend(&mut gates);
        let gates = PerGate::each(|gate| built[gate.position()].clone());
        points_back(&gates)?;
        due::in_order(&gates)?;
        let closures = PerGate::each(|gate| closure(&gates, gate));
        let effects = effects(&closures);
        Ok(Self {
            key: plan.key,
            version: plan.version,
            title: plan.title,
            go_live_by: plan.go_live_by,
            reminders: plan.reminders,
            gates,
            source,
            base,
            by_goal,
            closures,
            effects,
        })
    }

    /// This playbook with parameters and rules changed, to try them.
    ///
    /// # Errors
    /// What is wrong with the change, in English.
    pub fn overlaid(&self, params: &Value, rules: &Map<String, Value>) -> Result<Self, String> {
        let mut source = self.source.clone();
        json_patch::merge(&mut source["params"], params);
        json_patch::merge(&mut source["rules"], &Value::Object(rules.clone()));
        Self::read(source)
    }

    /// The built-in playbook a reference names; a bare key means its newest version.
    #[must_use]
    pub fn built_in(reference: &str) -> Option<&'static Self> {
        Self::all_built_in()
            .iter()
            .find(|playbook| playbook.reference() == reference || playbook.key == reference)
    }

    /// Every built-in playbook.
    #[must_use]
    pub fn all_built_in() -> &'static [Self] {
        &BUILT_IN
    }

    /// Every gate that must pass before `gate`, directly or not, in gate order.
    #[must_use]
    pub fn closure(&self, gate: GateKey) -> &[GateKey] {
        &self.closures[gate]
    }

    /// What a change of each facet does to an approval of `gate`, for every facet that matters there.
    #[must_use]
    pub fn effects(&self, gate: GateKey) -> &BTreeMap<String, Effect> {
        &self.effects[gate]
    }
}

/// Requirements point to earlier gates only, so that they can have no circle.
fn points_back(gates: &PerGate<GatePlan>) -> Result<(), String> {
    for (gate, plan) in gates.iter() {
        if let Some(later) = plan.requires.iter().find(|required| **required >= gate) {
            return Err(format!("gate {gate} requires {later}, which is not before it"));
        }
    }
    Ok(())
}

fn closure(gates: &PerGate<GatePlan>, gate: GateKey) -> Vec<GateKey> {
    let mut closure = Vec::new();
    let mut open = gates[gate].requires.clone();
    while let Some(next) = open.pop() {
        if !closure.contains(&next) {
            closure.push(next);
            open.extend(&gates[next].requires);
        }
    }
    closure.sort();
    closure
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    #[serde(default, rename = "extends")]
    _extends: Option<String>,
    key: String,
    version: i64,
    title: Title,
    params: Value,
    #[serde(default)]
    rules: Map<String, Value>,
    #[serde(default)]
    by_goal: BTreeMap<PrimaryGoal, Overlay>,
    go_live_by: Role,
    reminders: Reminders,
    gates: BTreeMap<GateKey, GatePlan>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    #[serde(default = "empty")]
    params: Value,
    #[serde(default)]
    rules: Map<String, Value>,
}

fn empty() -> Value {
    Value::Object(Map::new())
}

fn ruleset(params: &Value, rules: [&Map<String, Value>; 2]) -> Result<Ruleset, String> {
    let params = Params::read(params).map_err(|error| format!("params: {error}"))?;
    let mut settings = BTreeMap::new();
    for (id, setting) in rules.into_iter().flatten() {
        let to = setting.get("to").unwrap_or(setting);
        let to = RuleSetting::deserialize(to).map_err(|error| format!("rules: {id}: {error}"))?;
        settings.insert(id.clone(), to);
    }
    Ok(Ruleset { params, settings })
}

#[expect(clippy::expect_used, reason = "compiled-in data; a test reads it")]
static BUILT_IN: LazyLock<Vec<Playbook>> = LazyLock::new(|| {
    let params: Value = serde_json::from_str(crate::data::PARAMS).expect("params.json is JSON");
    let sources =
        crate::data::PLAYBOOKS.map(|text| serde_json::from_str::<Value>(text).expect("playbook is JSON"));
    let mut standard = sources[0].clone();
    standard["params"] = params;
    let complete = sources.into_iter().map(|source| {
        let mut whole = standard.clone();
        json_patch::merge(&mut whole, &source);
        Playbook::read(whole).expect("a built-in playbook is valid")
    });
    complete.collect()
});
