//! Mail as a real mail server gets it: the whole journey's, compared with a list written by hand; retries.

use std::collections::{BTreeMap, BTreeSet};

use harness::examples::{self, GATES};
use harness::{Cast, Client, Mail, MailServer, Person, Server, Setup, Show};
use serde_json::{Value, json};

const NAME: &str = "禾颜春日樱花新品首发";

/// The journey of `expected/journey_mails.txt`.
struct Journey {
    server: Server,
    smtp: MailServer,
    cast: Cast,
    finance: Person,
    buyer: Person,
    show: Show,
}

impl Journey {
    async fn begin() -> Self {
        let smtp = MailServer::start();
        let setup = Setup::sandbox("2027-03-01T09:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
        let server = setup.with("GREENROOM_PUBLIC_URL", "https://greenroom.heyan.example").start().await;
        let cast = Cast::join(&server).await;
        let finance = Person::join(&server.admin, "finance@heyan.example", "operator", &["finance"]).await;
        let buyer = Person::join(&server.admin, "buyer@heyan.example", "operator", &[]).await;
        let chinese = json!({ "locale": "zh-CN" });
        let path = format!("/v1/members/{}", buyer.id);
        let tag = server.admin.get(&path).expect(200).await.header("etag").to_owned();
        let mut change = server.admin.patch(&path, &chinese);
        if !tag.is_empty() {
            change = change.if_match(&tag);
        }
        change.expect(200).await;
        let show = Show::standard(&cast.lead.client, &json!({})).await;
        let assigned =
            cast.lead.client.patch(&show.gate_path("products", ""), &json!({ "assignee": buyer.email }));
        assigned.ok().await;
        Self { server, smtp, cast, finance, buyer, show }
    }

    async fn at(&self, time: &str) {
        self.server.move_clock(&format!("2027-{time}:00+08:00")).await;
    }

    async fn hand_in(&self, who: &Client, gate: &str) {
        self.show.fill(who, gate, &examples::content(gate)).await;
        self.show.tick_all(who, gate).await;
        self.show.submit(who, gate).await;
    }

    async fn approve(&self, who: &Client, gate: &str) {
        self.show.decide(who, gate, "approve").await;
    }

    async fn goal_and_audience(&self) {
        let (lead, bo, su) = (&self.cast.lead.client, &self.cast.bo.client, &self.cast.su.client);
        self.at("03-01T15:00").await;
        self.hand_in(lead, "goal").await;
        self.at("03-01T16:00").await;
        self.approve(bo, "goal").await;
        self.at("03-01T17:00").await;
        self.approve(&self.finance.client, "goal").await;
        self.at("03-02T14:00").await;
        self.hand_in(lead, "audience").await;
        self.at("03-02T15:00").await;
        self.show.decide(su, "audience", "request_changes").await;
        self.at("03-02T16:00").await;
        self.hand_in(lead, "audience").await;
        self.at("03-02T17:00").await;
        self.approve(bo, "audience").await;
    }

    async fn products_and_script(&self) {
        let (lead, bo) = (&self.cast.lead.client, &self.cast.bo.client);
        self.at("03-06T18:30").await;
        self.hand_in(&self.buyer.client, "products").await;
        self.at("03-06T19:00").await;
        self.approve(bo, "products").await;
        self.at("03-09T09:00").await;
        self.hand_in(lead, "script").await;
        self.at("03-09T14:00").await;
        self.approve(bo, "script").await;
    }

    async fn team_warm_up_and_equipment(&self) {
        let (lead, bo, su) = (&self.cast.lead.client, &self.cast.bo.client, &self.cast.su.client);
        self.at("03-11T09:00").await;
        self.hand_in(lead, "team").await;
        self.at("03-11T10:00").await;
        self.approve(su, "team").await;
        self.at("03-12T09:00").await;
        self.hand_in(lead, "warm_up").await;
        self.at("03-12T10:00").await;
        self.approve(&self.finance.client, "warm_up").await;
        self.at("03-12T11:00").await;
        self.approve(bo, "warm_up").await;
        self.at("03-19T17:55").await;
        self.hand_in(lead, "equipment_test").await;
        self.at("03-19T19:00").await;
        self.approve(bo, "equipment_test").await;
    }

    async fn go_live(&self) {
        assert_eq!(self.show.view(&self.cast.lead.client).await["status"], "ready");
        self.at("03-20T18:00").await;
        self.show.change(&self.cast.lead.client, "equipment_test", &examples::recheck()).await;
        self.at("03-20T20:00").await;
        self.cast.bo.client.post(&self.show.path("/go-live"), &json!({})).expect(200).await;
        self.at("03-22T20:00").await;
    }
}

#[tokio::test]
async fn the_mails_of_a_journey_are_those_of_the_list_written_by_hand() {
    let journey = Journey::begin().await;
    journey.goal_and_audience().await;
    journey.products_and_script().await;
    journey.team_warm_up_and_equipment().await;
    journey.go_live().await;
    let mails = journey.smtp.mails();
    let ledger = journey.show.notices(&journey.cast.lead.client).await;
    let mut got: Vec<String> = mails.iter().map(|mail| line(mail, &ledger)).collect();
    got.sort();
    let expected =
        std::fs::read_to_string(harness::binary::root().join("tests/expected/journey_mails.txt")).unwrap();
    let mut expected: Vec<&str> = expected.lines().filter(|line| !line.starts_with('#')).collect();
    expected.sort_unstable();
    let missing: Vec<&&str> = expected.iter().filter(|line| !got.iter().any(|one| one == **line)).collect();
    let surplus: Vec<&String> = got.iter().filter(|line| !expected.contains(&line.as_str())).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:#?}\nsurplus: {surplus:#?}");
    assert_eq!(got.len(), expected.len(), "some mail came twice: {got:#?}");
    let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(ids.len(), mails.len(), "every Message-ID is another");
    every_row_of_the_ledger_has_an_end(&ledger);
    python_reads_the_same(&journey.smtp, &mails);
}

/// A mail as the list written by hand tells it.
fn line(mail: &Mail, ledger: &[Value]) -> String {
    let (notice, delivery) = row(ledger, &mail.message_id);
    assert_eq!(
        (&delivery["status"], &notice["status"]),
        (&json!("sent"), &json!("sent")),
        "{mail}: {notice:#}"
    );
    let text = |member: &str| notice[member].as_str().unwrap();
    let about =
        gate_label(text("subject"), &mail.subject).map(|gate| format!("{gate} · ")).unwrap_or_default();
    let start = format!("[SANDBOX] {about}{NAME} · ");
    assert!(mail.subject.starts_with(&start), "{mail}: the subject does not begin with {start}");
    assert!(mail.text.contains("SANDBOX") || mail.text.contains("沙盒"), "{mail}:\n{}", mail.text);
    links(mail, notice);
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
    let time = mail.date.to_zoned(zone).strftime("%Y-%m-%d %H:%M");
    let (reason, subject, occurrence) = (text("reason"), text("subject"), text("occurrence"));
    let end = mail.subject.rsplit(" · ").next().unwrap();
    format!("{time} | {} | {reason} {subject} {occurrence} | {end}", mail.to)
}

/// Addresses at which something can be done, as they stand in a mail.
fn addresses<'m>(mail: &'m Mail, path: &str) -> Vec<&'m str> {
    let start = format!("https://greenroom.heyan.example/{path}/");
    mail.text.lines().filter(|line| line.starts_with(&start)).collect()
}

/// A mail leads to a decision only where one is wanted of its reader, and out of its kind only where they can do without.
fn links(mail: &Mail, notice: &Value) {
    let dispensable = [
        "gate_due",
        "gate_decided",
        "gate_expiring",
        "facet_changed",
        "touchpoint",
        "countdown",
        "campaign_ready",
        "campaign_not_ready",
    ];
    let text = |member: &str| notice[member].as_str().unwrap();
    let (decide, out) = (addresses(mail, "decide").len(), addresses(mail, "unsubscribe").len());
    let can_do_without = dispensable.contains(&text("reason")) && text("class") != "critical";
    assert_eq!(out, usize::from(can_do_without), "{mail}: {notice:#}\n{}", mail.text);
    let asked = text("reason") == "approval_wanted" && ["p0", "p1"].contains(&text("occurrence"));
    assert!(if asked { decide == 1 } else { decide <= 1 }, "{mail}: {notice:#}\n{}", mail.text);
    assert_eq!(mail.text.matches("http").count(), decide + out, "nothing else: {mail}:\n{}", mail.text);
}

/// The notice and the delivery that a message belongs to.
fn row<'l>(ledger: &'l [Value], message_id: &str) -> (&'l Value, &'l Value) {
    let deliveries =
        |notice: &'l Value| notice["deliveries"].as_array().unwrap().iter().map(move |one| (notice, one));
    let is_its = |delivery: &Value| {
        delivery["message_id"].as_str().is_some_and(|id| id.trim_matches(['<', '>']) == message_id)
    };
    let mut found = ledger.iter().flat_map(deliveries).filter(|(_, delivery)| is_its(delivery));
    let row = found.next().unwrap_or_else(|| panic!("<{message_id}> is in no row of the ledger"));
    assert!(found.next().is_none(), "<{message_id}> is in two rows of the ledger");
    row
}

/// The name of the gate a subject belongs to, in the mail's language; none where it is about the whole campaign.
fn gate_label(about: &str, subject: &str) -> Option<&'static str> {
    let labels: BTreeMap<&str, [&str; 2]> = [
        ("goal", ["Goal", "目标与定位"]),
        ("audience", ["Audience", "受众"]),
        ("products", ["Products", "选品与供应链"]),
        ("script", ["Script", "策略与脚本"]),
        ("team", ["Team", "主播与团队"]),
        ("warm_up", ["Warm-up", "预热引流"]),
        ("equipment_test", ["Equipment test", "设备与技术测试"]),
    ]
    .into();
    let gate = if about.starts_with("asset:") { "warm_up" } else { about };
    let [english, chinese] = *labels.get(gate)?;
    Some(if subject.contains(chinese) { chinese } else { english })
}

/// Nothing is left planned once the show is over, and what was not sent says why.
fn every_row_of_the_ledger_has_an_end(ledger: &[Value]) {
    for notice in ledger {
        match notice["status"].as_str().unwrap() {
            "sent" | "expired" => {}
            "skipped" => assert!(notice["outcome"].is_string(), "{notice:#}"),
            other => panic!("{other}: {notice:#}"),
        }
    }
    let keys: BTreeSet<&str> = ledger.iter().map(|notice| notice["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), ledger.len(), "every key is another");
    for gate in GATES {
        assert!(
            ledger.iter().any(|notice| notice["subject"] == gate && notice["status"] == "skipped"),
            "{gate}"
        );
    }
}

fn python_reads_the_same(smtp: &MailServer, mails: &[Mail]) {
    let read = smtp.as_python_reads_them();
    for (mail, python) in mails.iter().zip(read.as_array().unwrap()) {
        assert_eq!(python["message_id"], mail.message_id);
        assert_eq!(python["subject"], mail.subject);
        assert_eq!(python["to"], json!([mail.to]));
        assert_eq!(python["defects"], json!([]), "{mail}");
        let once = json!({ "To": 1, "From": 1, "Message-ID": 1, "Date": 1 });
        assert_eq!(python["times"], once, "{mail}");
        let references = python["references"].as_str().unwrap();
        assert!(references.starts_with("<campaign.") && references.ends_with('>'), "{mail}: {references}");
        assert_eq!(python["auto_submitted"], "auto-generated", "{mail}");
        assert_eq!(python["parts"], json!(["text/plain", "text/html"]), "{mail}");
        let out = addresses(mail, "unsubscribe").pop();
        let header =
            out.map_or(json!([null, null]), |out| json!([format!("<{out}>"), "List-Unsubscribe=One-Click"]));
        assert_eq!(python["list_unsubscribe"], header, "{mail}");
        let date: jiff::Timestamp = python["date"].as_str().unwrap().parse().unwrap();
        assert_eq!(date, mail.date);
        let text = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
        assert_eq!(text(python["text"].as_str().unwrap()), text(&mail.text));
        assert!(python["longest_line"].as_u64().unwrap() <= 998, "{mail}");
    }
}

#[tokio::test]
async fn moving_go_live_plans_the_reminders_anew() {
    let smtp = MailServer::start();
    let setup = Setup::sandbox("2027-02-20T09:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let server = setup.start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    show.amend(lead, &json!({ "go_live_at": "2027-03-27T20:00:00+08:00" })).await;
    let ledger = show.notices(lead).await;
    let goal = |occurrence: &'static str| {
        ledger.iter().filter(move |one| {
            one["reason"] == "gate_due" && one["subject"] == "goal" && one["occurrence"] == occurrence
        })
    };
    for occurrence in ["d3", "d1", "d0"] {
        let mut rows: Vec<(&str, Option<&str>)> =
            goal(occurrence).map(|one| (one["status"].as_str().unwrap(), one["outcome"].as_str())).collect();
        rows.sort_unstable();
        assert_eq!(rows, [("planned", None), ("skipped", Some("replanned"))], "{occurrence}");
    }
    server.move_clock("2027-03-01T09:00:00+08:00").await;
    assert_eq!(smtp.mails(), [], "the old reminders are gone");
    server.move_clock("2027-03-03T10:00:00+08:00").await;
    let mails = smtp.mails();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [cast.lead.email.as_str()]);
    assert_eq!(mails[0].date, "2027-03-03T02:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn a_mail_the_server_defers_comes_later_with_the_same_id() {
    let smtp = MailServer::start();
    let setup = Setup::sandbox("2027-02-26T09:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let server = setup.start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    smtp.refuse(&cast.lead.email, "451 4.3.0 try again later", 1);
    server.move_clock("2027-02-26T10:00:00+08:00").await;
    smtp.until(|mails| !mails.is_empty()).await;
    let (refused, mails) = (smtp.refused(), smtp.mails());
    let accepted: Vec<_> = mails.iter().map(|mail| (mail.message_id.clone(), mail.to.clone())).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(accepted, refused);
    // Moving the clock waits for what is under way, so the ledger knows by then.
    server.move_clock("2027-02-26T10:30:00+08:00").await;
    let ledger = show.notices(&cast.lead.client).await;
    let (_, delivery) = row(&ledger, &mails[0].message_id);
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("sent"), &json!(2)), "{delivery:#}");
}

#[tokio::test]
async fn a_mail_the_server_never_takes_is_dead_after_one_try_and_hinders_no_other() {
    let smtp = MailServer::start();
    let setup = Setup::sandbox("2027-02-26T09:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let server = setup.start().await;
    let cast = Cast::join(&server).await;
    let show =
        Show::standard(&cast.lead.client, &json!({ "gates": { "goal": examples::content("goal") } })).await;
    show.tick_all(&cast.lead.client, "goal").await;
    smtp.refuse(&cast.bo.email, "550 5.1.1 no such mailbox", 100);
    show.submit(&cast.lead.client, "goal").await;
    server.move_clock("2027-02-26T09:30:00+08:00").await;
    let to: BTreeSet<String> = smtp.mails().into_iter().map(|mail| mail.to).collect();
    // The owner of the campaign is told that Bo was not.
    assert_eq!(to, ["admin@localhost".to_owned(), cast.lead.email.clone(), cast.su.email.clone()].into());
    assert_eq!(smtp.refused().len(), 1);
    let ledger = show.notices(&cast.lead.client).await;
    let wanted =
        ledger.iter().find(|one| one["reason"] == "approval_wanted" && one["occurrence"] == "p0").unwrap();
    let deliveries = wanted["deliveries"].as_array().unwrap();
    let failed = deliveries.iter().find(|one| one["recipient"] == cast.bo.id);
    let failed = failed.unwrap_or_else(|| panic!("{wanted:#}"));
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("failed"), &json!(1)), "{failed:#}");
    assert!(failed["last_error"].as_str().unwrap().contains("no such mailbox"), "{failed:#}");
}

#[tokio::test]
async fn without_a_mail_server_mails_are_files() {
    let server = Setup::sandbox("2027-02-26T09:00:00+08:00").start().await;
    let cast = Cast::join(&server).await;
    Show::standard(&cast.lead.client, &json!({})).await;
    server.move_clock("2027-02-26T10:00:00+08:00").await;
    let folder = server.folder.path().join("mail");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().unwrap(), "eml");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains("To: ") && text.contains(&cast.lead.email), "{text}");
}

/// Clocks in New York go forward on 14 March 2027: reminders at a time of day keep it, hours go on being hours.
#[tokio::test]
async fn in_new_york_reminders_keep_their_time_of_day_over_the_change_of_clocks() {
    let smtp = MailServer::start();
    let setup = Setup::sandbox("2027-03-12T09:00:00-05:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let server = setup.start().await;
    let cast = Cast::join(&server).await;
    let there = json!({ "time_zone": "America/New_York", "go_live_at": "2027-03-20T20:00:00-04:00" });
    let show = Show::standard(&cast.lead.client, &there).await;
    server.move_clock("2027-03-20T20:00:00-04:00").await;
    let ledger = show.notices(&cast.lead.client).await;
    let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let mut told: BTreeMap<String, String> = BTreeMap::new();
    for mail in smtp.mails() {
        let (notice, _) = row(&ledger, &mail.message_id);
        let text = |member: &str| notice[member].as_str().unwrap();
        let what = [text("reason"), text("subject"), text("occurrence")].join(" ");
        told.insert(what, mail.date.to_zoned(zone.clone()).strftime("%m-%d %H:%M %Z").to_string());
    }
    for (what, when) in [
        ("gate_due warm_up d0", "03-12 18:00 EST"),
        ("gate_overdue warm_up l1", "03-12 22:00 EST"),
        // 24 waking hours: four on the 12th, fourteen on the 13th, six on the 14th.
        ("gate_overdue warm_up l2", "03-14 14:00 EDT"),
        // 48 hours, one of which no clock showed.
        ("gate_overdue warm_up l3", "03-14 19:00 EDT"),
        ("countdown campaign d7", "03-13 10:00 EST"),
        ("countdown campaign d3", "03-17 10:00 EDT"),
        ("gate_due equipment_test d3", "03-16 10:00 EDT"),
        ("countdown campaign h2", "03-20 18:00 EDT"),
        ("countdown campaign m10", "03-20 19:50 EDT"),
    ] {
        assert_eq!(told.get(what).map(String::as_str), Some(when), "{what}: {told:#?}");
    }
}
