//! The parts of a mail in order, written once as plain text and once as HTML.

use std::fmt::Write as _;

use domain::locale::Locale;

use crate::html::escaped;

/// Fits a phone and follows the reader's dark mode.
const HEAD: &str = "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
    <meta name=\"color-scheme\" content=\"light dark\">";
/// Colours are left to the reader's program, so that dark mode works everywhere.
const BODY: &str = "margin:0 auto;padding:16px;max-width:36em;line-height:1.6;font-family:system-ui,-apple-system,\
    'PingFang SC','Microsoft YaHei',sans-serif";

/// An item hangs by its dot.
const ITEM: &str = "margin:.3em 0;padding-left:1.2em;text-indent:-.8em";

/// A link that is to be pressed by a thumb.
const LINK: &str =
    "display:inline-block;padding:.7em 1.2em;border:2px solid;border-radius:.4em;font-weight:bold";

/// A heading is no larger than what stands below it.
const HEADING: &str = "font-size:1em;margin:1.6em 0 .2em;padding-top:.8em;border-top:1px solid #8888";

/// What stands in a mail, top down.
pub(super) struct Page {
    locale: Locale,
    parts: Vec<Part>,
}

enum Part {
    Heading(String),
    Sentence(String),
    Quote(String),
    Item(String),
    Fact { label: &'static str, value: String },
    Link { label: &'static str, address: String },
    Signature(&'static str),
    OptOut { label: &'static str, address: String },
}

impl Part {
    /// Whether the other part follows on the next line, without an empty one between.
    const fn goes_on_with(&self, next: &Self) -> bool {
        matches!((self, next), (Self::Fact { .. }, Self::Fact { .. }) | (Self::Item(_), Self::Item(_)))
    }
}

impl Page {
    pub(super) const fn new(locale: Locale) -> Self {
        Self { locale, parts: Vec::new() }
    }

    pub(super) fn say(&mut self, sentence: impl Into<String>) {
        self.parts.push(Part::Sentence(sentence.into()));
    }

    /// What the parts that follow are about.
    pub(super) fn head(&mut self, heading: String) {
        self.parts.push(Part::Heading(heading));
    }

    /// Somebody's own words.
    pub(super) fn quote(&mut self, words: &str) {
        self.parts.push(Part::Quote(words.to_owned()));
    }

    /// One of several things in a row.
    pub(super) fn item(&mut self, item: impl Into<String>) {
        self.parts.push(Part::Item(item.into()));
    }

    pub(super) fn fact(&mut self, label: &'static str, value: String) {
        self.parts.push(Part::Fact { label, value });
    }

    /// Where something can be done.
    pub(super) fn link(&mut self, label: &'static str, address: &str) {
        self.parts.push(Part::Link { label, address: address.to_owned() });
    }

    /// Where mails of the kind can be ended.
    pub(super) fn opt_out(&mut self, label: &'static str, address: &str) {
        self.parts.push(Part::OptOut { label, address: address.to_owned() });
    }

    pub(super) fn sign(&mut self, signature: &'static str) {
        self.parts.push(Part::Signature(signature));
    }

    const fn colon(&self) -> &'static str {
        match self.locale {
            Locale::En => ": ",
            Locale::ZhCn => "：",
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut before: Option<&Part> = None;
        for part in &self.parts {
            let goes_on = before.is_some_and(|before| before.goes_on_with(part));
            if !text.is_empty() {
                text.push_str(if goes_on { "\n" } else { "\n\n" });
            }
            before = Some(part);
            match part {
                Part::Heading(heading) => {
                    text.push_str("■ ");
                    text.push_str(heading);
                }
                Part::Sentence(sentence) => text.push_str(sentence),
                Part::Quote(words) => {
                    let lines: Vec<String> = words.lines().map(|line| format!("> {line}")).collect();
                    text.push_str(&lines.join("\n"));
                }
                Part::Item(item) => {
                    text.push_str("- ");
                    text.push_str(item);
                }
                Part::Fact { label, value } => {
                    text.push_str(label);
                    text.push_str(self.colon());
                    text.push_str(value);
                }
                // An address stands alone on its line, so that no program takes a mark after it for a part of it.
                Part::Link { label, address } | Part::OptOut { label, address } => {
                    text.push_str(label);
                    text.push_str(self.colon().trim_end());
                    text.push('\n');
                    text.push_str(address);
                }
                // What follows "-- " is known to be a signature.
                Part::Signature(signature) => {
                    text.push_str("-- \n");
                    text.push_str(signature);
                }
            }
        }
        text.push('\n');
        text
    }

    pub(super) fn html(&self) -> String {
        let lang = self.locale.tag();
        let mut html =
            format!("<!doctype html>\n<html lang=\"{lang}\"><head>{HEAD}</head><body style=\"{BODY}\">\n");
        for part in &self.parts {
            // Writing to a text does not fail.
            let _ = match part {
                Part::Heading(heading) => writeln!(html, "<h2 style=\"{HEADING}\">{}</h2>", escaped(heading)),
                Part::Sentence(sentence) => writeln!(html, "<p>{}</p>", escaped(sentence)),
                Part::Quote(words) => writeln!(html, "<blockquote>{}</blockquote>", escaped(words)),
                Part::Item(item) => writeln!(html, "<div style=\"{ITEM}\">• {}</div>", escaped(item)),
                Part::Fact { label, value } => {
                    writeln!(html, "<div>{label}{}<b>{}</b></div>", self.colon(), escaped(value))
                }
                Part::Link { label, address } => {
                    writeln!(html, "<p><a style=\"{LINK}\" href=\"{}\">{label}</a></p>", escaped(address))
                }
                Part::OptOut { label, address } => {
                    writeln!(html, "<p><small><a href=\"{}\">{label}</a></small></p>", escaped(address))
                }
                Part::Signature(signature) => writeln!(html, "<p><small>{signature}</small></p>"),
            };
        }
        html.push_str("</body></html>\n");
        html
    }
}
