//! The page of rules for people: `rules.md` says what the catalogue says. With `GREENROOM_WRITE=1` the test writes it.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::fmt::Write as _;
use std::path::PathBuf;

use domain::evaluate::rules_of;
use domain::gate::GateKey;
use domain::playbook::Playbook;
use domain::rule::Rule;
use serde_json::Value;

const HEAD: &str = "# The rules

Every rule in the order of results, with the severity that each built-in playbook gives it (`by goal` where a primary goal
changes it), the parameters it reads with their values in `standard`, and what it says. `⚖` helps to keep a law and is never
waived; `…` is filled in. `GET /v1/rules` answers the same for machines. This page is generated:
`GREENROOM_WRITE=1 cargo test -p domain --test catalogue`.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for gate in GateKey::ALL {
        let label = gate.label();
        write!(page, "\n## {} {}\n", label.en, label.zh).unwrap();
        rules_of(*gate).for_each(|rule| tell(rule, &mut page));
    }
    page
}

fn tell(rule: &Rule, page: &mut String) {
    let mut marks = Vec::new();
    marks.extend(rule.law.map(|law| format!("⚖ {law}")));
    marks.extend((!rule.waivable && rule.law.is_none()).then(|| "not waivable".to_owned()));
    marks.extend(rule.ages.map(|_| "time alone can turn it".to_owned()));
    let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
    writeln!(page, "\n### `{}`{marks}\n", rule.id).unwrap();
    writeln!(page, "{}\n", severities(rule)).unwrap();
    if !rule.params.is_empty() {
        let params: Vec<String> = rule.params.iter().map(|name| parameter(name)).collect();
        writeln!(page, "Parameters: {}\n", params.join(", ")).unwrap();
    }
    for (text, fix) in [(rule.message.en, rule.fix.en), (rule.message.zh, rule.fix.zh)] {
        writeln!(page, "- {} → {}", shown(text), shown(fix)).unwrap();
    }
}

/// The severity under each playbook, and for the primary goals that change it.
fn severities(rule: &Rule) -> String {
    let word =
        |severity: Option<domain::playbook::Severity>| severity.map_or("off", |severity| severity.key());
    let of_playbook = |playbook: &Playbook| {
        let plain = word(rule.severity_in(playbook.rules(None)));
        let goals = domain::gate::goal::PrimaryGoal::ALL.iter().filter_map(|goal| {
            let of_goal = word(rule.severity_in(playbook.rules(Some(*goal))));
            (of_goal != plain).then(|| format!("{} for {goal}", of_goal))
        });
        let goals: Vec<String> = goals.collect();
        let by_goal =
            if goals.is_empty() { String::new() } else { format!(" (by goal: {})", goals.join(", ")) };
        format!("{} {plain}{by_goal}", playbook.key)
    };
    let all: Vec<String> = Playbook::all_built_in().iter().map(of_playbook).collect();
    all.join(" · ")
}

fn parameter(name: &str) -> String {
    let params: Value = serde_json::from_str(domain::data::PARAMS).unwrap();
    let (part, figure) = name.split_once('.').unwrap();
    format!("`{name}` = `{}`", params[part][figure])
}

/// A text with its placeholders as an ellipsis.
fn shown(text: &str) -> String {
    let mut parts = text.split('{');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push('…');
        shown.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    shown
}

#[test]
fn the_page_of_rules_says_what_the_catalogue_says() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules.md");
    if std::env::var_os("GREENROOM_WRITE").is_some() {
        std::fs::write(&file, page()).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written == page(),
        "domain/rules.md is not today's: GREENROOM_WRITE=1 cargo test -p domain --test catalogue"
    );
    assert_eq!(written.matches("\n### `").count(), 91);
}
