//! Versions as `ETag` headers: what a read shows and a write must bring back. Views that depend on time or caller get
//! an ETag of their bytes instead, which only saves a transfer.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use domain::command::Expected;
use sha2::{Digest as _, Sha256};

use super::problem_catalogue as catalogue;
use crate::problem::Problem;

/// The version that `If-Match` names; without one, writing is refused.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Expected);

/// A version no record ever has: what an ETag that is not ours stands for.
const NO_VERSION: i64 = -1;

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut headers = request.headers().get_all(header::IF_MATCH);
        ready(match (headers.next(), headers.next()) {
            (None, _) => Err(Problem::new(&catalogue::IF_MATCH_NEEDED)),
            (Some(header), None) => header
                .to_str()
                .ok()
                .and_then(expected)
                .map(Self)
                .ok_or_else(|| Problem::new(&catalogue::IF_MATCH_MALFORMED)),
            (Some(_), Some(_)) => Err(Problem::new(&catalogue::IF_MATCH_MALFORMED)),
        })
    }
}

/// Reads one ETag or `*`. A proxy that compresses may have made the tag weak; a version is exact all the same.
fn expected(text: &str) -> Option<Expected> {
    let text = text.trim();
    if text == "*" {
        return Some(Expected::Any);
    }
    let text = text.strip_prefix("W/").unwrap_or(text);
    let tag = text.strip_prefix('"')?.strip_suffix('"')?;
    let well_formed = !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    let version = tag.parse().ok().filter(|version: &i64| version.to_string() == tag && *version >= 0);
    well_formed.then(|| Expected::Version(version.unwrap_or(NO_VERSION)))
}

/// The ETag of a version.
pub fn of_version(version: i64) -> String {
    format!("\"{version}\"")
}

/// Gives every view an ETag of its bytes, unless it carries its version, and answers 304 where the caller has it.
///
/// # Errors
/// What the inner service fails with.
pub async fn spare_repetition(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_view = request.method() == Method::GET && request.path().starts_with("/v1/");
    let response = next.call(request).await?;
    if !is_view || response.status() != StatusCode::OK || response.headers().contains_key(header::ETAG) {
        return Ok(response.map_into_boxed_body());
    }
    let known = response.request().headers().get(header::IF_NONE_MATCH).cloned();
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(stream) => {
            return Ok(ServiceResponse::new(request, response.set_body(stream).map_into_boxed_body()));
        }
    };
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&bytes)[..16]));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    if known.is_some_and(|known| names(&known, &tag)) {
        let mut spared = HttpResponse::NotModified();
        for name in [header::ETAG, header::VARY, header::CACHE_CONTROL] {
            if let Some(value) = response.headers().get(&name) {
                spared.insert_header((name, value.clone()));
            }
        }
        return Ok(ServiceResponse::new(request, spared.finish()));
    }
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(bytes))))
}

fn names(header: &HeaderValue, tag: &str) -> bool {
    let Ok(text) = header.to_str() else { return false };
    text.split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_names_a_version_or_anything() {
        assert_eq!(expected("\"3\""), Some(Expected::Version(3)));
        assert_eq!(expected(" W/\"3\" "), Some(Expected::Version(3)));
        assert_eq!(expected("*"), Some(Expected::Any));
        assert_eq!(expected(&of_version(12)), Some(Expected::Version(12)));
    }

    #[test]
    fn a_tag_that_is_not_ours_fits_no_version() {
        for tag in ["\"abc\"", "\"03\"", "\"-1\"", "\"99999999999999999999\""] {
            assert_eq!(expected(tag), Some(Expected::Version(NO_VERSION)), "{tag}");
        }
    }

    #[test]
    fn what_is_no_tag_is_malformed() {
        for text in ["3", "", "\"", "\"\"", "\"1\", \"2\"", "\"1 2\"", "W/3"] {
            assert_eq!(expected(text), None, "{text}");
        }
    }
}
