//! The service was away for six hours: what became due meanwhile reaches everybody once, in one mail, or not at all.

use std::collections::BTreeSet;
use std::process::Command;

use harness::{Cast, MailServer, Server, Setup, Show, python};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Two messages each come due between 17:00 and 23:00 on 27 February: the goal is due at 18:00 and overdue at 22:00.
const CAMPAIGNS: usize = 250;

/// Stops the service, lets time pass, and starts it again.
pub(crate) async fn away(server: &mut Server, until: &str) {
    server.stop().await;
    let until: Timestamp = until.parse().unwrap();
    let later = format!("UPDATE meta SET value = '{until}' WHERE name = 'sandbox'");
    match server.folder.database() {
        Some(database) => drop(database.ask(&later)),
        None => {
            let file = server.folder.path().join("greenroom.db");
            let ran =
                Command::new("python3").arg(python::script("bench/sql.py")).arg(file).arg(later).status();
            assert!(ran.unwrap().success());
        }
    }
    server.start().await;
    // Moving the clock, even nowhere, waits until everything that is due has been done.
    server.move_clock(&until.to_string()).await;
}

async fn ledgers(shows: &[Show], cast: &Cast) -> Vec<Value> {
    let mut all = Vec::new();
    for show in shows {
        all.extend(show.notices(&cast.lead.client).await);
    }
    all
}

#[tokio::test]
async fn five_hundred_messages_of_six_hours_come_once_in_one_mail_for_each_or_not_at_all() {
    let smtp = MailServer::start();
    let setup = Setup::sandbox("2027-02-27T16:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let mut server = setup.start().await;
    let cast = Cast::join(&server).await;
    let mut shows = Vec::new();
    for number in 0..CAMPAIGNS {
        let own = json!({ "name": format!("Show {number}"), "external_ref": format!("own-{number}") });
        shows.push(Show::standard(&cast.lead.client, &own).await);
    }
    server.move_clock("2027-02-27T17:00:00+08:00").await;
    assert_eq!(smtp.mails(), []);
    away(&mut server, "2027-02-27T23:00:00+08:00").await;
    let (ledger, mails) = (ledgers(&shows, &cast).await, smtp.mails());
    let of = |occurrence: &'static str| {
        ledger.iter().filter(move |one| one["subject"] == "goal" && one["occurrence"] == occurrence)
    };
    let (due, overdue): (Vec<_>, Vec<_>) = (of("d0").collect(), of("l1").collect());
    assert_eq!((due.len(), overdue.len()), (CAMPAIGNS, CAMPAIGNS));
    for notice in due {
        assert_eq!((&notice["status"], &notice["deliveries"]), (&json!("expired"), &json!([])), "{notice:#}");
    }
    // What is overdue is told to the owner and both managers, each in one mail.
    let overdue_told = mails.iter().filter(|mail| mail.subject.contains("250")).count();
    assert_eq!(overdue_told, 3, "{mails:#?}");
    let mut told = BTreeSet::new();
    for notice in overdue {
        assert!(["sent", "merged"].contains(&notice["status"].as_str().unwrap()), "{notice:#}");
        for delivery in notice["deliveries"].as_array().unwrap() {
            let carrier = match delivery["status"].as_str().unwrap() {
                "sent" => &delivery["id"],
                "merged" => &delivery["merged_into"],
                other => panic!("{other}: {notice:#}"),
            };
            told.insert((delivery["recipient"].to_string(), carrier.to_string()));
        }
        assert_eq!(notice["deliveries"].as_array().unwrap().len(), 3, "{notice:#}");
    }
    assert_eq!(told.len(), 3, "everybody has one mail that tells them everything: {told:#?}");
    for mail in mails.iter().filter(|mail| mail.subject.contains("250")) {
        let missing = (0..CAMPAIGNS).find(|number| !mail.text.contains(&format!("Show {number} ")));
        assert_eq!(missing, None, "{}", mail.text);
    }
    // The owner hears in one mail of what was of no more use.
    server.move_clock("2027-02-27T23:15:00+08:00").await;
    let told = smtp.mails().split_off(mails.len());
    let subjects: Vec<(&str, bool)> = told
        .iter()
        .map(|mail| (mail.to.as_str(), mail.subject.ends_with("250 messages did not arrive")))
        .collect();
    assert_eq!(subjects, [(cast.lead.email.as_str(), true)]);
    server.move_clock("2027-02-28T08:00:00+08:00").await;
    let again = smtp.mails().iter().filter(|mail| mail.subject.contains("overdue")).count();
    assert_eq!(
        again,
        mails.iter().filter(|mail| mail.subject.contains("overdue")).count(),
        "nothing comes twice"
    );
}

#[tokio::test]
async fn after_go_live_nothing_comes_that_was_to_come_before() {
    let smtp = MailServer::start();
    let setup = Setup::sandbox("2027-03-20T14:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let mut server = setup.start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    server.move_clock("2027-03-20T14:59:00+08:00").await;
    let before = smtp.mails().len();
    away(&mut server, "2027-03-20T21:00:00+08:00").await;
    let ledger = show.notices(&cast.lead.client).await;
    let mut ends: Vec<(&str, &str)> = ledger
        .iter()
        .filter(|one| ["countdown", "go_live_decision"].contains(&one["reason"].as_str().unwrap()))
        .map(|one| (one["occurrence"].as_str().unwrap(), one["status"].as_str().unwrap()))
        .collect();
    ends.sort_unstable();
    let expired = ["h2", "h2", "m10", "m15", "m30", "m60"].map(|occurrence| (occurrence, "expired"));
    assert_eq!(ends, expired);
    assert_eq!(smtp.mails().len(), before, "{:#?}", smtp.mails());
    // Somebody hears of it, once and in one mail.
    server.move_clock("2027-03-20T21:15:00+08:00").await;
    let told = smtp.mails().split_off(before);
    let subjects: Vec<(&str, &str)> =
        told.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect();
    let lost = ledger.iter().filter(|one| one["status"] == "expired").count();
    let subject = format!("[SANDBOX] 禾颜春日樱花新品首发 · 20 Mar 21:15 · {lost} messages did not arrive");
    assert_eq!(subjects, [(cast.lead.email.as_str(), subject.as_str())]);
}
