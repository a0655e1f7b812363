//! What leads up to the show, and what is told of an approval after it was given.

use domain::GateKey;
use domain::command::{Command, Edit, Expected};
use domain::event::EventKind;
use domain::notice::{Class, Ledger, Planned, Reason, Subject, obsolete, recipients};
use domain::surroundings::{CampaignStatus, Directory};
use serde_json::{Value, json};

use crate::stage::{Stage, actor, id, playbook};
use crate::{AFTERNOON, EARLY, at, dropped, line, of, planned, replanned, reschedule, standard};

/// A moment at which the audience's evidence is there.
const MARCH: &str = "2027-03-02T10:00:00+08:00";

/// All gates have passed by a moment, under the rules of goal and audience.
fn ready(playbook_key: &str, now: &str) -> Stage {
    let mut stage = Stage::new(playbook(playbook_key, json!([])), json!([]), now);
    GateKey::ALL.iter().for_each(|gate| stage.pass(*gate));
    stage
}

fn edit(stage: &mut Stage, gate: GateKey, patch: Value) {
    let edit = Edit::Patch(serde_json::from_value(patch).unwrap());
    stage.act(&actor("operator"), &Command::EditContent { gate, edit, expected: Expected::Any }).unwrap();
}

fn lines(stage: &Stage, reason: Reason) -> Vec<String> {
    of(stage, reason).iter().map(line).collect()
}

fn why(stage: &Stage, notice: &Planned) -> Option<String> {
    obsolete(&stage.about(), notice)
}

fn told(stage: &Stage, notice: &Planned) -> Vec<domain::ids::MemberId> {
    recipients(&stage.about(), notice).into_iter().map(|one| one.member).collect()
}

#[test]
fn an_approval_that_ceases_to_hold_is_told_at_once_until_it_holds_again() {
    let mut stage = ready("standard", MARCH);
    assert_eq!(of(&stage, Reason::GateStale), []);
    stage.advance(at("03-03 09:00"));
    let before = stage.campaign.contents.write(GateKey::Goal)["gmv_target"].clone();
    edit(&mut stage, GateKey::Goal, json!([{ "op": "replace", "path": "/gmv_target", "value": 1 }]));
    let stale = of(&stage, Reason::GateStale);
    let goal = stale.iter().find(|notice| notice.subject == GateKey::Goal).unwrap();
    assert_eq!(
        line(goal),
        "gate_stale goal at_once | 03-03 09:00 | 03-20 20:00 | action | gate_owner reviewers"
    );
    assert_eq!(told(&stage, goal), ["operator", "submitter", "manager", "admin"].map(id));
    let rows = planned(&stage);
    stage.advance(at("03-03 10:00"));
    assert_eq!(replanned(&stage, &rows).add, [], "told once");
    edit(&mut stage, GateKey::Goal, json!([{ "op": "replace", "path": "/gmv_target", "value": before }]));
    assert_eq!(why(&stage, goal).as_deref(), Some("no_longer_stale"));
    assert!(dropped(&replanned(&stage, &rows)).contains("no_longer_stale"));
    stage.advance(at("03-19 20:00"));
    edit(&mut stage, GateKey::Goal, json!([{ "op": "replace", "path": "/gmv_target", "value": 1 }]));
    let again = of(&stage, Reason::GateStale);
    let again = again.iter().find(|notice| notice.subject == GateKey::Goal).unwrap();
    assert_eq!((again.class, again.planned_at), (Class::Critical, at("03-19 20:00")), "within 24 h of T");
    assert_ne!(again.generation, goal.generation, "a new fact");
}

#[test]
fn ready_and_no_longer_ready_are_told_as_they_come_true() {
    let mut stage = ready("standard", MARCH);
    let told_ready =
        "campaign_ready campaign at_once | 03-02 10:00 | 03-03 10:00 | info | campaign_owner managers";
    assert_eq!(lines(&stage, Reason::CampaignReady), [told_ready]);
    let ready = of(&stage, Reason::CampaignReady).remove(0);
    stage.advance(at("03-20 12:00"));
    let reopen = Command::Reopen { gate: GateKey::Team, reason: "The host is ill.".to_owned() };
    stage.act(&actor("manager"), &reopen).unwrap();
    assert_eq!(stage.standing.status, CampaignStatus::Preparing);
    let told_not = "campaign_not_ready campaign at_once | 03-20 12:00 | 03-20 20:00 | critical | campaign_owner managers";
    assert_eq!(lines(&stage, Reason::CampaignNotReady), [told_not]);
    assert_eq!(lines(&stage, Reason::CampaignReady), [""; 0]);
    assert_eq!(why(&stage, &ready).as_deref(), Some("no_longer_ready"));
    let not_ready = of(&stage, Reason::CampaignNotReady).remove(0);
    stage.pass(GateKey::Team);
    assert_eq!(why(&stage, &not_ready).as_deref(), Some("ready_again"));
}

#[test]
fn a_change_that_only_notifies_is_news_for_owner_and_reviewers_until_it_is_undone() {
    let mut stage = ready("standard", MARCH);
    stage.advance(at("03-04 09:00"));
    let before = stage.campaign.contents.write(GateKey::Audience);
    edit(&mut stage, GateKey::Audience, json!([{ "op": "remove", "path": "/segments/1" }]));
    let events = stage.events.iter().filter(|event| event.kind.key() == "gate.facets_changed");
    let gates: Vec<_> = events.map(|event| event.kind.gate().unwrap()).collect();
    assert!(gates.contains(&GateKey::Goal), "{gates:?}");
    let news = of(&stage, Reason::FacetChanged);
    let goal = news.iter().find(|notice| notice.subject == GateKey::Goal).unwrap();
    assert_eq!(
        line(goal),
        "facet_changed goal at_once | 03-04 09:00 | 03-05 09:00 | info | gate_owner reviewers"
    );
    let rows = planned(&stage);
    stage.advance(at("03-04 09:20"));
    let restore =
        Command::EditContent { gate: GateKey::Audience, edit: Edit::Whole(before), expected: Expected::Any };
    stage.act(&actor("operator"), &restore).unwrap();
    assert_eq!(why(&stage, goal).as_deref(), Some("change_undone"));
    assert!(dropped(&replanned(&stage, &rows)).contains("change_undone"));
    assert!(of(&stage, Reason::FacetChanged).iter().all(|notice| notice.subject != GateKey::Goal));
}

#[test]
fn drafts_of_later_gates_are_no_news() {
    let mut stage = Stage::new(playbook("standard", json!([])), json!([]), EARLY);
    stage.pass(GateKey::Goal);
    edit(&mut stage, GateKey::Audience, json!([{ "op": "remove", "path": "/segments/1" }]));
    let news = |event: &&domain::event::Event| matches!(event.kind, EventKind::FacetsChanged { .. });
    assert_eq!(stage.events.iter().filter(news).count(), 0);
}

#[test]
fn an_asset_of_the_warm_up_is_asked_for_until_its_link_is_there() {
    let unpublished = json!([{ "op": "remove", "path": "/gates/warm_up/assets/0/published_url" }]);
    let mut stage = Stage::new(playbook("standard", json!([])), unpublished, MARCH);
    assert_eq!(lines(&stage, Reason::Touchpoint), [""; 0], "nobody has agreed to the plan yet");
    for gate in &GateKey::ALL[..GateKey::WarmUp.position()] {
        stage.pass(*gate);
    }
    stage.tick(GateKey::WarmUp);
    let submission = stage.submission(GateKey::WarmUp);
    stage.act(&actor("submitter"), &submission).unwrap();
    let asked = [
        "touchpoint asset:w7-teaser b2 | 03-13 18:00 | 03-13 20:00 | action | gate_owner",
        "touchpoint asset:w7-teaser o2 | 03-13 22:00 | 03-20 20:00 | critical | gate_owner managers",
        "touchpoint asset:w7-teaser t0 | 03-13 20:00 | 03-13 22:00 | critical | gate_owner",
    ];
    assert_eq!(lines(&stage, Reason::Touchpoint), asked);
    let rows = planned(&stage);
    let assign = Command::Assign { gate: GateKey::WarmUp, assignee: Some("tech@heyan.example".to_owned()) };
    stage.act(&actor("operator"), &assign).unwrap();
    let touch = of(&stage, Reason::Touchpoint).remove(0);
    assert_eq!(told(&stage, &touch), [id("tech")], "the owner of the warm-up");
    let mut withdrawn = stage.clone();
    withdrawn.act(&actor("submitter"), &Command::Withdraw { gate: GateKey::WarmUp }).unwrap();
    assert_eq!(why(&withdrawn, &touch).as_deref(), Some("warm_up_not_submitted"));
    assert!(dropped(&replanned(&withdrawn, &rows)).contains("warm_up_not_submitted"));
    let mut removed = stage.clone();
    edit(&mut removed, GateKey::WarmUp, json!([{ "op": "replace", "path": "/assets", "value": [] }]));
    assert_eq!(why(&removed, &touch).as_deref(), Some("asset_removed"));
    let link =
        json!([{ "op": "add", "path": "/assets/0/published_url", "value": "https://media.example/1" }]);
    edit(&mut stage, GateKey::WarmUp, link);
    assert_eq!(why(&stage, &touch).as_deref(), Some("published"));
    assert!(dropped(&replanned(&stage, &rows)).contains("published"));
}

#[test]
fn members_on_the_roster_hear_the_countdown_by_address_or_by_a_name_of_their_own() {
    let mut stage = standard(EARLY);
    let roster = |names: [&str; 4]| {
        let entries: Vec<Value> =
            names.iter().map(|name| json!({ "person": name, "role": "host" })).collect();
        json!([{ "op": "replace", "path": "/roster", "value": entries }])
    };
    edit(&mut stage, GateKey::Team, roster(["tech@heyan.example", "viewer", "manager", "somebody else"]));
    let d1 = of(&stage, Reason::Countdown).into_iter().find(|notice| notice.occurrence == "d1").unwrap();
    assert_eq!(told(&stage, &d1), ["tech", "viewer", "manager", "operator", "submitter"].map(id));
    let h2 = of(&stage, Reason::Countdown).into_iter().find(|notice| notice.occurrence == "h2").unwrap();
    assert_eq!(told(&stage, &h2), ["tech", "viewer", "manager", "operator"].map(id));
    let namesakes = stage.directory.active().cloned().map(|mut member| {
        member.name = if member.name == "admin" { "viewer".to_owned() } else { member.name };
        member
    });
    stage.directory = Directory::new(namesakes.collect());
    assert_eq!(told(&stage, &h2), ["tech", "manager", "operator"].map(id), "two are called viewer");
}

#[test]
fn a_daily_show_counts_down_only_while_a_gate_is_missing_and_its_owner_may_take_it_live() {
    let stage = ready("daily", MARCH);
    let h2 = of(&stage, Reason::Countdown).remove(0);
    assert_eq!((h2.occurrence.as_str(), h2.planned_at), ("h2", at("03-20 18:00")));
    assert_eq!(why(&stage, &h2).as_deref(), Some("campaign_ready"));
    assert_eq!(why(&Stage::new(stage.playbook, json!([]), EARLY), &h2), None);
    let decision = of(&stage, Reason::GoLiveDecision).remove(0);
    assert_eq!(told(&stage, &decision), ["submitter", "manager", "operator"].map(id));
}

#[test]
fn when_the_show_moves_its_countdown_moves_and_nothing_is_counted_twice() {
    let mut stage = standard(EARLY);
    let mut rows = planned(&stage);
    stage.advance(at("03-13 10:00"));
    for row in rows.iter_mut().filter(|row| row.planned.planned_at <= stage.now) {
        row.status = Ledger::Sent;
    }
    reschedule(&mut stage, "2027-03-21T20:00:00+08:00");
    let changed = replanned(&stage, &rows);
    let of_show = |notice: &&Planned| notice.subject == Subject::Campaign;
    let added: Vec<_> = changed.add.iter().filter(of_show).map(line).collect();
    assert_eq!(added.len(), 9, "{added:#?}");
    assert_eq!(added[0], "countdown campaign d7 | 03-14 10:00 | 03-15 10:00 | info | roster campaign_owner");
}

#[test]
fn a_pause_silences_all_but_evidence_that_ages() {
    let mut stage = ready("standard", AFTERNOON);
    let all = planned(&stage);
    stage.act(&actor("manager"), &Command::Hold { reason: None }).unwrap();
    for row in all.iter().filter(|row| row.reason != Reason::GateDecided && row.reason != Reason::GateExpired)
    {
        assert_eq!(why(&stage, &row.planned).as_deref(), Some("on_hold"), "{}", row.key);
    }
    let expired = Planned { reason: Reason::GateExpired, ..all[0].planned.clone() };
    assert_eq!(why(&stage, &expired).as_deref(), Some("evidence_renewed"), "judged by itself");
}

#[test]
fn subjects_are_read_as_they_are_written() {
    let asset = Subject::Asset("d1:clip".to_owned());
    for subject in [Subject::Gate(GateKey::WarmUp), Subject::Campaign, asset] {
        assert_eq!(Subject::of_key(&subject.to_string()), Some(subject));
    }
    assert_eq!(Subject::of_key("nothing"), None);
}
