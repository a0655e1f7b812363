//! Bodies of `POST`, with the key under which a request may be repeated without a second effect. The row that
//! remembers the first answer is written by [`crate::workflow::change`], with the effect.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::record::Record;
use futures_util::future::LocalBoxFuture;
use sha2::{Digest as _, Sha256};

use super::body::Sent;
use super::problem_catalogue as catalogue;
use crate::problem::Problem;
use crate::workflow::IdempotencyKey;

/// The header that carries the key.
pub const HEADER: &str = "Idempotency-Key";
/// Most characters of a key.
const MOST_CHARACTERS: usize = 255;

/// The body of a `POST`, and the key it came with. An empty body is an empty record where no field is required.
#[derive(Debug)]
pub struct Post<T> {
    /// What was sent.
    pub body: T,
    /// `Idempotency-Key` and the fingerprint of the request, for [`super::caller::Caller::request`].
    pub idempotency: Option<IdempotencyKey>,
}

impl<T: Record + 'static> FromRequest for Post<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = key(request);
        let address = [request.method().as_str(), request.path(), request.query_string()].map(str::to_owned);
        let sent = Sent::of_record::<T>(request, payload);
        Box::pin(async move {
            let key = key?;
            let sent = sent.await?;
            let idempotency =
                key.map(|key| IdempotencyKey { key, fingerprint: fingerprint(&address, &sent.bytes) });
            Ok(Self { body: sent.record()?, idempotency })
        })
    }
}

fn key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let malformed = || Problem::new(&catalogue::IDEMPOTENCY_KEY_MALFORMED);
    let mut headers = request.headers().get_all(HEADER);
    let Some(header) = headers.next() else { return Ok(None) };
    let bytes = header.as_bytes();
    let visible = (1..=MOST_CHARACTERS).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    if !visible || headers.next().is_some() {
        return Err(malformed());
    }
    let key = header.to_str().map_err(|_not_ascii| malformed())?;
    Ok(Some(key.to_owned()))
}

/// SHA-256 over method, path, query and body, each after its length.
fn fingerprint(address: &[String; 3], body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in address.iter().map(String::as_bytes).chain([body]) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(keys: &[&str]) -> Result<Option<String>, &'static str> {
        let request =
            keys.iter().fold(TestRequest::post(), |request, key| request.append_header((HEADER, *key)));
        key(&request.to_http_request()).map_err(|problem| problem.kind().code)
    }

    #[test]
    fn a_key_is_1_to_255_visible_characters_once() {
        let longest = "k".repeat(255);
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["a-1"]), Ok(Some("a-1".into())));
        assert_eq!(read(&[&longest]), Ok(Some(longest.clone())));
        for keys in [&[""][..], &["a b"], &["é"], &["a", "a"], &[&format!("{longest}k")]] {
            assert_eq!(read(keys), Err("idempotency.key_malformed"), "{keys:?}");
        }
    }

    #[test]
    fn the_fingerprint_tells_requests_apart() {
        let address = |path: &str, query: &str| ["POST".to_owned(), path.to_owned(), query.to_owned()];
        let first = fingerprint(&address("/v1/members", ""), b"{}");
        assert_eq!(first, fingerprint(&address("/v1/members", ""), b"{}"));
        assert_ne!(first, fingerprint(&address("/v1/members", ""), b"{ }"));
        assert_ne!(first, fingerprint(&address("/v1/member", "s"), b"{}"));
        assert_ne!(first, fingerprint(&address("/v1/members", "a=1"), b"{}"));
    }
}
