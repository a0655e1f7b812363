//! What is told the moment it is found: evidence that is too old, and words that a new lexicon does not allow.

use domain::GateKey;
use domain::apply::apply;
use domain::command::{Command, Edit, Expected};
use domain::decide::{is_prepared, wording_found};
use domain::notice::{About, Ledger, Reason, obsolete, recipients};
use domain::record;
use domain::rule::Case;
use domain::surroundings::{CampaignStatus, Surroundings};
use domain::wording::{Lexicon, LexiconOverlay};
use serde_json::json;

use crate::stage::{Stage, actor, playbook};
use crate::{AFTERNOON, at, dropped, line, of, planned, replanned};

/// All gates have passed; the recheck before the show is asked for, and words are looked at.
fn ready() -> Stage {
    let asked = json!([
        { "op": "remove", "path": "/rules/equipment_test.recheck_done" },
        { "op": "remove", "path": "/rules/script.wording_forbidden" },
        { "op": "remove", "path": "/rules/warm_up.wording_forbidden" },
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
    assert_eq!(recipients(&stage.about(), late[0]).len(), 5);
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
    assert_eq!(obsolete(&stage.about(), &waiting[0].planned).unwrap(), "evidence_renewed");
    assert!(dropped(&replanned(&stage, &waiting)).contains("evidence_renewed"));
}

fn lexicon(terms: &[&str]) -> Lexicon {
    let added: Vec<_> = terms
        .iter()
        .map(|term| {
            json!({ "term": term, "category": "absolute", "severity": "blocker", "jurisdiction": "cn", "note": "未获授权" })
        })
        .collect();
    let overlay: LexiconOverlay = record::read(&json!({ "add": added }), "").unwrap();
    Lexicon::overlaid(&overlay).unwrap()
}

fn under<'s>(stage: &'s Stage, lexicon: &'s Lexicon) -> Case<'s> {
    let surroundings = Surroundings { lexicon, ..stage.case().surroundings };
    Case { surroundings, ..stage.case() }
}

/// Writes what a lexicon finds that the one before did not, if it finds anything; tells version and path of all that
/// is known then.
fn judge(stage: &mut Stage, before: &Lexicon, now: &Lexicon, version: i64) -> Option<Vec<String>> {
    let event = wording_found(&under(stage, now), before, version)?;
    assert_eq!((event.kind.key(), event.occurred_at), ("campaign.wording_found", stage.now));
    stage.campaign = apply(stage.campaign.clone(), &event);
    let known = stage.campaign.wording.iter();
    Some(known.map(|text| format!("{} {}", text.lexicon_version, text.path)).collect())
}

fn told(stage: &Stage) -> Vec<String> {
    of(stage, Reason::WordingFound)
        .iter()
        .map(|notice| format!("{} {}", notice.generation, line(notice)))
        .collect()
}

#[test]
fn words_that_a_new_lexicon_finds_are_told_per_gate_until_they_are_gone() {
    let (mut stage, lexicon) = (ready(), lexicon(&["首发夜"]));
    let known = judge(&mut stage, Lexicon::built_in(), &lexicon, 7).unwrap();
    assert_eq!(known, ["7 /gates/script/theme"]);
    let wanted =
        "7 wording_found script at_once | 03-20 17:00 | 03-20 20:00 | action | gate_owner campaign_owner";
    assert_eq!(told(&stage), [wanted]);
    let notice = &of(&stage, Reason::WordingFound)[0];
    assert_eq!(obsolete(&About::Campaign(under(&stage, &lexicon), &stage.standing), notice), None);
    let gone = obsolete(&stage.about(), notice);
    assert_eq!(gone.as_deref(), Some("reworded"), "the built-in lexicon finds nothing there");
    assert_eq!(judge(&mut stage, &lexicon, &lexicon, 8), None, "nothing is found twice");
}

#[test]
fn a_further_change_forgets_nothing_that_still_stands_and_tells_nothing_twice() {
    let mut stage = ready();
    let (one, two) = (lexicon(&["首发夜"]), lexicon(&["首发夜", "预告"]));
    judge(&mut stage, Lexicon::built_in(), &one, 1).unwrap();
    let first = told(&stage);
    stage.advance(at("03-20 17:30"));
    let write = json!({ "assets": [{ "key": "a", "title": "预告" }] });
    let edit =
        Command::EditContent { gate: GateKey::WarmUp, edit: Edit::Whole(write), expected: Expected::Any };
    stage.act(&actor("operator"), &edit).unwrap();
    let known = judge(&mut stage, &one, &two, 2).unwrap();
    assert_eq!(known, ["1 /gates/script/theme", "2 /gates/warm_up/assets/0/title"]);
    let both = told(&stage);
    assert_eq!(both[..1], first, "the same message, not another");
    assert!(both[1].starts_with("2 wording_found warm_up at_once | 03-20 17:30"), "{both:?}");
    let edit = json!({ "theme": "新品之夜" });
    let edit =
        Command::EditContent { gate: GateKey::Script, edit: Edit::Merge(edit), expected: Expected::Any };
    stage.act(&actor("operator"), &edit).unwrap();
    let three = lexicon(&["首发夜", "预告", "新品之夜"]);
    let known = judge(&mut stage, &two, &three, 3).unwrap();
    assert_eq!(known, ["2 /gates/warm_up/assets/0/title", "3 /gates/script/theme"]);
}

#[test]
fn what_was_found_during_a_pause_is_told_when_it_ends() {
    let (mut stage, lexicon) = (ready(), lexicon(&["首发夜"]));
    stage.act(&actor("manager"), &Command::Hold { reason: None }).unwrap();
    judge(&mut stage, Lexicon::built_in(), &lexicon, 1).unwrap();
    let mut rows: Vec<_> =
        planned(&stage).into_iter().filter(|row| row.reason == Reason::WordingFound).collect();
    let held = obsolete(&About::Campaign(under(&stage, &lexicon), &stage.standing), &rows[0].planned);
    assert_eq!(held.as_deref(), Some("on_hold"));
    rows[0].status = Ledger::Skipped;
    rows[0].outcome = held;
    stage.advance(at("03-20 18:00"));
    stage.act(&actor("manager"), &Command::Resume).unwrap();
    let again = replanned(&stage, &rows).change;
    let again: Vec<_> = again.iter().map(|(_, notice)| (notice.reason, notice.planned_at)).collect();
    assert_eq!(again, [(Reason::WordingFound, at("03-20 18:00"))]);
}

#[test]
fn a_text_that_moved_is_not_reworded() {
    let (mut stage, lexicon) = (ready(), lexicon(&["开场白"]));
    let rows = |before: usize| {
        let row = json!({ "kind": "opening", "talk_track": "好" });
        let mut rows = vec![row; before];
        rows.push(json!({ "kind": "opening", "talk_track": "这是开场白" }));
        json!({ "rows": rows })
    };
    for before in [0, 1] {
        let edit = Edit::Merge(rows(before));
        let edit = Command::EditContent { gate: GateKey::Script, edit, expected: Expected::Any };
        stage.act(&actor("operator"), &edit).unwrap();
        if before == 0 {
            judge(&mut stage, Lexicon::built_in(), &lexicon, 1).unwrap();
        }
    }
    let notice = &of(&stage, Reason::WordingFound)[0];
    assert_eq!(obsolete(&About::Campaign(under(&stage, &lexicon), &stage.standing), notice), None);
}

#[test]
fn only_campaigns_in_preparation_are_judged_by_a_new_lexicon() {
    let prepared: Vec<_> =
        CampaignStatus::ALL.iter().copied().filter(|status| is_prepared(*status)).collect();
    assert_eq!(prepared, [CampaignStatus::Preparing, CampaignStatus::Ready, CampaignStatus::OnHold]);
}
