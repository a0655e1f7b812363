//! Bodies over a real application: what is read, what is refused, and as what.

use actix_web::App;
use actix_web::middleware::from_fn;
use actix_web::web;
use domain::command::Expected;
use domain::record;
use domain::scalar::{Int, Text};
use serde_json::json;

use super::*;
use crate::http::body::{Body, Document, Merge, Patch};
use crate::http::etag::IfMatch;
use crate::http::idempotency::Post;
use crate::http::request_id;
use crate::reply::Reply;

record! {
    /// A thing.
    pub struct Thing {
        /// Its name.
        name: Text<5>, yes, "Name", "名称";
        /// Its size.
        size: Int<0, 9>, no, "Size", "大小";
    }

    /// A remark.
    pub struct Remark {
        /// What is said.
        comment: Text<20>, no, "Comment", "说明";
    }
}

async fn put(version: IfMatch, body: Body<Thing>) -> Reply {
    Reply::ok(&json!({"name": body.0.name.as_deref(), "any": version.0 == Expected::Any}))
}

async fn post(post: Post<Remark>) -> Reply {
    let key = post.idempotency.map(|key| (key.key, key.fingerprint));
    Reply::ok(&json!({"comment": post.body.comment.as_deref(), "key": key}))
}

async fn patch(patch: Patch) -> Reply {
    Reply::ok(&format!("{:?}", patch.0))
}

async fn merge(merge: Merge) -> Reply {
    Reply::ok(&merge.0)
}

async fn document(document: Document) -> Reply {
    Reply::ok(&document.0)
}

async fn send(request: TestRequest) -> Answer {
    let room = room().await;
    let app = App::new()
        .app_data(room.service.clone())
        .route("/thing", web::put().to(put))
        .route("/thing", web::post().to(post))
        .route("/thing", web::patch().to(patch))
        .route("/merge", web::patch().to(merge))
        .route("/v1/campaigns", web::post().to(document))
        .wrap(from_fn(request_id::frame));
    let app = test::init_service(app).await;
    read(app.call(request.to_request()).await.unwrap()).await
}

fn json_of(request: TestRequest, body: &str) -> TestRequest {
    request.insert_header((header::CONTENT_TYPE, "application/json")).set_payload(body.to_owned())
}

fn thing(body: &str) -> TestRequest {
    json_of(TestRequest::put().uri("/thing").insert_header((header::IF_MATCH, "*")), body)
}

#[actix_web::test]
async fn a_record_is_read_and_its_faults_are_all_told() {
    assert_eq!(send(thing(r#"{"name": " a "}"#)).await.json(), json!({"name": "a", "any": true}));
    let answer = send(thing(r#"{"name": "too long", "size": 10}"#)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "request.invalid".into()));
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 2);
    let answer = send(thing(r#"{"size": 1}"#)).await;
    assert_eq!(answer.json()["errors"][0]["pointer"], "/name");
    let answer = send(thing(r#"{"nmae": "a"}"#)).await;
    assert!(answer.json()["errors"][0]["detail"].as_str().unwrap().contains("name"));
}

#[actix_web::test]
async fn what_cannot_be_read_is_told_apart() {
    for (body, status, code) in [
        ("{", 400, "body.unreadable"),
        ("", 400, "body.unreadable"),
        ("[]", 422, "request.invalid"),
        (r#"{"name":"a","name":"b"}"#, 422, "field.repeated"),
        (r#"{"name":"\u0000"}"#, 422, "text.forbidden_character"),
    ] {
        let answer = send(thing(body)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code.into()), "{body}");
    }
}

#[actix_web::test]
async fn the_content_type_must_be_right() {
    let with =
        |name: &'static str, value: &'static str| thing("{\"name\":\"a\"}").insert_header((name, value));
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-type", "application/merge-patch+json"),
        ("content-type", "application/json; charset=gbk"),
        ("content-encoding", "gzip"),
    ] {
        let answer = send(with(name, value)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (415, "body.content_type".into()), "{value}");
    }
    let answer =
        send(TestRequest::put().uri("/thing").insert_header((header::IF_MATCH, "*")).set_payload("{}")).await;
    assert_eq!(answer.status.as_u16(), 415);
    assert_eq!(
        send(with("content-type", "Application/JSON; charset=\"UTF-8\"")).await.status,
        StatusCode::OK
    );
}

#[actix_web::test]
async fn a_body_over_the_limit_of_its_operation_is_cut() {
    let text = |mebibytes: usize| format!("\"{}\"", "x".repeat(mebibytes * 1024 * 1024 - 2));
    let answer = send(thing(&(text(1) + " "))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "body.too_large".into()));
    assert_eq!(send(thing(&text(1))).await.status.as_u16(), 422);
    let campaign = |body: &str| json_of(TestRequest::post().uri("/v1/campaigns"), body);
    assert_eq!(send(campaign(&text(8))).await.status.as_u16(), 200);
    assert_eq!(send(campaign(&(text(8) + " "))).await.status.as_u16(), 413);
}

#[actix_web::test]
async fn a_post_without_required_fields_needs_no_body() {
    let bare = TestRequest::post().uri("/thing");
    assert_eq!(send(bare).await.json(), json!({"comment": null, "key": null}));
    let answer = send(json_of(TestRequest::post().uri("/thing"), r#"{"comment": "yes"}"#)).await;
    assert_eq!(answer.json()["comment"], "yes");
    assert_eq!(send(TestRequest::post().uri("/thing").set_payload("{}")).await.status.as_u16(), 415);
}

#[actix_web::test]
async fn the_idempotency_key_comes_with_the_fingerprint_of_its_request() {
    let keyed = |body: &str| {
        json_of(TestRequest::post().uri("/thing").insert_header(("Idempotency-Key", "k-1")), body)
    };
    let (one, same, other) = (send(keyed("{}")).await, send(keyed("{}")).await, send(keyed("{ }")).await);
    assert_eq!(one.json()["key"][0], "k-1");
    assert_eq!(one.json()["key"], same.json()["key"]);
    assert_ne!(one.json()["key"], other.json()["key"]);
    let answer = send(TestRequest::post().uri("/thing").insert_header(("Idempotency-Key", "a b"))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "idempotency.key_malformed".into()));
}

#[actix_web::test]
async fn a_write_without_the_version_it_saw_is_refused() {
    let without = json_of(TestRequest::put().uri("/thing"), r#"{"name": "a"}"#);
    let answer = send(without).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (428, "version.if_match_needed".into()));
    let answer = send(thing("{}").insert_header((header::IF_MATCH, "three"))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "version.if_match_malformed".into()));
}

#[actix_web::test]
async fn a_change_is_a_merge_patch_or_a_list_of_operations() {
    let patch = |kind: &'static str, body: &str| {
        json_of(TestRequest::patch().uri("/thing"), body).insert_header((header::CONTENT_TYPE, kind))
    };
    let said = |answer: Answer| answer.json().as_str().unwrap_or_default().to_owned();
    assert!(said(send(patch("application/merge-patch+json", r#"{"a":null}"#)).await).starts_with("Merge"));
    assert!(said(send(patch("application/json", r#"{"a":1}"#)).await).starts_with("Merge"));
    let operations = r#"[{"op":"replace","path":"/a","value":1}]"#;
    assert!(said(send(patch("application/json-patch+json", operations)).await).starts_with("Patch"));
    let answer = send(patch("application/json-patch+json", r#"[{"op":"jump"}]"#)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "patch.failed".into()));
    assert_eq!(send(patch("application/json-patch+json", "{}")).await.status.as_u16(), 422);
    assert_eq!(send(json_of(TestRequest::patch().uri("/merge"), "[]")).await.status.as_u16(), 422);
    assert_eq!(
        send(json_of(TestRequest::patch().uri("/merge"), r#"{"a":null}"#)).await.json(),
        json!({"a": null})
    );
}
