//! How much memory a document would take, judged by its marks before anything is built: what is refused costs nothing.

use serde_json::Value;

/// Most bytes that a document of a usual body may take once it is read, and one of a body that carries a campaign. A
/// list of zeros takes 36 times what was sent; 200 products, each with 20 licences, 20 deliveries and 10 claims, take
/// two thirds.
const MOST: usize = 12 * 1024 * 1024;
const MOST_OF_CAMPAIGN: usize = 2 * MOST;
/// What is longer can only be a campaign.
const USUAL_BODY: usize = 1024 * 1024;

/// What a value takes where it stands.
const VALUE: usize = size_of::<Value>();
/// What a name takes beside its letters: its place, its hash and its index.
const NAME: usize = size_of::<String>() + 2 * size_of::<usize>();
/// What a text takes beside its letters, at least.
const TEXT: usize = 32;
/// Lists and objects make room for so many with the first.
const FIRST_ROOM: usize = 4;

/// Whether the document would take more memory than any that is wanted here.
pub(super) fn is_too_much(text: &str) -> bool {
    let most = if text.len() > USUAL_BODY { MOST_OF_CAMPAIGN } else { MOST };
    weight(text) > most
}

/// A little more than the document takes. What is no JSON has a weight that means nothing.
fn weight(text: &str) -> usize {
    let (mut weight, mut in_text, mut escaped) = (VALUE, false, false);
    for byte in text.bytes() {
        let is_mark = !in_text;
        match byte {
            _ if escaped => (weight, escaped) = (weight + 1, false),
            b'\\' if in_text => escaped = true,
            b'"' => (weight, in_text) = (weight + TEXT / 2, !in_text),
            b'[' if is_mark => weight += FIRST_ROOM * VALUE,
            b'{' if is_mark => weight += FIRST_ROOM * (NAME + VALUE),
            b',' if is_mark => weight += VALUE,
            b':' if is_mark => weight += NAME,
            _ => weight += usize::from(in_text),
        }
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(of: &str, count: usize) -> String {
        format!("[{}]", vec![of; count].join(","))
    }

    #[test]
    fn what_would_take_much_memory_is_too_much_whatever_it_is_made_of() {
        let members: Vec<String> = (0..90_000).map(|number| format!("\"{number}\":0")).collect();
        let object = format!("{{{}}}", members.join(","));
        for text in [list("0", 180_000), list("[0]", 40_000), list(r#"{"a":0}"#, 25_000), object] {
            assert!(text.len() < USUAL_BODY && is_too_much(&text), "{text:.40}");
        }
        assert!(is_too_much(&list("0", 4_000_000)));
        assert!(!is_too_much(&list("0", 160_000)));
    }

    #[test]
    fn marks_in_texts_weigh_as_letters() {
        let text = list(r#""[{,:\\\"[{,:""#, 10);
        assert_eq!(weight(&text), (1 + FIRST_ROOM + 9) * VALUE + 10 * (TEXT + 10));
        assert!(!is_too_much(&format!("\"{}\"", ",".repeat(1_000_000))));
    }

    #[test]
    fn the_largest_campaign_there_can_be_is_not_too_much() {
        let licence =
            r#"{"kind":"cosmetics_filing","number":"国妆1","valid_until_on":"2029-01-01","no_expiry":false}"#;
        let inbound = r#"{"quantity_units":1200,"arrives_at":"2027-03-18T10:00:00+08:00"}"#;
        let claim = format!(r#"{{"text":"{}","proof":"x"}}"#, "效".repeat(80));
        let fields = (0..30).map(|number| format!(r#""field_{number}":"{}""#, "字".repeat(20)));
        let product = format!(
            r#"{{{},"licences":{},"inbound":{},"claims":{}}}"#,
            fields.collect::<Vec<_>>().join(","),
            list(licence, 20),
            list(inbound, 20),
            list(&claim, 10)
        );
        let products = list(&product, 200);
        assert!(weight(&products) < MOST_OF_CAMPAIGN * 2 / 3, "{}", weight(&products));
        println!("{} bytes take {}", products.len(), weight(&products));
    }
}
