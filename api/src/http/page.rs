//! Lists in pages: limit, cursor, and the link to the next page. Cursors are signed for their organization and
//! list, so that a forged one, or another organization's, is refused.

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::OrganizationId;
use domain::scalar::{Int, Text};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{Array, ArrayBuilder};

use super::problem_catalogue as catalogue;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::secret::Secrets;
use crate::store::{Cursor, Listed, Page};

/// How many rows a page has where nothing is asked for.
const USUAL_LIMIT: i64 = 50;

/// The parameter `limit` of every list.
pub type Limit = Int<1, 200>;

/// The parameter `cursor` of every list.
pub type CursorText = Text<2000>;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Paged<T> {
    /// The rows.
    #[schema(schema_with = rows::<T>)]
    pub data: Vec<T>,
    /// What to send as `cursor` for the next page; `null` on the last.
    #[schema(required, example = json!(null))]
    pub next_cursor: Option<String>,
}

/// Names the row's schema, which otherwise is repeated in the page's and is another type to clients.
fn rows<T: ToSchema>() -> Array {
    let rows = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
    rows.description(Some("The rows.")).build()
}

impl<T> Paged<T> {
    /// A list that is so short that its first page is its last.
    pub fn all(rows: impl Iterator<Item = T>) -> Self {
        Self { data: rows.collect(), next_cursor: None }
    }
}

/// One list of one organization, in one order; cursors are good for nothing else.
#[derive(Copy, Clone, Debug)]
pub struct List<'l> {
    /// Whose list it is.
    pub org: OrganizationId,
    /// What is listed and how it is sorted; the same text the store's finder gives its cursors.
    pub order: &'l str,
}

impl List<'_> {
    /// The page that is asked for.
    ///
    /// # Errors
    /// `cursor.invalid`.
    pub fn page(
        &self,
        secrets: &Secrets,
        limit: Option<Limit>,
        cursor: Option<&CursorText>,
    ) -> Result<Page, Problem> {
        let after = cursor.map(|cursor| self.open(secrets, cursor.as_str())).transpose()?;
        let limit = limit.map_or(USUAL_LIMIT, Limit::get);
        Ok(Page { after, limit: u64::try_from(limit).unwrap_or_default() })
    }

    /// The answer to a request for a page, each row shown by `view`.
    pub fn reply<R, V: Serialize>(
        &self,
        request: &HttpRequest,
        secrets: &Secrets,
        listed: Listed<R>,
        view: impl FnMut(R) -> V,
    ) -> Reply {
        let next_cursor = listed.next.map(|next| self.seal(secrets, &next));
        let link = next_cursor.as_ref().map(|cursor| next_link(request, cursor));
        let reply = Reply::ok(&Paged { data: listed.items.into_iter().map(view).collect(), next_cursor });
        match link {
            Some(link) => reply.with(header::LINK.as_str(), link),
            None => reply,
        }
    }

    fn seal(&self, secrets: &Secrets, cursor: &Cursor) -> String {
        let text = cursor.write();
        let signature = secrets.sign(&self.signed(&text));
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn open(&self, secrets: &Secrets, sealed: &str) -> Result<Cursor, Problem> {
        let opened = sealed.split_once('.').and_then(|(text, signature)| {
            let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
            let genuine = secrets.is_signed(&self.signed(text), &signature);
            if genuine { Cursor::read(text, self.order) } else { None }
        });
        opened.ok_or_else(|| Problem::new(&catalogue::CURSOR_INVALID).at("/cursor"))
    }

    fn signed<'s>(&'s self, text: &'s str) -> [&'s [u8]; 4] {
        [b"cursor", self.org.0.as_bytes(), self.order.as_bytes(), text.as_bytes()]
    }
}

/// `Link: …; rel="next"`: the same request with the next cursor.
fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let asked = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let asked = asked.map(web::Query::into_inner).unwrap_or_default();
    let kept = asked.into_iter().filter(|(name, _)| name != "cursor");
    let query: Vec<String> = kept
        .chain([("cursor".to_owned(), cursor.to_owned())])
        .map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)))
        .collect();
    format!("<{}?{}>; rel=\"next\"", request.path(), query.join("&"))
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use uuid::Uuid;

    use super::*;

    const LIST: List<'_> = List { org: OrganizationId(Uuid::from_u128(1)), order: "members" };

    fn secrets() -> Secrets {
        Secrets::new(&[1; 32])
    }

    fn cursor() -> Cursor {
        Cursor::new("members", "安娜", Uuid::from_u128(7))
    }

    #[test]
    fn a_cursor_comes_back_only_to_its_own_list() {
        let sealed = LIST.seal(&secrets(), &cursor());
        assert_eq!(LIST.open(&secrets(), &sealed).unwrap(), cursor());
        let elsewhere = List { org: OrganizationId(Uuid::from_u128(2)), ..LIST };
        let sorted_otherwise = List { order: "campaigns", ..LIST };
        for list in [elsewhere, sorted_otherwise] {
            assert_eq!(list.open(&secrets(), &sealed).unwrap_err().kind().code, "cursor.invalid");
        }
        assert!(LIST.open(&Secrets::new(&[2; 32]), &sealed).is_err());
    }

    #[test]
    fn a_forged_cursor_is_refused() {
        let sealed = LIST.seal(&secrets(), &cursor());
        for forged in ["", "x", ".", &cursor().write(), &sealed[1..], &sealed[..sealed.len() - 1]] {
            assert_eq!(LIST.open(&secrets(), forged).unwrap_err().kind().code, "cursor.invalid", "{forged}");
        }
    }

    #[test]
    fn the_next_link_keeps_the_other_parameters() {
        let request = TestRequest::with_uri("/v1/members?cursor=old&q=a%26b+c&limit=2").to_http_request();
        let expected = "</v1/members?q=a%26b%20c&limit=2&cursor=new>; rel=\"next\"";
        assert_eq!(next_link(&request, "new"), expected);
    }
}
