//! Mail servers that put off, refuse, hang up, say nothing or do not know us: what becomes of the one mail, and that
//! the others leave all the same. Retries follow the machine's clock, so some of these take half a minute.

mod another_server;

use std::sync::Arc;
use std::time::Duration;

use harness::{Cast, Mail, MailServer, Person, Server, Setup, Show, examples};
use serde_json::{Value, json};

/// Five managers who are asked for one approval.
struct Asked {
    server: Server,
    cast: Cast,
    show: Show,
}

impl Asked {
    /// A service with this mail server, just before it asks them.
    async fn begin(url: &str) -> Self {
        let setup = Setup::sandbox("2027-02-26T09:00:00+08:00").with("GREENROOM_SMTP_URL", url);
        let server = setup.start().await;
        let cast = Cast::join(&server).await;
        for email in ["yan@heyan.example", "zoe@heyan.example"] {
            Person::join(&server.admin, email, "manager", &[]).await;
        }
        let content = json!({ "gates": { "goal": examples::content("goal") } });
        let show = Show::standard(&cast.lead.client, &content).await;
        show.tick_all(&cast.lead.client, "goal").await;
        show.submit(&cast.lead.client, "goal").await;
        Self { server, cast, show }
    }

    async fn at(&self, time: &str) {
        self.server.move_clock(&format!("2027-{time}:00+08:00")).await;
    }

    /// The deliveries of the first wish for approval.
    async fn deliveries(&self) -> Vec<Value> {
        let ledger = self.show.notices(&self.server.admin).await;
        let is_first = |one: &&Value| one["reason"] == "approval_wanted" && one["occurrence"] == "p0";
        let wish = ledger.iter().find(is_first).unwrap_or_else(|| panic!("{ledger:#?}"));
        let deliveries = wish["deliveries"].as_array().unwrap().clone();
        assert_eq!(deliveries.len(), 5, "{wish:#}");
        deliveries
    }

    /// What became of the one to Bo.
    async fn of_bo(&self) -> Value {
        let mut deliveries = self.deliveries().await;
        deliveries.retain(|one| one["recipient"] == self.cast.bo.id.as_str());
        assert_eq!(deliveries.len(), 1, "{deliveries:#?}");
        deliveries.remove(0)
    }

    /// Waits until what a mail server was given is written down; it has the mail a moment before.
    async fn until_bo_has(&self, status: &str) -> Value {
        for _ in 0..200 {
            let delivery = self.of_bo().await;
            if delivery["status"] == status {
                return delivery;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not {status}: {:#}", self.of_bo().await);
    }

    /// Whoever is not Bo has been told once.
    async fn others_are_told(&self) {
        let deliveries = self.deliveries().await;
        let others: Vec<&Value> =
            deliveries.iter().filter(|one| one["recipient"] != self.cast.bo.id.as_str()).collect();
        assert_eq!(others.len(), 4);
        for one in others {
            assert_eq!((&one["status"], &one["attempts"]), (&json!("sent"), &json!(1)), "{one:#}");
        }
    }
}

/// A delivery that waits for its next try after this many.
fn waits(delivery: &Value, attempts: u32) {
    let state = (&delivery["status"], &delivery["attempts"]);
    assert_eq!(state, (&json!("pending"), &json!(attempts)), "{delivery:#}");
}

/// The `Message-ID`s of what this person was sent.
fn ids<'m>(mails: &'m [Mail], to: &str) -> Vec<&'m str> {
    mails.iter().filter(|mail| mail.to == to).map(|mail| mail.message_id.as_str()).collect()
}

fn id(delivery: &Value) -> &str {
    delivery["message_id"].as_str().unwrap().trim_matches(['<', '>'])
}

#[tokio::test]
async fn a_greylisted_mail_arrives_at_a_later_try_under_the_same_message_id() {
    let smtp = MailServer::start();
    let asked = Asked::begin(&smtp.url()).await;
    let bo = asked.cast.bo.email.as_str();
    smtp.turn_away(bo, "451 4.7.1 greylisted, come back", 1);
    asked.at("02-26T09:30").await;
    assert_eq!(smtp.mails().len(), 4);
    let first = asked.of_bo().await;
    waits(&first, 1);
    assert!(first["last_error"].as_str().unwrap().contains("greylisted"), "{first:#}");
    asked.others_are_told().await;
    smtp.until(|mails| mails.len() == 5).await;
    let sent = asked.until_bo_has("sent").await;
    assert_eq!(sent["attempts"], 2, "{sent:#}");
    assert_eq!(sent["message_id"], first["message_id"]);
    assert_eq!(ids(&smtp.mails(), bo), [id(&first)]);
    assert_eq!(smtp.turned_away(), [bo]);
}

#[tokio::test]
async fn one_bad_recipient_of_five_fails_after_one_try_and_the_others_are_told() {
    let smtp = MailServer::start();
    let asked = Asked::begin(&smtp.url()).await;
    let bo = asked.cast.bo.email.as_str();
    smtp.turn_away(bo, "550 5.1.1 no such mailbox", 100);
    asked.at("02-26T09:10").await;
    let failed = asked.of_bo().await;
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("failed"), &json!(1)), "{failed:#}");
    assert!(failed["last_error"].as_str().unwrap().contains("no such mailbox"), "{failed:#}");
    asked.others_are_told().await;
    assert_eq!(smtp.mails().len(), 4);
    // Whoever looks after the campaign hears of it at the end of the quarter of an hour.
    asked.at("02-26T09:14").await;
    assert_eq!(smtp.mails().len(), 4);
    asked.at("02-26T09:15").await;
    let told = smtp.mails().pop().unwrap();
    assert_eq!((smtp.mails().len(), told.to.as_str()), (5, asked.cast.lead.email.as_str()));
    let subject = "[SANDBOX] Goal · 禾颜春日樱花新品首发 · 26 Feb 09:00 · a message did not arrive";
    assert_eq!(told.subject, subject);
    for words in ["did not reach bo <bo@heyan.example>", "(550): 5.1.1 no such mailbox"] {
        assert!(told.text.contains(words), "{}", told.text);
    }
    asked.at("02-26T12:00").await;
    assert_eq!(
        (smtp.mails().len(), smtp.turned_away()),
        (5, vec![bo.to_owned()]),
        "it was tried or told again"
    );
}

#[tokio::test]
async fn a_mail_dropped_after_the_final_dot_is_sent_once_more_under_the_same_message_id() {
    let smtp = MailServer::start();
    let asked = Asked::begin(&smtp.url()).await;
    let bo = asked.cast.bo.email.as_str();
    smtp.drop_once(bo);
    asked.at("02-26T09:30").await;
    let first = asked.of_bo().await;
    waits(&first, 1);
    asked.others_are_told().await;
    assert_eq!(ids(&smtp.mails(), bo), [id(&first)], "it was taken, but nobody said so");
    smtp.until(|mails| mails.len() > 5).await;
    let sent = asked.until_bo_has("sent").await;
    assert_eq!(sent["attempts"], 2, "{sent:#}");
    asked.at("02-26T09:40").await;
    assert_eq!(ids(&smtp.mails(), bo), [id(&first); 2]);
    assert_eq!(smtp.mails().len(), 6);
}

#[tokio::test]
async fn a_server_that_says_nothing_about_one_recipient_holds_up_no_other_and_its_slot_for_35_seconds_at_most()
 {
    let smtp = MailServer::start();
    let asked = Arc::new(Asked::begin(&smtp.url()).await);
    smtp.stall_once(&[&asked.cast.bo.email]);
    let moving = tokio::spawn({
        let asked = Arc::clone(&asked);
        async move { asked.at("02-26T09:30").await }
    });
    smtp.until(|mails| mails.len() == 4 && smtp.stalls_begun() == 1).await;
    assert_eq!(smtp.stalls_ended(), [], "the others were told only after it was given up");
    moving.await.unwrap();
    let given_up = asked.until_bo_has("pending").await;
    waits(&given_up, 1);
    assert!(given_up["last_error"].as_str().unwrap().contains("more than 30 s"), "{given_up:#}");
    asked.others_are_told().await;
    let held = smtp.stalls_ended();
    assert!(held.len() == 1 && held[0] <= Duration::from_secs(35), "{held:?}");
}

#[tokio::test]
async fn a_server_that_does_not_know_us_is_left_in_peace_and_nothing_is_lost() {
    let smtp = MailServer::start();
    smtp.demand_password("right");
    let url = |password: &str| smtp.url().replace("smtp://", &format!("smtp://greenroom:{password}@"));
    let mut asked = Asked::begin(&url("wrong-kanarienvogel")).await;
    asked.at("02-26T09:30").await;
    let tried = smtp.sign_ins().len();
    assert!((1..=8).contains(&tried), "{tried} tries");
    for one in asked.deliveries().await {
        assert_eq!(one["status"], "pending", "{one:#}");
    }
    // The reminder of the morning of the 27th is due meanwhile; nobody is asked for its sake.
    asked.at("02-27T12:00").await;
    assert_eq!(smtp.sign_ins(), vec![false; tried], "sending does not pause");
    assert_eq!(smtp.mails(), []);
    let untried = untried(&asked).await;
    assert!(!untried.is_empty(), "nothing became due during the pause");
    asked.server.stop().await;
    assert!(!asked.server.log().contains("kanarienvogel"), "the password is in the log");
    let setup = asked.server.setup().clone().with("GREENROOM_SMTP_URL", &url("right"));
    let next = setup.start_in(Arc::clone(&asked.server.folder)).await;
    asked.server = next;
    smtp.until(|mails| untried.iter().all(|id| mails.iter().any(|mail| mail.message_id == *id))).await;
    assert_eq!(asked.deliveries().await.len(), 5);
}

/// The `Message-ID`s of deliveries that wait and were not tried.
async fn untried(asked: &Asked) -> Vec<String> {
    let ledger = asked.show.notices(&asked.server.admin).await;
    let deliveries = ledger.iter().flat_map(|notice| notice["deliveries"].as_array().unwrap());
    let waiting = deliveries.filter(|one| one["status"] == "pending" && one["attempts"] == 0);
    waiting.map(|one| id(one).to_owned()).collect()
}
