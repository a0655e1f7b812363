//! What planning one campaign and one tick cost beside a few, many and very many messages that wait for their time.

use std::process::Command;
use std::time::{Duration, Instant};

use harness::python::script;
use harness::{Client, Server, Setup, Show};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::median;

const BEGIN: &str = "2027-02-23T10:00:00+08:00";
/// How many messages wait.
const WAITING: [u32; 3] = [1_000, 100_000, 1_000_000];
/// Plannings and quiet ticks that a median is taken of.
const TIMES: usize = 100;
/// Days before the show, a tick each, on which gates come due, are overdue and their managers hear of it.
const DAYS: usize = 24;

/// Campaigns like the one there is, each with its messages, all of them a year later. None of them wakes.
const COPY: &str = "
    CREATE TEMP TABLE copies AS
        WITH RECURSIVE numbers(number) AS
            (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $CAMPAIGNS)
        SELECT campaign.* FROM campaign CROSS JOIN numbers;
    UPDATE copies SET id = $ID, next_wake_at = NULL, external_ref = NULL;
    INSERT INTO campaign SELECT * FROM copies;
    CREATE TEMP TABLE messages AS
        SELECT notice.*, copies.id AS copy FROM notice CROSS JOIN copies
        WHERE notice.status = 'planned' LIMIT $MESSAGES;
    UPDATE messages SET id = $ID, campaign_id = copy, key = $TEXT,
        planned_at = '2028' || substr(planned_at, 5), not_after = '2028' || substr(not_after, 5);
    ALTER TABLE messages DROP COLUMN copy;
    INSERT INTO notice SELECT * FROM messages;
";

/// Medians in milliseconds.
struct Figures {
    planning: f64,
    quiet: f64,
    busy: f64,
}

/// Measures all sizes in one run and prints a row each, with what it costs beside the first.
pub(super) async fn measure() {
    let what = [
        "messages that wait",
        "planning, ms",
        "÷ first",
        "quiet tick, ms",
        "÷ first",
        "a day, ms",
        "÷ first",
    ];
    println!("| {} |\n|{}", what.join(" | "), "---:|".repeat(what.len()));
    let mut first: Option<Figures> = None;
    for waiting in WAITING {
        let Figures { planning, quiet, busy } = beside(waiting).await;
        let first = first.get_or_insert(Figures { planning, quiet, busy });
        let ratios = [(planning, first.planning), (quiet, first.quiet), (busy, first.busy)];
        let cells = ratios.map(|(figure, first)| format!("{figure:.2} | {:.2}", figure / first));
        println!("| {waiting} | {} |", cells.join(" | "));
    }
}

async fn beside(waiting: u32) -> Figures {
    let mut server = Setup::sandbox(BEGIN).with("RUST_LOG", "warn").start().await;
    let template = Show::standard(&server.admin, &own(0)).await;
    let rows = template.notices(&server.admin).await;
    let planned = rows.iter().filter(|row| row["status"] == "planned").count();
    server.stop().await;
    multiply(&server, waiting, waiting.div_ceil(u32::try_from(planned).unwrap()));
    server.start().await;
    let show = Show::standard(&server.admin, &own(1)).await;
    let planning = planning(&server.admin, &show).await;
    let mut now: Timestamp = BEGIN.parse().unwrap();
    let quiet = ticks(&server.admin, &mut now, SignedDuration::from_secs(1), TIMES).await;
    let busy = ticks(&server.admin, &mut now, SignedDuration::from_hours(24), DAYS).await;
    server.stop().await;
    Figures { planning, quiet, busy }
}

/// What is different in a campaign, so that it takes nothing that another has.
fn own(number: u32) -> serde_json::Value {
    json!({ "owner": "admin@localhost", "external_ref": format!("own-{number}") })
}

fn multiply(server: &Server, messages: u32, campaigns: u32) {
    let copy = COPY.replace("$CAMPAIGNS", &campaigns.to_string()).replace("$MESSAGES", &messages.to_string());
    match server.folder.database() {
        Some(database) => {
            let copy = copy.replace("$ID", "gen_random_uuid()").replace("$TEXT", "gen_random_uuid()::text");
            database.ask(&format!("{copy} ANALYZE"));
        }
        None => {
            let copy = copy.replace("$ID", "randomblob(16)").replace("$TEXT", "hex(randomblob(16))");
            let file = server.folder.path().join("greenroom.db");
            let ran = Command::new("python3").arg(script("bench/sql.py")).arg(file).arg(copy).status();
            assert!(ran.unwrap().success(), "the rows are not there");
        }
    }
}

/// A go-live that moves to and fro: every time of the plan changes, in one transaction.
async fn planning(who: &Client, show: &Show) -> f64 {
    let mut times = Vec::new();
    for number in 0..TIMES {
        let hour = if number.is_multiple_of(2) { 21 } else { 20 };
        let body = json!({ "go_live_at": format!("2027-03-20T{hour}:00:00+08:00") });
        let tag = who.get(&show.path("")).expect(200).await.tag();
        let start = Instant::now();
        who.patch(&show.path(""), &body).if_match(&tag).expect(200).await;
        times.push(start.elapsed());
    }
    milliseconds(times)
}

/// The sandbox's clock moves on and does what is due then, mails included.
async fn ticks(who: &Client, now: &mut Timestamp, by: SignedDuration, count: usize) -> f64 {
    let mut times = Vec::new();
    for _ in 0..count {
        *now += by;
        let body = json!({ "now": now.to_string() });
        let start = Instant::now();
        who.put("/v1/sandbox/clock", &body).expect(200).await;
        times.push(start.elapsed());
    }
    milliseconds(times)
}

fn milliseconds(times: Vec<Duration>) -> f64 {
    median(times).as_secs_f64() * 1000.0
}
