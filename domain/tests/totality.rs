//! Whatever people may legally write, it can be judged: no rule panics, every finding points to a place that can
//! be, and what it says reads as a sentence.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "support/arbitrary.rs"]
mod arbitrary;
mod support;

use arbitrary::{content, instant, legal, value};
use domain::digest::digests;
use domain::document::campaign;
use domain::evaluate::evaluate;
use domain::finding::Finding;
use domain::gate::team::{Stamps, Team};
use domain::gate::{GateKey, Platform};
use domain::record::{self, Member as _};
use domain::rule::Case;
use domain::standing::standing;
use domain::surroundings::{Directory, Extract, Surroundings};
use domain::wording::Lexicon;
use domain::{Calendar, Campaign, Locale, Playbook};
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Map, Value, json};
use support::{patched, standard, vectors};

/// A whole campaign: arbitrary drafts in every gate, at an arbitrary time.
fn document() -> impl Strategy<Value = Value> {
    let gates: Vec<_> = GateKey::ALL.iter().map(|gate| content(*gate).boxed()).collect();
    let platforms = subsequence(Platform::KEYS.to_vec(), 1..=3);
    (gates, instant(), 1..=1440_i64, platforms).prop_map(|(gates, go_live_at, planned_minutes, platforms)| {
        let keys = GateKey::KEYS.iter().map(|key| (*key).to_owned());
        let gates: Map<String, Value> = keys.zip(gates).collect();
        let set = |path: &str, value: Value| json!({ "op": "replace", "path": path, "value": value });
        let patch = json!([
            set("/campaign/go_live_at", json!(go_live_at)),
            set("/campaign/planned_minutes", json!(planned_minutes)),
            set("/campaign/platforms", json!(platforms)),
            set("/gates", Value::Object(gates)),
        ]);
        patched(standard(), &patch)
    })
}

fn other() -> impl Strategy<Value = Extract> {
    let read = |draft: &Value| record::read::<Extract>(draft, "");
    value(&Extract::shape())
        .prop_map(move |draft| read(&legal(draft, |draft| read(draft).map(drop))).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_evaluator_is_total_over_arbitrary_legal_content(
        document in document(),
        before in content(GateKey::Products),
        others in prop::collection::vec(other(), 0..3),
        now in instant(),
    ) {
        let campaign = campaign(&document).unwrap();
        let directory = Directory::default();
        let surroundings = Surroundings { now: now.parse().unwrap(), directory: &directory, others: &others, lexicon: Lexicon::built_in(), calendar: Calendar::cn() };
        for playbook in Playbook::all_built_in() {
            let stamped = stamped(&campaign, &document, before.clone(), playbook, surroundings);
            for campaign in [&campaign, &stamped] {
                let case = Case::of(campaign, playbook, surroundings);
                evaluate(&case).iter().for_each(|finding| assert_can_be(finding, &document, campaign));
                let _ = standing(&case);
            }
        }
    }
}

/// The campaign with what was trained and rehearsed when other products stood in it.
fn stamped(
    now: &Campaign,
    document: &Value,
    products: Value,
    playbook: &Playbook,
    surroundings: Surroundings<'_>,
) -> Campaign {
    let mut earlier = document.clone();
    earlier["gates"]["products"] = products;
    let earlier = campaign(&earlier).unwrap();
    let today = digests(&Case::of(&earlier, playbook, surroundings));
    let mut stamped = now.clone();
    stamped.gates[GateKey::Team].stamps =
        Stamps::default().after(&Team::default(), &now.contents.team, &today);
    stamped
}

fn assert_can_be(finding: &Finding, document: &Value, campaign: &Campaign) {
    let Finding { rule, path, .. } = finding;
    let mut at = Some(document);
    for name in path.strip_prefix('/').unwrap().split('/') {
        at = match at {
            Some(Value::Array(elements)) => Some(&elements[name.parse::<usize>().unwrap()]),
            Some(Value::Object(members)) => members.get(name),
            Some(leaf) => panic!("{}: {path} goes on behind {leaf}", rule.id),
            None => None,
        };
    }
    for locale in [Locale::En, Locale::ZhCn] {
        for text in [finding.message(locale, &campaign.profile), finding.fix(locale, &campaign.profile)] {
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{}: {text}", rule.id);
        }
    }
}

/// The findings at go-live of a campaign under the standard playbook, each of which can be.
fn judged(document: &Value) -> Vec<Finding> {
    let campaign = campaign(document).unwrap();
    let directory = Directory::default();
    let now = campaign.profile.go_live_at;
    let surroundings = Surroundings {
        now,
        directory: &directory,
        others: &[],
        lexicon: Lexicon::built_in(),
        calendar: Calendar::cn(),
    };
    let findings = evaluate(&Case::of(&campaign, Playbook::built_in("standard").unwrap(), surroundings));
    findings.iter().for_each(|finding| assert_can_be(finding, document, &campaign));
    findings
}

#[test]
fn every_gate_of_an_empty_campaign_is_blocked() {
    let findings = judged(&json!({ "campaign": standard()["campaign"] }));
    for gate in GateKey::ALL {
        assert!(findings.iter().any(|finding| finding.rule.gate == *gate && finding.blocks()), "{gate}");
    }
}

#[test]
fn what_the_vectors_of_staleness_change_is_judged() {
    for vector in vectors("staleness") {
        judged(&patched(standard(), &vector["patch"]));
    }
}
