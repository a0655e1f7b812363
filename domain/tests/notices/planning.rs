//! What is planned, and when.

use std::collections::BTreeSet;

use domain::GateKey;
use domain::campaign::Verdict;
use domain::ids::CampaignId;
use domain::notice::{Planned, Reason};
use domain::surroundings::CampaignStatus;
use serde_json::json;

use crate::stage::{Stage, playbook};
use crate::{AFTERNOON, EARLY, at, decide, line, lines, of, page, replanned, standard, submit, wanted};

#[test]
fn at_creation_all_of_it_is_still_to_come_so_all_of_it_is_added() {
    let stage = standard(EARLY);
    assert_eq!(lines(&replanned(&stage, &[]).add), lines(&wanted(&stage)));
    assert_eq!(of(&stage, Reason::GateDue).len(), 21, "the whole plan is read in notices.txt");
}

#[test]
fn a_daily_campaign_has_short_ladders_and_leaves_out_what_a_night_would_turn_around() {
    let stage = Stage::new(playbook("daily", json!([])), json!([]), EARLY);
    let of_gates = |gates: [GateKey; 3]| {
        wanted(&stage).into_iter().filter(move |own| gates.iter().any(|gate| own.subject == *gate))
    };
    let found: Vec<_> = of_gates([GateKey::Goal, GateKey::Products, GateKey::EquipmentTest]).collect();
    // Three waking hours after 20:00 are 09:00 of the next day, past the six plain hours of l3: no l2.
    let page = page(
        "gate_due goal h6               | 03-18 12:00 | 03-18 18:00 | action   | gate_owner
         gate_due goal d0               | 03-18 18:00 | 03-18 22:00 | action   | gate_owner approvers_in_review
         gate_overdue goal l1           | 03-18 19:00 | 03-18 21:00 | action   | gate_owner managers
         gate_overdue goal l2           | 03-18 21:00 | 03-19 00:00 | action   | managers campaign_owner
         gate_overdue goal l3           | 03-19 00:00 | 03-20 20:00 | critical | managers admins

         gate_due products h6           | 03-18 14:00 | 03-18 20:00 | action   | gate_owner
         gate_due products d0           | 03-18 20:00 | 03-19 00:00 | action   | gate_owner approvers_in_review
         gate_overdue products l1       | 03-18 21:00 | 03-19 02:00 | action   | gate_owner managers
         gate_overdue products l3       | 03-19 02:00 | 03-20 20:00 | critical | managers admins

         gate_due equipment_test h6     | 03-20 10:00 | 03-20 16:00 | action   | gate_owner
         gate_due equipment_test d0     | 03-20 16:00 | 03-20 20:00 | action   | gate_owner approvers_in_review
         gate_overdue equipment_test l1 | 03-20 17:00 | 03-20 19:00 | action   | gate_owner managers
         gate_overdue equipment_test l2 | 03-20 19:00 | 03-20 20:00 | action   | managers campaign_owner",
    );
    assert_eq!(lines(&found), page);
}

#[test]
fn a_fast_campaign_is_reminded_once_before_each_due_day() {
    let stage = Stage::new(playbook("fast", json!([])), json!([]), EARLY);
    let found: Vec<_> = wanted(&stage).into_iter().filter(|own| own.subject == GateKey::Goal).collect();
    let page = page(
        "gate_due goal d1     | 03-09 10:00 | 03-10 18:00 | action   | gate_owner
         gate_due goal d0     | 03-10 18:00 | 03-10 22:00 | action   | gate_owner approvers_in_review
         gate_overdue goal l1 | 03-10 22:00 | 03-11 16:00 | action   | gate_owner managers
         gate_overdue goal l2 | 03-11 16:00 | 03-11 18:00 | action   | managers campaign_owner
         gate_overdue goal l3 | 03-11 18:00 | 03-20 20:00 | critical | managers admins",
    );
    assert_eq!(lines(&found), page);
}

#[test]
fn keys_name_campaign_reason_subject_occurrence_and_generation() {
    let mut stage = standard(EARLY);
    submit(&mut stage, GateKey::Goal);
    decide(&mut stage, GateKey::Goal, Verdict::RequestChanges);
    let campaign = CampaignId(uuid::Uuid::from_u128(0xCA));
    let keys: BTreeSet<String> = wanted(&stage).iter().map(|notice| notice.key(campaign)).collect();
    let submission = stage.campaign.gates[GateKey::Goal].submission.as_ref().unwrap().id;
    for rest in [
        "gate_due:script:d1:2027-03-09T10:00:00Z".to_owned(),
        "gate_overdue:goal:l3:2027-02-27T10:00:00Z".to_owned(),
        format!("gate_decided:goal:v1:{submission}"),
    ] {
        let key = format!("00000000-0000-0000-0000-0000000000ca:{rest}");
        assert!(keys.contains(&key), "{key} is not among {keys:?}");
    }
    assert_eq!(keys.len(), wanted(&stage).len(), "no key is used twice");
}

/// The approval reminders of a submission at a given moment.
fn asked(submitted_at: &str, go_live_at: &str) -> BTreeSet<String> {
    let patch = json!([{ "op": "replace", "path": "/campaign/go_live_at", "value": go_live_at }]);
    let mut stage = Stage::new(playbook("standard", json!([])), patch, EARLY);
    stage.advance(at(submitted_at));
    submit(&mut stage, GateKey::Goal);
    lines(&of(&stage, Reason::ApprovalWanted))
}

#[test]
fn approvers_are_asked_at_once_and_again_in_waking_hours() {
    let t = "2027-03-20T20:00:00+08:00";
    assert_eq!(
        asked("02-22 10:00", t),
        page(
            "approval_wanted goal p0 | 02-22 10:00 | 02-22 14:00 | action | approvers
             approval_wanted goal p1 | 02-22 14:00 | 02-22 18:00 | action | approvers
             approval_wanted goal p2 | 02-22 18:00 | 02-23 20:00 | action | approvers approvers_away gate_owner
             approval_wanted goal p3 | 02-23 20:00 | 03-20 20:00 | action | managers admins",
        )
    );
    assert_eq!(
        asked("02-22 21:00", t),
        page(
            "approval_wanted goal p0 | 02-22 21:00 | 02-23 11:00 | action | approvers
             approval_wanted goal p1 | 02-23 11:00 | 02-23 15:00 | action | approvers
             approval_wanted goal p2 | 02-23 15:00 | 02-24 17:00 | action | approvers approvers_away gate_owner
             approval_wanted goal p3 | 02-24 17:00 | 03-20 20:00 | action | managers admins",
        )
    );
    // At night the first message still goes out at once; the hours start at eight.
    assert_eq!(
        asked("02-22 23:30", t),
        page(
            "approval_wanted goal p0 | 02-22 23:30 | 02-23 12:00 | action | approvers
             approval_wanted goal p1 | 02-23 12:00 | 02-23 16:00 | action | approvers
             approval_wanted goal p2 | 02-23 16:00 | 02-24 18:00 | action | approvers approvers_away gate_owner
             approval_wanted goal p3 | 02-24 18:00 | 03-20 20:00 | action | managers admins",
        )
    );
}

#[test]
fn all_hours_count_where_the_show_begins_before_the_night_is_over() {
    assert_eq!(
        asked("03-19 21:00", "2027-03-20T07:00:00+08:00"),
        page(
            "approval_wanted goal p0 | 03-19 21:00 | 03-20 01:00 | action | approvers
             approval_wanted goal p1 | 03-20 01:00 | 03-20 05:00 | action | approvers
             approval_wanted goal p2 | 03-20 05:00 | 03-20 07:00 | action | approvers approvers_away gate_owner",
        )
    );
    // A show at eight begins when the quiet hours end, not before: they do not count.
    assert_eq!(
        asked("03-19 21:00", "2027-03-20T08:00:00+08:00"),
        page("approval_wanted goal p0 | 03-19 21:00 | 03-20 08:00 | action | approvers")
    );
}

#[test]
fn every_decision_is_told_for_a_day_or_until_the_show() {
    let mut stage = Stage::new(playbook("standard", json!([])), json!([]), EARLY);
    submit(&mut stage, GateKey::Goal);
    decide(&mut stage, GateKey::Goal, Verdict::Approve);
    assert_eq!(
        lines(&of(&stage, Reason::GateDecided)),
        page("gate_decided goal v1 | 02-20 10:00 | 02-21 10:00 | action | submitter gate_owner")
    );
    assert_eq!(of(&stage, Reason::ApprovalWanted), []);
    let mut late = standard(AFTERNOON);
    submit(&mut late, GateKey::Goal);
    decide(&mut late, GateKey::Goal, Verdict::RequestChanges);
    assert_eq!(
        lines(&of(&late, Reason::GateDecided)),
        page("gate_decided goal v1 | 03-20 17:00 | 03-20 20:00 | action | submitter gate_owner")
    );
}

#[test]
fn a_notice_is_never_planned_when_it_is_of_no_use_any_more() {
    for key in ["standard", "fast", "daily"] {
        for hours in (0..120).step_by(3) {
            let t = at("03-18 00:00").checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
            let mut stage = Stage::new(
                playbook_once(key),
                json!([{ "op": "replace", "path": "/campaign/go_live_at", "value": t.to_string() }]),
                "2027-03-19T21:30:00+08:00",
            );
            if hours % 12 == 0 && stage.standing.status == CampaignStatus::Preparing {
                submit(&mut stage, GateKey::Goal);
            }
            for notice in wanted(&stage).iter().chain(&replanned(&stage, &[]).add) {
                assert!(notice.planned_at < notice.not_after, "{key}, T = {t}: {}", line(notice));
            }
            for (earlier, later) in ladders(&wanted(&stage)) {
                assert!(earlier.planned_at < later.planned_at, "{key}, T = {t}: {}", line(&earlier));
                assert_eq!(earlier.not_after, later.planned_at, "{key}, T = {t}: {}", line(&earlier));
            }
        }
    }
}

/// Neighbours on each ladder.
fn ladders(notices: &[Planned]) -> Vec<(Planned, Planned)> {
    let ladder = |notice: &Planned| matches!(notice.reason, Reason::GateOverdue | Reason::ApprovalWanted);
    let pair = |two: &[Planned]| {
        let same = two[0].reason == two[1].reason && two[0].subject == two[1].subject;
        (same && ladder(&two[0])).then(|| (two[0].clone(), two[1].clone()))
    };
    notices.windows(2).filter_map(pair).collect()
}

fn playbook_once(key: &str) -> &'static domain::Playbook {
    domain::Playbook::built_in(key).unwrap()
}
