//! Reminders when something is in their way: an owner who left, a campaign that was on hold.

use std::collections::BTreeSet;

use harness::{Cast, Mail, MailServer, Server, Setup, Show};
use serde_json::{Value, json};

use crate::people::change;

/// A service with the standard campaign, whose goal is due on 27 February at 18:00.
async fn begin(now: &str) -> (MailServer, Server, Cast, Show) {
    let smtp = MailServer::start();
    let server = Setup::sandbox(now).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
    let cast = Cast::join(&server).await;
    let show = Show::standard(&cast.lead.client, &json!({})).await;
    (smtp, server, cast, show)
}

fn recipients(mails: &[Mail]) -> Vec<&str> {
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    to
}

#[tokio::test]
async fn reminders_of_an_owner_who_left_go_to_the_managers() {
    let (smtp, server, cast, show) = begin("2027-02-26T09:00:00+08:00").await;
    change(&server, &cast.lead, &json!({ "active": false })).await;
    server.move_clock("2027-02-26T10:00:00+08:00").await;
    let mails = smtp.mails();
    assert_eq!(recipients(&mails), [cast.bo.email.as_str(), cast.su.email.as_str()]);
    let ledger = show.notices(&cast.bo.client).await;
    let sent: Vec<&Value> = ledger.iter().filter(|notice| notice["status"] == "sent").collect();
    assert_eq!(sent.len(), 1, "{sent:#?}");
    assert_eq!((&sent[0]["reason"], &sent[0]["subject"]), (&json!("gate_due"), &json!("goal")));
}

#[tokio::test]
async fn after_a_hold_the_highest_overdue_level_reached_is_sent_at_once() {
    let (smtp, server, cast, show) = begin("2027-02-27T11:00:00+08:00").await;
    let bo = &cast.bo.client;
    bo.post(&show.path("/hold"), &json!({ "reason": "The host is ill." })).expect(200).await;
    // The second level is reached at 14:00 on 1 March, the third at 18:00.
    server.move_clock("2027-03-01T15:00:00+08:00").await;
    assert_eq!(smtp.mails(), [], "a campaign on hold reminds nobody");
    bo.post(&show.path("/resume"), &json!({})).expect(200).await;
    smtp.until(|mails| mails.len() >= 3).await;
    // Moving the clock waits for what is under way, so that one mail too many would be here.
    server.move_clock("2027-03-01T15:01:00+08:00").await;
    let mails = smtp.mails();
    let owner_and_managers = [&cast.bo.email, &cast.lead.email, &cast.su.email].map(String::as_str);
    assert_eq!(recipients(&mails), owner_and_managers);
    assert!(mails.iter().all(|mail| mail.date >= "2027-03-01T07:00:00Z".parse().unwrap()), "{mails:#?}");
    let ledger = show.notices(bo).await;
    let overdue =
        ledger.iter().filter(|notice| notice["reason"] == "gate_overdue" && notice["subject"] == "goal");
    let ends: BTreeSet<(&str, &str)> = overdue
        .map(|notice| (notice["occurrence"].as_str().unwrap(), notice["status"].as_str().unwrap()))
        .collect();
    assert_eq!(ends, [("l1", "skipped"), ("l2", "sent"), ("l3", "planned")].into());
}
