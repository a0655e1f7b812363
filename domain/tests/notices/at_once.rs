//! What is told the moment it is found: evidence that is too old, and words that a new lexicon does not allow.

use domain::GateKey;
use domain::campaign::{FoundText, WordingFound};
use domain::command::{Command, Edit, Expected};
use domain::decide::wording_found;
use domain::event::EventKind;
use domain::notice::{Ledger, Reason, obsolete, recipients};
use domain::record;
use domain::rule::Case;
use domain::surroundings::Surroundings;
use domain::wording::{Lexicon, LexiconOverlay};
use serde_json::json;

use crate::stage::{Stage, actor, playbook};
use crate::{AFTERNOON, at, dropped, line, of, planned, replanned};

/// All gates have passed; the recheck before the show is asked for, and words are looked at.
fn ready() -> Stage {
    let asked = json!([
        { "op": "remove", "path": "/rules/equipment_test.recheck_done" },
        { "op": "remove", "path": "/rules/script.wording_forbidden" },
    ]);
    let mut stage = Stage::new(playbook("standard", asked), json!([]), AFTERNOON);
    GateKey::ALL.iter().for_each(|gate| stage.pass(*gate));
    stage
}

#[test]
fn expired_evidence_is_told_once_even_by_who_wakes_late_and_not_after_it_was_renewed() {
    let mut stage = ready();
    assert_eq!(of(&stage, Reason::GateExpired), []);
    stage.advance(at("03-20 19:00"));
    let told =
        "gate_expired equipment_test at_once | 03-20 19:00 | 03-20 20:00 | critical | gate_owner reviewers";
    assert_eq!(of(&stage, Reason::GateExpired).iter().map(line).collect::<Vec<_>>(), [told]);
    stage.advance(at("03-20 19:05"));
    let added = replanned(&stage, &[]).add;
    let late: Vec<_> = added.iter().filter(|notice| notice.reason == Reason::GateExpired).collect();
    assert_eq!(late.iter().map(|notice| notice.planned_at).collect::<Vec<_>>(), [at("03-20 19:05")]);
    // The owner, two managers, the admin, and who holds the duty tech.
    assert_eq!(recipients(&stage.case(), &stage.standing, late[0]).len(), 5);
    let mut sent = planned(&stage);
    sent.iter_mut().for_each(|row| row.status = Ledger::Sent);
    assert!(replanned(&stage, &sent).add.is_empty(), "nothing is told twice");
    let waiting: Vec<_> =
        planned(&stage).into_iter().filter(|row| row.reason == Reason::GateExpired).collect();
    let recheck = json!({ "recheck": {
        "checked_at": "2027-03-20T19:04:00+08:00", "checked_by": "唐骁", "network_ok": true, "audio_ok": true,
    } });
    let edit = Command::EditContent {
        gate: GateKey::EquipmentTest,
        edit: Edit::Merge(recheck),
        expected: Expected::Any,
    };
    stage.act(&actor("operator"), &edit).unwrap();
    assert_eq!(obsolete(&stage.case(), &stage.standing, &waiting[0].planned).unwrap(), "evidence_renewed");
    assert!(dropped(&replanned(&stage, &waiting)).contains("evidence_renewed"));
}

fn lexicon() -> Lexicon {
    let added = json!({ "add": [{
        "term": "首发夜", "category": "absolute", "severity": "blocker", "jurisdiction": "cn", "note": "未获授权",
    }] });
    let overlay: LexiconOverlay = record::read(&added, "").unwrap();
    Lexicon::overlaid(&overlay).unwrap()
}

/// What the new lexicon finds that the built-in one does not.
fn found(stage: &Stage, lexicon: &Lexicon) -> Option<WordingFound> {
    let surroundings = Surroundings { lexicon, ..stage.case().surroundings };
    let case = Case { surroundings, ..stage.case() };
    let event = wording_found(&case, &stage.standing, Lexicon::built_in(), 7)?;
    assert_eq!((event.kind.key(), event.occurred_at), ("campaign.wording_found", stage.now));
    let EventKind::WordingFound { found } = event.kind else { panic!("{event:?}") };
    Some(found)
}

#[test]
fn words_that_a_new_lexicon_finds_are_told_per_gate_until_they_are_gone() {
    let (mut stage, lexicon) = (ready(), lexicon());
    let theme =
        FoundText { rule: "script.wording_forbidden".to_owned(), path: "/gates/script/theme".to_owned() };
    let found = found(&stage, &lexicon).unwrap();
    assert_eq!((found.lexicon_version, found.findings.as_slice()), (7, [theme].as_slice()));
    stage.campaign.wording = Some(found);
    let wanted = of(&stage, Reason::WordingFound);
    let told =
        "wording_found script at_once | 03-20 17:00 | 03-20 20:00 | action | gate_owner campaign_owner";
    assert_eq!(wanted.iter().map(line).collect::<Vec<_>>(), [told]);
    let surroundings = Surroundings { lexicon: &lexicon, ..stage.case().surroundings };
    let case = Case { surroundings, ..stage.case() };
    assert_eq!(obsolete(&case, &stage.standing, &wanted[0]), None);
    let gone = obsolete(&stage.case(), &stage.standing, &wanted[0]);
    assert_eq!(gone.as_deref(), Some("reworded"), "the built-in lexicon finds nothing there");
}

#[test]
fn a_new_lexicon_looks_only_at_campaigns_in_preparation() {
    let mut stage = ready();
    stage.act(&actor("manager"), &Command::Cancel { reason: None }).unwrap();
    assert_eq!(found(&stage, &lexicon()), None);
}
