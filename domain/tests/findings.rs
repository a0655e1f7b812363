//! The rules against golden vectors that people wrote, and what they say in both languages.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[path = "support/claims.rs"]
mod claims;
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

/// The rules of each gate, in the order of the domain page.
const CATALOGUE: [(GateKey, &[&str]); 7] = [
    (
        GateKey::Goal,
        &[
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
        ],
    ),
    (
        GateKey::Audience,
        &[
            "audience.complete",
            "audience.shares_sum",
            "audience.evidence_methods",
            "audience.evidence_fresh",
            "audience.survey_sample",
            "audience.price_fits_order",
            "audience.peak_hour_met",
        ],
    ),
    (
        GateKey::Products,
        &[
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
        ],
    ),
    (
        GateKey::Script,
        &[
            "script.complete",
            "script.timeline_continuous",
            "script.length_fits_plan",
            "script.opening_hook",
            "script.peak_sells",
            "script.beats_complete",
            "script.product_row_length",
            "script.host_rest",
            "script.talk_speed",
            "script.interaction_spacing",
            "script.lottery_lawful",
            "script.wording_forbidden",
            "script.wording_risky",
            "script.rows_match_lineup",
            "script.lineup_is_shown",
            "script.prices_match",
            "script.emergency_plans_cover",
            "script.stock_lasts",
        ],
    ),
    (
        GateKey::Team,
        &[
            "team.complete",
            "team.roles_filled",
            "team.backups_named",
            "team.shifts_cover_show",
            "team.hosts_of_age",
            "team.identity_verified",
            "team.training_complete",
            "team.full_rehearsal",
            "team.no_open_high_issue",
            "team.script_hosts_on_roster",
            "portfolio.people_free",
        ],
    ),
    (
        GateKey::WarmUp,
        &[
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
        ],
    ),
    (
        GateKey::EquipmentTest,
        &[
            "equipment_test.complete",
            "equipment_test.uplink_sufficient",
            "equipment_test.line_quality",
            "equipment_test.outputs_in_profile",
            "equipment_test.output_per_platform",
            "equipment_test.test_stream_clean",
            "equipment_test.audio_levels",
            "equipment_test.light_quality",
            "equipment_test.backups_present",
            "equipment_test.failovers_drilled",
            "equipment_test.orders_true",
            "equipment_test.orders_cover",
            "equipment_test.tests_fresh",
            "equipment_test.recheck_done",
        ],
    ),
];

#[test]
fn the_catalogue_lists_the_rules_of_the_domain_page_in_its_order() {
    assert_eq!(CATALOGUE.map(|(gate, _)| gate), GateKey::ALL);
    for (gate, listed) in CATALOGUE {
        let ids: Vec<&str> = rules_of(gate).map(|rule| rule.id).collect();
        assert_eq!(ids, listed, "{gate}");
    }
    for gate in GateKey::ALL {
        let first = rules_of(*gate).next().unwrap();
        assert_eq!(first.id, format!("{gate}.complete"));
        assert_eq!((first.severity, first.waivable, first.law), (Severity::Blocker, false, None));
    }
}

/// The ids of the rules of which something is true.
fn of(wanted: fn(&Rule) -> bool) -> BTreeSet<&'static str> {
    rules().filter(|rule| wanted(rule)).map(|rule| rule.id).collect()
}

#[test]
fn rules_have_the_severities_of_the_domain_page() {
    let warnings = [
        "audience.peak_hour_met",
        "audience.survey_sample",
        "equipment_test.light_quality",
        "goal.clear_of_mega_sales",
        "goal.viewer_value_realistic",
        "portfolio.cheapest_here",
        "products.focus_fits_positioning",
        "products.forecast_meets_goal",
        "products.margin_floor",
        "products.role_mix",
        "products.traffic_price",
        "script.host_rest",
        "script.interaction_spacing",
        "script.peak_sells",
        "script.product_row_length",
        "script.stock_lasts",
        "script.talk_speed",
        "script.wording_risky",
        "warm_up.channels_varied",
        "warm_up.event_on_platform",
        "warm_up.message_complete",
        "warm_up.reaches_largest_segment",
        "warm_up.reservations_on_track",
        "warm_up.wording_risky",
    ];
    assert_eq!(of(|rule| rule.severity == Severity::Warning), warnings.into());
}

#[test]
fn rules_of_law_and_of_plain_sense_are_never_waived() {
    let law = [
        "products.category_permitted",
        "products.claims_proven",
        "products.licences_present",
        "products.licences_valid",
        "products.minors_protected",
        "products.strike_price_has_basis",
        "script.lottery_lawful",
        "script.wording_forbidden",
        "team.hosts_of_age",
        "team.identity_verified",
        "warm_up.ad_label_shown",
        "warm_up.wording_forbidden",
    ];
    assert_eq!(of(|rule| rule.law == Some("cn")), law.into());
    let complete = GateKey::ALL.iter().map(|gate| format!("{gate}.complete"));
    let mut unwaivable: BTreeSet<String> = [
        "goal.go_live_ahead",
        "goal.kpi_for_primary_goal",
        "script.prices_match",
        "team.script_hosts_on_roster",
        "warm_up.featured_true",
        "warm_up.start_time_true",
    ]
    .map(str::to_owned)
    .into();
    unwaivable.extend(law.into_iter().map(str::to_owned).chain(complete));
    let own = of(|rule| !rule.waivable).into_iter().map(str::to_owned);
    assert_eq!(own.collect::<BTreeSet<_>>(), unwaivable);
}

#[test]
fn rules_that_time_can_turn_and_that_tell_costs_are_those_of_the_domain_page() {
    let ripens = ["audience.evidence_fresh", "equipment_test.recheck_done", "equipment_test.tests_fresh"];
    assert_eq!(of(|rule| rule.ripens.is_some()), ripens.into());
    let mut ages = BTreeSet::from(ripens);
    ages.insert("warm_up.published_with_proof");
    assert_eq!(of(|rule| rule.ages.is_some()), ages);
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
            for rule in overlay.as_object().unwrap().keys() {
                assert!(catalogue.contains(rule.as_str()), "{}: {rule}", playbook.key);
                named += 1;
            }
        }
    }
    let everywhere = 3 * 4;
    assert_eq!(
        named,
        everywhere + 2 + 6,
        "two goals make two rules a warning; fast softens 2, daily changes 6"
    );
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
