//! What a request was answered, in a form that can be kept for its idempotency key and given again.

use serde::Serialize;

use crate::failure::Failure;

/// The header that names the media type of a body that is not JSON.
pub const CONTENT_TYPE: &str = "content-type";

/// A finished answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Further headers, such as `Location` and `ETag`.
    pub headers: Vec<(String, String)>,
    /// JSON, or what the header `Content-Type` says; empty for 204.
    pub body: Vec<u8>,
    /// Whether the body shows a secret, so that it is kept encrypted.
    pub is_secret: bool,
    /// Whether this is the first answer given again.
    pub is_replay: bool,
}

impl Reply {
    /// An answer with a body.
    #[must_use]
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        // Views are plain data; serialising them cannot fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, headers: Vec::new(), body, is_secret: false, is_replay: false }
    }

    /// 200 with a text of this media type.
    #[must_use]
    pub fn text(media_type: &str, body: String) -> Self {
        let headers = vec![(CONTENT_TYPE.to_owned(), media_type.to_owned())];
        Self { status: 200, headers, body: body.into_bytes(), is_secret: false, is_replay: false }
    }

    /// 204.
    #[must_use]
    pub const fn empty() -> Self {
        Self { status: 204, headers: Vec::new(), body: Vec::new(), is_secret: false, is_replay: false }
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Its body shows a secret.
    #[must_use]
    pub fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }
}

/// What became of a change.
pub type Answer = Result<Reply, Failure>;
