//! What findings say: observed and required for machines, message and fix for people in both languages.

#[path = "support/scene.rs"]
mod scene;
mod support;

use std::collections::BTreeSet;

use domain::Locale;
use domain::evaluate::rules;
use domain::finding::Finding;
use scene::{Scene, key};
use serde_json::{Value, json};
use support::{patched, standard, vectors};

const THREE_HOURS_AHEAD: &str = "2027-03-20T17:00:00+08:00";

#[test]
fn every_rule_has_texts_in_both_languages() {
    for rule in rules() {
        for text in [rule.message, rule.fix, rule.lack_message, rule.lack_fix] {
            assert!(!text.en.is_empty() && !text.zh.is_empty(), "{}", rule.id);
            let names = |text: &str| -> BTreeSet<String> {
                text.split('{').skip(1).map(|part| part.split_once('}').unwrap().0.to_owned()).collect()
            };
            let more = BTreeSet::from(["discount".to_owned()]);
            assert!(
                names(text.en).symmetric_difference(&names(text.zh)).all(|it| more.contains(it)),
                "{}",
                rule.id
            );
        }
    }
}

#[test]
fn every_finding_of_every_vector_reads_well() {
    for vector in vectors("findings") {
        let scene = Scene::of(&vector);
        let facts = format!("{}{}", patched(standard(), &vector["patch"]), vector["others"]);
        scene.findings().iter().for_each(|finding| assert_reads_well(finding, &scene, &facts));
    }
}

#[test]
fn a_draft_that_lacks_any_member_is_judged_and_told_so() {
    let mut pointers = Vec::new();
    members(&standard()["gates"], "/gates", &mut pointers);
    assert!(pointers.len() > 300, "{}", pointers.len());
    for pointer in pointers {
        let scene =
            Scene::of(&json!({ "now": THREE_HOURS_AHEAD, "patch": [{ "op": "remove", "path": pointer }] }));
        scene
            .findings()
            .iter()
            .for_each(|finding| assert_reads_well(finding, &scene, &standard().to_string()));
    }
}

fn members(value: &Value, pointer: &str, found: &mut Vec<String>) {
    if let Some(map) = value.as_object() {
        for (name, member) in map {
            found.push(format!("{pointer}/{name}"));
            members(member, &format!("{pointer}/{name}"), found);
        }
    }
    for (i, element) in value.as_array().into_iter().flatten().enumerate().take(2) {
        found.push(format!("{pointer}/{i}"));
        members(element, &format!("{pointer}/{i}"), found);
    }
}

/// No placeholder is left, and Latin words in a Chinese text are codes or stand in the facts themselves.
fn assert_reads_well(finding: &Finding, scene: &Scene, facts: &str) {
    let profile = &scene.campaign.profile;
    for locale in [Locale::En, Locale::ZhCn] {
        for text in [finding.message(locale, profile), finding.fix(locale, profile)] {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{}: {text}", key(finding));
            let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
            let codes =
                ["GMV", "ROI", "UV", "KPI", "SKU", "UPS", "CRI", "Mbps", "kbps", "dBFS", "lx", "K", "ms"];
            let known = |word: &str| codes.contains(&word) || facts.contains(word);
            let foreign: Vec<&str> = words.filter(|word| !known(word)).collect();
            assert!(locale == Locale::En || foreign.is_empty(), "{}: {foreign:?} in {text}", key(finding));
        }
    }
}

/// What people wrote down in `texts.json` that each rule says: `set` changes the standard campaign (`null`
/// removes), then exactly one finding has these values, and message and fix are these in either language.
#[test]
fn findings_say_what_the_domain_page_says() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("texts.json")).unwrap();
    for row in &rows {
        let rule = row["rule"].as_str().unwrap();
        let patch: Value =
            row["set"].as_object().unwrap().iter().map(|(path, value)| operation(path, value)).collect();
        let scene = Scene::of(&json!({ "now": THREE_HOURS_AHEAD, "patch": patch, "others": row["others"] }));
        let findings = scene.findings();
        let of_rule: Vec<&Finding> = findings.iter().filter(|finding| finding.rule.id == rule).collect();
        let [finding] = of_rule[..] else { panic!("{} findings of {rule}", of_rule.len()) };
        let profile = &scene.campaign.profile;
        let said = |to: Locale| json!([finding.message(to, profile), finding.fix(to, profile)]);
        let says = json!({
            "observed": finding.observed.json(), "required": finding.required.json(),
            "en": said(Locale::En), "zh": said(Locale::ZhCn),
        });
        let expected: Value = ["observed", "required", "en", "zh"]
            .map(|part| (part.to_owned(), row[part].clone()))
            .into_iter()
            .collect();
        assert_eq!(says, expected, "{rule}");
    }
    let told: BTreeSet<&str> = rows.iter().map(|row| row["rule"].as_str().unwrap()).collect();
    let silent: Vec<&str> = rules()
        .map(|rule| rule.id)
        .filter(|rule| !rule.ends_with(".complete") && !told.contains(rule))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

fn operation(path: &str, value: &Value) -> Value {
    if value.is_null() {
        json!({ "op": "remove", "path": path })
    } else {
        json!({ "op": "add", "path": path, "value": value })
    }
}
