//! Messages that wait: for somebody's morning, for the digest, for one another; and what people say of messages.

use harness::{Mail, MailServer, Person, Server, Setup, Show, examples};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Two people who have said nothing of messages: one leads, one approves.
struct Room {
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
}

impl Room {
    async fn open(now: &str) -> Self {
        let smtp = MailServer::start();
        let server = Setup::sandbox(now).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
        let join = async |email, role| Person::join_as_usual(&server.admin, email, role, &[]).await;
        let lead = join("ops.lead@heyan.example", "operator").await;
        let bo = join("bo@heyan.example", "manager").await;
        Self { smtp, server, lead, bo }
    }

    /// The standard campaign under another name, whose goal waits for review.
    async fn submitted(&self, name: &str) -> Show {
        let show = self.begun(name).await;
        let lead = &self.lead.client;
        show.fill(lead, "goal", &examples::content("goal")).await;
        show.tick_all(lead, "goal").await;
        show.submit(lead, "goal").await;
        show
    }

    async fn begun(&self, name: &str) -> Show {
        Show::standard(&self.lead.client, &json!({ "name": name, "external_ref": name })).await
    }

    async fn to(&self, now: &str) {
        self.server.move_clock(now).await;
    }

    /// Date and subject of every mail to a person, in the order in which they came.
    fn mails(&self, person: &Person) -> Vec<(Timestamp, String)> {
        let own = self.smtp.mails().into_iter().filter(|mail| mail.to == person.email);
        own.map(|mail| (mail.date, mail.subject)).collect()
    }

    fn last(&self, person: &Person) -> Mail {
        self.smtp.mails().into_iter().rfind(|mail| mail.to == person.email).unwrap()
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Status and outcome of a message, and of its delivery to a person.
async fn ends(show: &Show, person: &Person, reason: &str, occurrence: &str) -> Value {
    let ledger = show.notices(&person.client).await;
    let is_it = |notice: &&Value| notice["reason"] == reason && notice["occurrence"] == occurrence;
    let notice = ledger.iter().find(is_it).unwrap();
    let deliveries = notice["deliveries"].as_array().unwrap();
    let own = deliveries.iter().find(|delivery| delivery["recipient"] == person.id.as_str()).unwrap();
    json!([notice["status"], own["status"], own["last_error"]])
}

#[tokio::test]
async fn what_falls_into_somebodys_night_comes_in_their_morning() {
    let room = Room::open("2027-02-27T09:00:00+08:00").await;
    room.lead.client.patch("/v1/me", &json!({ "time_zone": "America/New_York" })).expect(200).await;
    let show = room.begun("Sakura").await;
    // The goal is due at 18:00 in Shanghai: that is 05:00 in New York, where it is 08:00 three hours later.
    room.to("2027-02-27T20:59:00+08:00").await;
    // The reminder of the audience at 10:00 in Shanghai came at 21:00 in New York.
    assert_eq!(room.mails(&room.lead).len(), 1);
    let ledger = show.notices(&room.bo.client).await;
    let due =
        ledger.iter().find(|notice| notice["occurrence"] == "d0" && notice["subject"] == "goal").unwrap();
    assert_eq!((&due["status"], &due["deliveries"][0]["status"]), (&json!("sending"), &json!("pending")));
    assert_eq!(at(due["deliveries"][0]["not_before"].as_str().unwrap()), at("2027-02-27T21:00:00+08:00"));
    room.to("2027-02-27T21:00:00+08:00").await;
    let subject = "[SANDBOX] Goal · Sakura · 27 Feb 18:00 · due now";
    assert_eq!(room.mails(&room.lead)[1..], [(at("2027-02-27T21:00:00+08:00"), subject.to_owned())]);
    assert_eq!(ends(&show, &room.lead, "gate_due", "d0").await, json!(["sent", "sent", null]));
}

#[tokio::test]
async fn news_of_a_day_come_in_one_digest_the_next_morning() {
    let room = Room::open("2027-03-13T09:30:00+08:00").await;
    let (spring, summer) = (room.begun("Spring").await, room.begun("Summer").await);
    room.to("2027-03-14T08:59:00+08:00").await;
    let before = room.mails(&room.lead);
    assert!(before.iter().all(|(_, subject)| !subject.contains("to go")), "{before:#?}");
    room.to("2027-03-14T09:00:00+08:00").await;
    let digest = room.last(&room.lead);
    assert_eq!(digest.subject, "[SANDBOX] Spring and 1 more · 14 Mar 09:00 · daily digest, 2 messages");
    assert_eq!(digest.date, at("2027-03-14T09:00:00+08:00"));
    for name in ["Spring", "Summer"] {
        let heading = format!("■ {name} · 20 Mar 20:00 · 6 days 11 h to go");
        assert!(digest.text.contains(&heading), "{}", digest.text);
    }
    assert_eq!(room.mails(&room.lead).len(), before.len() + 1);
    let mut statuses = vec![
        ends(&spring, &room.lead, "countdown", "d7").await,
        ends(&summer, &room.lead, "countdown", "d7").await,
    ];
    statuses.sort_by_key(Value::to_string);
    assert_eq!(statuses, [json!(["merged", "merged", "merged"]), json!(["sent", "sent", null])]);
}

#[tokio::test]
async fn of_approvals_the_first_comes_at_once_and_those_that_follow_together() {
    let room = Room::open("2027-02-25T10:00:00+08:00").await;
    let first = room.submitted("One").await;
    room.to("2027-02-25T10:05:00+08:00").await;
    let second = room.submitted("Two").await;
    room.to("2027-02-25T10:10:00+08:00").await;
    let third = room.submitted("Three").await;
    let fourth = room.submitted("Four").await;
    room.to("2027-02-25T10:12:00+08:00").await;
    let wanted = |(_, subject): &(Timestamp, String)| subject.contains("approval");
    let mails: Vec<_> = room.mails(&room.bo).into_iter().filter(wanted).collect();
    let alone = "[SANDBOX] Goal · One · 27 Feb 18:00 · approval wanted".to_owned();
    assert_eq!(mails, [(at("2027-02-25T10:00:00+08:00"), alone)]);
    fourth.decide(&room.bo.client, "goal", "approve").await;
    room.to("2027-02-25T10:15:00+08:00").await;
    let together = room.last(&room.bo);
    assert_eq!(together.date, at("2027-02-25T10:15:00+08:00"));
    assert_eq!(together.subject, "[SANDBOX] Two and 1 more · 25 Feb 10:15 · 2 approvals wanted");
    for name in ["Two", "Three"] {
        assert!(together.text.contains(&format!("■ Goal · {name} · ")), "{}", together.text);
    }
    assert_eq!(ends(&first, &room.bo, "approval_wanted", "p0").await, json!(["sent", "sent", null]));
    assert_eq!(ends(&fourth, &room.bo, "approval_wanted", "p0").await[1], "skipped");
    assert_eq!(ends(&fourth, &room.bo, "approval_wanted", "p0").await[2], "decided");
    let mut statuses = Vec::new();
    for show in [&second, &third] {
        statuses.push(ends(show, &room.bo, "approval_wanted", "p0").await[1].clone());
    }
    statuses.sort_by_key(Value::to_string);
    assert_eq!(statuses, ["merged", "sent"]);
    // What is asked for a quarter of an hour after the first is the first of the next.
    room.to("2027-02-25T10:16:00+08:00").await;
    room.submitted("Five").await;
    room.to("2027-02-25T10:16:30+08:00").await;
    assert_eq!(room.last(&room.bo).subject, "[SANDBOX] Goal · Five · 27 Feb 18:00 · approval wanted");
}

#[tokio::test]
async fn approvals_wanted_in_the_night_come_in_one_mail_in_the_morning() {
    let room = Room::open("2027-02-25T23:00:00+08:00").await;
    room.submitted("One").await;
    room.to("2027-02-25T23:40:00+08:00").await;
    room.submitted("Two").await;
    room.to("2027-02-26T07:59:00+08:00").await;
    assert_eq!(room.mails(&room.bo), []);
    room.to("2027-02-26T08:00:00+08:00").await;
    let expected = "[SANDBOX] One and 1 more · 26 Feb 08:00 · 2 approvals wanted".to_owned();
    assert_eq!(room.mails(&room.bo), [(at("2027-02-26T08:00:00+08:00"), expected)]);
}

#[tokio::test]
async fn a_kind_that_somebody_switched_off_does_not_come_and_the_ledger_says_why() {
    let room = Room::open("2027-02-27T09:00:00+08:00").await;
    room.lead.wish(&json!({ "off": ["gate_due"] })).await;
    let show = room.begun("Sakura").await;
    room.to("2027-02-27T18:30:00+08:00").await;
    assert_eq!(room.mails(&room.lead), []);
    assert_eq!(
        ends(&show, &room.lead, "gate_due", "d0").await,
        json!(["skipped", "skipped", "switched_off"])
    );
}

#[tokio::test]
async fn what_waits_for_a_morning_ends_where_the_campaign_is_moved_meanwhile() {
    let room = Room::open("2027-02-27T17:00:00+08:00").await;
    room.lead.client.patch("/v1/me", &json!({ "time_zone": "America/New_York" })).expect(200).await;
    let show = room.begun("Sakura").await;
    room.to("2027-02-27T18:00:00+08:00").await;
    show.amend(&room.lead.client, &json!({ "go_live_at": "2027-03-21T20:00:00+08:00" })).await;
    room.to("2027-02-27T21:30:00+08:00").await;
    assert_eq!(room.mails(&room.lead), []);
    let ledger = show.notices(&room.lead.client).await;
    let moved: Vec<&Value> = ledger
        .iter()
        .filter(|notice| notice["occurrence"] == "d0" && notice["subject"] == "goal")
        .map(|notice| &notice["outcome"])
        .collect();
    assert_eq!(moved, [&json!("replanned"), &Value::Null]);
}

#[tokio::test]
async fn people_say_themselves_what_they_want_of_messages() {
    let room = Room::open("2027-02-27T09:00:00+08:00").await;
    let me = &room.lead.client;
    let said = json!({ "quiet_hours": { "from": "23:00" }, "digest_at": "09:30", "off": ["countdown"] });
    let changed = me.patch("/v1/me", &json!({ "locale": "zh-CN", "preferences": said })).expect(200).await;
    assert_eq!(changed.body["preferences"], said);
    assert_eq!(me.get("/v1/me").expect(200).await.body["preferences"], said);
    // Members left out stay, null means the usual.
    let more = json!({ "preferences": { "quiet_hours": { "until": "07:00" }, "off": null } });
    let changed = me.patch("/v1/me", &more).expect(200).await;
    let expected = json!({ "quiet_hours": { "from": "23:00", "until": "07:00" }, "digest_at": "09:30" });
    assert_eq!(changed.body["preferences"], expected);
    let path = format!("/v1/members/{}", room.lead.id);
    room.server.admin.patch(&path, &json!({ "preferences": null })).expect(200).await;
    assert_eq!(me.get("/v1/me").expect(200).await.body["preferences"], json!({}));

    for (patch, pointer) in [
        (json!({ "preferences": { "off": ["approval_wanted"] } }), "/preferences/off/0"),
        (json!({ "preferences": { "digest_at": "25:00" } }), "/preferences/digest_at"),
        (json!({ "preferences": { "quiet_hours": { "from": "9" } } }), "/preferences/quiet_hours/from"),
        (json!({ "preferences": { "in_digest": ["gate_due"], "off": ["gate_due"] } }), "/preferences/off/0"),
        (json!({ "role": "admin" }), "/role"),
        (json!({ "duties": ["finance"] }), "/duties"),
        (json!({ "email": "other@heyan.example" }), "/email"),
    ] {
        let refused = me.patch("/v1/me", &patch).send().await;
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{refused}");
    }
    assert_eq!(me.get("/v1/me").expect(200).await.body["preferences"], json!({}), "nothing was changed");
    let service =
        harness::people::key(&room.server.admin, &json!({ "name": "crm", "role": "operator" })).await;
    service.patch("/v1/me", &json!({ "locale": "en" })).refused(403, "actor.person_needed").await;
}
