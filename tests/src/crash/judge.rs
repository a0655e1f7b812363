//! What must hold after every kill, and at the end of all.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use harness::{Client, Show};
use serde_json::Value;

use super::log::{Acknowledged, Log};
use super::ring::Ring;

/// What was acknowledged about a campaign is still there.
pub(super) async fn nothing_acknowledged_is_missing(who: &Client, name: &str, acknowledged: &Acknowledged) {
    let Some(id) = &acknowledged.id else { return };
    let show = Show { id: id.clone() };
    let gate = show.gate(who, "goal").await;
    if let Some(content) = &acknowledged.content
        && gate["version"] == 1
    {
        assert_eq!(gate["content"]["stop_loss"], content["stop_loss"], "{name}: the edit is gone");
    }
    let done = |item: &&Value| item["done"] == true;
    let items: BTreeSet<&str> = gate["checklist"]
        .as_array()
        .unwrap()
        .iter()
        .filter(done)
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    for item in &acknowledged.ticked {
        assert!(items.contains(item.as_str()), "{name}: the tick of {item} is gone");
    }
    if let Some(submission) = &acknowledged.submission {
        assert_eq!(gate["submission"]["id"], submission.as_str(), "{name}: the submission is gone");
    }
    if acknowledged.approved {
        assert_eq!(gate["status"], "passed", "{name}: the approval is gone");
    }
    if acknowledged.decided {
        let events = show.events(who).await;
        for once in ["gate.decided", "gate.passed"] {
            let count = events.iter().filter(|event| event["type"] == once).count();
            let expected = usize::from(gate["status"] == "passed");
            assert_eq!(count, expected, "{name}: {once} {count} times: {events:#?}");
        }
    }
}

/// Every message that acknowledged facts want is in the ledger and was sent, unless it was void before. Answers the
/// `Message-ID` of each delivery, and whether it is said to be sent.
async fn no_planned_notice_is_missing(
    who: &Client,
    name: &str,
    acknowledged: &Acknowledged,
) -> Vec<(String, bool)> {
    let Some(id) = &acknowledged.id else { return Vec::new() };
    let ledger = Show { id: id.clone() }.notices(who).await;
    let of = |reason: &'static str| ledger.iter().filter(move |notice| notice["reason"] == reason);
    assert_eq!(
        of("gate_due").count(),
        17,
        "{name}: all reminders but three of the goal and one of audience, which are past"
    );
    if acknowledged.submission.is_some() {
        assert!(of("approval_wanted").any(|notice| notice["occurrence"] == "p0"), "{name}: {ledger:#?}");
    }
    if acknowledged.approved {
        let decided: Vec<&Value> = of("gate_decided").collect();
        assert_eq!(decided.len(), 1, "{name}");
        assert_eq!(decided[0]["status"], "sent", "{name}: {:#}", decided[0]);
    }
    let told = |notice: &Value| notice["status"] == "sent" || notice["outcome"] == "gate_passed";
    assert!(
        of("gate_overdue").any(|notice| notice["occurrence"] == "l1" && told(notice)),
        "{name}: {ledger:#?}"
    );
    let due = ledger.iter().filter(|notice| notice["status"] != "planned");
    for notice in due.clone() {
        assert_ne!(notice["status"], "sending", "{name}: {notice:#}");
        assert_ne!(notice["status"], "failed", "{name}: {notice:#}");
    }
    due.flat_map(|notice| notice["deliveries"].as_array().unwrap())
        .map(|delivery| {
            let id = delivery["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
            (id, delivery["status"] == "sent")
        })
        .collect()
}

/// After the last restart and once every lease of a killed process has run out.
pub(super) async fn everything_came(ring: &Ring, log: &Log) {
    let (lead, campaigns) = (ring.seat(0).lead, log.campaigns());
    settled(ring, &lead, &campaigns).await;
    let mut deliveries = BTreeMap::new();
    for (name, acknowledged) in &campaigns {
        nothing_acknowledged_is_missing(&lead, name, acknowledged).await;
        deliveries.extend(no_planned_notice_is_missing(&lead, name, acknowledged).await);
    }
    let listed = harness::show::all(&lead, "/v1/campaigns?limit=200").await;
    let refs: BTreeSet<&str> = listed.iter().map(|one| one["external_ref"].as_str().unwrap()).collect();
    assert_eq!(refs.len(), listed.len(), "a repeated creation made a second campaign");
    let known: BTreeSet<&str> = campaigns.keys().map(String::as_str).collect();
    assert_eq!(refs, known, "campaigns are missing or nobody asked for them");
    let mails = ring.smtp.mails();
    let mut arrived: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mail in &mails {
        arrived.entry(&mail.message_id).or_default().push(&mail.to);
    }
    for (id, _) in deliveries.iter().filter(|(_, sent)| **sent) {
        assert!(arrived.contains_key(id.as_str()), "<{id}> is said to be sent and never came");
    }
    for (id, to) in &arrived {
        assert!(to.iter().all(|one| one == &to[0]), "<{id}> went to several people: {to:?}");
        assert!(deliveries.contains_key(*id), "<{id}> came and is in no row of the ledger");
    }
}

/// Waits until no message is on its way any more: a killed worker's lease ends after a minute of machine time.
async fn settled(ring: &Ring, who: &Client, campaigns: &BTreeMap<String, Acknowledged>) {
    let since = std::time::Instant::now();
    let mut waiting: Vec<String> = campaigns.values().filter_map(|one| one.id.clone()).collect();
    while let Some(id) = waiting.last() {
        let ledger = Show { id: id.clone() }.notices(who).await;
        let moving = |notice: &Value| {
            let at: jiff::Timestamp = notice["planned_at"].as_str().unwrap().parse().unwrap();
            let due = at <= "2027-03-01T01:00:00Z".parse().unwrap();
            notice["status"] == "sending" || (notice["status"] == "planned" && due)
        };
        if ledger.iter().any(moving) {
            assert!(since.elapsed() < Duration::from_secs(150), "mails are stuck:\n{}", ring.log());
            tokio::time::sleep(Duration::from_millis(500)).await;
        } else {
            waiting.pop();
        }
    }
}
