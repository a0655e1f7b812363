//! Bodies nobody should send: too large, without end, compressed, deep, ambiguous. Every operation that takes a body
//! refuses them with a problem, and the service's memory does not grow with them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use harness::server::ADMIN_KEY;
use harness::{Cast, Client, Server, Setup, Show, Wire};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::places::{Operation, every_operation};

const MEBIBYTE: usize = 1024 * 1024;
/// Most that any of this may add to the resident memory of the service, at its highest.
const MOST_GROWTH_KIB: u64 = 20 * 1024;

/// Bodies that are no JSON document, or one that two readers could understand differently.
fn unreadable() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    vec![
        ("lists 100,000 deep", deep("[", "]").into_bytes()),
        ("objects 100,000 deep", deep("{\"a\":", "}").into_bytes()),
        ("a number without end", b"{\"name\":1e400}".to_vec()),
        ("a negative one", b"{\"name\":-1e400}".to_vec()),
        ("a member twice", b"{\"name\":\"a\",\"name\":\"b\"}".to_vec()),
        ("a member twice, once escaped", b"{\"name\":\"a\",\"n\\u0061me\":\"b\"}".to_vec()),
        ("NUL", b"{\"name\":\"a\\u0000b\"}".to_vec()),
        ("NUL in a name", b"{\"na\\u0000me\":1}".to_vec()),
        ("a raw NUL", b"{\"name\":\"a\0b\"}".to_vec()),
        ("half a surrogate pair", b"{\"name\":\"\\ud800\"}".to_vec()),
        ("the other half", b"{\"name\":\"\\udc00x\"}".to_vec()),
        ("invalid UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec()),
        ("overlong UTF-8", b"{\"name\":\"\xc0\xaf\"}".to_vec()),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("nothing but spaces", b"   ".to_vec()),
        ("a document too many", b"{}{}".to_vec()),
        ("an unending text", format!("{{\"name\":\"{}", "x".repeat(900_000)).into_bytes()),
        ("a long number", format!("{{\"name\":{}}}", "9".repeat(900_000)).into_bytes()),
        ("a name as long as a body", format!("{{\"{}\":1}}", "x".repeat(900_000)).into_bytes()),
    ]
}

/// Documents of a million values or more that fit the limit; read, each would take more than a hundred mebibytes.
fn wide(limit: usize) -> Vec<(&'static str, Vec<u8>)> {
    let list = |of: &str| {
        let count = limit * MEBIBYTE / (of.len() + 1) - 20;
        format!("{{\"others\":[{}]}}", vec![of; count].join(",")).into_bytes()
    };
    let members = members(limit * MEBIBYTE / 24);
    vec![
        ("a wide list", list("0")),
        ("a wide list of lists", list("[0]")),
        ("a wide list of objects", list("{\"a\":0}")),
        ("a wide object", members),
    ]
}

fn members(count: usize) -> Vec<u8> {
    let members: Vec<String> = (0..count).map(|number| format!("\"member_{number}\":{number}")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// 64 MiB of spaces in 64 KiB.
fn gzip_bomb() -> Vec<u8> {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; MEBIBYTE]).unwrap();
    }
    bomb.finish().unwrap()
}

/// Longest wait for a refusal, on a busy machine. A reader that looks at every pair of names takes longer.
const PATIENCE: Duration = Duration::from_secs(3);

struct Scene {
    server: Server,
    show: Show,
    /// A member who could be changed.
    spare: String,
    writes: Vec<Operation>,
}

impl Scene {
    async fn begin() -> Self {
        let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
        let cast = Cast::join(&server).await;
        let show = Show::standard(&cast.lead.client, &json!({})).await;
        let document = server.admin.get("/openapi.json").expect(200).await.body;
        let operations = every_operation(&document, "goal").into_iter();
        let writes: Vec<Operation> = operations.filter(|operation| operation.media.is_some()).collect();
        assert!(writes.len() >= 20, "{} operations take a body", writes.len());
        Self { server, show, spare: cast.viewer.id, writes }
    }

    fn address(&self, operation: &Operation) -> String {
        let path = operation.path.replace("{campaign}", &self.show.id).replace("{gate}", "goal");
        let path = path.replace("{item}", "one_goal_shared");
        let path = path.replace("{member}", &self.spare).replace("{delivery}", &self.spare);
        assert!(!path.contains('{'), "{path} has a place this test does not know");
        path
    }

    /// A figure of the service's memory in KiB.
    fn memory(&self, figure: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// The memory the service has now; from here on its highest is noted anew.
    fn begin_to_measure(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.server.pid()), "5").unwrap();
        self.memory("VmRSS")
    }

    /// The most it had since, in KiB.
    fn highest(&self) -> u64 {
        self.memory("VmHWM")
    }

    async fn campaign(&self) -> Value {
        let campaign = self.show.view(&self.server.admin).await;
        json!([campaign, self.show.events(&self.server.admin).await])
    }

    async fn send(&self, operation: &Operation, body: Vec<u8>) -> harness::Answer {
        let call = self.server.admin.call(operation.method.clone(), &self.address(operation));
        call.raw(operation.media.as_ref().unwrap(), body).if_match("*").send().await
    }
}

/// Mebibytes that a body of this operation may have.
fn limit(operation: &Operation) -> usize {
    if matches!(operation.id.as_str(), "create_campaign" | "evaluate") { 8 } else { 1 }
}

fn refused(what: &str, answer: &harness::Answer, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status), "{what}: {answer}");
    answer.is_problem(answer.status, answer.text_at("/code"));
}

/// Sends everything to every operation; how many KiB the memory grew over one of them at most.
async fn send_everything(scene: &Scene) -> u64 {
    let (bomb, mut most) = (gzip_bomb(), 0);
    for operation in &scene.writes {
        let (limit, begun) = (limit(operation), scene.begin_to_measure());
        for (what, body) in unreadable().into_iter().chain(wide(limit)) {
            let since = Instant::now();
            refused(what, &scene.send(operation, body).await, &[400, 422]);
            assert!(since.elapsed() < PATIENCE, "{} took {:?} over {what}", operation.id, since.elapsed());
        }
        let large = vec![b' '; limit * MEBIBYTE + 1];
        refused("too large", &scene.send(operation, large).await, &[413]);
        let call = scene.server.admin.call(operation.method.clone(), &scene.address(operation)).if_match("*");
        let call =
            call.raw(operation.media.as_ref().unwrap(), bomb.clone()).header("content-encoding", "gzip");
        refused("a compressed body", &call.send().await, &[415]);
        let answer = endless(&scene.server.admin, operation, &scene.address(operation), limit);
        assert!(answer.starts_with("HTTP/1.1 413"), "{}: {answer}", operation.id);
        assert!(answer.contains("application/problem+json"), "{}: {answer}", operation.id);
        most = most.max(scene.highest().saturating_sub(begun));
    }
    most
}

#[tokio::test]
async fn bodies_nobody_should_send_are_refused_by_every_operation_and_cost_no_memory() {
    let scene = Scene::begin().await;
    let before = scene.campaign().await;
    // Two rounds show the allocator what it needs at all; what three more add must stay below the bound together.
    let mut most = send_everything(&scene).await;
    most = most.max(send_everything(&scene).await);
    let start = scene.memory("RssAnon");
    for _ in 0..3 {
        most = most.max(send_everything(&scene).await);
    }
    let kept = scene.memory("RssAnon").saturating_sub(start);
    assert_eq!(scene.campaign().await, before, "a refused body changed something");
    assert!(!scene.server.log().contains("panicked"), "{}", scene.server.log());
    let count = scene.writes.len();
    println!("{count} operations: one took {most} KiB at most, three further rounds kept {kept} KiB");
    assert!(most <= MOST_GROWTH_KIB, "the memory grew by {most} KiB");
    assert!(kept <= MOST_GROWTH_KIB, "three further rounds added {kept} KiB");
}

#[tokio::test]
async fn thirty_thousand_unknown_names_are_refused_by_the_first_of_them_and_quickly() {
    let scene = Scene::begin().await;
    let before = scene.campaign().await;
    for operation in &scene.writes {
        let since = Instant::now();
        let answer = scene.send(operation, members(30_000)).await;
        assert_eq!(answer.status, 422, "{answer}");
        assert_eq!(answer.errors(), [("/member_0".to_owned(), "field.unknown".to_owned())], "{answer}");
        assert!(since.elapsed() < PATIENCE, "{} took {:?}", operation.id, since.elapsed());
    }
    assert_eq!(scene.campaign().await, before, "a refused body changed something");
}

/// Bodies that may be held at once, of the largest: the service keeps room for 64 MiB.
const HELD_AT_ONCE: usize = 8;

/// Announces the largest body and sends all of it but the last byte.
async fn almost_all(address: &str) -> Wire {
    let length = 8 * MEBIBYTE;
    let mut wire = Wire::to_address(address).await;
    let head = format!(
        "POST /v1/campaigns HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    wire.send(head.as_bytes()).await;
    let spaces = vec![b' '; 64 * 1024];
    for _ in 1..length / spaces.len() {
        if !wire.send(&spaces).await {
            return wire;
        }
    }
    wire.send(&spaces[1..]).await;
    wire
}

#[tokio::test(flavor = "multi_thread")]
async fn all_bodies_together_have_room_for_so_much_and_who_finds_none_is_told_to_come_again() {
    let server = Setup::new(&["serve"]).start().await;
    let mut sending = JoinSet::new();
    for _ in 0..2 * HELD_AT_ONCE {
        let server = server.address().to_owned();
        sending.spawn(async move { almost_all(&server).await });
    }
    let wires = sending.join_all().await;
    let (mut turned_away, mut waiting) = (0, Vec::new());
    for mut wire in wires {
        // Who was not turned away is still waited for: the last byte is missing.
        match tokio::time::timeout(Duration::from_secs(1), wire.answer()).await {
            Ok(answer) => {
                assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
                assert!(answer.to_lowercase().contains("retry-after: "), "{answer}");
                turned_away += 1;
            }
            Err(_still_waited_for) => waiting.push(wire),
        }
    }
    println!("{turned_away} of {} turned away, {} waited for", 2 * HELD_AT_ONCE, waiting.len());
    assert!(turned_away >= HELD_AT_ONCE, "{turned_away} turned away");
    for mut wire in waiting {
        wire.send(b" ").await;
        let answer = wire.answer().await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    let mut next = almost_all(server.address()).await;
    next.send(b" ").await;
    let answer = next.answer().await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "what they held is free again: {answer}");
}

/// Sends a body in chunks without ever ending it; what is answered.
fn endless(client: &Client, operation: &Operation, path: &str, limit: usize) -> String {
    let host = client.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(30))).unwrap();
    let (method, key, media) = (&operation.method, client.key().unwrap(), operation.media.as_ref().unwrap());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: {media}\r\n\
         If-Match: *\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
    // A little more than may come; after that the service has answered, whatever else would follow.
    for _ in 0..=limit * 16 {
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let mut answer = Vec::new();
    let mut part = [0; 4_096];
    while !String::from_utf8_lossy(&answer).contains("\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(count) if count > 0 => answer.extend_from_slice(&part[..count]),
            Ok(_) | Err(_) => break,
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}
