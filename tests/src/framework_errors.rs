//! Whatever reaches the service is answered in its own words: no error of the framework comes as plain text, and no
//! method or address makes it fall over.

use harness::{Setup, Spec};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const NOW: &str = "2027-02-27T10:00:00+08:00";

/// An answer as it came over the wire.
struct Raw {
    status: u16,
    head: String,
    body: Value,
}

/// Sends the head of a request as it stands and reads the answer.
async fn send(base: &str, head: &str) -> Raw {
    let address = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{head}\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) =
        text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {request}: {text:?}"));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    Raw { status, head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or_default() }
}

#[tokio::test]
async fn every_error_is_a_problem_whatever_was_asked() {
    let server = Setup::sandbox(NOW).start().await;
    let key = format!("authorization: Bearer {}", harness::server::ADMIN_KEY);
    let json = "content-type: application/json";
    let with = |line: &str, more: &str| format!("{line} HTTP/1.1\r\n{key}{more}");
    let long = format!("/v1/{}", "a".repeat(4_000));
    let cases = [
        (with("GET /nothing", ""), 404, "route.unknown"),
        (with("GET //v1/me", ""), 404, "route.unknown"),
        (with("GET /v1/me/", ""), 404, "route.unknown"),
        (with(&format!("GET {long}"), ""), 404, "route.unknown"),
        (with("GET /v1/members/%FF%FE", ""), 404, "resource.not_found"),
        (with("GET /v1/members/%2e%2e%2fme", ""), 404, "resource.not_found"),
        (with("GET /v1/members/%zz", ""), 404, "resource.not_found"),
        (with("GET /v1/members?%FF=%FE", ""), 400, "query.unknown"),
        (with("GET /v1/campaigns/1/gates/nothing", ""), 404, "resource.not_found"),
        (with("POST /v1/me", ""), 405, "method.not_allowed"),
        (with("DELETE /docs/", ""), 405, "method.not_allowed"),
        (with("PUT /", ""), 405, "method.not_allowed"),
        (with("POST /livez", ""), 405, "method.not_allowed"),
        (with("OPTIONS /v1/me", ""), 405, "method.not_allowed"),
        (with("TRACE /v1/me", ""), 405, "method.not_allowed"),
        (with("BREW /v1/me", ""), 405, "method.not_allowed"),
        (with("OPTIONS /nothing", ""), 404, "route.unknown"),
        (with("POST /v1/members", "\r\ncontent-length: 0"), 415, "body.content_type"),
        (
            with("POST /v1/members", "\r\ncontent-type: text/plain\r\ncontent-length: 0"),
            415,
            "body.content_type",
        ),
        (
            with("POST /v1/members", &format!("\r\n{json}\r\ncontent-encoding: gzip\r\ncontent-length: 0")),
            415,
            "body.content_type",
        ),
        (with("POST /v1/members", &format!("\r\n{json}\r\ncontent-length: 0")), 400, "body.unreadable"),
        (with("POST /v1/members", &format!("\r\n{json}\r\ncontent-length: 9999999")), 413, "body.too_large"),
    ];
    let mut faults = Vec::new();
    for (head, status, code) in cases {
        let answer = send(server.admin.base(), &head).await;
        let line = head.lines().next().unwrap().chars().take(60).collect::<String>();
        let found = (answer.status, answer.body["code"].as_str().unwrap_or_default());
        if found != (status, code) || !answer.head.contains("content-type: application/problem+json") {
            faults.push(format!("{line}: {found:?} instead of {:?}\n{}", (status, code), answer.head));
        }
        if status == 405 && !answer.head.contains("\r\nallow: ") {
            faults.push(format!("{line}: no Allow"));
        }
        if !answer.head.contains("\r\nx-request-id: ") {
            faults.push(format!("{line}: no X-Request-Id"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let server = Setup::sandbox(NOW).start().await;
    let key = format!("authorization: Bearer {}", harness::server::ADMIN_KEY);
    for operation in Spec::committed().operations() {
        if operation.method != reqwest::Method::GET || operation.path.contains('{') {
            continue;
        }
        let head = send(server.admin.base(), &format!("HEAD {} HTTP/1.1\r\n{key}", operation.path)).await;
        let get = send(server.admin.base(), &format!("GET {} HTTP/1.1\r\n{key}", operation.path)).await;
        assert_eq!((head.status, &head.body), (get.status, &Value::Null), "{}", operation.path);
        let kind =
            |raw: &Raw| raw.head.lines().find(|line| line.starts_with("content-type")).map(str::to_owned);
        assert_eq!(kind(&head), kind(&get), "{}", operation.path);
    }
}
