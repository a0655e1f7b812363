//! Every kind of mail in both languages, as people read it: `letters.txt`.

use domain::campaign::{Approval, FacetChange, Turn};
use domain::digest::Digest;
use domain::ids::ReminderId;
use domain::notice::Subject;
use domain::reminder::{Reminded, Reminder, ReminderClass};
use serde_json::Value;

use super::super::Letter;
use super::*;

const PAGE: &str = include_str!("letters.txt");

fn example(name: &str) -> Value {
    let folder = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples/standard");
    serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap()
}

/// The contents of the standard campaign, the Chinese reader on its roster; these gates were approved.
fn whole(approved: &[GateKey]) -> Campaign {
    let mut campaign = campaign("樱花首发");
    for gate in GateKey::ALL {
        let mut content = example(gate.key());
        if *gate == GateKey::Team {
            content["roster"][0]["person"] = "1@heyan.example".into();
        }
        campaign.contents.replace(Content::read(*gate, &content, "").unwrap());
    }
    let ready = approved.len() == GateKey::ALL.len();
    campaign.turn = Some(Turn { ready, at: at("2027-03-08T07:00:00Z") });
    for gate in approved {
        let signed = of(&campaign, "2027-03-08T06:00:00Z", |occasion| match occasion.about {
            About::Campaign(_, standing) => standing.gates[*gate].signs.clone(),
            About::Organization(_) => panic!("a campaign"),
        });
        campaign.gates[*gate].approval = Some(Approval {
            submission: SubmissionId(Uuid::from_u128(7)),
            digests: signed,
            approved_at: at("2027-03-08T06:00:00Z"),
            approved_by: Vec::new(),
            reconfirmed: None,
        });
    }
    campaign
}

/// As [`whole`], but of the approved script: its products differ from what was signed, and two more facets changed.
fn changed() -> Campaign {
    let mut campaign = whole(&[GateKey::Script]);
    let facts = &mut campaign.gates[GateKey::Script];
    let digests = &mut facts.approval.as_mut().unwrap().digests;
    digests.iter_mut().filter(|(facet, _)| facet.starts_with("products.")).for_each(|(_, digest)| {
        *digest = Digest("00".repeat(32));
    });
    let change = FacetChange { before: Digest("00".repeat(32)), at: at("2027-03-08T07:00:00Z") };
    let facets = ["goal.targets", "campaign.room"].map(|facet| (facet.to_owned(), change.clone()));
    facts.noticed.changes = facets.into();
    campaign
}

/// A campaign of which somebody wants to be reminded.
pub(super) fn reminded() -> Campaign {
    let mut campaign = submitted("樱花首发");
    campaign.reminders.push(Reminder {
        id: ReminderId(Uuid::from_u128(5)),
        cron: "0 15 * * 1-5".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        text: "请核对库存\n再确认赠品".to_owned(),
        audience: vec![Reminded::CampaignOwner],
        class: ReminderClass::Action,
        ends_at: None,
        made_by: Who::Member(MemberId(Uuid::from_u128(OWNER))),
        made_at: at("2027-03-01T00:00:00Z"),
    });
    campaign
}

/// What a message that tells of a loss tells of: `refused` for good, or too late.
pub(super) fn lost(notice: &Planned) -> Option<Lost> {
    let refused = notice.occurrence == "refused";
    let planned = Planned { reason: Reason::ApprovalWanted, ..notice.clone() };
    let to = refused.then(|| ("陈主管".to_owned(), Some("1@heyan.example".to_owned())));
    let said = refused.then(|| "550：邮箱不存在".to_owned());
    (notice.reason == Reason::DeliveryFailed).then_some(Lost { planned, to, refused, said })
}

pub(super) fn about(subject: Subject, reason: Reason, occurrence: &str) -> Planned {
    Planned { subject, ..notice(reason, occurrence) }
}

/// What each mail is about, with the moment at which it is written.
fn occasions() -> Vec<(Campaign, Planned, &'static str)> {
    let all = || whole(GateKey::ALL);
    let gate = |reason, occurrence: &str| about(GateKey::Script.into(), reason, occurrence);
    let asset =
        |occurrence: &str| about(Subject::Asset("d1-clip".to_owned()), Reason::Touchpoint, occurrence);
    let show = |reason, occurrence: &str| about(Subject::Campaign, reason, occurrence);
    let urgent = |occurrence: &str| Planned { class: Class::Critical, ..show(Reason::Countdown, occurrence) };
    vec![
        (campaign("樱花首发"), gate(Reason::GateDue, "d1"), "2027-03-08T02:00:00Z"),
        (changed(), gate(Reason::GateStale, "at_once"), "2027-03-08T07:00:00Z"),
        (all(), gate(Reason::GateExpiring, "e4"), "2027-03-20T08:00:00Z"),
        (all(), about(GateKey::EquipmentTest.into(), Reason::RecheckWanted, "r2"), "2027-03-20T10:00:00Z"),
        (changed(), gate(Reason::FacetChanged, "at_once"), "2027-03-08T07:00:00Z"),
        (all(), asset("b2"), "2027-03-19T10:00:00Z"),
        (all(), asset("t0"), "2027-03-19T12:00:00Z"),
        (all(), asset("o2"), "2027-03-19T14:00:00Z"),
        (changed(), Planned { class: Class::Info, ..show(Reason::Countdown, "d7") }, "2027-03-13T02:00:00Z"),
        (changed(), urgent("m60"), "2027-03-20T11:00:00Z"),
        (all(), urgent("m10"), "2027-03-20T11:50:00Z"),
        (changed(), show(Reason::GoLiveDecision, "h2"), "2027-03-20T10:00:00Z"),
        (all(), show(Reason::GoLiveDecision, "h2"), "2027-03-20T10:00:00Z"),
        (all(), show(Reason::CampaignReady, "at_once"), "2027-03-19T13:00:00Z"),
        (changed(), show(Reason::CampaignNotReady, "at_once"), "2027-03-08T07:00:00Z"),
        (submitted("樱花首发"), gate(Reason::ConfirmationCode, "1"), "2027-03-08T07:00:00Z"),
        (reminded(), show(Reason::Reminder, "2027-03-08T07:00:00Z"), "2027-03-08T07:00:00Z"),
        (submitted("樱花首发"), gate(Reason::DeliveryFailed, "refused"), "2027-03-08T07:15:00Z"),
        (all(), show(Reason::DeliveryFailed, "late"), "2027-03-08T07:15:00Z"),
    ]
}

#[test]
fn every_letter_reads_as_on_the_page() {
    let mut found = String::new();
    for (campaign, notice, now) in occasions() {
        for reader in [MANAGER, OWNER] {
            let Letter { subject, text, .. } = written(&campaign, &notice, reader, now, letter);
            found += &format!("==== {} {} ====\n{subject}\n\n{text}\n", notice.reason, notice.occurrence);
        }
    }
    for (notice, now) in office::occasions() {
        for reader in [MANAGER, OWNER] {
            let letter = office::written(&notice, reader, now, letter);
            let Letter { subject, text, .. } = letter;
            found += &format!("==== {} {} ====\n{subject}\n\n{text}\n", notice.reason, notice.occurrence);
        }
    }
    assert_eq!(found, PAGE, "\n{found}");
}

#[test]
fn nothing_english_stands_in_a_chinese_letter() {
    for (campaign, notice, now) in occasions() {
        let Letter { subject, text, .. } = written(&campaign, &notice, OWNER, now, letter);
        let body =
            text.split("\n-- \n").next().unwrap().replace("Asia/Shanghai", "").replace("1@heyan.example", "");
        for words in [subject, body] {
            assert!(!words.chars().any(|c| c.is_ascii_alphabetic()), "{words}");
        }
    }
    for (notice, now) in office::occasions() {
        let letter = office::written(&notice, OWNER, now, letter);
        let mut words = letter.subject + letter.text.split("\n-- \n").next().unwrap();
        for name in ["Asia/Shanghai", "1@heyan.example", "gr_x7Kp2", "API"] {
            words = words.replace(name, "");
        }
        assert!(!words.chars().any(|c| c.is_ascii_alphabetic()), "{words}");
    }
}
