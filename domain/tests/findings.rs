//! The rules against golden vectors that people wrote, and what they say in both languages.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "support/scene.rs"]
mod scene;
mod support;

use std::collections::BTreeSet;

use domain::Playbook;
use domain::evaluate::{rules, rules_of};
use domain::gate::GateKey;
use domain::playbook::Severity;
use domain::rule::{Rule, Verdict};
use scene::{Scene, key};
use serde_json::{Value, json};
use support::vectors;

/// Gates whose rules are all written; of the others only the rules of the catalogue are compared.
const WRITTEN: [GateKey; 4] = [GateKey::Goal, GateKey::Audience, GateKey::Products, GateKey::WarmUp];

/// What differs from the expectation of a vector, if anything does.
fn difference(vector: &Value) -> Option<String> {
    let catalogue: BTreeSet<&str> = rules().map(|rule| rule.id).collect();
    let mut got: Vec<String> = Scene::of(vector).findings().iter().map(key).collect();
    let expected = vector["expect"].as_array().unwrap().iter();
    let mut expected: Vec<String> = expected
        .map(|finding| ["rule", "status", "severity", "path"].map(|member| finding[member].as_str().unwrap()))
        .filter(|[rule, ..]| catalogue.contains(rule))
        .map(|finding| finding.join(" "))
        .collect();
    got.sort();
    expected.sort();
    (got != expected).then(|| format!("{}\n  got      {got:#?}\n  expected {expected:#?}", vector["name"]))
}

#[test]
fn golden_vectors_of_findings_hold() {
    let vectors = vectors("findings");
    let of_written = |vector: &&Value| WRITTEN.iter().any(|gate| vector["gate"] == gate.key());
    assert_eq!(vectors.iter().filter(of_written).count(), 123);
    let wrong: Vec<String> = vectors.iter().filter_map(difference).collect();
    assert!(wrong.is_empty(), "{} of {} vectors differ:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

/// The wording matches of a vector where it names them: path, term, first character, last character plus one.
fn spans(vector: &Value) -> Option<[BTreeSet<String>; 2]> {
    let span = |path: &str, it: &Value| format!("{path} {} {}..{}", it["term"], it["from"], it["to"]);
    let expected = vector.get("spans")?.as_array().unwrap().iter();
    let expected = expected.map(|it| span(it["path"].as_str().unwrap(), it)).collect();
    let findings = Scene::of(vector).findings();
    let of_wording = findings.iter().filter(|finding| finding.rule.id.contains(".wording_"));
    let got = of_wording.flat_map(|finding| {
        let observed = finding.observed.json();
        observed.as_array().unwrap().iter().map(|it| span(&finding.path, it)).collect::<Vec<_>>()
    });
    Some([got.collect(), expected])
}

#[test]
fn wording_is_found_at_the_place_a_vector_names() {
    let vectors = vectors("findings");
    let named: Vec<[BTreeSet<String>; 2]> = vectors.iter().filter_map(spans).collect();
    assert_eq!(named.len(), 18);
    for [got, expected] in named {
        assert_eq!(got, expected);
    }
}

#[test]
fn every_rule_that_a_vector_expects_exists() {
    let catalogue: BTreeSet<&str> = rules().map(|rule| rule.id).collect();
    for vector in vectors("findings") {
        for finding in vector["expect"].as_array().unwrap() {
            let rule = finding["rule"].as_str().unwrap();
            assert!(catalogue.contains(rule) || !is_of_written_gate(rule), "{rule}");
        }
    }
}

fn is_of_written_gate(rule: &str) -> bool {
    let (of, _) = rule.split_once('.').unwrap();
    of == "portfolio"
        || rule.starts_with("script.wording_")
        || GateKey::of_key(of).is_some_and(|gate| WRITTEN.contains(&gate))
}

#[test]
fn every_rule_fails_in_one_vector_and_passes_in_another() {
    let scenes: Vec<Scene> = vectors("findings").iter().map(Scene::of).collect();
    for rule in rules().filter(|rule| is_of_written_gate(rule.id)) {
        let outcomes = |scene: &Scene| (rule.check)(&scene.case());
        let found = |verdict: &Verdict| matches!(verdict, Verdict::Fail(_) | Verdict::Incomplete(_));
        let fails = scenes.iter().any(|scene| outcomes(scene).iter().any(|outcome| found(&outcome.verdict)));
        let passes = scenes.iter().any(|scene| {
            let outcomes = outcomes(scene);
            outcomes.iter().any(|outcome| outcome.verdict == Verdict::Pass)
                && !outcomes.iter().any(|outcome| found(&outcome.verdict))
        });
        assert!(fails && passes, "{}: fails {fails}, passes {passes}", rule.id);
    }
}

#[test]
fn the_catalogue_lists_the_rules_of_the_domain_page_in_its_order() {
    let ids = |gate: GateKey| -> Vec<&str> { rules_of(gate).map(|rule| rule.id).collect() };
    assert_eq!(
        ids(GateKey::Goal),
        [
            "goal.complete",
            "goal.kpi_for_primary_goal",
            "goal.gmv_adds_up",
            "goal.viewer_value_realistic",
            "goal.go_live_ahead",
            "goal.duration_in_range",
            "goal.roi_floor_met",
            "goal.clear_of_mega_sales",
            "portfolio.room_free",
            "portfolio.account_free",
        ]
    );
    assert_eq!(
        ids(GateKey::Audience),
        [
            "audience.complete",
            "audience.shares_sum",
            "audience.evidence_methods",
            "audience.evidence_fresh",
            "audience.survey_sample",
            "audience.price_fits_order",
            "audience.peak_hour_met",
        ]
    );
    assert_eq!(
        ids(GateKey::Products),
        [
            "products.complete",
            "products.role_mix",
            "products.traffic_price",
            "products.margin_floor",
            "products.loss_only_on_traffic",
            "products.stock_covers_forecast",
            "products.licences_present",
            "products.licences_valid",
            "products.category_permitted",
            "products.strike_price_has_basis",
            "products.claims_proven",
            "products.minors_protected",
            "products.ship_in_time",
            "products.forecast_meets_goal",
            "products.focus_fits_positioning",
            "portfolio.stock_promised_once",
            "portfolio.cheapest_here",
        ]
    );
    assert_eq!(ids(GateKey::Team).last(), Some(&"portfolio.people_free"));
    for gate in GateKey::ALL {
        let first = rules_of(*gate).next().unwrap();
        assert_eq!(first.id, format!("{gate}.complete"));
        assert_eq!((first.severity, first.waivable, first.law), (Severity::Blocker, false, None));
    }
}

#[test]
fn the_catalogue_lists_the_rules_of_wording_and_warm_up_in_their_order() {
    let ids = |gate: GateKey| -> Vec<&str> { rules_of(gate).map(|rule| rule.id).collect() };
    let wording = ["script.wording_forbidden", "script.wording_risky"];
    assert!(ids(GateKey::Script).windows(2).any(|two| two == wording));
    assert_eq!(
        ids(GateKey::WarmUp),
        [
            "warm_up.complete",
            "warm_up.ladder_complete",
            "warm_up.start_time_true",
            "warm_up.featured_true",
            "warm_up.event_on_platform",
            "warm_up.spend_within_budget",
            "warm_up.reservations_on_track",
            "warm_up.published_with_proof",
            "warm_up.wording_forbidden",
            "warm_up.wording_risky",
            "warm_up.ad_label_shown",
            "warm_up.reaches_largest_segment",
            "warm_up.channels_varied",
            "warm_up.message_complete",
        ]
    );
}

#[test]
fn rules_have_the_severities_of_the_domain_page() {
    let of = |wanted: fn(&Rule) -> bool| -> BTreeSet<&str> {
        rules().filter(|rule| is_of_written_gate(rule.id) && wanted(rule)).map(|rule| rule.id).collect()
    };
    let warnings = [
        "audience.peak_hour_met",
        "audience.survey_sample",
        "goal.clear_of_mega_sales",
        "goal.viewer_value_realistic",
        "portfolio.cheapest_here",
        "products.focus_fits_positioning",
        "products.forecast_meets_goal",
        "products.margin_floor",
        "products.role_mix",
        "products.traffic_price",
        "script.wording_risky",
        "warm_up.channels_varied",
        "warm_up.event_on_platform",
        "warm_up.message_complete",
        "warm_up.reaches_largest_segment",
        "warm_up.reservations_on_track",
        "warm_up.wording_risky",
    ];
    assert_eq!(of(|rule| rule.severity == Severity::Warning), warnings.into());
    let law = [
        "products.category_permitted",
        "products.claims_proven",
        "products.licences_present",
        "products.licences_valid",
        "products.minors_protected",
        "products.strike_price_has_basis",
        "script.wording_forbidden",
        "warm_up.ad_label_shown",
        "warm_up.wording_forbidden",
    ];
    assert_eq!(of(|rule| rule.law == Some("cn")), law.into());
    let complete = ["audience.complete", "goal.complete", "products.complete", "warm_up.complete"];
    let mut unwaivable = BTreeSet::from(["goal.go_live_ahead", "goal.kpi_for_primary_goal"]);
    unwaivable.extend(["warm_up.featured_true", "warm_up.start_time_true"]);
    unwaivable.extend(law.into_iter().chain(complete));
    assert_eq!(of(|rule| !rule.waivable), unwaivable);
    assert_eq!(
        of(|rule| rule.ages.is_some()),
        ["audience.evidence_fresh", "warm_up.published_with_proof"].into()
    );
    assert_eq!(of(|rule| rule.tells_cost), ["products.loss_only_on_traffic", "products.margin_floor"].into());
}

#[test]
fn rule_ids_are_unique() {
    let mut seen = BTreeSet::new();
    for rule in rules() {
        assert!(seen.insert(rule.id), "{} occurs twice", rule.id);
    }
}

#[test]
fn parameters_that_rules_name_exist() {
    let params: Value = serde_json::from_str(domain::data::PARAMS).unwrap();
    for rule in rules() {
        for name in rule.params {
            let (part, figure) = name.split_once('.').unwrap();
            assert!(params[part].get(figure).is_some(), "{}: {name}", rule.id);
        }
    }
}

#[test]
fn rules_that_built_in_playbooks_name_exist() {
    let catalogue: BTreeSet<&str> = rules().map(|rule| rule.id).collect();
    let playbooks = Playbook::all_built_in();
    assert_eq!(
        playbooks.iter().map(|it| it.reference()).collect::<Vec<_>>(),
        ["standard@1", "fast@1", "daily@1"]
    );
    let mut named = 0;
    for playbook in playbooks {
        let by_goal = playbook.source["by_goal"].as_object().unwrap().values();
        for overlay in by_goal.chain([&playbook.source]).filter_map(|overlay| overlay.get("rules")) {
            for rule in overlay.as_object().unwrap().keys().filter(|rule| is_of_written_gate(rule)) {
                assert!(catalogue.contains(rule.as_str()), "{}: {rule}", playbook.key);
                named += 1;
            }
        }
    }
    assert_eq!(named, 3 * 4 + 1, "two goals make two rules a warning everywhere; daily switches one off");
}

#[test]
fn the_largest_figures_are_judged() {
    let patch = json!([
        { "op": "add", "path": "/gates/goal/gmv_target", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/goal/viewers_target", "value": 1_000_000_000 },
        { "op": "add", "path": "/gates/goal/conversion_pct", "value": 99.99 },
        { "op": "add", "path": "/gates/goal/average_order_value", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/goal/roi_floor", "value": 999.9999 },
        { "op": "add", "path": "/gates/goal/ad_budget", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/goal/baseline", "value": { "runs": 9, "viewer_value": 1_000_000_000_000_i64 } },
        { "op": "add", "path": "/gates/products/skus/0/forecast_units", "value": 1_000_000_000 },
        { "op": "add", "path": "/gates/products/skus/0/live_price", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/products/skus/0/market_price", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/products/skus/0/cost", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/warm_up/spend/0/amount", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/warm_up/reservation_target", "value": 1_000_000_000 },
    ]);
    let (most, far) = (999_999_999.999_9, 1_000_000_000_000_i64);
    let params = json!({
        "goal": { "viewer_value_ratio": most, "sum_tolerance_pct": most },
        "audience": { "share_tolerance_pct": most, "min_price_fit_pct": most, "evidence_max_age_days": far },
        "products": {
            "traffic_price_max_pct": most, "margin_floor_pct": { "traffic": most }, "safety_ratio": most,
            "min_forecast_pct": most, "max_forecast_pct": most, "inbound_lead_hours": far,
        },
        "warm_up": {
            "ladder": [{ "key": "ever", "from_hours": most, "to_hours": -most }], "proof_within_hours": most,
            "reservation_check_hours": most, "min_reservation_pct": most, "start_tolerance_minutes": far,
        },
        "portfolio": { "buffer_minutes": far, "price_days": far, "release_hours": far },
    });
    let now = "2027-03-20T17:00:00+08:00";
    let scene = Scene::of(&json!({ "now": now, "patch": patch, "params": params }));
    let found: BTreeSet<&str> = scene.findings().iter().map(|finding| finding.rule.id).collect();
    assert!(
        found.contains("goal.gmv_adds_up") && !found.contains("goal.viewer_value_realistic"),
        "{found:?}"
    );
}

#[test]
fn a_parameter_out_of_reach_is_refused() {
    let params = json!({ "portfolio": { "price_days": 1_000_000_000_001_i64 } });
    let refused =
        Playbook::built_in("standard").unwrap().overlaid(&params, &serde_json::Map::new()).unwrap_err();
    assert_eq!(refused, "params: 1000000000001 is not within ±10^12");
}

#[test]
fn a_sale_period_may_run_over_new_year() {
    let hits = |go_live_at: &str| {
        let vector = json!({
            "now": "2027-03-20T17:00:00+08:00",
            "patch": [{ "op": "replace", "path": "/campaign/go_live_at", "value": go_live_at }],
            "params": { "goal": { "mega_sales": [{ "from": "12-28", "to": "01-03", "label": "年货节" }] } },
        });
        Scene::of(&vector).findings().iter().any(|finding| finding.rule.id == "goal.clear_of_mega_sales")
    };
    assert!(!hits("2027-12-27T23:59:59+08:00") && hits("2027-12-28T00:00:00+08:00"));
    assert!(hits("2028-01-03T23:59:59+08:00") && !hits("2028-01-04T00:00:00+08:00"));
}
