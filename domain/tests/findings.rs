//! The rules against golden vectors that people wrote, and what they say in both languages.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "support/claims.rs"]
mod claims;
#[path = "support/scene.rs"]
mod scene;
mod support;

use std::collections::BTreeSet;

use domain::Playbook;
use domain::evaluate::rules;
use domain::rule::Verdict;
use scene::{Scene, key};
use serde_json::{Value, json};
use support::vectors;

/// What differs from the expectation of a vector, if anything does.
fn difference(vector: &Value) -> Option<String> {
    let mut got: Vec<String> = Scene::of(vector).findings().iter().map(key).collect();
    let expected = vector["expect"].as_array().unwrap().iter();
    let mut expected: Vec<String> = expected
        .map(|finding| ["rule", "status", "severity", "path"].map(|member| finding[member].as_str().unwrap()))
        .map(|finding| finding.join(" "))
        .collect();
    got.sort();
    expected.sort();
    (got != expected).then(|| format!("{}\n  got      {got:#?}\n  expected {expected:#?}", vector["name"]))
}

#[test]
fn golden_vectors_of_findings_hold() {
    let vectors = vectors("findings");
    assert_eq!(vectors.len(), 279);
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
fn every_rule_fails_in_one_vector_and_passes_in_another() {
    let scenes: Vec<Scene> = vectors("findings").iter().map(Scene::of).collect();
    for rule in rules() {
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
        { "op": "add", "path": "/gates/script/expected_viewers/0/viewers", "value": 1_000_000_000 },
        { "op": "add", "path": "/gates/script/rows/0/duration_seconds", "value": 14_400 },
        { "op": "add", "path": "/gates/script/rows/9/interaction/prize_value", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/team/roster/0/shift_to_at", "value": "9998-12-31T23:59:59Z" },
        { "op": "add", "path": "/gates/equipment_test/outputs/0/bitrate_kbps", "value": 100_000 },
        { "op": "add", "path": "/gates/equipment_test/lines/0/up_mbps", "value": 100_000 },
        { "op": "add", "path": "/gates/equipment_test/order_tests/0/seen_price", "value": 1_000_000_000_000_i64 },
        { "op": "add", "path": "/gates/equipment_test/audio/measured_at", "value": "9998-12-31T23:59:59Z" },
        { "op": "add", "path": "/gates/equipment_test/lines/0/measured_at", "value": "0001-01-02T00:00:00Z" },
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
        "script": {
            "max_gap_seconds": far, "max_product_minutes": far, "max_host_minutes": far, "length_tolerance_pct": most,
            "hook_within_seconds": far, "bin_minutes": far, "peak_bins": far, "min_peak_pct": most,
            "han_per_second": most, "letters_per_second": most, "max_quiet_seconds": far, "prize_cap": far,
            "demand_weight": { "traffic": most, "hero": most, "profit": -most, "image": most },
        },
        "team": { "before_minutes": far, "after_minutes": far, "min_rehearsal_pct": most },
        "equipment_test": {
            "bitrate_headroom_ratio": most, "min_up_mbps": most, "extra_output_mbps": most, "max_rtt_ms": most,
            "tests_max_age_hours": most, "recheck_from_hours": most, "recheck_due_minutes": most,
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
