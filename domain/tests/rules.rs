//! The rules as a whole: which there are, how severe they are, what may be waived, compared with lists written by hand.

use std::collections::BTreeSet;

use domain::Playbook;
use domain::evaluate::{rules, rules_of};
use domain::gate::GateKey;
use domain::playbook::Severity;
use domain::rule::Rule;
use serde_json::Value;

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
