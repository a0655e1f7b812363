//! Readiness: the formula by a hand-computed example, and its promises over any set of findings and states.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod stage;

use std::sync::LazyLock;

use domain::effect::Effect;
use domain::evaluate::evaluate;
use domain::finding::{Finding, FindingStatus};
use domain::gate::{Contents, GateKey, PerGate};
use domain::playbook::{Playbook, Severity};
use domain::readiness::{Cause, GateState, Loss, Points, Readiness, costs, readiness, score};
use domain::rule::Case;
use domain::standing::GateStatus;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use stage::{Stage, playbook};

const MONDAY: &str = "2027-03-01T10:00:00+08:00";

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A loss on one line: gate, what, points.
fn line(loss: &Loss<'_>) -> String {
    let what = match &loss.cause {
        Cause::Finding(finding) => finding.rule.id.to_owned(),
        Cause::Item(item) => item.key.clone(),
        Cause::Status(status, effect) => {
            effect.map_or(status.to_string(), |effect| format!("{status} {effect}"))
        }
    };
    format!("{} {what} {}", loss.gate, loss.points.number())
}

fn with_readiness(stage: &Stage, judge: impl FnOnce(&Readiness<'_>)) {
    let findings = evaluate(&stage.case());
    judge(&readiness(&stage.case(), &stage.standing, &findings));
}

#[test]
fn the_score_of_a_campaign_is_what_a_person_works_out() {
    let patch = json!([
        { "op": "replace", "path": "/gates/audience/segments/0/share_pct", "value": 46.01 },
        { "op": "replace", "path": "/gates/audience/evidence/1/sample_count", "value": 99 },
    ]);
    let mut stage = Stage::new(playbook("standard", json!([])), patch, MONDAY);
    stage.pass(GateKey::Goal);
    with_readiness(&stage, |readiness| {
        // Goal has passed. Audience: 1 for its blocker, 2 for its items, 4 for its review, 0.1 for its warning.
        // Each of the five gates behind it: 2 for items, 4 for the review.
        assert_eq!(readiness.score.number(), number("62.9"), "100 - 7.1 - 5 * 6");
        let lines: Vec<String> = readiness.losses.iter().map(line).collect();
        assert_eq!(lines[0], "audience audience.shares_sum 1");
        assert!(lines.contains(&"audience open 4".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"audience audience.survey_sample 0.1".to_owned()), "{lines:#?}");
        assert!(lines.contains(&"equipment_test blocked 4".to_owned()), "{lines:#?}");
        let items = readiness.losses.iter().filter(|loss| matches!(loss.cause, Cause::Item(_)));
        assert_eq!(items.map(|loss| loss.points).sum::<Points>().number(), number("12"), "{lines:#?}");
        assert_eq!(
            (readiness.critical_gate, readiness.slack_hours),
            (Some(GateKey::Audience), Some(number("32")))
        );
        assert_eq!(readiness.top_blockers.len(), 5);
        assert_eq!(line(&readiness.top_blockers[0]), "audience audience.shares_sum 1");
        assert!(readiness.top_blockers.iter().all(|loss| loss.gate == GateKey::Audience), "the first due");
    });
}

#[test]
fn a_late_gate_has_negative_slack_in_exact_hours() {
    let stage = Stage::new(playbook("standard", json!([])), json!([]), "2027-02-27T19:40:00+08:00");
    with_readiness(&stage, |readiness| {
        let expected = (Some(GateKey::Goal), Some(number("-1.67")));
        assert_eq!((readiness.critical_gate, readiness.slack_hours), expected, "100 minutes");
    });
}

#[test]
fn a_campaign_that_could_go_live_lacks_nothing() {
    let mut stage = Stage::new(playbook("standard", json!([])), json!([]), MONDAY);
    GateKey::ALL.iter().for_each(|gate| stage.pass(*gate));
    with_readiness(&stage, |readiness| {
        assert_eq!(readiness.score.number(), number("100"));
        assert!(readiness.losses.is_empty() && readiness.top_blockers.is_empty());
        assert_eq!((readiness.critical_gate, readiness.slack_hours), (None, None));
    });
}

#[test]
fn a_start_in_the_past_stops_a_submission_and_not_a_campaign_that_has_passed() {
    let mut stage = Stage::new(playbook("standard", json!([])), json!([]), MONDAY);
    GateKey::ALL.iter().for_each(|gate| stage.pass(*gate));
    stage.advance("2027-03-20T20:10:00+08:00".parse().unwrap());
    let findings = evaluate(&stage.case());
    assert!(findings.iter().any(|finding| finding.rule.id == "goal.go_live_ahead" && finding.blocks()));
    with_readiness(&stage, |readiness| assert_eq!(readiness.score.number(), number("100")));
}

#[test]
fn what_a_gate_costs_follows_from_where_it_stands() {
    for (status, effect, points) in [
        (GateStatus::Passed, None, "100"),
        (GateStatus::InReview, None, "98"),
        (GateStatus::Expired, None, "98"),
        (GateStatus::Stale, Some(Effect::Reconfirm), "98"),
        (GateStatus::Stale, Some(Effect::Revoke), "96"),
        (GateStatus::ChangesRequested, None, "96"),
        (GateStatus::Blocked, None, "96"),
        (GateStatus::Open, None, "96"),
    ] {
        let mut gates = passed();
        gates[GateKey::Team] = GateState { status, effect, ..gates[GateKey::Team].clone() };
        assert_eq!(score(&costs(&gates, &[])).number(), number(points), "{status}");
    }
}

#[test]
fn what_cannot_be_judged_costs_like_a_failure_and_what_is_waived_costs_nothing() {
    let one = |status: FindingStatus, severity: Severity, waived: bool| {
        let finding = FINDINGS.iter().find(|finding| finding.rule.gate == GateKey::Products).unwrap();
        let findings = [Finding { status, severity, waived, ..finding.clone() }];
        score(&costs(&passed(), &findings)).number()
    };
    for status in [FindingStatus::Fail, FindingStatus::Incomplete] {
        assert_eq!(one(status, Severity::Blocker, false), number("99"));
        assert_eq!(one(status, Severity::Warning, false), number("99.9"));
        assert_eq!(one(status, Severity::Blocker, true), number("100"));
        assert_eq!(one(status, Severity::Warning, true), number("100"));
    }
}

#[test]
fn twelve_blockers_of_one_gate_share_its_eight_points() {
    let finding = FINDINGS.iter().find(|finding| finding.rule.gate == GateKey::Script).unwrap();
    let findings = vec![Finding { severity: Severity::Blocker, waived: false, ..finding.clone() }; 12];
    let losses = costs(&passed(), &findings);
    assert_eq!(score(&losses).number(), number("92"));
    let each: Vec<Decimal> = losses[..3].iter().map(|loss| loss.points.number()).collect();
    assert_eq!(each, ["0.66", "0.67", "0.67"].map(number));
}

#[test]
fn an_empty_campaign_has_nothing() {
    let none = PerGate::each(|gate| GateState {
        status: GateStatus::Open,
        items: passed()[gate].items.iter().map(|(item, _)| (*item, false)).collect(),
        ..passed()[gate].clone()
    });
    let blockers = |gate: GateKey| {
        let of_gate = FINDINGS.iter().find(|finding| finding.rule.gate == gate).unwrap();
        vec![Finding { severity: Severity::Blocker, waived: false, ..of_gate.clone() }; 8]
    };
    let mut findings: Vec<Finding> = GateKey::ALL.iter().flat_map(|gate| blockers(*gate)).collect();
    let warning = Finding { severity: Severity::Warning, waived: false, ..findings[0].clone() };
    findings.extend(vec![warning; 20]);
    assert_eq!(score(&costs(&none, &findings)).number(), number("0"));
}

/// Findings of a campaign nobody wrote anything in: of every gate, incomplete and failed, blockers and warnings.
static FINDINGS: LazyLock<Vec<Finding>> = LazyLock::new(|| {
    let mut stage = Stage::new(playbook("standard", json!([])), json!([]), MONDAY);
    stage.campaign.contents = Contents::default();
    evaluate(&Case::of(&stage.campaign, standard(), stage.case().surroundings))
});

fn standard() -> &'static Playbook {
    Playbook::built_in("standard@1").unwrap()
}

/// Every gate passed and every item ticked.
fn passed() -> PerGate<GateState<'static>> {
    PerGate::each(|gate| GateState {
        status: GateStatus::Passed,
        effect: None,
        due_at: MONDAY.parse().unwrap(),
        items: standard().gates[gate]
            .checklist
            .iter()
            .filter(|item| item.required)
            .map(|item| (item, true))
            .collect(),
    })
}

/// Any state of a gate: any status, any item ticked or not.
fn state(gate: GateKey) -> impl Strategy<Value = GateState<'static>> {
    let count = passed()[gate].items.len();
    let ticks = prop::collection::vec(any::<bool>(), count);
    let effect = prop::option::of(prop::sample::select(Effect::ALL));
    (prop::sample::select(GateStatus::ALL), effect, ticks).prop_map(move |(status, effect, ticks)| {
        let items = passed()[gate].items.iter().zip(ticks).map(|((item, _), done)| (*item, done)).collect();
        GateState { status, effect, items, ..passed()[gate].clone() }
    })
}

fn states() -> impl Strategy<Value = PerGate<GateState<'static>>> {
    let states: Vec<_> = GateKey::ALL.iter().map(|gate| state(*gate).boxed()).collect();
    states.prop_map(|states| PerGate::each(|gate| states[gate.position()].clone()))
}

/// Any set of findings, each of any severity, waived or not; some many times over.
fn findings() -> impl Strategy<Value = Vec<Finding>> {
    let one = (0..FINDINGS.len(), prop::sample::select(Severity::ALL), prop::bool::weighted(0.2), 1..4_usize);
    prop::collection::vec(one, 0..60).prop_map(|chosen| {
        let finding = |(i, severity, waived, times): (usize, Severity, bool, usize)| {
            vec![Finding { severity, waived, ..FINDINGS[i].clone() }; times]
        };
        chosen.into_iter().flat_map(finding).collect()
    })
}

fn points(gates: &PerGate<GateState<'_>>, findings: &[Finding]) -> Points {
    score(&costs(gates, findings))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn losses_add_up_to_what_is_missing_and_the_score_stays_within_bounds(gates in states(), findings in findings()) {
        let losses = costs(&gates, &findings);
        let missing: Points = losses.iter().map(|loss| loss.points).sum();
        let score = score(&losses);
        prop_assert_eq!(score.number() + missing.number(), number("100"));
        prop_assert!((number("0")..=number("100")).contains(&score.number()));
        prop_assert!(losses.iter().all(|loss| loss.points >= Points::default()));
    }

    #[test]
    fn removing_findings_never_lowers_the_score(
        gates in states(),
        findings in findings(),
        kept in prop::collection::vec(any::<bool>(), 240),
    ) {
        let fewer: Vec<Finding> =
            findings.iter().zip(kept).filter(|(_, kept)| *kept).map(|(finding, _)| finding.clone()).collect();
        prop_assert!(points(&gates, &fewer) >= points(&gates, &findings));
        for i in 0..findings.len() {
            let mut fewer = findings.clone();
            fewer.remove(i);
            prop_assert!(points(&gates, &fewer) >= points(&gates, &findings), "{}", findings[i].rule.id);
            let mut waived = findings.clone();
            waived[i].waived = true;
            prop_assert_eq!(points(&gates, &waived), points(&gates, &fewer), "waived is as good as gone");
        }
    }

    #[test]
    fn ticking_an_item_or_passing_a_gate_never_lowers_the_score(gates in states(), findings in findings()) {
        let before = points(&gates, &findings);
        for gate in GateKey::ALL.iter().copied() {
            for i in 0..gates[gate].items.len() {
                let mut ticked = gates.clone();
                ticked[gate].items[i].1 = true;
                prop_assert!(points(&ticked, &findings) >= before, "{gate} item {i}");
            }
            let mut on = gates.clone();
            on[gate].status = GateStatus::InReview;
            let in_review = points(&on, &findings);
            prop_assert!(gates[gate].status == GateStatus::Passed || in_review >= before, "{gate} in review");
            on[gate].status = GateStatus::Passed;
            prop_assert!(points(&on, &findings) >= before.max(in_review), "{gate} passed");
        }
    }

    #[test]
    fn when_all_have_passed_and_nothing_stops_go_live_only_warnings_are_missing(findings in findings()) {
        let harmless: Vec<Finding> = findings.into_iter().filter(|finding| !finding.stops_go_live()).collect();
        let gates = passed();
        let losses = costs(&gates, &harmless);
        let is_warning = |loss: &Loss<'_>| matches!(loss.cause, Cause::Finding(found) if found.severity == Severity::Warning);
        prop_assert!(losses.iter().all(is_warning));
        prop_assert!(score(&losses).number() >= number("98"));
    }
}
