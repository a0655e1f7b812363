//! Messages about the organization itself: keys about to expire, and reminders that belong to no campaign.

use harness::{MailServer, Person, Server, Setup};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

struct House {
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
    su: Person,
}

impl House {
    async fn open(now: &str) -> Self {
        let smtp = MailServer::start();
        let setup = Setup::sandbox(now).with("GREENROOM_SMTP_URL", &smtp.url());
        let server = setup.with("GREENROOM_PUBLIC_URL", "https://room.example").start().await;
        server.admin.patch("/v1/organization", &json!({ "name": HOUSE })).expect(200).await;
        let join = async |email, role| Person::join_as_usual(&server.admin, email, role, &[]).await;
        let lead = join("ops.lead@heyan.example", "operator").await;
        let (bo, su) = (join("bo@heyan.example", "manager").await, join("su@heyan.example", "admin").await);
        Self { smtp, server, lead, bo, su }
    }

    /// Date, recipient and subject of every mail so far, in the order of the first two.
    fn came(&self) -> Vec<(String, String, String)> {
        let mails = self.smtp.mails().into_iter().filter(|mail| mail.to != FIRST_ADMIN);
        let mut came: Vec<_> = mails.map(|mail| (mail.date.to_string(), mail.to, mail.subject)).collect();
        came.sort();
        came
    }

    async fn rows(&self, query: &str) -> Vec<Value> {
        harness::show::all(&self.bo.client, &format!("/v1/notices?limit=200&{query}")).await
    }
}

#[tokio::test]
async fn a_key_about_to_expire_is_told_to_whom_it_acts_as_and_to_the_admins() {
    let house = House::open("2027-03-01T09:00:00+08:00").await;
    let (admin, lead, su) = (&house.server.admin, &house.lead, &house.su);
    // Keys stop to work by the machine's clock, whatever a sandbox shows.
    let laptop = json!({ "name": "laptop", "member_id": lead.id, "expires_at": "2027-03-20T20:00:00+08:00" });
    let laptop = admin.post("/v1/api-keys", &laptop).expect(201).await;
    let crm = json!({ "name": "CRM", "role": "viewer", "expires_at": "2027-03-20T20:00:00+08:00" });
    let crm = admin.post("/v1/api-keys", &crm).expect(201).await.text_at("/id").to_owned();
    admin.post("/v1/api-keys", &json!({ "name": "for ever", "role": "viewer" })).expect(201).await;
    let rows = house.rows("reason=key_expiring").await;
    assert_eq!(rows.len(), 6, "{rows:#?}");
    let first = &rows[0];
    assert_eq!((&first["campaign_id"], &first["occurrence"]), (&Value::Null, &json!("d14")));
    assert_eq!(first["explanation"], "It leaves at its time, because an API key is about to expire.");
    // What somebody would get tells of it, too.
    house.server.move_clock("2027-03-04T09:00:00+08:00").await;
    let path = format!("/v1/members/{}/notices", lead.id);
    let outlook = lead.client.get(&path).expect(200).await.body;
    let [foreseen] = &outlook["data"].as_array().unwrap()[..] else { panic!("{outlook:#}") };
    assert_eq!((&foreseen["reason"], &foreseen["campaign_id"]), (&json!("key_expiring"), &Value::Null));
    assert_eq!(
        (&foreseen["leaves_at"], &foreseen["campaign_name"]),
        (&json!("2027-03-06T02:00:00Z"), &Value::Null)
    );
    house.server.move_clock("2027-03-07T09:00:00+08:00").await;
    let at = "2027-03-06T02:00:00Z".to_owned();
    let about =
        |name: &str| format!("[SANDBOX] API key · {} · 20 Mar 20:00 · “{name}” is about to expire", HOUSE);
    let expected = [
        (at.clone(), lead.email.clone(), about("laptop")),
        (at.clone(), su.email.clone(), about("CRM")),
        (at, su.email.clone(), about("laptop")),
    ];
    assert_eq!(house.came(), expected);
    let mail = house.smtp.mails().into_iter().find(|mail| mail.to == lead.email).unwrap();
    let prefix = laptop.text_at("/prefix");
    for words in [
        format!(
            "The API key “laptop” ({prefix}…) of {HOUSE} stops working on 20 Mar 2027 20:00 (Asia/Shanghai)."
        ),
        "It acts as you. 14 days 10 h are left.".to_owned(),
        "please ask an admin for a new key".to_owned(),
    ] {
        assert!(mail.text.contains(&words), "{words}: {}", mail.text);
    }
    assert!(
        !mail.raw.contains(laptop.text_at("/key")) && !mail.raw.contains("List-Unsubscribe"),
        "{}",
        mail.raw
    );
    // One that is taken back is told of no more.
    admin.call(Method::DELETE, &format!("/v1/api-keys/{crm}")).expect(204).await;
    house.server.move_clock("2027-03-21T09:00:00+08:00").await;
    let later: Vec<_> = house.came().into_iter().skip(3).map(|(at, to, _)| (at, to)).collect();
    let at = |time: &str| (format!("2027-03-{time}:00Z"), lead.email.clone());
    let to_su = |time: &str| (format!("2027-03-{time}:00Z"), su.email.clone());
    let (third, last) = ("17T02:00", "19T02:00");
    assert_eq!(later, [at(third), to_su(third), at(last), to_su(last)]);
    let gone = house.rows("status=skipped").await;
    assert_eq!(gone.len(), 2, "{gone:#?}");
    assert!(gone.iter().all(|row| row["outcome"] == "key_revoked"), "{gone:#?}");
    assert_eq!(gone[0]["explanation"], "It was not sent: the key was taken back or replaced.");
}

/// What the organization of a test is called.
const HOUSE: &str = "Heyan";
/// The address of whoever is an admin from the first start on.
const FIRST_ADMIN: &str = "admin@localhost";

#[tokio::test]
async fn a_reminder_of_the_organization_is_shown_set_sent_and_removed() {
    let house = House::open("2027-02-22T09:00:00+08:00").await;
    let (bo, lead) = (&house.bo.client, &house.lead.client);
    let wish = json!({ "cron": "0 10 * * 1", "text": "Count the stock", "audience": ["everybody"] });
    let preview = bo.post("/v1/reminder-preview", &wish).expect(200).await.body;
    let days = ["02-22", "03-01", "03-08", "03-15", "03-22"].map(|day| format!("2027-{day}T10:00:00+08:00"));
    assert_eq!((&preview["next"], &preview["ends_at"]), (&json!(days), &Value::Null));
    assert_eq!(bo.get("/v1/reminders").expect(200).await.body["data"], json!([]));
    let made = bo.post("/v1/reminders", &wish).expect(201).await;
    let path = format!("/v1/reminders/{}", made.text_at("/id"));
    assert!(made.header("location").ends_with(&path), "{made}");
    assert_eq!(lead.get(&path).expect(200).await.body, made.body);
    assert_eq!(lead.get("/v1/reminders").expect(200).await.body["data"], json!([made.body]));
    // Five weeks: it goes on by itself, longer than what is planned ahead.
    house.server.move_clock("2027-03-23T09:00:00+08:00").await;
    let mondays = ["02-22", "03-01", "03-08", "03-15", "03-22"];
    let people = [&house.bo.email, &house.lead.email, &house.su.email];
    let expected: Vec<_> = mondays
        .iter()
        .flat_map(|day| people.map(|to| (format!("2027-{day}T02:00:00Z"), to.clone())))
        .collect();
    let came: Vec<_> = house.came().into_iter().map(|(at, to, _)| (at, to)).collect();
    assert_eq!(came, expected);
    let mail = house.smtp.mails().into_iter().find(|mail| mail.to == house.bo.email).unwrap();
    assert_eq!(mail.subject, format!("[SANDBOX] {HOUSE} · 22 Feb 10:00 · reminder"));
    for words in ["bo set this reminder for Heyan:", "> Count the stock"] {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
    assert!(mail.raw.contains("List-Unsubscribe: "), "{}", mail.raw);
    bo.call(Method::DELETE, &path).expect(204).await;
    bo.call(Method::DELETE, &path).expect(404).await;
    bo.get(&path).expect(404).await;
    house.server.move_clock("2027-04-06T09:00:00+08:00").await;
    assert_eq!(house.came().len(), 15);
    let gone = house.rows("status=skipped").await;
    assert!(gone.len() == 3 && gone.iter().all(|row| row["outcome"] == "reminder_removed"), "{gone:#?}");
}

#[tokio::test]
async fn after_a_pause_of_the_service_a_reminder_of_the_organization_comes_once_and_goes_on() {
    let mut house = House::open("2027-02-22T09:00:00+08:00").await;
    let wish = json!({ "cron": "0 10 * * *", "text": "Count the stock" });
    house.bo.client.post("/v1/reminders", &wish).expect(201).await;
    crate::downtime::away(&mut house.server, "2027-03-10T09:00:00+08:00").await;
    house.server.move_clock("2027-03-11T11:00:00+08:00").await;
    let own = house.came().into_iter().filter(|(.., subject)| subject.ends_with("reminder"));
    let came: Vec<_> = own.map(|(at, ..)| at).collect();
    assert_eq!(
        came,
        ["2027-03-10T02:00:00Z", "2027-03-11T02:00:00Z"],
        "what is older than a day is of no use"
    );
}

#[tokio::test]
async fn a_reminder_of_the_organization_that_cannot_be_is_refused() {
    let house = House::open("2027-02-22T09:00:00+08:00").await;
    let bo = &house.bo.client;
    for (wish, pointer, code) in [
        (json!({ "text": "Stock" }), "/cron", "field.required"),
        (
            json!({ "cron": "0 10 * * 1", "text": "Stock", "audience": ["roster"] }),
            "/audience/0",
            "choice.unknown",
        ),
        (json!({ "cron": "*/5 * * * *", "text": "Stock" }), "/cron", "cron.too_often"),
        (json!({ "cron": "0 10 31 2 *", "text": "Stock" }), "/cron", "cron.never"),
    ] {
        for path in ["/v1/reminders", "/v1/reminder-preview"] {
            let refused = bo.post(path, &wish).expect(422).await;
            assert_eq!(
                (refused.text_at("/errors/0/pointer"), refused.text_at("/errors/0/code")),
                (pointer, code)
            );
        }
    }
    // Twenty at most, also when they are asked for at once.
    let wish = json!({ "cron": "0 10 * * 1", "text": "Stock" });
    let mut calls = JoinSet::new();
    (0..22).for_each(|_| drop(calls.spawn(bo.post("/v1/reminders", &wish).send())));
    let answers = calls.join_all().await;
    let mut answers: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [vec![201; 20], vec![422; 2]].concat());
    assert_eq!(bo.get("/v1/reminders").expect(200).await.body["data"].as_array().unwrap().len(), 20);
}
