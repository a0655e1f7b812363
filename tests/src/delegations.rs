//! Somebody is away: who gets their messages, who decides in their place, and what nobody may do by it.

use harness::{Mail, MailServer, Person, Server, Setup, Show, examples};
use reqwest::Method;
use serde_json::{Value, json};

const MORNING: &str = "2027-02-25T10:00:00+08:00";

/// An operator who leads, a manager who is away now and then, and an operator who stands in.
struct Room {
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
    chen: Person,
}

impl Room {
    async fn open() -> Self {
        let smtp = MailServer::start();
        let server = Setup::sandbox(MORNING).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
        let join = async |name: &str, role| {
            Person::join_as_usual(&server.admin, &format!("{name}@heyan.example"), role, &[]).await
        };
        let (lead, bo, chen) =
            (join("ops.lead", "operator").await, join("bo", "manager").await, join("chen", "operator").await);
        Self { smtp, server, lead, bo, chen }
    }

    /// A campaign whose goal waits for review.
    async fn submitted(&self) -> Show {
        let lead = &self.lead.client;
        let show = Show::standard(lead, &json!({ "name": "Sakura" })).await;
        show.fill(lead, "goal", &examples::content("goal")).await;
        show.tick_all(lead, "goal").await;
        show.submit(lead, "goal").await;
        show
    }

    async fn to(&self, now: &str) {
        self.server.move_clock(now).await;
    }

    fn mails(&self, person: &Person) -> Vec<Mail> {
        self.smtp.mails().into_iter().filter(|mail| mail.to == person.email).collect()
    }

    fn subjects(&self, person: &Person) -> Vec<String> {
        self.mails(person).into_iter().map(|mail| mail.subject).collect()
    }

    /// Bo is away, and Chen stands in.
    async fn bo_leaves(&self, from: &str, until: &str) -> Value {
        let absence = json!({
            "delegate_id": self.chen.id, "starts_at": from, "ends_at": until, "reason": "Holiday",
        });
        self.bo.client.post("/v1/delegations", &absence).expect(201).await.body
    }
}

async fn approve(show: &Show, person: &Person) -> harness::Answer {
    let revision = show.gate(&person.client, "goal").await["revision"].clone();
    let decision = json!({ "verdict": "approve", "revision": revision });
    person.client.post(&show.gate_path("goal", "/decisions"), &decision).send().await
}

const WANTED: &str = "[SANDBOX] Goal · Sakura · 27 Feb 18:00 · approval wanted";

#[tokio::test]
async fn whoever_stands_in_is_told_of_what_waits_and_decides_under_both_names() {
    let room = Room::open().await;
    let show = room.submitted().await;
    room.to("2027-02-25T10:01:00+08:00").await;
    assert_eq!((room.subjects(&room.bo), room.subjects(&room.chen)), (vec![WANTED.to_owned()], vec![]));
    assert_eq!(approve(&show, &room.chen).await.text_at("/code"), "gate.fits_no_slot");
    let made = room.bo_leaves("2027-02-25T12:00:00+08:00", "2027-03-01T09:00:00+08:00").await;
    assert_eq!(made["member_id"], room.bo.id.as_str());
    room.to("2027-02-25T11:59:00+08:00").await;
    assert_eq!(approve(&show, &room.chen).await.text_at("/code"), "gate.fits_no_slot", "not away yet");
    room.to("2027-02-25T12:00:00+08:00").await;
    let mails = room.mails(&room.chen);
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert_eq!(mails[0].subject, WANTED.replace("approval wanted", "approval still wanted"));
    let why = "You stand in for bo, who is away until 1 Mar 2027 09:00 (Asia/Shanghai).";
    assert!(mails[0].text.contains(why), "{}", mails[0].text);
    // The next reminder comes to Chen alone.
    room.to("2027-02-25T14:00:00+08:00").await;
    assert_eq!((room.mails(&room.bo).len(), room.mails(&room.chen).len()), (1, 2));
    let gate = show.gate(&room.chen.client, "goal").await;
    let approvers = gate["approvers"].as_array().unwrap();
    let chen = approvers.iter().find(|one| one["member"]["id"] == room.chen.id.as_str()).unwrap();
    assert_eq!(chen["can_decide"], true);
    let bo = approvers.iter().find(|one| one["member"]["id"] == room.bo.id.as_str()).unwrap();
    assert_eq!(bo["stand_in"]["id"], room.chen.id.as_str());
    let decided = approve(&show, &room.chen).await;
    assert_eq!((decided.status, &decided.body["status"]), (200, &json!("passed")), "{decided}");
    let decision = &decided.body["decisions"][0];
    assert_eq!(decision["decided_by"]["id"], room.chen.id.as_str());
    assert_eq!(decision["on_behalf_of"]["id"], room.bo.id.as_str());
    let events = show.events(&room.chen.client).await;
    let event = events.iter().find(|event| event["type"] == "gate.decided").unwrap();
    assert_eq!((&event["actor"]["id"], &event["on_behalf_of"]), (&json!(room.chen.id), &json!(room.bo.id)));
    assert_eq!(approve(&show, &room.bo).await.text_at("/code"), "gate.wrong_status");
}

#[tokio::test]
async fn what_waits_for_the_morning_of_somebody_who_leaves_goes_to_whoever_stands_in() {
    let room = Room::open().await;
    room.to("2027-02-25T23:00:00+08:00").await;
    let show = room.submitted().await;
    room.to("2027-02-25T23:30:00+08:00").await;
    room.bo_leaves("2027-02-26T01:00:00+08:00", "2027-03-01T09:00:00+08:00").await;
    room.to("2027-02-26T08:00:00+08:00").await;
    assert_eq!(room.subjects(&room.bo), Vec::<String>::new());
    let subjects = room.subjects(&room.chen);
    let wanted = subjects.iter().filter(|subject| subject.contains("approval")).count();
    assert_eq!(wanted, 1, "{subjects:#?}");
    let ledger = show.notices(&room.lead.client).await;
    let first =
        ledger.iter().find(|one| one["reason"] == "approval_wanted" && one["occurrence"] == "p0").unwrap();
    let deliveries = first["deliveries"].as_array().unwrap();
    let to = |person: &Person| deliveries.iter().find(|one| one["recipient"] == person.id.as_str());
    let ended = to(&room.bo).map(|one| (&one["status"], &one["last_error"]));
    assert_eq!(ended, Some((&json!("skipped"), &json!("delegated"))), "{first:#}");
    assert_eq!(to(&room.chen), None, "a message of its own asks Chen: {first:#}");
    let open = ledger.iter().filter(|one| one["status"] == "sending").count();
    assert_eq!(open, 0, "{ledger:#?}");
}

#[tokio::test]
async fn a_reminder_that_waits_for_somebody_who_leaves_reaches_whoever_stands_in() {
    let room = Room::open().await;
    room.lead.client.patch("/v1/me", &json!({ "time_zone": "America/New_York" })).expect(200).await;
    let show = Show::standard(&room.lead.client, &json!({ "name": "Sakura" })).await;
    // The goal is due at 18:00 in Shanghai, at night in New York: it waits until 21:00.
    room.to("2027-02-27T19:00:00+08:00").await;
    let until = json!({ "delegate_id": room.chen.id, "ends_at": "2027-02-28T09:00:00+08:00" });
    room.lead.client.post("/v1/delegations", &until).expect(201).await;
    room.to("2027-02-27T21:00:00+08:00").await;
    let due = "[SANDBOX] Goal · Sakura · 27 Feb 18:00 · due now";
    assert!(!room.subjects(&room.lead).contains(&due.to_owned()), "{:#?}", room.subjects(&room.lead));
    assert_eq!(room.subjects(&room.chen), [due]);
    let ledger = show.notices(&room.lead.client).await;
    let is_it =
        |one: &&Value| one["reason"] == "gate_due" && one["occurrence"] == "d0" && one["subject"] == "goal";
    let deliveries = ledger.iter().find(is_it).unwrap()["deliveries"].as_array().unwrap();
    let ends: Vec<_> = deliveries.iter().map(|one| (&one["recipient"], &one["status"])).collect();
    let expected =
        [(&room.lead.id, "skipped"), (&room.chen.id, "sent")].map(|(who, how)| (json!(who), json!(how)));
    assert_eq!(ends, expected.iter().map(|(who, how)| (who, how)).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_ended_delegation_gives_no_right_and_sends_nothing() {
    let room = Room::open().await;
    let show = room.submitted().await;
    room.to("2027-02-25T10:01:00+08:00").await;
    let made = room.bo_leaves("2027-02-25T12:00:00+08:00", "2027-03-01T09:00:00+08:00").await;
    let path = format!("/v1/delegations/{}", made["id"].as_str().unwrap());
    room.chen.client.call(Method::DELETE, &path).refused(403, "actor.role_too_low").await;
    room.bo.client.call(Method::DELETE, &path).expect(204).await;
    room.bo.client.call(Method::DELETE, &path).expect(204).await;
    room.to("2027-02-25T12:30:00+08:00").await;
    assert_eq!(room.subjects(&room.chen), Vec::<String>::new());
    assert_eq!(approve(&show, &room.chen).await.text_at("/code"), "gate.fits_no_slot");
    let read = room.lead.client.get(&path).expect(200).await;
    assert_eq!(read.body["ended_at"], "2027-02-25T02:01:00Z");
    let again = room.bo_leaves("2027-02-25T13:00:00+08:00", "2027-03-01T09:00:00+08:00").await;
    assert_ne!(again["id"], made["id"], "the same time is free again");
}

#[tokio::test]
async fn nobody_signs_their_own_work_by_way_of_a_delegation() {
    let room = Room::open().await;
    let show = room.submitted().await;
    // The lead submitted; whoever stands in for them does not decide, neither does the lead in Bo's place.
    let until = "2027-03-01T09:00:00+08:00";
    let of_lead = json!({ "delegate_id": room.bo.id, "ends_at": until });
    let made = room.lead.client.post("/v1/delegations", &of_lead).expect(201).await;
    assert_eq!(approve(&show, &room.bo).await.text_at("/code"), "gate.own_approval");
    room.lead
        .client
        .call(Method::DELETE, &format!("/v1/delegations/{}", made.text_at("/id")))
        .expect(204)
        .await;
    let of_bo = json!({ "delegate_id": room.lead.id, "ends_at": until });
    room.bo.client.post("/v1/delegations", &of_bo).expect(201).await;
    assert_eq!(approve(&show, &room.lead).await.text_at("/code"), "gate.own_approval");
    assert_eq!(approve(&show, &room.bo).await.status, 200, "whoever is away may still decide");
}

#[tokio::test]
async fn a_delegation_that_cannot_be_is_refused_with_its_place() {
    let room = Room::open().await;
    let viewer = Person::join_as_usual(&room.server.admin, "vi@heyan.example", "viewer", &[]).await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    let (from, until) = ("2027-03-01T00:00:00+08:00", "2027-03-08T00:00:00+08:00");
    let table = [
        (json!({ "delegate_id": room.bo.id }), "/delegate_id", "list.duplicate"),
        (json!({ "delegate_id": nobody }), "/delegate_id", "reference.not_found"),
        (json!({ "delegate_id": viewer.id }), "/delegate_id", "reference.not_found"),
        (json!({ "delegate_id": null }), "/delegate_id", "field.required"),
        (json!({ "ends_at": null }), "/ends_at", "field.required"),
        (json!({ "ends_at": "2027-02-25T09:00:00+08:00" }), "/ends_at", "number.out_of_range"),
        (json!({ "ends_at": "2028-03-01T00:00:00+08:00" }), "/ends_at", "number.out_of_range"),
        (json!({ "ends_at": from }), "/starts_at", "field.crossed"),
        (json!({ "until": until }), "/until", "field.unknown"),
    ];
    for (change, pointer, code) in table {
        let mut body = json!({ "delegate_id": room.chen.id, "starts_at": from, "ends_at": until });
        json_patch::merge(&mut body, &change);
        if change["delegate_id"].is_null() && pointer == "/delegate_id" {
            body.as_object_mut().unwrap().remove("delegate_id");
        }
        let refused = room.bo.client.post("/v1/delegations", &body).send().await;
        assert_eq!(refused.errors(), [(pointer.to_owned(), code.to_owned())], "{refused}");
    }
    let listed = room.bo.client.get("/v1/delegations").expect(200).await;
    assert_eq!(listed.body["data"], json!([]), "nothing was written");
    let body = json!({ "delegate_id": room.chen.id, "starts_at": from, "ends_at": until });
    room.bo.client.post("/v1/delegations", &body).expect(201).await;
    room.bo.client.post("/v1/delegations", &body).refused(409, "delegation.overlaps").await;
    let to_bo = json!({ "delegate_id": room.bo.id, "starts_at": from, "ends_at": until });
    room.lead.client.post("/v1/delegations", &to_bo).refused(409, "delegation.delegate_away").await;
    let for_lead = json!({ "member_id": room.lead.id, "delegate_id": room.chen.id, "ends_at": until });
    room.bo.client.post("/v1/delegations", &for_lead).refused(403, "actor.role_too_low").await;
    room.server.admin.post("/v1/delegations", &for_lead).expect(201).await;
}

#[tokio::test]
async fn of_two_absences_at_once_that_overlap_one_is_kept() {
    let room = Room::open().await;
    let body = json!({ "delegate_id": room.chen.id, "ends_at": "2027-03-08T00:00:00+08:00" });
    let ask = || room.bo.client.post("/v1/delegations", &body).send();
    let answers = futures_util::future::join_all((0..8).map(|_| ask())).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}
