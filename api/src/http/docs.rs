//! What explains the service: the OpenAPI document, a page to try it, and a page for every problem. All of it is
//! in the binary; nothing is fetched from elsewhere.

use std::sync::{Arc, LazyLock};

use actix_web::http::header;
use actix_web::web::{Path, Redirect};
use actix_web::{HttpResponse, get};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use utoipa_swagger_ui::Config;

use super::document::contract;
use super::problem_catalogue::{self as catalogue, Kind};
use super::refusals::Public;
use crate::problem::Problem;

/// What the page to try the service may load: itself. Its widgets set styles on elements.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                           img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'none'";

/// Looks of a problem's page.
const STYLE: &str = "body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem}\
                     code{background:#f2f2f2;padding:.1rem .3rem}h2{margin-top:2rem}\
                     table{border-collapse:collapse}td{padding:.2rem 1rem .2rem 0;vertical-align:top}";

/// The OpenAPI document.
///
/// The contract of this release as OpenAPI 3.1, the same that `greenroom openapi` prints.
#[utoipa::path(tag = "service", responses(
    (status = 200, description = "The document.", body = Map<String, Value>, example = json!({"openapi": "3.1.0"})),
    Public
))]
#[get("/openapi.json")]
pub(super) async fn read_openapi() -> HttpResponse {
    let json = contract().json.as_str();
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(json)
}

/// Who opens the service in a browser finds the page that explains it.
#[get("/")]
pub(super) async fn redirect_home() -> Redirect {
    Redirect::to("/docs/").see_other()
}

/// The slash makes the page's own addresses right.
#[get("/docs")]
pub(super) async fn redirect_to_docs() -> Redirect {
    Redirect::to("/docs/").permanent()
}

#[get("/docs/{file:.*}")]
pub(super) async fn read_docs(file: Path<String>) -> Result<HttpResponse, Problem> {
    static CONFIG: LazyLock<Arc<Config<'static>>> =
        LazyLock::new(|| Arc::new(Config::from("/openapi.json").validator_url("none")));
    let found =
        utoipa_swagger_ui::serve(&file, Arc::clone(&CONFIG)).map_err(|error| Problem::internal(&error))?;
    let found = found.ok_or_else(|| Problem::new(&catalogue::ROUTE_UNKNOWN))?;
    let mut response = HttpResponse::Ok();
    if found.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    response
        .insert_header((header::CONTENT_TYPE, found.content_type))
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.body(found.bytes.into_owned()))
}

/// Which problem.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ProblemPath {
    /// Its code.
    #[param(min_length = 1, max_length = 80, example = "gate.own_approval")]
    pub code: String,
}

/// Explain a problem.
///
/// The page behind the `type` of every problem: what it means and what to do, in English and Chinese.
#[utoipa::path(tag = "service", params(ProblemPath), responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html", example = "<!doctype html>…"),
    Public
))]
#[get("/problems/{code}")]
pub(super) async fn read_problem(path: Path<ProblemPath>) -> Result<HttpResponse, Problem> {
    let kind = Kind::of_code(&path.code).ok_or_else(unknown_code)?;
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy =
        format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, "max-age=3600"))
        .body(page(kind)))
}

fn unknown_code() -> Problem {
    let en = "There is no problem with this code; /openapi.json lists every code under components/responses.";
    let zh = "没有此错误代码；/openapi.json 的 components/responses 列出了所有代码。";
    Problem::saying(&catalogue::NOT_FOUND, en, zh)
}

/// The texts are the catalogue's own, so nothing has to be escaped.
fn page(kind: &Kind) -> String {
    let Kind { code, status, title, advice } = kind;
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{code} · Greenroom</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\n<body>\n\
         <h1>{}</h1>\n<table><tr><td>Code</td><td><code>{code}</code></td></tr>\
         <tr><td>HTTP</td><td>{status}</td></tr></table>\n<p>{}</p>\n\
         <section lang=\"zh-CN\"><h2>{}</h2><p>{}</p></section>\n</body></html>\n",
        title.en, advice.en, title.zh, advice.zh
    )
}
