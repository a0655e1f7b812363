//! What a change does to the rows of the ledger, and why a row no longer applies when its time comes.

use std::collections::BTreeSet;

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::{Command, Edit, Expected};
use domain::notice::{About, Class, Existing, Ledger, Planned, Reason, Replanned, obsolete};
use serde_json::json;

use crate::stage::{Stage, actor, playbook};
use crate::{
    AFTERNOON, EARLY, at, decide, dropped, lines, of, page, planned, replanned, reschedule, standard, submit,
    wanted,
};

#[test]
fn of_what_was_missed_before_creation_only_the_highest_level_goes_out() {
    let stage = standard("2027-03-10T12:00:00+08:00");
    let planned = replanned(&stage, &[]);
    let early: Vec<_> = planned.add.iter().filter(|notice| notice.planned_at <= stage.now).collect();
    assert_eq!(
        lines(early),
        page(
            "gate_overdue goal l3     | 03-10 12:00 | 03-20 20:00 | critical | managers admins
             gate_overdue audience l3 | 03-10 12:00 | 03-20 20:00 | critical | managers admins
             gate_overdue products l3 | 03-10 12:00 | 03-20 20:00 | critical | managers admins
             gate_overdue script l1   | 03-10 12:00 | 03-11 14:00 | action   | gate_owner managers",
        )
    );
    let script: Vec<_> = planned.add.iter().filter(|notice| notice.subject == GateKey::Script).collect();
    assert_eq!(script.len(), 3, "l1 at once, l2 and l3 to come, nothing of what was due");
    // Planned once, they are not planned again, however often the campaign is looked at.
    let row = |planned: &Planned| Existing {
        outcome: None,
        key: planned.key(stage.campaign.id),
        reason: planned.reason,
        status: Ledger::Planned,
        planned: planned.clone(),
    };
    let rows: Vec<_> = planned.add.iter().map(row).collect();
    let mut later = stage.clone();
    for _ in 0..3 {
        assert_eq!(replanned(&later, &rows), Replanned::default());
        later.advance(later.now.checked_add(jiff::SignedDuration::from_mins(7)).unwrap());
    }
}

#[test]
fn class_and_useful_time_of_what_is_under_way_follow_the_facts_and_of_what_was_sent_they_do_not() {
    let stage = standard(EARLY);
    let all = planned(&stage);
    let urgent = |planned: &Planned| Planned { class: Class::Critical, ..planned.clone() };
    let longer = |planned: &Planned| Planned { not_after: at("03-25 20:00"), ..planned.clone() };
    let wanted = all.iter().find(|row| row.planned.class == Class::Action).unwrap();
    let with = |status: Ledger, planned: Planned| {
        let others = all.iter().filter(|row| row.key != wanted.key).cloned();
        let rows: Vec<_> = others.chain([Existing { status, planned, ..wanted.clone() }]).collect();
        replanned(&stage, &rows)
    };
    let renew = vec![(wanted.key.clone(), wanted.planned.clone())];
    for stands in [urgent(&wanted.planned), longer(&wanted.planned)] {
        let expected = Replanned { renew: renew.clone(), ..Replanned::default() };
        assert_eq!(with(Ledger::Sending, stands.clone()), expected);
        for status in [Ledger::Sent, Ledger::Merged, Ledger::Expired, Ledger::Failed] {
            assert_eq!(with(status, stands.clone()), Replanned::default(), "{status}");
        }
    }
    assert_eq!(with(Ledger::Sending, wanted.planned.clone()), Replanned::default());
}

#[test]
fn a_change_that_moves_no_time_touches_no_row() {
    let mut stage = standard(EARLY);
    let rows = planned(&stage);
    let patch = json!({ "name": "another name", "room_ref": "another room" });
    let edit = Command::EditProfile { patch, metadata: None, expected: Expected::Any };
    stage.act(&actor("operator"), &edit).unwrap();
    assert_eq!(replanned(&stage, &rows), Replanned::default());
    stage.advance(at("03-06 12:00"));
    assert_eq!(replanned(&stage, &rows), Replanned::default());
}

#[test]
fn a_reschedule_replaces_what_waits_and_leaves_what_was_sent() {
    let mut stage = standard(EARLY);
    stage.advance(at("02-28 12:00"));
    let mut rows = planned(&stage);
    for row in rows.iter_mut().filter(|row| row.planned.planned_at <= stage.now) {
        row.status = Ledger::Sent;
    }
    let sent = rows.iter().filter(|row| row.status == Ledger::Sent).count();
    assert_eq!(sent, 5, "goal d3 d1 d0 l1, audience d3");
    reschedule(&mut stage, "2027-03-21T20:00:00+08:00");
    let changed = replanned(&stage, &rows);
    assert_eq!(dropped(&changed), ["replanned"].into());
    assert_eq!(changed.drop.len(), rows.len() - sent);
    assert_eq!(changed.change, []);
    let mut fresh = wanted(&stage);
    fresh.retain(|notice| notice.planned_at >= stage.now);
    assert_eq!(changed.add, fresh, "everything still to come, a day later");
    assert!(
        lines(&changed.add).contains(
            "gate_due goal d0 | 02-28 18:00 | 02-28 22:00 | action | gate_owner approvers_in_review"
        )
    );
}

#[test]
fn a_reschedule_taken_back_brings_the_reminders_back() {
    let mut stage = standard(EARLY);
    let mut rows = planned(&stage);
    reschedule(&mut stage, "2027-03-21T20:00:00+08:00");
    assert_eq!(replanned(&stage, &rows).drop.len(), rows.len());
    rows.iter_mut().for_each(|row| row.status = Ledger::Skipped);
    let moved = planned(&stage);
    rows.extend(moved.clone());
    stage.advance(at("02-25 12:00"));
    reschedule(&mut stage, "2027-03-20T20:00:00+08:00");
    let back = replanned(&stage, &rows);
    assert_eq!(back.add, []);
    let again: Vec<_> = back.change.iter().map(|(_, notice)| notice).collect();
    let expected: Vec<_> =
        wanted(&stage).into_iter().filter(|notice| notice.planned_at > stage.now).collect();
    assert_eq!(again, expected.iter().collect::<Vec<_>>(), "all but goal d3, whose time is over");
    assert_eq!(back.drop.len(), moved.len());
}

#[test]
fn only_the_last_reminder_of_a_submission_that_still_waits_is_moved_with_the_show() {
    let mut stage = standard(EARLY);
    stage.advance(at("03-02 10:00"));
    stage.pass(GateKey::Goal);
    submit(&mut stage, GateKey::Audience);
    let rows: Vec<_> =
        planned(&stage).into_iter().filter(|row| row.reason == Reason::ApprovalWanted).collect();
    // The date matters to the audience only as a notice, so the submission goes on waiting.
    reschedule(&mut stage, "2027-03-21T20:00:00+08:00");
    let changed = replanned(&stage, &rows);
    assert_eq!(dropped(&changed), BTreeSet::new());
    assert_eq!(
        lines(changed.change.iter().map(|(_, notice)| notice)),
        page("approval_wanted audience p3 | 03-03 20:00 | 03-21 20:00 | action | managers admins")
    );
}

#[test]
fn reminders_of_an_approval_end_with_the_reason_they_ended_for() {
    let waiting = |end: &dyn Fn(&mut Stage)| {
        let mut stage = standard(EARLY);
        submit(&mut stage, GateKey::Goal);
        let rows: Vec<_> =
            planned(&stage).into_iter().filter(|row| row.reason == Reason::ApprovalWanted).collect();
        end(&mut stage);
        let changed = replanned(&stage, &rows);
        let sooner: BTreeSet<_> =
            rows.iter().filter_map(|row| obsolete(&stage.about(), &row.planned)).collect();
        (
            dropped(&changed).into_iter().map(str::to_owned).collect::<Vec<_>>(),
            sooner.into_iter().collect::<Vec<_>>(),
        )
    };
    let edit = |stage: &mut Stage| {
        let edit = Edit::Merge(json!({ "stop_loss": "never" }));
        let edit = Command::EditContent { gate: GateKey::Goal, edit, expected: Expected::Any };
        stage.act(&actor("operator"), &edit).unwrap();
    };
    let ended = |because: &str| (vec![because.to_owned()], vec![because.to_owned()]);
    assert_eq!(waiting(&|stage| decide(stage, GateKey::Goal, Verdict::Approve)), ended("decided"));
    assert_eq!(waiting(&|stage| decide(stage, GateKey::Goal, Verdict::RequestChanges)), ended("decided"));
    let withdraw = |stage: &mut Stage| {
        stage.act(&actor("submitter"), &Command::Withdraw { gate: GateKey::Goal }).unwrap();
    };
    assert_eq!(waiting(&withdraw), ended("withdrawn"));
    // An edit voids what waits, but may be undone: the rows wait on, and say so only when their time comes.
    assert_eq!(waiting(&edit), (Vec::new(), vec!["voided".to_owned()]));
    let replace = |stage: &mut Stage| {
        edit(stage);
        submit(stage, GateKey::Goal);
    };
    assert_eq!(waiting(&replace), ended("voided"));
    let cancel = |stage: &mut Stage| {
        stage.act(&actor("manager"), &Command::Cancel { reason: None }).unwrap();
    };
    assert_eq!(waiting(&cancel), ended("campaign_cancelled"));
    assert_eq!(waiting(&|stage| stage.advance(at("03-20 23:00"))), ended("campaign_lapsed"));
}

#[test]
fn a_withdrawal_after_the_first_of_two_signatures_is_no_decision() {
    let slot = json!({ "from": "duty:tech", "count": 1, "if_held": true });
    let two =
        playbook("standard", json!([{ "op": "add", "path": "/gates/goal/policy/slots/-", "value": slot }]));
    let mut stage = Stage::new(two, json!([]), EARLY);
    submit(&mut stage, GateKey::Goal);
    decide(&mut stage, GateKey::Goal, Verdict::Approve);
    let rows = planned(&stage);
    assert_eq!(rows.iter().filter(|row| row.reason == Reason::GateDecided).count(), 1);
    stage.act(&actor("submitter"), &Command::Withdraw { gate: GateKey::Goal }).unwrap();
    let changed = replanned(&stage, &rows);
    assert_eq!(dropped(&changed), ["withdrawn"].into());
    assert_eq!(changed.drop.len(), 4, "the decision that was made is told all the same");
}

#[test]
fn a_campaign_that_is_over_or_on_air_drops_its_reminders() {
    let go_live = Command::GoLive { comment: None, override_reason: None };
    let complete = Command::Complete { results: None };
    let cancel = Command::Cancel { reason: None };
    let ends = [
        (vec![go_live.clone()], "campaign_live"),
        (vec![go_live, complete], "campaign_completed"),
        (vec![cancel], "campaign_cancelled"),
    ];
    // The rows of a campaign as they were planned, and the same campaign once all its gates have passed.
    let rows = planned(&standard(EARLY));
    let mut ready = standard(AFTERNOON);
    GateKey::ALL.iter().for_each(|gate| ready.pass(*gate));
    for (commands, because) in ends {
        let mut stage = ready.clone();
        commands.iter().for_each(|command| stage.act(&actor("manager"), command).unwrap());
        let changed = replanned(&stage, &rows);
        assert_eq!((dropped(&changed), changed.drop.len()), ([because].into(), rows.len()));
        assert!(changed.add.iter().all(|notice| notice.reason == Reason::GateDecided));
        let (case, standing) = (stage.case(), &stage.standing);
        assert!(
            rows.iter()
                .all(|row| obsolete(&About::Campaign(case, standing), &row.planned).as_deref()
                    == Some(because))
        );
        let told = of(&stage, Reason::GateDecided);
        assert_eq!(told.len(), 8, "seven gates, one of them with two signatures");
        assert!(told.iter().all(|notice| obsolete(&About::Campaign(case, standing), notice).is_none()));
    }
}

#[test]
fn on_hold_everything_is_planned_on_and_nothing_is_sent() {
    let mut stage = standard(EARLY);
    submit(&mut stage, GateKey::Goal);
    decide(&mut stage, GateKey::Goal, Verdict::RequestChanges);
    let rows = planned(&stage);
    stage.act(&actor("manager"), &Command::Hold { reason: None }).unwrap();
    assert_eq!(replanned(&stage, &rows), Replanned::default());
    let because = |stage: &Stage, row: &Existing| obsolete(&stage.about(), &row.planned);
    assert!(rows.iter().all(|row| because(&stage, row).as_deref() == Some("on_hold")));
    stage.act(&actor("manager"), &Command::Resume).unwrap();
    assert!(rows.iter().all(|row| because(&stage, row).is_none()));
}

#[test]
fn reminders_of_a_gate_stop_with_its_review_or_its_passing() {
    let mut stage = standard(EARLY);
    let rows = planned(&stage);
    let because = |stage: &Stage| -> Vec<(String, Option<String>)> {
        let of_goal = rows.iter().filter(|row| row.planned.subject == GateKey::Goal);
        of_goal.map(|row| (row.planned.occurrence.clone(), obsolete(&stage.about(), &row.planned))).collect()
    };
    let same = |stage: &Stage, reasons: [Option<&str>; 6]| {
        let names = ["d0", "d1", "d3", "l1", "l2", "l3"].map(str::to_owned);
        let reasons = reasons.map(|reason| reason.map(str::to_owned));
        assert_eq!(because(stage), names.into_iter().zip(reasons).collect::<Vec<_>>());
    };
    same(&stage, [None; 6]);
    submit(&mut stage, GateKey::Goal);
    let review = Some("gate_in_review");
    same(&stage, [None, review, review, None, None, None]);
    decide(&mut stage, GateKey::Goal, Verdict::RequestChanges);
    same(&stage, [None; 6]);
    stage.pass(GateKey::Goal);
    same(&stage, [Some("gate_passed"); 6]);
}

#[test]
fn rows_on_their_way_are_left_alone() {
    let mut stage = standard(EARLY);
    let mut rows = planned(&stage);
    for (row, status) in rows.iter_mut().zip(Ledger::ALL.iter().cycle()) {
        row.status = *status;
    }
    reschedule(&mut stage, "2027-04-20T20:00:00+08:00");
    let waiting: BTreeSet<_> =
        rows.iter().filter(|row| row.status == Ledger::Planned).map(|row| &row.key).collect();
    let changed = replanned(&stage, &rows);
    assert_eq!(changed.drop.iter().map(|(key, _)| key).collect::<BTreeSet<_>>(), waiting);
}
