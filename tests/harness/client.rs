//! A caller of the API who says what they expect, and shows the whole answer where it is another.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A caller with a key.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// A request that is being put together.
#[derive(Debug)]
pub struct Call {
    request: reqwest::RequestBuilder,
    what: String,
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Method and address of the request.
    pub what: String,
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body as text.
    pub text: String,
    /// Its body as JSON; `null` where it is none.
    pub body: Value,
}

impl Client {
    /// A caller without a key.
    pub fn new(base: impl Into<String>) -> Self {
        // Where an answer leads elsewhere, that is what tests look at.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.timeout(std::time::Duration::from_secs(60)).build().unwrap();
        Self { http, base: base.into(), key: None }
    }

    /// The same caller with this key.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self.clone() }
    }

    /// Where the service is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The key, if there is one.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// A request of any method without a body.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        Call { request, what: format!("{method} {path}") }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST` with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// `PUT` with a JSON body.
    pub fn put(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PUT, path).json(body)
    }

    /// `PATCH` with a merge patch.
    pub fn patch(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PATCH, path).raw("application/merge-patch+json", body.to_string())
    }
}

impl Call {
    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    /// With these bytes as body.
    #[must_use]
    pub fn raw(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let request = self.request.header("content-type", content_type).body(body.into());
        Self { request, what: self.what }
    }

    /// With a header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        Self { request: self.request.header(name, value), what: self.what }
    }

    /// Only if the thing still has this tag.
    #[must_use]
    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// Under an idempotency key.
    #[must_use]
    pub fn once(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends it; an error where no whole answer came.
    ///
    /// # Errors
    /// The connection broke, so nobody knows what the service did.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { what: self.what, status, headers, text, body })
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let what = self.what.clone();
        self.try_send().await.unwrap_or_else(|cause| panic!("{what}: no answer: {cause:?}"))
    }

    /// Sends it and expects this status.
    pub async fn expect(self, status: u16) -> Answer {
        let answer = self.send().await;
        assert_eq!(answer.status, status, "{answer}");
        answer
    }

    /// Sends it and expects a success.
    pub async fn ok(self) -> Answer {
        let answer = self.send().await;
        assert!((200..300).contains(&answer.status), "{answer}");
        answer
    }

    /// Sends it and expects a problem with this status and code.
    pub async fn refused(self, status: u16, code: &str) -> Answer {
        let answer = self.send().await;
        answer.is_problem(status, code);
        answer
    }
}

impl Answer {
    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The `ETag`.
    pub fn tag(&self) -> String {
        let tag = self.header("etag");
        assert!(!tag.is_empty(), "no ETag: {self}");
        tag.to_owned()
    }

    /// A text in the body, by RFC 6901 pointer.
    pub fn text_at(&self, pointer: &str) -> &str {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {pointer}: {self}"))
    }

    /// Checks that this is a whole problem of that status and code.
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{self}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        for member in ["type", "title", "detail", "instance", "request_id"] {
            let text = self.body[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{member} is missing: {self}");
        }
        assert_eq!(self.body["status"], status, "{self}");
        assert!(self.body["errors"].is_array(), "{self}");
        assert!(self.text_at("/type").ends_with(&format!("/problems/{code}")), "{self}");
    }

    /// Pointer and code of every error of a problem.
    pub fn errors(&self) -> Vec<(String, String)> {
        let errors = self.body["errors"].as_array().unwrap_or_else(|| panic!("no errors: {self}"));
        let text = |error: &Value, member: &str| error[member].as_str().unwrap().to_owned();
        errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let status = StatusCode::from_u16(self.status).unwrap();
        let end = self.text.char_indices().nth(3_000).map_or(self.text.len(), |(at, _)| at);
        write!(f, "{} → {status}\n{:#?}\n{}", self.what, self.headers, &self.text[..end])
    }
}
