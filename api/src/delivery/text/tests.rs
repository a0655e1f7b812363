mod links;
mod office;
mod snapshot;

use domain::actor::{Role, Who};
use domain::campaign::{Campaign, Decision, Life, Outcome, Profile, Reviewed, Submission, Verdict};
use domain::digest::{Digest, Digests};
use domain::gate::{Content, Contents, GateKey, PerGate, Platform};
use domain::ids::{CampaignId, MemberId, SubmissionId};
use domain::locale::Locale;
use domain::notice::{About, Audience, Class, Reason};
use domain::playbook::Playbook;
use domain::policy::{ForbidAuthor, Policy, Slot, SlotFrom};
use domain::preferences::Preferences;
use domain::standing::standing;
use domain::surroundings::{Directory, Surroundings};
use domain::wording::Lexicon;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::*;

/// The mail of an occasion that everybody has to get.
fn letter(occasion: &Occasion<'_>) -> Letter {
    super::letter(occasion, None)
}

const OWNER: u128 = 1;
const MANAGER: u128 = 2;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn directory() -> Directory {
    let member = |id, name: &str, role, locale| DirectoryMember {
        id: MemberId(Uuid::from_u128(id)),
        name: name.to_owned(),
        email: Some(format!("{id}@heyan.example")),
        role,
        duties: Vec::new(),
        active: true,
        locale,
        time_zone: None,
        preferences: Preferences::default(),
    };
    Directory::new(vec![
        member(OWNER, "李明", Role::Operator, Locale::ZhCn),
        member(MANAGER, "Wang Fang", Role::Manager, Locale::En),
    ])
}

fn campaign(name: &str) -> Campaign {
    let profile = Profile {
        name: name.to_owned(),
        go_live_at: at("2027-03-20T20:00:00+08:00"),
        time_zone: TimeZone::get("Asia/Shanghai").unwrap(),
        planned_minutes: 180,
        platforms: vec![Platform::Douyin],
        currency: "CNY".to_owned(),
        account_ref: "douyin:heyan".to_owned(),
        room_ref: "3".to_owned(),
        owner: "1@heyan.example".to_owned(),
        external_ref: None,
        playbook: "standard@1".to_owned(),
    };
    Campaign {
        id: CampaignId(Uuid::from_u128(9)),
        profile,
        metadata: serde_json::Map::new(),
        version: 1,
        life: Life::Open,
        contents: Contents::default(),
        gates: PerGate::default(),
        wording: Vec::new(),
        turn: None,
        reminders: Vec::new(),
    }
}

/// The campaign with its script submitted by the owner at 14:05 on 8 March.
fn submitted(name: &str) -> Campaign {
    let mut campaign = campaign(name);
    let revision = of(&campaign, "2027-03-08T06:05:00Z", |occasion| match occasion.about {
        About::Campaign(_, standing) => standing.gates[GateKey::Script].revision.clone(),
        About::Organization(_) => panic!("a campaign"),
    });
    let from = SlotFrom::Role(Role::Manager);
    campaign.gates[GateKey::Script].submission = Some(Submission {
        id: SubmissionId(Uuid::from_u128(7)),
        revision,
        by: Who::Member(MemberId(Uuid::from_u128(OWNER))),
        through: None,
        at: at("2027-03-08T06:05:00Z"),
        comment: Some("第 3 段 <b>新增</b>\n请看价格".to_owned()),
        policy: Policy {
            slots: vec![Slot { from, count: 1, if_held: false }],
            forbid_author: ForbidAuthor::Submitter,
        },
        authors: vec![MemberId(Uuid::from_u128(OWNER))],
        decisions: Vec::new(),
        outcome: None,
        signs: Digests::new(),
        before: None,
    });
    campaign
}

/// As [`submitted`], decided by the manager at 15:00.
fn decided(name: &str, verdict: Verdict) -> Campaign {
    let mut campaign = submitted(name);
    let submission = campaign.gates[GateKey::Script].submission.as_mut().unwrap();
    submission.outcome = Some(match verdict {
        Verdict::Approve => Outcome::Approved,
        Verdict::RequestChanges => Outcome::ChangesRequested,
    });
    submission.decisions.push(Decision {
        verdict,
        by: MemberId(Uuid::from_u128(MANAGER)),
        on_behalf_of: None,
        through: None,
        at: at("2027-03-08T07:00:00Z"),
        revision: submission.revision.clone(),
        comment: Some("价格与合同不符".to_owned()),
    });
    campaign
}

fn notice(reason: Reason, occurrence: &str) -> Planned {
    let generation = match reason {
        Reason::ApprovalWanted | Reason::GateDecided => Uuid::from_u128(7).to_string(),
        Reason::WordingFound => "4".to_owned(),
        Reason::FacetChanged => "2027-03-08T07:00:00Z".to_owned(),
        Reason::ConfirmationCode | Reason::DeliveryFailed | Reason::Reminder => {
            Uuid::from_u128(5).to_string()
        }
        Reason::KeyExpiring => "2027-03-22T12:00:00Z".to_owned(),
        Reason::GateDue
        | Reason::GateOverdue
        | Reason::GateStale
        | Reason::GateExpired
        | Reason::GateExpiring
        | Reason::RecheckWanted
        | Reason::Touchpoint
        | Reason::Countdown
        | Reason::GoLiveDecision
        | Reason::CampaignReady
        | Reason::CampaignNotReady => "2027-03-09T10:00:00Z".to_owned(),
    };
    Planned {
        reason,
        subject: GateKey::Script.into(),
        occurrence: occurrence.to_owned(),
        generation,
        class: Class::Action,
        planned_at: at("2027-03-08T07:00:00Z"),
        not_after: at("2027-03-20T12:00:00Z"),
        audience: vec![Audience::GateOwner],
    }
}

fn of<A>(campaign: &Campaign, now: &str, look: impl Fn(&Occasion<'_>) -> A) -> A {
    written(campaign, &notice(Reason::GateDue, "d1"), OWNER, now, look)
}

fn written<A>(
    campaign: &Campaign,
    notice: &Planned,
    reader: u128,
    now: &str,
    look: impl Fn(&Occasion<'_>) -> A,
) -> A {
    let directory = directory();
    let playbook = Playbook::built_in("standard@1").unwrap();
    let surroundings = Surroundings {
        now: at(now),
        directory: &directory,
        others: &[],
        lexicon: Lexicon::built_in(),
        calendar: domain::Calendar::cn(),
    };
    let case = Case::of(campaign, playbook, surroundings);
    let standing = standing(&case);
    let reader = directory.member(MemberId(Uuid::from_u128(reader))).unwrap();
    let asked = notice.reason == Reason::ConfirmationCode;
    let enclosed =
        Enclosed { code: asked.then(|| "482913".to_owned()), lost: snapshot::lost(notice), decision: None };
    let (about, name) = (About::Campaign(case, &standing), campaign.profile.name.as_str());
    look(&Occasion { about, name, notice, reader, sandbox: false, enclosed: &enclosed })
}

#[test]
fn subjects_name_gate_campaign_and_time_first_in_the_readers_language() {
    let open = campaign("樱花首发");
    let waiting = submitted("樱花首发");
    let approved = decided("樱花首发", Verdict::Approve);
    let refused = decided("樱花首发", Verdict::RequestChanges);
    let early = "2027-03-08T02:00:00Z";
    let due = "2027-03-09T10:00:00Z";
    let late = "2027-03-09T14:00:00Z";
    let (due_zh, due_en) = ("3月9日 18:00", "9 Mar 18:00");
    let (said_zh, said_en) = ("3月8日 15:00", "8 Mar 15:00");
    let table = [
        (&open, Reason::GateDue, "d1", early, due_zh, "距截止 1 天 8 小时", due_en, "due in 1 day 8 h"),
        (&open, Reason::GateDue, "d0", due, due_zh, "现已到期", due_en, "due now"),
        (&open, Reason::GateOverdue, "l1", late, due_zh, "已逾期 4 小时", due_en, "4 h overdue"),
        (&waiting, Reason::ApprovalWanted, "p0", early, due_zh, "待审批", due_en, "approval wanted"),
        (&waiting, Reason::ApprovalWanted, "p2", early, due_zh, "仍待审批", due_en, "approval still wanted"),
        (&approved, Reason::GateDecided, "v1", early, said_zh, "审批通过", said_en, "approved"),
        (&refused, Reason::GateDecided, "v1", early, said_zh, "要求修改", said_en, "changes requested"),
    ];
    for (campaign, reason, occurrence, now, time_zh, zh, time_en, en) in table {
        let notice = notice(reason, occurrence);
        let subject = |reader| written(campaign, &notice, reader, now, |occasion| letter(occasion).subject);
        assert_eq!(subject(OWNER), format!("策略与脚本 · 樱花首发 · {time_zh} · {zh}"));
        assert_eq!(subject(MANAGER), format!("Script · 樱花首发 · {time_en} · {en}"));
    }
}

#[test]
fn a_sandbox_says_so_in_subject_and_body() {
    let campaign = campaign("Spring");
    for (reader, subject) in [
        (OWNER, "[SANDBOX] 策略与脚本 · Spring · 3月9日 18:00 · 距截止 1 天 8 小时"),
        (MANAGER, "[SANDBOX] Script · Spring · 9 Mar 18:00 · due in 1 day 8 h"),
    ] {
        let notice = notice(Reason::GateDue, "d1");
        let letter = written(&campaign, &notice, reader, "2027-03-08T02:00:00Z", |occasion| {
            letter(&Occasion { sandbox: true, ..*occasion })
        });
        assert_eq!(letter.subject, subject);
        assert!(letter.text.starts_with("SANDBOX"), "{}", letter.text);
    }
}

#[test]
fn a_due_mail_says_what_why_now_what_to_do_and_what_is_open() {
    let campaign = campaign("Spring");
    let notice = notice(Reason::GateDue, "d1");
    let text = written(&campaign, &notice, MANAGER, "2027-03-08T02:00:00Z", |occasion| letter(occasion).text);
    let head = "The gate Script of the campaign “Spring” is due on 9 Mar 2027 18:00 (Asia/Shanghai).\n\n\
        You look after the campaign or its team. 1 day 8 h are left until it is due.\n\n\
        It waits for Goal, Audience, Products: please prepare its content meanwhile and help these to pass.\n\n\
        - Theme is missing. → fill it in\n- ";
    let middle = "\n- and 4 more\n\n\
        Open findings: 9, of which 8 stop a submission\n\
        To tick: The first 30 seconds were read aloud; ";
    let tail = "\nDue: 9 Mar 2027 18:00 (Asia/Shanghai)\n\
        Go-live: 20 Mar 2027 20:00 (Asia/Shanghai)\n\n\
        -- \n\
        Greenroom writes when somebody must act on a campaign.\n";
    assert!(text.starts_with(head) && text.contains(middle) && text.ends_with(tail), "{text}");
}

#[test]
fn what_goods_cost_is_not_told_to_viewers() {
    let mut campaign = campaign("Spring");
    let sku =
        serde_json::json!({ "sku_id": "A", "name": "A", "role": "profit", "cost": 5000, "live_price": 1000 });
    let content = serde_json::json!({ "skus": [sku] });
    campaign.contents.replace(Content::read(GateKey::Products, &content, "").unwrap());
    let notice = Planned { subject: GateKey::Products.into(), ..notice(Reason::GateOverdue, "l1") };
    let open = |reader: u128, role: Role| {
        written(&campaign, &notice, reader, "2027-03-08T02:00:00Z", |occasion| {
            let reader = DirectoryMember { role, ..occasion.reader.clone() };
            let text = letter(&Occasion { reader: &reader, ..*occasion }).text;
            let count = text.split("Open findings: ").nth(1).unwrap().split(',').next().unwrap().to_owned();
            count.parse::<usize>().unwrap()
        })
    };
    assert!(open(MANAGER, Role::Manager) > open(MANAGER, Role::Viewer));
}

#[test]
fn an_overdue_mail_tells_the_owner_how_late_it_is() {
    let campaign = campaign("Spring");
    let notice = notice(Reason::GateOverdue, "l1");
    let text = written(&campaign, &notice, OWNER, "2027-03-09T14:00:00Z", |occasion| letter(occasion).text);
    assert!(
        text.contains(
            "活动“Spring”的关卡“策略与脚本”应于 2027年3月9日 18:00（Asia/Shanghai）前通过，至今尚未通过。"
        ),
        "{text}"
    );
    assert!(text.contains("你是该关卡的负责人。已逾期 4 小时。"), "{text}");
}

#[test]
fn an_approver_reads_who_submitted_with_which_words() {
    let campaign = submitted("Spring");
    let notice = notice(Reason::ApprovalWanted, "p0");
    let letter = written(&campaign, &notice, MANAGER, "2027-03-08T06:05:00Z", letter);
    let first = "李明 submitted the gate Script of the campaign “Spring” for review on 8 Mar 2027 14:05 (Asia/Shanghai).";
    assert!(letter.text.starts_with(first), "{}", letter.text);
    assert!(letter.text.contains("> 第 3 段 <b>新增</b>\n> 请看价格"), "{}", letter.text);
    assert!(letter.text.contains("You can decide on it."), "{}", letter.text);
    assert!(letter.text.contains("approve it or request changes"), "{}", letter.text);
    assert!(letter.html.contains("第 3 段 &lt;b&gt;新增&lt;/b&gt;<br>请看价格"), "{}", letter.html);
}

#[test]
fn an_approver_reads_what_changed_since_the_last_review() {
    let digest = |digits: &str| Digest(digits.repeat(32));
    let signs = |price: &str, run_sheet: &str| {
        let facets = [("products.price", digest(price)), ("script.rows", digest(run_sheet))];
        Digests::from(facets.map(|(facet, digest)| (facet.to_owned(), digest)))
    };
    let notice = notice(Reason::ApprovalWanted, "p0");
    let told = |before: Option<Digests>, reader| {
        let mut campaign = submitted("Spring");
        let submission = campaign.gates[GateKey::Script].submission.as_mut().unwrap();
        submission.signs = signs("01", "02");
        submission.before = before.map(|digests| Reviewed { at: at("2027-03-07T06:00:00Z"), digests });
        written(&campaign, &notice, reader, "2027-03-08T06:05:00Z", |occasion| letter(occasion).text)
    };
    let (en, zh) = ("Changed since the last review: ", "上次审批后的变化：");
    assert!(told(Some(signs("00", "02")), MANAGER).contains(&format!("{en}Products\n")));
    assert!(told(Some(signs("00", "00")), OWNER).contains(&format!("{zh}选品与供应链、策略与脚本\n")));
    assert!(told(Some(signs("01", "02")), MANAGER).contains(&format!("{en}nothing\n")));
    assert!(!told(None, MANAGER).contains(en), "a first review has nothing to compare with");
}

#[test]
fn a_submitter_reads_the_decision_and_its_comment() {
    let campaign = decided("Spring", Verdict::RequestChanges);
    let notice = notice(Reason::GateDecided, "v1");
    let text = written(&campaign, &notice, OWNER, "2027-03-08T07:00:00Z", |occasion| letter(occasion).text);
    let first = "Wang Fang 于 2027年3月8日 15:00（Asia/Shanghai）要求修改活动“Spring”的关卡“策略与脚本”。";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("> 价格与合同不符"), "{text}");
    assert!(text.contains("这是你提交的关卡。\n\n请按要求修改，然后重新提交该关卡。"), "{text}");
}

#[test]
fn a_decision_on_an_earlier_submission_is_told_without_guessing() {
    let campaign = submitted("Spring");
    let mut notice = notice(Reason::GateDecided, "v1");
    notice.generation = Uuid::from_u128(6).to_string();
    let letter = written(&campaign, &notice, MANAGER, "2027-03-08T07:00:00Z", letter);
    assert_eq!(letter.subject, "Script · Spring · 8 Mar 15:00 · decided");
}

#[test]
fn evidence_that_is_too_old_is_told_with_the_time_that_is_left() {
    let notice = notice(Reason::GateExpired, "at_once");
    let letter = written(&campaign("Spring"), &notice, MANAGER, "2027-03-20T09:00:00Z", letter);
    assert_eq!(letter.subject, "Script · Spring · 8 Mar 15:00 · evidence too old");
    let first =
        "Evidence of the passed gate Script of the campaign “Spring” is too old since 8 Mar 2027 15:00";
    assert!(letter.text.starts_with(first), "{}", letter.text);
    assert!(letter.text.contains("3 h are left until go-live."), "{}", letter.text);
}

#[test]
fn what_a_new_lexicon_finds_is_told_word_by_word() {
    let mut campaign = campaign("Spring");
    let content =
        serde_json::json!({ "theme": "国家级精华", "highlights": ["最佳面霜", "全网最低", "销量冠军"] });
    campaign.contents.replace(Content::read(GateKey::Script, &content, "").unwrap());
    let notice = notice(Reason::WordingFound, "at_once");
    let text = written(&campaign, &notice, OWNER, "2027-03-08T07:00:00Z", |occasion| letter(occasion).text);
    let first = "组织的词库已更新。活动“Spring”的关卡“策略与脚本”：\"国家级\"为禁用表述:";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("另有 1 处。") && text.contains("请改写，或附理由放行该短语。"), "{text}");
    let english =
        written(&campaign, &notice, MANAGER, "2027-03-08T07:00:00Z", |occasion| letter(occasion).text);
    assert!(
        english.contains("\"国家级\" may not be said: absolute rank.") && english.contains("And 1 more."),
        "{english}"
    );
}

#[test]
fn a_mail_has_no_link_while_there_is_no_page_to_open() {
    let campaign = campaign("Spring");
    let notice = notice(Reason::GateDue, "d1");
    let letter = written(&campaign, &notice, OWNER, "2027-03-08T02:00:00Z", letter);
    assert!(!letter.text.contains("http"));
    assert!(!letter.html.contains("href"));
}

#[test]
fn lengths_of_time_show_their_two_greatest_units() {
    let table = [
        (0, "0 min", "0 分钟"),
        (59, "59 min", "59 分钟"),
        (-60, "1 h", "1 小时"),
        (90, "1 h 30 min", "1 小时 30 分钟"),
        (1_440, "1 day", "1 天"),
        (2_885, "2 days", "2 天"),
        (4_380, "3 days 1 h", "3 天 1 小时"),
    ];
    for (minutes, en, zh) in table {
        let length = jiff::SignedDuration::from_mins(minutes);
        assert_eq!(wording::span(length, Locale::En), en);
        assert_eq!(wording::span(length, Locale::ZhCn), zh);
    }
}
