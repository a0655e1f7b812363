//! A small page for somebody who has no key: what a link in a mail leads to. No script, no address of others, no style of
//! an element; it reads well on a phone, in a dark room and in the browser of a chat.

use std::fmt::{Result, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Locale;
use domain::locale::both;
use sha2::{Digest as _, Sha256};

use super::run_sheet::{SumTable, sum_table};
use crate::html::escaped;

/// Looks of the page.
const STYLE: &str = include_str!("leaf.css");

/// A page.
#[derive(Debug)]
pub struct Leaf {
    /// The reader's language.
    pub locale: Locale,
    /// Whether domain time is a sandbox's.
    pub sandbox: bool,
    /// What stands above the title, such as the campaign.
    pub about: String,
    /// The title.
    pub title: String,
    /// What follows, top down.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug)]
pub enum Block {
    /// What is to be seen first.
    Note(Tone, String),
    /// A paragraph.
    Text(String),
    /// What the following parts are about.
    Heading(&'static str),
    /// Somebody's own words.
    Quote(String),
    /// Things by name.
    Facts(Vec<(&'static str, String)>),
    /// A table.
    Table(SumTable),
    /// Sentences one below the other; those that are marked stand out.
    List(Vec<(bool, String)>),
    /// What the reader can send.
    Form(Form),
}

/// How a note sounds.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something is done or in order.
    Good,
    /// It is the reader's turn.
    Turn,
    /// Something stands in the way.
    Stop,
}

/// What the reader can send.
#[derive(Debug, Default)]
pub struct Form {
    /// Where to, relative to the request's address; to that address if it is empty.
    pub action: String,
    /// What goes along unseen.
    pub hidden: Vec<(&'static str, String)>,
    /// What is typed.
    pub field: Option<Field>,
    /// What is pressed.
    pub buttons: Vec<Button>,
}

/// What is typed.
#[derive(Debug)]
pub enum Field {
    /// A few lines.
    Lines {
        /// Its name.
        name: &'static str,
        /// What people call it.
        label: &'static str,
        /// Most characters.
        most: usize,
    },
    /// A code of six digits.
    Code {
        /// Its name.
        name: &'static str,
        /// What people call it.
        label: &'static str,
    },
}

/// What is pressed.
#[derive(Debug)]
pub struct Button {
    /// What stands on it.
    pub label: &'static str,
    /// Name and value that are sent with it.
    pub sends: Option<(&'static str, &'static str)>,
    /// How it looks.
    pub weight: Weight,
}

/// How a button looks.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As what people usually press.
    Usual,
    /// As what they may press instead.
    Other,
}

/// What the page may load and where its forms may go: its own style, and back to us.
#[must_use]
pub fn policy() -> String {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

impl Leaf {
    /// The page as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::new();
        // Writing to a text does not fail.
        let _ = self.write(&mut html);
        html
    }

    fn write(&self, html: &mut String) -> Result {
        let Self { locale, sandbox, about, title, blocks } = self;
        let (lang, about, title) = (locale.tag(), escaped(about), escaped(title));
        writeln!(html, "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">")?;
        writeln!(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
        writeln!(
            html,
            "<meta name=\"robots\" content=\"noindex\"><meta name=\"color-scheme\" content=\"light dark\">"
        )?;
        writeln!(html, "<title>{title} · Greenroom</title><style>{STYLE}</style></head>\n<body>\n<header>")?;
        if *sandbox {
            let mark = both("SANDBOX: nothing here is real", "SANDBOX 沙箱：此处一切均为演练").to(*locale);
            writeln!(html, "<p class=\"mark\">{mark}</p>")?;
        }
        if !about.is_empty() {
            writeln!(html, "<p class=\"about\">{about}</p>")?;
        }
        writeln!(html, "<h1>{title}</h1>\n</header>\n<main>")?;
        for block in blocks {
            block.write(html)?;
        }
        writeln!(html, "</main>\n</body></html>")
    }
}

impl Block {
    fn write(&self, html: &mut String) -> Result {
        match self {
            Self::Note(tone, text) => {
                let (class, role) = match tone {
                    Tone::Good => ("good", "status"),
                    Tone::Turn => ("turn", "status"),
                    Tone::Stop => ("stop", "alert"),
                };
                writeln!(html, "<p class=\"note {class}\" role=\"{role}\">{}</p>", escaped(text))
            }
            Self::Text(text) => writeln!(html, "<p>{}</p>", escaped(text)),
            Self::Heading(heading) => writeln!(html, "<h2>{heading}</h2>"),
            Self::Quote(words) => writeln!(html, "<blockquote>{}</blockquote>", escaped(words)),
            Self::Facts(facts) => {
                writeln!(html, "<dl>")?;
                for (label, value) in facts {
                    writeln!(html, "<div><dt>{label}</dt><dd>{}</dd></div>", escaped(value))?;
                }
                writeln!(html, "</dl>")
            }
            Self::Table(table) => {
                writeln!(html, "<div class=\"scroll\">")?;
                sum_table(table, html)?;
                writeln!(html, "</div>")
            }
            Self::List(items) => {
                writeln!(html, "<ul>")?;
                for (is_marked, item) in items {
                    let class = if *is_marked { " class=\"stop\"" } else { "" };
                    writeln!(html, "<li{class}>{}</li>", escaped(item))?;
                }
                writeln!(html, "</ul>")
            }
            Self::Form(form) => form.write(html),
        }
    }
}

impl Form {
    fn write(&self, html: &mut String) -> Result {
        let Self { action, hidden, field, buttons } = self;
        let action =
            if action.is_empty() { String::new() } else { format!(" action=\"{}\"", escaped(action)) };
        writeln!(html, "<form method=\"post\"{action}>")?;
        for (name, value) in hidden {
            writeln!(html, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value))?;
        }
        match field {
            Some(Field::Lines { name, label, most }) => writeln!(
                html,
                "<label>{label}<textarea name=\"{name}\" rows=\"3\" maxlength=\"{most}\"></textarea></label>"
            )?,
            Some(Field::Code { name, label }) => writeln!(
                html,
                "<label>{label}<input name=\"{name}\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
                 maxlength=\"12\" required></label>"
            )?,
            None => {}
        }
        write!(html, "<p class=\"buttons\">")?;
        for Button { label, sends, weight } in buttons {
            let class = match weight {
                Weight::Usual => "usual",
                Weight::Other => "other",
            };
            let sends =
                sends.map(|(name, value)| format!(" name=\"{name}\" value=\"{value}\"")).unwrap_or_default();
            write!(html, "<button class=\"{class}\"{sends}>{label}</button>")?;
        }
        writeln!(html, "</p>\n</form>")
    }
}
