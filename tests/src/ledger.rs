//! The ledger over all campaigns, what a member would get, and another try of what failed.

use harness::{Answer, MailServer, Person, Server, Setup, Show, examples};
use serde_json::{Value, json};

struct Desk {
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
}

impl Desk {
    async fn open(now: &str) -> Self {
        let smtp = MailServer::start();
        let server = Setup::sandbox(now).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
        let join = async |email, role| Person::join_as_usual(&server.admin, email, role, &[]).await;
        let (lead, bo) =
            (join("ops.lead@heyan.example", "operator").await, join("bo@heyan.example", "manager").await);
        Self { smtp, server, lead, bo }
    }

    async fn begun(&self, name: &str) -> Show {
        Show::standard(&self.lead.client, &json!({ "name": name, "external_ref": name })).await
    }

    async fn submitted(&self, name: &str) -> Show {
        let (show, lead) = (self.begun(name).await, &self.lead.client);
        show.fill(lead, "goal", &examples::content("goal")).await;
        show.tick_all(lead, "goal").await;
        show.submit(lead, "goal").await;
        show
    }

    async fn list(&self, query: &str) -> Vec<Value> {
        harness::show::all(&self.lead.client, &format!("/v1/notices?limit=200{query}")).await
    }

    /// The delivery to Bo of the first wish for an approval.
    async fn of_bo(&self) -> Value {
        let wanted = self.list(&format!("&reason=approval_wanted&member={}", self.bo.id)).await;
        let deliveries = wanted[0]["deliveries"].as_array().unwrap();
        deliveries.iter().find(|one| one["recipient"] == self.bo.id.as_str()).unwrap().clone()
    }

    async fn again(&self, delivery: &Value) -> Answer {
        let path = format!("/v1/deliveries/{}/retry", delivery["id"].as_str().unwrap());
        self.bo.client.post(&path, &json!({})).send().await
    }
}

#[tokio::test]
async fn the_ledger_shows_all_campaigns_in_the_order_of_their_times_and_says_why() {
    let desk = Desk::open("2027-02-25T10:00:00+08:00").await;
    let (spring, summer) = (desk.submitted("Spring").await, desk.begun("Summer").await);
    desk.server.move_clock("2027-02-26T12:00:00+08:00").await;
    let all = desk.list("").await;
    let times: Vec<&str> = all.iter().map(|notice| notice["planned_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    let of = |show: &Show| all.iter().filter(|notice| notice["campaign_id"] == show.id.as_str()).count();
    assert_eq!(of(&spring) + of(&summer), all.len());
    assert!(of(&spring) > 20 && of(&summer) > 20, "{}", all.len());
    // In pages nothing is lost or shown twice.
    let paged = harness::show::all(&desk.lead.client, "/v1/notices?limit=7").await;
    assert_eq!(paged, all);
    for (query, wanted) in [
        (format!("&campaign={}", spring.id), json!({ "campaign_id": spring.id })),
        ("&status=skipped".to_owned(), json!({ "status": "skipped" })),
        ("&status=planned&reason=gate_due".to_owned(), json!({ "status": "planned", "reason": "gate_due" })),
    ] {
        let found = desk.list(&query).await;
        let is_wanted = |notice: &&Value| {
            wanted.as_object().unwrap().iter().all(|(member, value)| notice[member] == *value)
        };
        let expected: Vec<Value> = all.iter().filter(is_wanted).cloned().collect();
        assert!(!found.is_empty() && found == expected, "{query}");
    }
    let between = desk.list("&from=2027-02-26T02:00:00Z&to=2027-02-27T02:00:00Z").await;
    assert!(between.iter().all(|notice| notice["planned_at"].as_str().unwrap().starts_with("2027-02-26T")));
    let to_bo = desk.list(&format!("&member={}", desk.bo.id)).await;
    assert!(!to_bo.is_empty());
    for notice in &to_bo {
        let own = |delivery: &Value| delivery["recipient"] == desk.bo.id.as_str();
        assert!(notice["deliveries"].as_array().unwrap().iter().any(own), "{notice:#}");
    }
    // Everything says in words why it is where it is.
    let say = |status: &str, reason: &str| {
        let own = |one: &&Value| one["status"] == status && one["reason"] == reason;
        all.iter().find(own).unwrap()["explanation"].as_str().unwrap().to_owned()
    };
    assert_eq!(say("skipped", "gate_due"), "It was not sent: the gate waits for review.");
    assert_eq!(say("planned", "countdown"), "It leaves at its time, because the show comes nearer.");
    assert_eq!(say("sent", "approval_wanted"), "It was sent, because an approval is wanted.");
    let chinese = desk.server.admin.get("/v1/notices?status=skipped&reason=gate_due").expect(200).await;
    assert_eq!(chinese.text_at("/data/0/explanation"), "未发送：关卡正在审批中。");
    for (query, pointer) in [("status=lost", "/status"), ("campaign=1", "/campaign"), ("from=today", "/from")]
    {
        let refused = desk.lead.client.get(&format!("/v1/notices?{query}")).expect(400).await;
        assert_eq!(refused.body["errors"][0]["pointer"], pointer, "{refused}");
    }
}

#[tokio::test]
async fn what_is_foreseen_for_a_week_is_what_comes() {
    let desk = Desk::open("2027-02-24T09:00:00+08:00").await;
    desk.bo.client.patch("/v1/me", &json!({ "time_zone": "America/New_York" })).expect(200).await;
    desk.begun("Spring").await;
    desk.submitted("Summer").await;
    desk.server.move_clock("2027-02-24T23:30:00+08:00").await;
    let mut foreseen = Vec::new();
    for person in [&desk.lead, &desk.bo] {
        let path = format!("/v1/members/{}/notices", person.id);
        let outlook = person.client.get(&path).expect(200).await.body;
        assert_eq!((&outlook["truncated"], &outlook["member_id"]), (&json!(false), &json!(person.id)));
        let until = outlook["until"].as_str().unwrap();
        assert_eq!(until, "2027-03-03T15:30:00Z");
        for one in outlook["data"].as_array().unwrap() {
            let of = |member: &str| one[member].as_str().unwrap_or("-").to_owned();
            foreseen.push((
                person.id.clone(),
                of("campaign_id"),
                of("reason"),
                of("subject"),
                of("occurrence"),
                { if one["leaves_at"].is_null() { of("withheld") } else { of("leaves_at") } },
            ));
        }
    }
    // What is void at its time ends without a delivery.
    foreseen.retain(|(.., end)| end.starts_with("2027-") || end == "quiet_hours");
    let already = sent(&desk).await;
    desk.server.move_clock("2027-03-03T23:29:59+08:00").await;
    let mut came = sent(&desk).await;
    came.retain(|one| !already.contains(one));
    foreseen.sort();
    came.sort();
    assert!(foreseen.len() > 15, "{foreseen:#?}");
    assert_eq!(foreseen, came);
    for until in ["2027-05-01T00:00:00Z", "2027-03-03T15:29:59Z"] {
        let path = format!("/v1/members/{}/notices?until={until}", desk.lead.id);
        let refused = desk.lead.client.get(&path).expect(422).await;
        assert_eq!(refused.body["errors"][0]["pointer"], "/until", "{until}");
    }
    let own = format!("/v1/members/{}/notices", desk.bo.id);
    desk.lead.client.get(&own).refused(403, "actor.role_too_low").await;
}

type Came = (String, String, String, String, String, String);

/// Whatever came to the lead or to Bo, when, or why it did not.
async fn sent(desk: &Desk) -> Vec<Came> {
    let mails = desk.smtp.mails();
    let ledger = desk.list("").await;
    let deliveries: Vec<Value> =
        ledger.iter().flat_map(|notice| notice["deliveries"].as_array().unwrap().clone()).collect();
    let mut came = Vec::new();
    for notice in &ledger {
        for delivery in notice["deliveries"].as_array().unwrap() {
            let recipient = delivery["recipient"].as_str().unwrap().to_owned();
            let of = |member: &str| notice[member].as_str().unwrap().to_owned();
            let carrier = deliveries.iter().find(|other| other["id"] == delivery["merged_into"]);
            let id = carrier.unwrap_or(delivery)["message_id"]
                .as_str()
                .unwrap()
                .trim_matches(['<', '>'])
                .to_owned();
            let end = match delivery["status"].as_str().unwrap() {
                "sent" | "merged" => {
                    mails.iter().find(|mail| mail.message_id == id).unwrap().date.to_string()
                }
                "skipped" => delivery["last_error"].as_str().unwrap().to_owned(),
                _ => continue,
            };
            if [&desk.lead.id, &desk.bo.id].contains(&&recipient) {
                came.push((recipient, of("campaign_id"), of("reason"), of("subject"), of("occurrence"), end));
            }
        }
    }
    came
}

#[tokio::test]
async fn what_failed_is_tried_again_where_mail_reaches_its_recipient_now() {
    let desk = Desk::open("2027-02-25T10:00:00+08:00").await;
    desk.smtp.turn_away(&desk.bo.email, "550 5.1.1 no such mailbox", 100);
    let show = desk.submitted("Spring").await;
    desk.server.move_clock("2027-02-25T10:01:00+08:00").await;
    let failed = desk.of_bo().await;
    assert_eq!(failed["status"], "failed", "{failed:#}");
    let path = format!("/v1/deliveries/{}", failed["id"].as_str().unwrap());
    assert_eq!(desk.lead.client.get(&path).expect(200).await.body, failed);
    desk.lead.client.post(&format!("{path}/retry"), &json!({})).refused(403, "actor.role_too_low").await;
    let address = json!({ "email": "bo.new@heyan.example" });
    desk.server.admin.patch(&format!("/v1/members/{}", desk.bo.id), &address).expect(200).await;
    let again = desk.again(&failed).await;
    assert_eq!((again.status, &again.body["status"]), (200, &json!("pending")), "{again}");
    desk.server.move_clock("2027-02-25T10:02:00+08:00").await;
    let mail = desk.smtp.mails().into_iter().find(|mail| mail.to == "bo.new@heyan.example").unwrap();
    let id = failed["message_id"].as_str().unwrap().trim_matches(['<', '>']);
    assert_eq!(mail.message_id, id, "the same message");
    let sent = desk.of_bo().await;
    assert_eq!((&sent["status"], &sent["attempts"]), (&json!("sent"), &json!(2)));
    // Nobody is told any more that it did not arrive.
    desk.server.move_clock("2027-02-25T10:15:00+08:00").await;
    let told = desk.list("&reason=delivery_failed").await;
    assert_eq!((told.len(), &told[0]["outcome"]), (1, &json!("arrived_since")), "{told:#?}");
    assert!(desk.smtp.mails().iter().all(|mail| !mail.subject.contains("did not arrive")));
    let again = desk.again(&failed).await;
    assert_eq!((again.status, again.text_at("/code")), (409, "delivery.not_failed"), "{again}");
    assert_eq!(again.text_at("/detail"), "The delivery is sent.");
    let ledger = show.notices(&desk.lead.client).await;
    let wanted = ledger.iter().find(|one| one["reason"] == "approval_wanted").unwrap();
    assert_eq!(wanted["status"], "sent");
}

#[tokio::test]
async fn what_is_of_no_more_use_is_not_tried_again() {
    let desk = Desk::open("2027-02-25T10:00:00+08:00").await;
    desk.smtp.turn_away(&desk.bo.email, "550 5.1.1 no such mailbox", 100);
    let show = desk.submitted("Spring").await;
    desk.server.move_clock("2027-02-25T10:01:00+08:00").await;
    let failed = desk.of_bo().await;
    show.decide(&desk.bo.client, "goal", "approve").await;
    let again = desk.again(&failed).await;
    assert_eq!((again.status, again.text_at("/code")), (409, "delivery.of_no_use"), "{again}");
    assert_eq!(again.text_at("/detail"), "It was not sent: somebody has decided.");
    desk.server.move_clock("2027-02-26T10:01:00+08:00").await;
    let again = desk.again(&failed).await;
    assert_eq!(again.text_at("/detail"), "It was not sent: its useful time was over.", "{again}");
    let never = json!({ "id": "00000000-0000-7000-8000-000000000000" });
    assert_eq!(desk.again(&never).await.status, 404);
}
