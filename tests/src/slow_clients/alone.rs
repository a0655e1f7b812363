//! Clients that take their time: heads and bodies that trickle in and readers who take nothing are cut off, and
//! nobody else waits for them. What is measured here is measured alone: `tests/run` runs these after the others, one by
//! one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use harness::server::ADMIN_KEY;
use harness::{Client, Setup, Wire};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use super::{LOST, mebibytes, slow_body, sockets, until_sockets};

/// How long a head may take until it is cut off.
const HEAD: Duration = Duration::from_secs(6);
/// How long a body may take, and how long a reader may take nothing; then they are cut off.
const BODY: Duration = Duration::from_secs(15);
const READER: Duration = Duration::from_secs(15);
/// How long it takes to tell who was waited for to their last second, and to be told.
const CUT: Duration = Duration::from_secs(1);

/// Sends bytes one a second until the server closes the connection, and tells what it said and when.
async fn trickle(mut wire: Wire, start: &str) -> (String, Duration) {
    let since = Instant::now();
    wire.send(start.as_bytes()).await;
    let (mut read, mut write) = wire.stream.into_split();
    let writing = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while write.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let mut said = Vec::new();
    let end = tokio::io::AsyncReadExt::read_to_end(&mut read, &mut said);
    let ended = tokio::time::timeout(LOST, end).await;
    writing.abort();
    assert!(ended.is_ok(), "still open after a minute");
    (String::from_utf8_lossy(&said).into_owned(), since.elapsed())
}

const SLOW_HEAD: &str = "GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ";

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off_on_a_new_connection_and_on_a_used_one() {
    let server = Setup::new(&["serve"]).start().await;
    let used = async {
        let mut wire = Wire::to(&server).await;
        wire.send(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").await;
        wire.answer().await;
        trickle(wire, SLOW_HEAD).await
    };
    // Half a head that came together with a whole request before it.
    let read_ahead = async {
        let wire = Wire::to(&server).await;
        trickle(wire, &format!("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n{SLOW_HEAD}")).await
    };
    let (new, used, read_ahead) = tokio::join!(trickle(Wire::to(&server).await, SLOW_HEAD), used, read_ahead);
    for (what, (said, took)) in [("new", &new), ("used", &used), ("read ahead", &read_ahead)] {
        println!("{what}: cut off after {took:?}");
        // Of what was read ahead only the next byte tells that it is a head; that comes after a second.
        let most = if what == "read ahead" { HEAD + CUT } else { HEAD };
        assert!(*took <= most, "{what}: {took:?}");
        assert!(!said.contains("HTTP/1.1 5"), "{what}: {said}");
    }
    assert!(new.0.starts_with("HTTP/1.1 408 "), "{}", new.0);
}

#[tokio::test]
async fn a_body_that_trickles_in_is_refused_and_cut_off() {
    let server = Setup::new(&["serve"]).start().await;
    let by_length = slow_body();
    let chunked = slow_body().replace("Content-Length: 1000", "Transfer-Encoding: chunked") + "3e8\r\n";
    let nobody = slow_body().replace(ADMIN_KEY, "nobody");
    let nowhere = slow_body().replace("/v1/campaigns", "/v1/nowhere");
    let ((by_length, one), (by_chunks, two), (of_nobody, three), (to_nowhere, four)) = tokio::join!(
        trickle(Wire::to(&server).await, &by_length),
        trickle(Wire::to(&server).await, &chunked),
        trickle(Wire::to(&server).await, &nobody),
        trickle(Wire::to(&server).await, &nowhere),
    );
    for (said, status) in [(by_length, "408"), (by_chunks, "408"), (of_nobody, "401"), (to_nowhere, "404")] {
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {said}");
        assert!(said.contains("application/problem+json"), "{said}");
    }
    println!("cut off after {one:?}, {two:?}, {three:?}, {four:?}");
    assert!(one.max(two) <= BODY + CUT, "{one:?} {two:?}");
    assert!(three.max(four) <= CUT, "nobody waits for a body that is not wanted: {three:?} {four:?}");
}

/// Asks for more than anything between the two can hold, takes nothing, and tells after how long it was cut off.
async fn take_nothing(address: String) -> Duration {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut wire = Wire { stream: socket.connect(address.parse().unwrap()).await.unwrap() };
    let request = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n";
    wire.send(request.repeat(8).as_bytes()).await;
    let since = Instant::now();
    // Whoever never reads learns of the end only when they write.
    while wire.send(b"\r\n").await {
        assert!(since.elapsed() < LOST, "still open");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    since.elapsed()
}

#[tokio::test]
async fn a_reader_who_takes_nothing_is_cut_off() {
    let server = Setup::new(&["serve"]).start().await;
    let took = take_nothing(server.address().to_owned()).await;
    println!("a reader was cut off after {took:?}");
    assert!(took <= READER + CUT, "{took:?}");
    assert!(took >= READER.saturating_sub(CUT), "too early for an honest reader: {took:?}");
}

/// How long answers take while somebody asks again and again: median and p99.
async fn asked(who: &Client, on: Arc<AtomicBool>) -> (Duration, Duration) {
    let mut running = JoinSet::new();
    for _ in 0..4 {
        let (who, on) = (who.clone(), Arc::clone(&on));
        running.spawn(async move {
            let mut took = Vec::new();
            while on.load(Ordering::Relaxed) {
                let since = Instant::now();
                who.get("/v1/me").expect(200).await;
                took.push(since.elapsed());
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            took
        });
    }
    let mut took: Vec<Duration> = running.join_all().await.into_iter().flatten().collect();
    took.sort_unstable();
    (took[took.len() / 2], took[took.len() * 99 / 100])
}

async fn quiet(who: &Client) -> (Duration, Duration) {
    let on = Arc::new(AtomicBool::new(true));
    let asking = tokio::spawn({
        let (who, on) = (who.clone(), Arc::clone(&on));
        async move { asked(&who, on).await }
    });
    tokio::time::sleep(Duration::from_secs(5)).await;
    on.store(false, Ordering::Relaxed);
    asking.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_slow_clients_are_cut_off_and_nobody_waits_for_them() {
    let server = Setup::new(&["serve"]).start().await;
    quiet(&server.admin).await;
    let (before, (median, p99)) = (sockets(&server), quiet(&server.admin).await);
    let mut slow = JoinSet::new();
    for number in 0..2_000 {
        let (address, body) = (server.address().to_owned(), slow_body());
        slow.spawn(async move {
            let (took, may_take) = match number % 3 {
                0 => (trickle(Wire::to_address(&address).await, SLOW_HEAD).await.1, HEAD),
                1 => (trickle(Wire::to_address(&address).await, &body).await.1, BODY),
                _ => (take_nothing(address).await, READER),
            };
            took.saturating_sub(may_take)
        });
        // Two thousand who come in some seconds, not in one instant.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // To let them in is work, as it is with every client; what is measured is how they are waited for.
    let (slow_median, slow_p99) = quiet(&server.admin).await;
    let open = sockets(&server) - before;
    let late = slow.join_all().await.into_iter().max().unwrap();
    println!(
        "quiet: median {median:?}, p99 {p99:?}; beside slow clients, {open} of them left: median {slow_median:?}, \
         p99 {slow_p99:?}; the last was cut off {late:?} after its deadline; RSS {} MiB",
        mebibytes(&server)
    );
    assert!(open >= 1_000, "only {open} are still waited for");
    assert!(late <= CUT * 2, "cut off {late:?} after its deadline");
    assert!(slow_p99 <= p99 * 2, "others wait: {slow_p99:?} instead of {p99:?}");
    until_sockets(&server, before + 8).await;
}
