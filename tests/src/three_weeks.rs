//! Three weeks of the standard campaign on the sandbox's clock, in Shanghai and in New York, with people who sleep, read a
//! digest, are away and leave approvals lying: every mail is compared with the plan and with a page that people read.

mod plan;

use std::collections::{BTreeMap, BTreeSet};

use harness::{Mail, MailServer, Person, Server, Setup, Show, examples};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// A campaign in one zone, and a manager who lives in another.
struct Weeks {
    zone: TimeZone,
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
    su: Person,
    chen: Person,
    show: Show,
}

impl Weeks {
    async fn begin(zone: &str, elsewhere: &str) -> Self {
        let smtp = MailServer::start();
        let here = TimeZone::get(zone).unwrap();
        let begin = instant("02-26T09:00", &here).to_string();
        let server = Setup::sandbox(&begin).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
        let join = async |name: &str, role, zone: &str| {
            let email = format!("{name}@heyan.example");
            let person = Person::join_as_usual(&server.admin, &email, role, &[]).await;
            person.client.patch("/v1/me", &json!({ "time_zone": zone })).expect(200).await;
            person
        };
        let lead = join("ops.lead", "operator", zone).await;
        let (bo, su) = (join("bo", "manager", elsewhere).await, join("su", "manager", zone).await);
        let chen = join("chen", "operator", zone).await;
        server.admin.patch("/v1/me", &json!({ "time_zone": zone })).expect(200).await;
        let go_live_at = instant("03-20T20:00", &here).to_string();
        let body = json!({ "time_zone": zone, "go_live_at": go_live_at });
        let show = Show::standard(&lead.client, &body).await;
        Self { zone: here, smtp, server, lead, bo, su, chen, show }
    }

    /// Moves the clock to a time of 2027 on the campaign's clock.
    async fn at(&self, time: &str) {
        self.server.move_clock(&instant(time, &self.zone).to_string()).await;
    }

    async fn hand_in(&self, gate: &str) {
        let lead = &self.lead.client;
        self.show.fill(lead, gate, &moved(examples::content(gate), &self.zone)).await;
        self.show.tick_all(lead, gate).await;
        self.show.submit(lead, gate).await;
    }

    async fn approve(&self, who: &Person, gate: &str) {
        self.show.decide(&who.client, gate, "approve").await;
    }

    /// Nobody decides on the goal for two days and a half; the audience is three days late.
    async fn slow_beginning(&self) {
        self.at("02-26T15:00").await;
        self.hand_in("goal").await;
        self.at("03-01T11:00").await;
        self.approve(&self.bo, "goal").await;
        self.at("03-05T10:00").await;
        self.hand_in("audience").await;
        self.at("03-05T11:00").await;
        self.approve(&self.su, "audience").await;
    }

    /// Su is away for four days, and Chen stands in. Products are asked for in the evening, script in the night.
    async fn somebody_is_away(&self) {
        self.at("03-06T21:50").await;
        self.hand_in("products").await;
        self.at("03-07T12:00").await;
        self.approve(&self.su, "products").await;
        self.at("03-08T08:30").await;
        let absence = json!({
            "delegate_id": self.chen.id, "reason": "Holiday",
            "starts_at": instant("03-08T09:00", &self.zone).to_string(),
            "ends_at": instant("03-12T09:00", &self.zone).to_string(),
        });
        self.su.client.post("/v1/delegations", &absence).expect(201).await;
        self.at("03-08T23:30").await;
        self.hand_in("script").await;
        self.at("03-09T10:00").await;
        self.approve(&self.chen, "script").await;
        self.at("03-11T10:00").await;
        self.hand_in("team").await;
        self.at("03-11T11:00").await;
        self.approve(&self.bo, "team").await;
    }

    async fn last_week(&self) {
        self.at("03-12T14:00").await;
        self.hand_in("warm_up").await;
        self.at("03-12T15:00").await;
        self.approve(&self.su, "warm_up").await;
        self.at("03-19T17:55").await;
        self.hand_in("equipment_test").await;
        self.at("03-19T19:00").await;
        self.approve(&self.su, "equipment_test").await;
        assert_eq!(self.show.view(&self.lead.client).await["status"], "ready");
        self.at("03-20T18:00").await;
        let recheck = moved(examples::recheck(), &self.zone);
        self.show.change(&self.lead.client, "equipment_test", &recheck).await;
        self.at("03-20T20:00").await;
        self.su.client.post(&self.show.path("/go-live"), &json!({})).expect(200).await;
        self.at("03-22T20:00").await;
    }

    /// Zones of everybody, by id.
    async fn zones(&self) -> BTreeMap<String, TimeZone> {
        let members = harness::show::all(&self.server.admin, "/v1/members?limit=100").await;
        let text = |member: &Value, name: &str| member[name].as_str().unwrap().to_owned();
        let zone = |member: &Value| TimeZone::get(&text(member, "time_zone")).unwrap();
        members.iter().map(|member| (text(member, "id"), zone(member))).collect()
    }
}

/// A time of 2027 on the clocks of a zone.
fn instant(time: &str, zone: &TimeZone) -> Timestamp {
    let time: DateTime = format!("2027-{time}:00").parse().unwrap();
    zone.to_timestamp(time).unwrap()
}

/// The same times on the clocks of another zone.
fn moved(mut value: Value, zone: &TimeZone) -> Value {
    match &mut value {
        Value::String(text) => {
            if let Some(local) = text.strip_suffix("+08:00") {
                let at = zone.to_timestamp(local.parse().unwrap()).unwrap();
                *text = at.display_with_offset(zone.to_offset(at)).to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = moved(item.take(), zone)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| *member = moved(member.take(), zone))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    value
}

async fn three_weeks(zone: &str, elsewhere: &str, page: &str) {
    let weeks = Weeks::begin(zone, elsewhere).await;
    weeks.slow_beginning().await;
    weeks.somebody_is_away().await;
    weeks.last_week().await;
    let (mails, ledger) = (weeks.smtp.mails(), weeks.show.notices(&weeks.lead.client).await);
    plan::every_mail_is_planned(&mails, &ledger, &weeks.zones().await);
    plan::every_message_has_an_end(&ledger);
    let found = lines(&mails, &ledger, &weeks.zone);
    let file = harness::binary::root().join("tests/expected").join(page);
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    let expected: Vec<&str> = expected.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(found, expected, "\n{}", found.join("\n"));
}

/// Every mail in the order in which it came: when it came on the campaign's clock, to whom, and what it tells.
fn lines(mails: &[Mail], ledger: &[Value], zone: &TimeZone) -> Vec<String> {
    let mut lines = BTreeSet::new();
    for mail in mails {
        let time = mail.date.to_zoned(zone.clone()).strftime("%m-%d %a %H:%M").to_string();
        let told: Vec<String> = plan::told(mail, ledger).iter().map(|told| told.what()).collect();
        let name = mail.to.split('@').next().unwrap();
        assert!(lines.insert(format!("{time} | {name:<8} | {}", told.join(", "))), "twice: {mail}");
    }
    lines.into_iter().collect()
}

#[tokio::test]
async fn three_weeks_in_shanghai_bring_the_mails_of_the_plan() {
    three_weeks("Asia/Shanghai", "America/New_York", "three_weeks_shanghai.txt").await;
}

#[tokio::test]
async fn three_weeks_in_new_york_bring_the_mails_of_the_plan() {
    three_weeks("America/New_York", "Asia/Shanghai", "three_weeks_new_york.txt").await;
}
