//! The headers that answers carry, described once.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Header, HeaderBuilder, Ref, RefOr, Response};

/// Id of the request.
pub(in crate::http) const REQUEST_ID: &str = "X-Request-Id";
/// Version, or digest of the bytes.
pub(in crate::http) const ETAG: &str = "ETag";
/// Address of what was made.
pub(in crate::http) const LOCATION: &str = "Location";
/// The next page.
pub(in crate::http) const LINK: &str = "Link";
/// Marks a repetition.
pub(in crate::http) const REPLAYED: &str = crate::http::reply::REPLAYED;
/// When to try again.
pub(in crate::http) const RETRY_AFTER: &str = "Retry-After";
/// The methods of the address.
pub(in crate::http) const ALLOW: &str = "Allow";
/// How to prove who one is.
pub(in crate::http) const WWW_AUTHENTICATE: &str = "WWW-Authenticate";

/// Says that a response carries a header.
pub(in crate::http) fn add(name: &str, response: &mut Response) {
    let reference = Ref::new(format!("#/components/headers/{name}"));
    response.headers.insert(name.to_owned(), RefOr::Ref(reference));
}

/// Every header by its name.
pub(super) fn shared() -> BTreeMap<String, RefOr<Header>> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let uri = || text().format(Some(SchemaFormat::Custom("uri-reference".to_owned())));
    let header = |name: &str, doc: &str, schema: ObjectBuilder| {
        let header = HeaderBuilder::new().description(Some(doc)).schema(Some(schema)).build();
        (name.to_owned(), RefOr::T(header))
    };
    let tag = text().pattern(Some(r#"^(?:W/)?"[^"]*"$"#)).examples(["\"3\""]);
    BTreeMap::from([
        header(
            REQUEST_ID,
            "Id of the request: yours, if you sent one of at most 64 visible ASCII characters.",
            text().min_length(Some(1)).max_length(Some(64)),
        ),
        header(
            ETAG,
            "The version of a campaign or content, for `If-Match`; of other views a digest of their bytes, for \
             `If-None-Match`. Weak where the answer was compressed. With 412 the version that stands now.",
            tag,
        ),
        header(
            LOCATION,
            "Address of what was made.",
            uri().examples(["/v1/members/01938f6e-9f4b-7c3a-8e57-0c6f3f6a4b1d"]),
        ),
        header(
            LINK,
            "The next page (RFC 8288, `rel=\"next\"`); absent on the last.",
            text().examples(["</v1/members?limit=50&cursor=eyJ…>; rel=\"next\""]),
        ),
        header(
            REPLAYED,
            "`true` where this is the first answer again, given to a repeated `Idempotency-Key`; else absent.",
            text().enum_values(Some(["true"])),
        ),
        header(
            RETRY_AFTER,
            "Seconds to wait. With 409 only where `code` is `idempotency.key_in_flight`.",
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).examples([2]),
        ),
        header(ALLOW, "The methods this address has.", text().examples(["GET, PATCH, HEAD"])),
        header(WWW_AUTHENTICATE, "How to prove who you are: `Bearer`.", text().examples(["Bearer"])),
    ])
}
