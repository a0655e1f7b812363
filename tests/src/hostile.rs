//! Requests no honest client sends: each is refused or cut off, none is a failure of ours, and none reaches what
//! follows it on the connection.

use harness::server::ADMIN_KEY;
use harness::{Server, Setup, Wire};

/// What comes back for these bytes until the connection is closed.
async fn said(server: &Server, bytes: &[u8]) -> String {
    let mut wire = Wire::to(server).await;
    wire.send(bytes).await;
    // Nothing more comes from us, so that a request that is not whole ends here.
    wire.finish().await;
    wire.until_closed().await
}

/// The statuses of all answers in what came back.
fn statuses(said: &str) -> Vec<&str> {
    said.split("HTTP/1.").skip(1).filter_map(|answer| answer.get(2..5)).collect()
}

async fn alive(server: &Server) {
    server.admin.get("/v1/me").expect(200).await;
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_connection_closed() {
    let server = Setup::new(&["serve"]).start().await;
    let long = "a".repeat(200_000);
    let many: String = (0..200).map(|number| format!("X-{number}: 1\r\n")).collect();
    let requests = [
        ("no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\x7c\r\n\r\n".to_owned(), "400"),
        ("no version", "GET /livez\r\n\r\n".to_owned(), "400"),
        ("a version nobody has", "GET /livez HTTP/7.3\r\nHost: a\r\n\r\n".to_owned(), "400"),
        ("a space in the address", "GET /live z HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "400"),
        ("NUL in the address", "GET /live\0z HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), "400"),
        ("NUL in a header", "GET /livez HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n".to_owned(), "400"),
        ("a header without a name", "GET /livez HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n".to_owned(), "400"),
        ("a space before the colon", "GET /livez HTTP/1.1\r\nHost : a\r\n\r\n".to_owned(), "400"),
        ("a header of 200 kB", format!("GET /livez HTTP/1.1\r\nHost: a\r\nX-A: {long}\r\n\r\n"), "431"),
        ("an address of 200 kB", format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), "431"),
        ("two hundred headers", format!("GET /livez HTTP/1.1\r\nHost: a\r\n{many}\r\n"), "431"),
    ];
    for (what, request, status) in requests {
        let said = said(&server, request.as_bytes()).await;
        assert_eq!(statuses(&said), [status], "{what}: {said:.200}");
    }
    alive(&server).await;
}

/// A request that would create a member, if it were taken for one.
fn smuggled() -> String {
    let body = r#"{"name":"Smuggled","email":"smuggled@heyan.example","role":"viewer"}"#;
    format!(
        "POST /v1/members HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_body_whose_length_is_in_doubt_smuggles_no_second_request() {
    let server = Setup::new(&["serve"]).start().await;
    let inner = smuggled();
    let post = "POST /v1/evaluations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    let requests = [
        (
            "length and chunks",
            format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}"),
        ),
        (
            "chunks and length",
            format!("{post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{inner}"),
        ),
        ("two lengths", format!("{post}Content-Length: 0\r\nContent-Length: {}\r\n\r\n{inner}", inner.len())),
        ("two lengths in one", format!("{post}Content-Length: 0, {}\r\n\r\n{inner}", inner.len())),
        ("a length with a sign", format!("{post}Content-Length: +0\r\n\r\n{inner}")),
        ("a length below zero", format!("{post}Content-Length: -1\r\n\r\n{inner}")),
        ("a length beyond all", format!("{post}Content-Length: 99999999999999999999\r\n\r\n{inner}")),
        ("chunks under another name", format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{inner}")),
        ("chunks twice", format!("{post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n{inner}")),
        ("chunks before another", format!("{post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n{inner}")),
        ("a chunk's size that is none", format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{inner}")),
        (
            "a chunk's size beyond all",
            format!("{post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{inner}"),
        ),
    ];
    for (what, request) in requests {
        let said = said(&server, request.as_bytes()).await;
        let statuses = statuses(&said);
        assert!(statuses.iter().all(|status| status.starts_with('4')), "{what}: {said}");
        assert!(statuses.len() <= 1, "{what}: a second request was answered: {said}");
    }
    let members = server.admin.get("/v1/members").expect(200).await;
    assert!(!members.text.contains("smuggled"), "{members}");
    alive(&server).await;
}

#[tokio::test]
async fn old_and_unusual_but_honest_clients_are_served() {
    let server = Setup::new(&["serve"]).start().await;
    let old = said(&server, b"GET /livez HTTP/1.0\r\n\r\n").await;
    assert_eq!(statuses(&old), ["200"], "{old}");
    let pipelined = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n".repeat(40);
    let said_to_all = said(&server, pipelined.as_bytes()).await;
    assert_eq!(statuses(&said_to_all), vec!["200"; 40], "{said_to_all:.300}");
    let mut wire = Wire::to(&server).await;
    let head = smuggled();
    let (head, body) = head.split_once("\r\n\r\n").unwrap();
    wire.send(format!("{head}\r\nExpect: 100-continue\r\n\r\n").as_bytes()).await;
    let go_on = wire.answer().await;
    assert!(go_on.starts_with("HTTP/1.1 100 "), "{go_on}");
    wire.send(body.as_bytes()).await;
    let created = wire.answer().await;
    assert!(created.starts_with("HTTP/1.1 201 "), "{created}");
    alive(&server).await;
}

#[tokio::test]
async fn a_body_that_is_shorter_than_its_length_or_compressed_changes_nothing() {
    let server = Setup::new(&["serve"]).start().await;
    let cut = smuggled();
    let cut = &cut[..cut.len() - 10];
    let answer = said(&server, cut.as_bytes()).await;
    assert!(statuses(&answer).iter().all(|status| status.starts_with('4')), "{answer}");
    let compressed = smuggled().replace("\r\nContent-Length", "\r\nContent-Encoding: gzip\r\nContent-Length");
    let answer = said(&server, compressed.as_bytes()).await;
    assert_eq!(statuses(&answer), ["415"], "{answer}");
    let members = server.admin.get("/v1/members").expect(200).await;
    assert!(!members.text.contains("smuggled"), "{members}");
    alive(&server).await;
}
