//! Canaries in everything people tell the service, and at `RUST_LOG=trace` none of them in logs and metrics.

use harness::examples::content;
use harness::{Cast, Client, MailServer, Person, Setup, Show};
use reqwest::Method;
use serde_json::json;

/// What is in every value that nobody may find in a log.
const CANARY: &str = "kanarienvogel";

/// Tells the service canaries in bodies, addresses, queries and headers, right and wrong ones.
async fn tell(admin: &Client, cast: &Cast) {
    let lead = &cast.lead.client;
    let email = format!("{CANARY}@heyan.example");
    let canary = Person::join(admin, &email, "operator", &["finance"]).await;
    let again = json!({ "name": "Somebody", "email": email, "role": "viewer" });
    admin.post("/v1/members", &again).refused(409, "member.email_taken").await;
    let mobile =
        json!({ "name": CANARY, "email": "mobile@heyan.example", "role": "viewer", "mobile": CANARY });
    admin.post("/v1/members", &mobile).send().await;
    let campaign = json!({ "name": format!("Show of {CANARY}"), "external_ref": CANARY, "owner": canary.id,
        "metadata": { "note": CANARY } });
    let show = Show::standard(lead, &campaign).await;
    let mut goal = content("goal");
    goal["stop_loss"] = CANARY.into();
    show.fill(lead, "goal", &goal).await;
    show.tick_all(lead, "goal").await;
    let note = json!({ "done": true, "evidence": { "note": CANARY } });
    lead.put(&show.gate_path("goal", "/checklist/budget_confirmed"), &note).expect(200).await;
    let submission = lead.post(&show.gate_path("goal", "/submission"), &json!({ "comment": CANARY }));
    let revision = submission.once(CANARY).expect(200).await.body["revision"].clone();
    let decision = json!({ "verdict": "request_changes", "revision": revision, "comment": CANARY });
    cast.bo.client.post(&show.gate_path("goal", "/decisions"), &decision).expect(200).await;
    let wrong = [
        lead.get(&format!("/v1/campaigns?external_ref={CANARY}")),
        lead.get(&format!("/v1/campaigns?{CANARY}=1")),
        lead.get(&format!("/v1/members/{CANARY}@heyan.example")),
        lead.get(&format!("/{CANARY}")),
        lead.post("/v1/campaigns", &json!({ CANARY: CANARY })),
        lead.call(Method::POST, "/v1/campaigns").raw("application/json", format!("{{\"name\": \"{CANARY}")),
        lead.call(Method::POST, "/v1/campaigns").raw(CANARY, CANARY),
        admin.with_key(format!("gr_{CANARY}")).get("/v1/me"),
        lead.post("/v1/evaluations", &json!({ "campaign": { "name": CANARY }, "gates": { "goal": goal } })),
    ];
    for call in wrong {
        call.send().await;
    }
}

/// A service that logs everything in this form, with canaries told and its mails sent or refused.
async fn heard(form: &str, signs_in: bool) {
    let smtp = MailServer::start();
    let credentials = format!("smtp://{CANARY}:{CANARY}@");
    // The mail server of the tests lets nobody sign in, so with a password no mail leaves.
    let url = if signs_in { smtp.url().replace("smtp://", &credentials) } else { smtp.url() };
    let setup = Setup::sandbox("2027-02-20T09:00:00+08:00").with("RUST_LOG", "trace");
    let key = format!("{CANARY}-0123456789-0123456789-0123456789");
    let setup = setup.with("GREENROOM_ADMIN_KEY", &key).with("GREENROOM_LOG", form);
    let mut server = setup.with("GREENROOM_SMTP_URL", &url).start().await;
    let admin = server.admin.with_key(key);
    let cast = Cast::join_as(&admin).await;
    tell(&admin, &cast).await;
    let clock = json!({ "now": "2027-02-27T12:00:00+08:00" });
    admin.put("/v1/sandbox/clock", &clock).expect(200).await;
    assert_eq!(smtp.mails().is_empty(), signs_in, "{:?}", smtp.mails());
    let metrics = Client::new(server.admin.base()).get("/metrics").expect(200).await;
    server.stop().await;
    let log = server.log();
    let lines = log.lines().filter(|line| line.contains("answered")).count();
    assert!(lines > 20, "only {lines} answers in the log");
    assert!(log.contains("/v1/campaigns/{campaign}/gates/{gate}/decisions"), "no route in the log");
    assert!(log.contains("organization"), "no organization in the log");
    let told: Vec<&str> = log.lines().filter(|line| line.contains(CANARY)).collect();
    assert_eq!(told, [""; 0], "in the log, {form}");
    assert!(!metrics.text.contains(CANARY), "in the metrics: {metrics}");
    for person in [&cast.lead.email, &cast.bo.email] {
        assert!(!log.contains(person.as_str()), "{person} is in the log, {form}");
    }
}

#[tokio::test]
async fn every_answer_has_a_line_in_the_log_with_its_id_and_so_has_a_key_that_was_given() {
    for form in ["readable", "json"] {
        let server = Setup::new(&["serve"]).with("GREENROOM_LOG", form).start().await;
        assert!(
            server.log().contains("GREENROOM_ADMIN_KEY"),
            "whose key the first admin has: {}",
            server.log()
        );
        let theirs = server.admin.get("/v1/me").header("x-request-id", "crm-4711").expect(200).await;
        let ours = server.admin.get("/v1/campaigns/none").send().await;
        for (answer, route) in [(&theirs, "/v1/me"), (&ours, "/v1/campaigns/{campaign}")] {
            let (log, id) = (server.log(), answer.header("x-request-id"));
            let tells = |line: &str| ["answered", id, route].iter().all(|part| line.contains(part));
            assert_eq!(log.lines().filter(|line| tells(line)).count(), 1, "{id} {route}, {form}:\n{log}");
        }
        assert_eq!(theirs.header("x-request-id"), "crm-4711");
    }
}

#[tokio::test]
async fn nothing_people_tell_gets_into_logs_or_metrics() {
    tokio::join!(
        heard("readable", false),
        heard("json", false),
        heard("readable", true),
        heard("json", true)
    );
}
