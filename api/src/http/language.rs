//! Which of our languages a request asks for.

use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use domain::Locale;

/// Language of the member who asks; kept with the request by the one who knows them.
#[derive(Copy, Clone, Debug)]
pub struct OwnLanguage(pub Locale);

/// The language to answer in: what `Accept-Language` prefers, else the member's own, else English.
pub fn locale_of(request: &HttpRequest) -> Locale {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    header
        .and_then(preferred)
        .or_else(|| request.extensions().get::<OwnLanguage>().map(|own| own.0))
        .unwrap_or_default()
}

/// The first of our languages with the highest weight.
fn preferred(header: &str) -> Option<Locale> {
    let mut best: Option<(u16, Locale)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';');
        let locale = parts.next().and_then(|tag| Locale::of_tag(tag.trim()));
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), thousandths);
        if let (Some(locale), Some(weight)) = (locale, weight)
            && weight > best.map_or(0, |(most, _)| most)
        {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// A weight such as `0.85`, in thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let decimals = format!("{decimals:0<3}");
    let fits = decimals.len() == 3 && (whole == "0" || whole == "1");
    format!("{whole}{decimals}").parse().ok().filter(|thousandths| fits && *thousandths <= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_highest_weight_that_we_speak_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Locale::ZhCn)),
            ("en;q=0.7, zh-Hans-CN;q=0.75", Some(Locale::ZhCn)),
            ("fr, en-GB;q=0.5", Some(Locale::En)),
            ("fr;q=1, de", None),
            ("zh;q=0, en;q=0.1", Some(Locale::En)),
            ("zh;q=2, en;q=0.1", Some(Locale::En)),
            ("en, zh", Some(Locale::En)),
            ("", None),
        ] {
            assert_eq!(preferred(header), expected, "{header}");
        }
    }
}
