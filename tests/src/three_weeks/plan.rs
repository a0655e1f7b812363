//! What the plan says of a mail, worked out once more from the rows of the ledger and the clocks of the readers.

use std::collections::{BTreeMap, BTreeSet};

use harness::Mail;
use jiff::civil::{Time, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const MORNING: Time = time(8, 0, 0, 0);
const NIGHT: Time = time(22, 0, 0, 0);
const DIGEST: Time = time(9, 0, 0, 0);
/// How long approvals wait for others after the first.
const TOGETHER: SignedDuration = SignedDuration::from_mins(15);

/// A message that a mail tells, and the delivery by which it does.
pub(super) struct Told<'l> {
    notice: &'l Value,
    delivery: &'l Value,
}

impl Told<'_> {
    /// Reason, subject and occurrence.
    pub(super) fn what(&self) -> String {
        let text = |member: &str| self.notice[member].as_str().unwrap();
        format!("{} {} {}", text("reason"), text("subject"), text("occurrence"))
    }

    fn at(&self, member: &str) -> Timestamp {
        self.notice[member].as_str().unwrap().parse().unwrap()
    }
}

/// What a mail tells: the message it was made for, and those that were merged into it.
pub(super) fn told<'l>(mail: &Mail, ledger: &'l [Value]) -> Vec<Told<'l>> {
    let all: Vec<Told<'_>> = ledger
        .iter()
        .flat_map(|notice| {
            let deliveries = notice["deliveries"].as_array().unwrap();
            deliveries.iter().map(move |delivery| Told { notice, delivery })
        })
        .collect();
    let id = |told: &&Told<'_>| {
        told.delivery["message_id"].as_str().unwrap().trim_matches(['<', '>']) == mail.message_id
    };
    let first =
        all.iter().find(id).unwrap_or_else(|| panic!("no row of the ledger: {mail}")).delivery["id"].clone();
    let mut told: Vec<Told<'_>> = all
        .into_iter()
        .filter(|told| told.delivery["id"] == first || told.delivery["merged_into"] == first)
        .collect();
    told.sort_by_key(|told| (told.at("planned_at"), told.what()));
    told
}

/// Every mail leaves when the plan says: at its time, in the morning of its reader, or with the digest; never after its
/// useful time, and nothing but what is critical in anybody's night. Nobody is told anything twice.
pub(super) fn every_mail_is_planned(mails: &[Mail], ledger: &[Value], zones: &BTreeMap<String, TimeZone>) {
    let mut seen = BTreeSet::new();
    for mail in mails {
        for told in told(mail, ledger) {
            let reader = told.delivery["recipient"].as_str().unwrap();
            let (what, zone) = (told.what(), &zones[reader]);
            assert!(
                seen.insert((told.notice["key"].to_string(), reader.to_owned())),
                "twice: {what}, {mail}"
            );
            let (planned_at, not_after) = (told.at("planned_at"), told.at("not_after"));
            assert!(planned_at <= mail.date && mail.date < not_after, "{what}, {mail}: {}", told.notice);
            let is_critical = told.notice["class"] == "critical";
            assert!(is_critical || !is_night(mail.date, zone), "{what}, {mail}: in the night");
            let leaves = leaves_at(&told, zone);
            let together = told.notice["reason"] == "approval_wanted" && mail.date == leaves + TOGETHER;
            assert!(mail.date == leaves || together, "{what}, {mail}: not at {leaves}");
        }
    }
}

/// When a message leaves for a reader: what is critical at once, what is for information with the digest, and what
/// somebody must act on when they are awake.
fn leaves_at(told: &Told<'_>, zone: &TimeZone) -> Timestamp {
    let (at, not_after) = (told.at("planned_at"), told.at("not_after"));
    match told.notice["class"].as_str().unwrap() {
        "critical" => at,
        "info" if next(DIGEST, at, zone) < not_after => next(DIGEST, at, zone),
        _ if is_night(at, zone) && next(MORNING, at, zone) < not_after => next(MORNING, at, zone),
        _ => at,
    }
}

fn is_night(at: Timestamp, zone: &TimeZone) -> bool {
    let local = zone.to_datetime(at).time();
    local >= NIGHT || local < MORNING
}

/// The first instant from one on at which clocks show a time.
fn next(shown: Time, from: Timestamp, zone: &TimeZone) -> Timestamp {
    let date = zone.to_datetime(from).date();
    let on = |date: jiff::civil::Date| zone.to_timestamp(date.to_datetime(shown)).unwrap();
    let today = on(date);
    if today >= from { today } else { on(date.tomorrow().unwrap()) }
}

/// Nothing is left planned once the show is over, and whatever was not sent says why.
pub(super) fn every_message_has_an_end(ledger: &[Value]) {
    for notice in ledger {
        match notice["status"].as_str().unwrap() {
            "sent" | "merged" => {}
            "skipped" => assert!(notice["outcome"].is_string(), "{notice:#}"),
            other => panic!("{other}: {notice:#}"),
        }
    }
}
