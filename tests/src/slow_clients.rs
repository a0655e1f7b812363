//! Thousands of connections cost little and are given back; what is too much at once is turned away. Clients that take
//! their time are in `alone`, which looks at the clock.

use std::time::{Duration, Instant};

use harness::server::ADMIN_KEY;
use harness::{Server, Setup, Wire};
use tokio::task::JoinSet;

mod alone;

/// What takes longer never comes.
const LOST: Duration = Duration::from_secs(60);

fn slow_body() -> String {
    format!(
        "POST /v1/campaigns HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
}

/// Open sockets of a process.
fn sockets(server: &Server) -> usize {
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let targets = files.filter_map(|file| std::fs::read_link(file.unwrap().path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

/// Resident memory of a process in MiB.
fn mebibytes(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// Waits until the server has no more sockets open than this.
async fn until_sockets(server: &Server, most: usize) {
    let since = Instant::now();
    while sockets(server) > most {
        assert!(since.elapsed() < LOST, "{} sockets are still open, {most} before", sockets(server));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// One request on a connection that stays open; whether it was answered well.
async fn ask(wire: &mut Wire, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\r\n");
    wire.send(request.as_bytes()).await && wire.answer().await.starts_with("HTTP/1.1 200 ")
}

#[tokio::test]
async fn ten_thousand_idle_and_a_thousand_active_connections_fit_and_are_given_back() {
    let server = Setup::new(&["serve"]).start().await;
    let before = sockets(&server);
    let mut idle = Vec::new();
    for _ in 0..10_000 {
        let mut wire = Wire::to(&server).await;
        assert!(ask(&mut wire, "/livez").await);
        idle.push(wire);
    }
    let mut active = JoinSet::new();
    for number in 0..1_000 {
        let address = server.address().to_owned();
        active.spawn(async move {
            tokio::time::sleep(Duration::from_millis(number * 10)).await;
            let (mut wire, mut errors) = (Wire::to_address(&address).await, 0);
            for _ in 0..2 {
                errors += usize::from(!ask(&mut wire, "/v1/me").await);
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
            (wire, errors)
        });
    }
    let active = active.join_all().await;
    let errors: usize = active.iter().map(|(_, errors)| errors).sum();
    let (open, resident) = (sockets(&server), mebibytes(&server));
    println!("{open} sockets, RSS {resident} MiB, {errors} errors");
    assert_eq!(errors, 0);
    assert!(open >= 11_000, "only {open} sockets are open");
    assert!(resident <= 300, "{resident} MiB");
    drop((idle, active));
    until_sockets(&server, before + 8).await;
}

#[tokio::test]
async fn what_is_too_much_at_once_is_turned_away_and_probes_still_answer() {
    let server = Setup::new(&["serve"]).with("GREENROOM_MAX_REQUESTS", "1").start().await;
    let mut asking = JoinSet::new();
    for _ in 0..64 {
        let who = server.admin.clone();
        asking.spawn(async move { who.get("/v1/members").send().await });
    }
    let answers = asking.join_all().await;
    let turned_away: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    for answer in &turned_away {
        answer.is_problem(503, "service.unavailable");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1, "{answer}");
    }
    println!("{} of 64 turned away", turned_away.len());
    assert!(!turned_away.is_empty() && turned_away.len() < 64);
    // Somebody who waits for their own client takes nobody's place.
    let mut slow = Wire::to(&server).await;
    let body = slow_body().replace("Content-Length", "Expect: 100-continue\r\nContent-Length");
    slow.send(body.as_bytes()).await;
    let go_on = slow.answer().await;
    assert!(go_on.starts_with("HTTP/1.1 100 "), "{go_on}");
    // It gives its place back when it begins to wait, a moment after it was told to go on.
    let since = Instant::now();
    while server.admin.get("/v1/me").send().await.status != 200 {
        assert!(since.elapsed() < Duration::from_secs(5), "who waits for their client keeps a place");
    }
    server.admin.get("/readyz").expect(200).await;
}

#[tokio::test]
async fn more_connections_than_are_set_wait_until_one_is_given_back() {
    let limits = [("GREENROOM_MAX_CONNECTIONS", "3"), ("GREENROOM_WORKERS", "1")];
    let setup = limits.iter().fold(Setup::new(&["serve"]), |setup, (name, value)| setup.with(name, value));
    let server = setup.start().await;
    let mut open = Vec::new();
    while open.len() < 3 {
        let mut wire = Wire::to(&server).await;
        // The harness itself may still hold the connection by which it saw that the server is ready.
        let answered = tokio::time::timeout(LOST, ask(&mut wire, "/livez")).await;
        assert_eq!(answered, Ok(true));
        open.push(wire);
    }
    let mut fourth = Wire::to(&server).await;
    let asked = ask(&mut fourth, "/livez");
    tokio::pin!(asked);
    let early = tokio::time::timeout(Duration::from_secs(1), &mut asked).await;
    assert!(early.is_err(), "a fourth connection was served beside three");
    drop(open.pop());
    assert_eq!(tokio::time::timeout(LOST, asked).await, Ok(true), "its turn comes");
}
