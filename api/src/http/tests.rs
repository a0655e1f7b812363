//! The frame around operations, over a real application on a database of its own.

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{self, TestRequest};
use actix_web::web::Data;
use serde_json::Value;

use crate::service::Service;

mod bodies;
mod connection;
mod links;
mod roles;
mod service;

use service::{Room, room};

/// An answer, read.
struct Answer {
    status: StatusCode,
    headers: header::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

async fn ask(room: &Room, request: TestRequest) -> Answer {
    let app = test::init_service(super::app(room.service.clone())).await;
    let response = app.call(request.to_request()).await.unwrap();
    read(response).await
}

async fn read<B: MessageBody>(response: ServiceResponse<B>) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: test::read_body(response).await.to_vec() }
}

fn get(room: &Room, uri: &str) -> TestRequest {
    TestRequest::get().uri(uri).insert_header((header::AUTHORIZATION, format!("Bearer {}", room.admin_key)))
}

#[actix_web::test]
async fn me_is_the_member_behind_the_key() {
    let room = room().await;
    let answer = ask(&room, get(&room, "/v1/me")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    let me = answer.json();
    assert_eq!((&me["role"], &me["actor"]["kind"]), (&"admin".into(), &"member".into()));
    assert_eq!(me["organization"]["name"], "default");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("vary").contains("Accept-Language"));
}

#[actix_web::test]
async fn without_a_key_that_works_nothing_is_told() {
    let room = room().await;
    let answer = ask(&room, TestRequest::get().uri("/v1/me")).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "auth.key_needed".into()));
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    for authorization in ["Bearer gr_wrong", "Bearer ", "Bearer \u{e9}"] {
        let request = TestRequest::get().uri("/v1/me").insert_header((header::AUTHORIZATION, authorization));
        let answer = ask(&room, request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization}");
    }
}

#[actix_web::test]
async fn a_problem_tells_who_asked_what_in_their_language() {
    let room = room().await;
    let request = get(&room, "/v1/playbooks/nothing").insert_header((header::ACCEPT_LANGUAGE, "zh-CN"));
    let answer = ask(&room, request.insert_header(("X-Request-Id", "mine-1"))).await;
    let problem = answer.json();
    assert_eq!(answer.code(), "resource.not_found");
    assert_eq!(problem["title"], "找不到该资源");
    assert_eq!(problem["instance"], "/v1/playbooks/nothing");
    assert_eq!(problem["request_id"], "mine-1");
    assert_eq!(problem["type"], "https://greenroom.example.com/problems/resource.not_found");
    assert_eq!((answer.header("x-request-id"), answer.header("content-language")), ("mine-1", "zh-CN"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_request_id_that_is_none_is_replaced() {
    let room = room().await;
    let answer = ask(&room, get(&room, "/livez").insert_header(("X-Request-Id", "a b"))).await;
    assert_eq!(answer.header("x-request-id").len(), 36);
    let long = "x".repeat(65);
    let answer = ask(&room, get(&room, "/livez").insert_header(("X-Request-Id", long.as_str()))).await;
    assert_eq!(answer.header("x-request-id").len(), 36);
}

#[actix_web::test]
async fn a_known_address_names_its_methods_and_an_unknown_one_is_404() {
    let room = room().await;
    for uri in ["/v1/playbooks/standard", "/livez", "/problems/route.unknown"] {
        let answer = ask(&room, TestRequest::default().method(Method::DELETE).uri(uri)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{uri}");
        assert_eq!((answer.code(), answer.header("allow")), ("method.not_allowed".into(), "GET, HEAD"));
    }
    for uri in ["/v1", "/v1/nothing", "/v1/me/", "/v1/playbooks/", "/v1/rules/a/b", "/problems/nothing.here"]
    {
        let answer = ask(&room, get(&room, uri)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
        answer.code();
    }
}

#[actix_web::test]
async fn head_is_get_without_its_body() {
    let room = room().await;
    let request = get(&room, "/v1/me").method(Method::HEAD);
    assert_eq!(ask(&room, request).await.status, StatusCode::OK);
}

#[actix_web::test]
async fn a_view_that_is_known_is_not_sent_again() {
    let room = room().await;
    let first = ask(&room, get(&room, "/v1/rules")).await;
    let tag = first.header("etag").to_owned();
    let again =
        ask(&room, get(&room, "/v1/rules").insert_header((header::IF_NONE_MATCH, tag.as_str()))).await;
    assert_eq!((again.status, again.header("etag")), (StatusCode::NOT_MODIFIED, tag.as_str()));
    assert!(again.body.is_empty());
    let other =
        ask(&room, get(&room, "/v1/rules?gate=goal").insert_header((header::IF_NONE_MATCH, tag.as_str())))
            .await;
    assert_eq!(other.status, StatusCode::OK);
}

#[actix_web::test]
async fn parameters_nobody_knows_are_refused() {
    let room = room().await;
    for (uri, code) in [
        ("/v1/rules?gat=goal", "query.unknown"),
        ("/v1/rules?gate=goal&gate=goal", "query.repeated"),
        ("/v1/rules?gate=gaol", "query.invalid"),
    ] {
        let answer = ask(&room, get(&room, uri)).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, code.into()), "{uri}");
    }
}

#[actix_web::test]
async fn the_catalogue_shows_every_rule_under_every_playbook() {
    let room = room().await;
    let rules = ask(&room, get(&room, "/v1/rules")).await.json();
    let rules = rules["data"].as_array().unwrap();
    assert_eq!(rules.len(), domain::evaluate::rules().count());
    let rule =
        rules.iter().find(|rule| rule["rule"] == "goal.gmv_adds_up").expect("a rule of the domain page");
    let standard =
        rule["playbooks"].as_array().unwrap().iter().find(|own| own["playbook"] == "standard@1").unwrap();
    assert_eq!(standard["severity"], "blocker");
    assert_eq!(standard["by_goal"]["brand"], "warning");
    assert_eq!(standard["parameters"]["goal.sum_tolerance_pct"], 10);
    for text in ["message", "fix"] {
        assert!(
            !rule[text]["en"].as_str().unwrap().is_empty() && !rule[text]["zh"].as_str().unwrap().is_empty()
        );
    }
    let one = ask(&room, get(&room, "/v1/rules/goal.gmv_adds_up")).await.json();
    assert_eq!(&one, rule);
}

#[actix_web::test]
async fn playbooks_are_read_by_key_and_by_reference() {
    let room = room().await;
    let list = ask(&room, get(&room, "/v1/playbooks")).await.json();
    let references: Vec<&str> =
        list["data"].as_array().unwrap().iter().map(|own| own["reference"].as_str().unwrap()).collect();
    assert_eq!(references, ["standard@1", "fast@1", "daily@1"]);
    assert_eq!(list["next_cursor"], Value::Null);
    let by_key = ask(&room, get(&room, "/v1/playbooks/daily")).await.json();
    let by_reference = ask(&room, get(&room, "/v1/playbooks/daily@1")).await.json();
    assert_eq!(by_key, by_reference);
    assert_eq!((&by_key["go_live_by"], &by_key["playbook"]["key"]), (&"operator".into(), &"daily".into()));
}

#[actix_web::test]
async fn every_problem_has_a_page_in_both_languages() {
    let room = room().await;
    for kind in super::problem_catalogue::ALL {
        let answer = ask(&room, TestRequest::get().uri(&format!("/problems/{}", kind.code))).await;
        let page = String::from_utf8(answer.body.clone()).unwrap();
        assert!(page.contains(kind.title.en) && page.contains(kind.advice.zh), "{}", kind.code);
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    }
}

#[actix_web::test]
async fn the_docs_are_served_from_the_binary() {
    let room = room().await;
    assert_eq!(ask(&room, TestRequest::get().uri("/docs")).await.header("location"), "/docs/");
    assert_eq!(ask(&room, TestRequest::get().uri("/")).await.header("location"), "/docs/");
    let page = ask(&room, TestRequest::get().uri("/docs/")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-encoding"), "", "nobody asked for it compressed");
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert_eq!(ask(&room, TestRequest::get().uri("/docs/nothing.js")).await.status, StatusCode::NOT_FOUND);
    let document = ask(&room, TestRequest::get().uri("/openapi.json")).await.json();
    assert_eq!(document["openapi"], "3.1.0");
}

/// The answer once the service says that it is not ready, which it looks at once a second.
async fn not_ready(room: &Room) -> Answer {
    let since = std::time::Instant::now();
    loop {
        let answer = ask(room, TestRequest::get().uri("/readyz")).await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            return answer;
        }
        assert!(since.elapsed() < std::time::Duration::from_secs(3), "still ready");
    }
}

#[actix_web::test]
async fn the_service_is_ready_while_its_database_answers() {
    let room = room().await;
    assert_eq!(ask(&room, TestRequest::get().uri("/readyz")).await.json()["status"], "ready");
    room.service.store.clone().close().await;
    let answer = not_ready(&room).await;
    assert_eq!(answer.code(), "service.unavailable");
    assert_ne!(answer.header("retry-after"), "");
    assert_eq!(ask(&room, TestRequest::get().uri("/livez")).await.status, StatusCode::OK);
    let answer = ask(&room, get(&room, "/v1/me")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}
