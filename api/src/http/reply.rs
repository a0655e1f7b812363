//! Answers that are no errors, on their way out.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::etag;
use crate::reply::{CONTENT_TYPE, Reply};

/// The header that marks an answer as a repetition.
pub const REPLAYED: &str = "Idempotent-Replayed";

impl Reply {
    /// 200 with a view.
    pub fn ok(view: &impl Serialize) -> Self {
        Self::json(StatusCode::OK.as_u16(), view)
    }

    /// 201 with the view of what was made, and its address.
    pub fn created(location: &str, view: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED.as_u16(), view).with(header::LOCATION.as_str(), location)
    }

    /// With the version of what is shown, as its ETag.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        self.with(header::ETAG.as_str(), etag::of_version(version))
    }
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let Self { status, headers, body, is_secret, is_replay } = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        for (name, value) in &headers {
            response.append_header((name.as_str(), value.as_str()));
        }
        if is_secret {
            response.insert_header((header::CACHE_CONTROL, "no-store"));
        }
        if is_replay {
            response.insert_header((REPLAYED, "true"));
        }
        if body.is_empty() {
            return response.finish();
        }
        if !headers.iter().any(|(name, _)| name == CONTENT_TYPE) {
            response.insert_header((header::CONTENT_TYPE, "application/json"));
        }
        response.body(body)
    }
}
