//! Reminders of people's own: shown before they are saved, sent when their time comes, gone when they are removed.

use harness::{MailServer, Person, Server, Setup, Show};
use reqwest::Method;
use serde_json::{Value, json};

struct Desk {
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
    show: Show,
}

impl Desk {
    async fn open() -> Self {
        let smtp = MailServer::start();
        let setup = Setup::sandbox("2027-02-22T09:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
        let server = setup.with("GREENROOM_PUBLIC_URL", "https://room.example").start().await;
        let join = async |email, role| Person::join_as_usual(&server.admin, email, role, &[]).await;
        let (lead, bo) =
            (join("ops.lead@heyan.example", "operator").await, join("bo@heyan.example", "manager").await);
        let show = Show::standard(&lead.client, &json!({ "name": "Sakura" })).await;
        Self { smtp, server, lead, bo, show }
    }

    fn path(&self, rest: &str) -> String {
        self.show.path(&format!("/reminders{rest}"))
    }

    /// Recipient, date and subject of every reminder so far.
    fn came(&self) -> Vec<(String, String)> {
        let own = self.smtp.mails().into_iter().filter(|mail| mail.subject.ends_with("· reminder"));
        let mut came: Vec<_> = own.map(|mail| (mail.date.to_string(), mail.to)).collect();
        came.sort();
        came
    }

    async fn rows(&self) -> Vec<Value> {
        let rows = self.show.notices(&self.lead.client).await;
        rows.into_iter().filter(|row| row["reason"] == "reminder").collect()
    }
}

#[tokio::test]
async fn a_reminder_is_shown_before_it_is_saved_and_comes_at_its_times() {
    let desk = Desk::open().await;
    let lead = &desk.lead.client;
    let wish = json!({
        "cron": "0 10 * * 1-5", "text": "Stock?\nAnd the gifts <b>", "audience": ["campaign_owner", "managers"],
        "ends_at": "2027-02-26T12:00:00+08:00",
    });
    let preview = lead.post(&desk.show.path("/reminder-preview"), &wish).expect(200).await.body;
    let days = |from: u32| (from..=26).map(|day| format!("2027-02-{day}T10:00:00+08:00")).collect::<Vec<_>>();
    assert_eq!(preview["next"], json!(days(22)), "a week has five of these days");
    assert_eq!(preview["time_zone"], "Asia/Shanghai");
    assert!(lead.get(&desk.path("")).expect(200).await.body["data"].as_array().unwrap().is_empty());
    let made = lead.post(&desk.path(""), &wish).expect(201).await;
    let own = format!("/{}", made.text_at("/id"));
    assert!(made.header("location").ends_with(&desk.path(&own)), "{made}");
    assert_eq!((&made.body["next"], &made.body["class"]), (&json!(days(22)), &json!("action")));
    assert_eq!(lead.get(&desk.path(&own)).expect(200).await.body, made.body);
    assert_eq!(lead.get(&desk.path("")).expect(200).await.body["data"], json!([made.body]));
    assert_eq!(desk.rows().await.len(), 3, "the next three are planned");
    desk.server.move_clock("2027-03-02T09:00:00+08:00").await;
    let (bo, owner) = (desk.bo.email.clone(), desk.lead.email.clone());
    let times = (22..=26).map(|day| format!("2027-02-{day}T02:00:00Z"));
    let expected: Vec<_> = times.flat_map(|at| [(at.clone(), bo.clone()), (at, owner.clone())]).collect();
    assert_eq!(desk.came(), expected);
    let mail = desk.smtp.mails().into_iter().find(|mail| mail.subject.ends_with("reminder")).unwrap();
    assert_eq!(mail.subject, "[SANDBOX] Sakura · 22 Feb 10:00 · reminder");
    for words in ["ops lead set this reminder for the campaign “Sakura”:", "> Stock?", "> And the gifts <b>"]
    {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
    assert!(mail.raw.contains("List-Unsubscribe: ") && !mail.raw.contains("gifts <b>\r\n</"), "{}", mail.raw);
    assert!(desk.rows().await.iter().all(|row| row["status"] == "sent"), "{:#?}", desk.rows().await);
    let events = desk.show.events(lead).await;
    let added = events.iter().find(|event| event["type"] == "campaign.reminder_added").unwrap();
    assert_eq!(added["data"]["reminder"], made.body["id"]);
}

#[tokio::test]
async fn what_is_removed_does_not_come_and_a_pause_silences_it() {
    let desk = Desk::open().await;
    let lead = &desk.lead.client;
    let daily = |text: &str| json!({ "cron": "0 10 * * *", "text": text });
    let first = lead.post(&desk.path(""), &daily("First")).expect(201).await;
    let second = lead.post(&desk.path(""), &daily("Second")).expect(201).await;
    let gone = format!("/{}", first.text_at("/id"));
    lead.call(Method::DELETE, &desk.path(&gone)).expect(204).await;
    lead.get(&desk.path(&gone)).expect(404).await;
    lead.call(Method::DELETE, &desk.path(&gone)).expect(404).await;
    desk.server.move_clock("2027-02-22T11:00:00+08:00").await;
    assert_eq!(desk.came().len(), 1);
    assert!(desk.smtp.mails().iter().any(|mail| mail.text.contains("Second")));
    let removed: Vec<Value> =
        desk.rows().await.into_iter().filter(|row| row["outcome"] == "reminder_removed").collect();
    assert_eq!(removed.len(), 3);
    assert_eq!(removed[0]["explanation"], "It was not sent: the reminder was removed.");
    desk.bo.client.post(&desk.show.path("/hold"), &json!({})).expect(200).await;
    desk.server.move_clock("2027-02-23T11:00:00+08:00").await;
    assert_eq!(desk.came().len(), 1, "on hold nobody is reminded");
    desk.bo.client.post(&desk.show.path("/resume"), &json!({})).expect(200).await;
    desk.server.move_clock("2027-02-24T11:00:00+08:00").await;
    assert_eq!(desk.came().len(), 2, "{:#?}", desk.came());
    desk.bo.client.post(&desk.show.path("/cancel"), &json!({})).expect(200).await;
    desk.server.move_clock("2027-02-26T11:00:00+08:00").await;
    assert_eq!(desk.came().len(), 2);
    let left = lead.get(&desk.path(&format!("/{}", second.text_at("/id")))).expect(200).await;
    assert!(left.body["text"] == "Second", "what was set can still be read: {left}");
}

#[tokio::test]
async fn a_reminder_that_cannot_be_is_refused_in_both_languages() {
    let desk = Desk::open().await;
    let lead = &desk.lead.client;
    for (wish, pointer, code) in [
        (json!({ "text": "Stock" }), "/cron", "field.required"),
        (json!({ "cron": "0 10 * *", "text": "Stock" }), "/cron", "text.bad_format"),
        (json!({ "cron": "*/5 * * * *", "text": "Stock" }), "/cron", "cron.too_often"),
        (json!({ "cron": "0 10 31 2 *", "text": "Stock" }), "/cron", "cron.never"),
        (
            json!({ "cron": "0 10 * * *", "text": "Stock", "time_zone": "Mars/Base" }),
            "/time_zone",
            "reference.not_found",
        ),
        (
            json!({ "cron": "0 10 * * *", "text": "Stock", "audience": ["somebody"] }),
            "/audience/0",
            "choice.unknown",
        ),
        (
            json!({ "cron": "0 10 * * *", "text": "Stock", "ends_at": "2027-04-01T00:00:00Z" }),
            "/ends_at",
            "number.out_of_range",
        ),
    ] {
        for address in ["/reminders", "/reminder-preview"] {
            let refused = lead.post(&desk.show.path(address), &wish).expect(422).await;
            let error = &refused.body["errors"][0];
            assert_eq!((&error["pointer"], &error["code"]), (&json!(pointer), &json!(code)), "{refused}");
        }
    }
    let wish = json!({ "cron": "0 10 31 2 *", "text": "Stock" });
    let english = lead.post(&desk.path(""), &wish).expect(422).await;
    assert_eq!(
        english.text_at("/errors/0/detail"),
        "It does not come once until 2027-03-20T15:00:00Z; name a time before that, or a later end."
    );
    let chinese = desk.server.admin.post(&desk.path(""), &wish).expect(422).await;
    assert_eq!(
        chinese.text_at("/errors/0/detail"),
        "在 2027-03-20T15:00:00Z 之前一次也不会触发，请选择更早的时间或推后截止时间。"
    );
    assert!(desk.rows().await.is_empty());
}
