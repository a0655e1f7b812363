//! How fast durable gate commands are over HTTP, beside a raw loop of commits on the same machine in the same run.
//! Also: an evaluation of the standard example, a start on an existing database, idle memory. Nothing is asserted.
#![expect(clippy::unwrap_used, clippy::as_conversions, reason = "a benchmark that cannot go on ends")]

mod evaluation;
mod ledger;

use std::process::Command;
use std::time::{Duration, Instant};

use harness::python::script;
use harness::show::tick;
use harness::{Cast, Client, Folder, Server, Setup, Show, binary, examples};
use serde_json::json;
use tokio::task::JoinSet;

/// How long each rate is measured, in seconds.
const SECONDS: u64 = 5;
/// Evaluations and starts that a median is taken of.
const EVALUATIONS: usize = 300;
const STARTS: usize = 9;

#[tokio::main]
async fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("evaluation") => {
            head();
            return evaluation::measure();
        }
        Some("ledger") => return ledger::measure().await,
        _ => {}
    }
    let mut server = Setup::sandbox("2027-03-01T12:00:00+08:00").with("RUST_LOG", "warn").start().await;
    let cast = Cast::join(&server).await;
    println!("binary {}, {} s for each rate", binary::greenroom().display(), SECONDS);
    let raw = raw_commits_a_second();
    head();
    row("raw: one commit a command, a second", raw, Some(1.0));
    for clients in [1, 64] {
        let rate = commands_a_second(&cast.lead.client, clients).await;
        row(&format!("gate commands a second, {clients} clients"), rate, Some(rate / raw));
    }
    evaluation::measure();
    let (evaluation, smallest) = evaluation_microseconds(&server.admin).await;
    row("evaluation over HTTP, median µs", evaluation, None);
    row("the smallest answer over HTTP, median µs", smallest, None);
    let (peak, kept) = overload().await;
    row("reads a second, 64 clients on 64 places", peak, None);
    row("of these with 320 impatient clients, %", kept / peak * 100.0, None);
    row("start to ready on this database, median ms", start_to_ready(&mut server).await, None);
    tokio::time::sleep(Duration::from_secs(3)).await;
    row("idle memory (RSS), MiB", resident_mebibytes(server.pid()), None);
    server.stop().await;
}

fn head() {
    println!("| {:<50} | {:>9} | {:>5} |", "", "", "÷ raw");
    println!("|{:-<52}|{:->10}:|{:->6}:|", "", "", "");
}

fn row(what: &str, figure: f64, of_raw: Option<f64>) {
    let of_raw = of_raw.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    println!("| {what:<50} | {figure:>9.0} | {of_raw:>5} |");
}

/// Commits of the loop in Python, whose own part of each is some microseconds.
fn raw_commits_a_second() -> f64 {
    let folder = Folder::new();
    let mut raw = Command::new("python3");
    let output =
        raw.arg(script("bench/raw.py")).arg(folder.path()).arg(SECONDS.to_string()).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

/// Ticks and unticks of checklist items, each client on a campaign of its own.
async fn commands_a_second(who: &Client, clients: usize) -> f64 {
    let mut shows = Vec::new();
    for number in 0..clients {
        let name = json!({ "external_ref": format!("{clients}-{number}") });
        shows.push(Show::standard(who, &name).await);
    }
    let (start, mut running) = (Instant::now(), JoinSet::new());
    for show in shows {
        let (who, path) = (who.clone(), show.gate_path("goal", "/checklist/one_goal_shared"));
        running.spawn(async move {
            let mut done = 0_u32;
            while start.elapsed() < Duration::from_secs(SECONDS) {
                let body = if done.is_multiple_of(2) { tick("none") } else { json!({ "done": false }) };
                who.put(&path, &body).expect(200).await;
                done += 1;
            }
            done
        });
    }
    let done: u32 = running.join_all().await.into_iter().sum();
    f64::from(done) / start.elapsed().as_secs_f64()
}

/// Medians of an evaluation of the standard example, and of an answer with next to no work, for comparison.
async fn evaluation_microseconds(who: &Client) -> (f64, f64) {
    let body = examples::standard();
    let (mut evaluations, mut smallest) = (Vec::new(), Vec::new());
    for _ in 0..EVALUATIONS {
        let start = Instant::now();
        who.post("/v1/evaluations", &body).expect(200).await;
        evaluations.push(start.elapsed());
        let start = Instant::now();
        who.get("/livez").expect(200).await;
        smallest.push(start.elapsed());
    }
    (median(evaluations).as_micros() as f64, median(smallest).as_micros() as f64)
}

/// Places for requests that are worked on, in the measurement of overload.
const PLACES: u32 = 64;

/// Successful reads a second with as many clients as there are places, and with five times as many, who come again
/// a tenth of a second after they were turned away.
async fn overload() -> (f64, f64) {
    let server = Setup::sandbox("2027-03-01T12:00:00+08:00").with("RUST_LOG", "warn");
    let server = server.with("GREENROOM_MAX_REQUESTS", &PLACES.to_string()).start().await;
    (reads_a_second(&server.admin, PLACES).await, reads_a_second(&server.admin, PLACES * 5).await)
}

async fn reads_a_second(who: &Client, clients: u32) -> f64 {
    let (start, mut running) = (Instant::now(), JoinSet::new());
    for _ in 0..clients {
        let who = who.clone();
        running.spawn(async move {
            let mut read = 0_u32;
            while start.elapsed() < Duration::from_secs(SECONDS) {
                match who.get("/v1/me").send().await.status {
                    200 => read += 1,
                    503 => tokio::time::sleep(Duration::from_millis(100)).await,
                    other => panic!("an answer of {other}"),
                }
            }
            read
        });
    }
    let read: u32 = running.join_all().await.into_iter().sum();
    f64::from(read) / start.elapsed().as_secs_f64()
}

/// From the start of the process to the first `200` of `/readyz`.
async fn start_to_ready(server: &mut Server) -> f64 {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        server.stop().await;
        let start = Instant::now();
        server.start().await;
        starts.push(start.elapsed());
    }
    median(starts).as_secs_f64() * 1000.0
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Resident memory of a process as the kernel tells it.
fn resident_mebibytes(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes / 1024.0
}
