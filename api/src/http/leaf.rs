//! What pages for people without a key have in common: the answer, the form, and what is said when something fails.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use domain::Locale;
use futures_util::future::LocalBoxFuture;

use super::body::Sent;
use super::problem_catalogue as catalogue;
use crate::problem::Problem;
use crate::view::leaf::{Block, Leaf, Tone, policy};

/// What a browser sends of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// A page as an answer. It is nobody's but its reader's: it is kept nowhere, found by no search and framed by no other.
pub(super) fn page(status: StatusCode, leaf: &Leaf) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_LANGUAGE, leaf.locale.tag()))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .body(leaf.html())
}

/// Lets the browser get the page anew, so that going back or reloading sends nothing twice.
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// What stands on a page that has nothing to offer.
pub(super) fn nothing(locale: Locale, sandbox: bool, title: &str, text: &str) -> Leaf {
    let blocks = vec![Block::Note(Tone::Stop, text.to_owned())];
    Leaf { locale, sandbox, about: String::new(), title: title.to_owned(), blocks }
}

/// A problem as a page; machines get the same as `application/problem+json` elsewhere.
pub(super) fn failed(problem: &Problem, locale: Locale, sandbox: bool) -> HttpResponse {
    let leaf = nothing(locale, sandbox, problem.kind().title.to(locale), &problem.detail(locale));
    let mut response = page(problem.status(), &leaf);
    for (name, value) in problem.headers() {
        response.headers_mut().append(name.clone(), value.clone());
    }
    response
}

/// The fields of a form that our own page sent.
#[derive(Debug)]
pub(super) struct Sheet(Vec<(String, String)>);

impl Sheet {
    /// What was written into a field, its ends and line breaks made plain; nothing if nothing was.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let (_, text) = self.0.iter().find(|(field, _)| field == name)?;
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

impl FromRequest for Sheet {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_foreign = is_foreign(request.headers(), request.connection_info().host());
        let sent = Sent::of(request, payload, &[FORM], false);
        Box::pin(async move {
            if is_foreign {
                return Err(Problem::new(&catalogue::ORIGIN_FOREIGN));
            }
            let text = String::from_utf8(sent.await?.bytes);
            let text = text.map_err(|_not_utf8| Problem::new(&catalogue::BODY_UNREADABLE))?;
            let fields = web::Query::<Vec<(String, String)>>::from_query(&text);
            let fields = fields.map_err(|_unreadable| Problem::new(&catalogue::BODY_UNREADABLE))?;
            Ok(Self(fields.into_inner()))
        })
    }
}

/// Whether a form comes from a page of others. Our pages send no referrer, so that their origin is `null` in some browsers
/// and says nothing.
fn is_foreign(headers: &HeaderMap, host: &str) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let origin = header("origin").filter(|origin| *origin != "null");
    origin.is_some_and(|origin| origin.split_once("://").is_none_or(|(_, from)| from != host))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_form_of_others_is_told_from_ours() {
        for (name, value, foreign) in [
            ("sec-fetch-site", "same-origin", false),
            ("sec-fetch-site", "none", false),
            ("sec-fetch-site", "same-site", true),
            ("sec-fetch-site", "cross-site", true),
            ("origin", "null", false),
            ("origin", "https://room.example", false),
            ("origin", "http://room.example:8080", true),
            ("origin", "https://evil.example", true),
            ("origin", "room.example", true),
            ("referer", "https://evil.example", false),
        ] {
            let request = TestRequest::default().insert_header((name, value)).to_http_request();
            assert_eq!(is_foreign(request.headers(), "room.example"), foreign, "{name}: {value}");
        }
    }

    #[test]
    fn fields_are_read_as_people_meant_them() {
        let sheet = Sheet(vec![
            ("comment".to_owned(), " 第一行\r\n第二行 \n".to_owned()),
            ("verdict".to_owned(), "  ".to_owned()),
        ]);
        assert_eq!(sheet.field("comment").as_deref(), Some("第一行\n第二行"));
        assert_eq!(sheet.field("verdict"), None);
        assert_eq!(sheet.field("revision"), None);
    }
}
