//! The run sheet as a page to print on A4 and hang in the control room: start, product, price and host can be read from
//! two metres, no row is broken over pages, and the head stands on each. No script, no address, no style of an element.

use std::fmt::{Result, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{Sheet, SheetRow, Speech, SumTable, words};
use crate::html::escaped;

/// Looks of the page.
const STYLE: &str = include_str!("page.css");
/// What a sandbox adds: its mark on every page.
const SANDBOX_STYLE: &str = include_str!("sandbox.css");

/// Most characters of a host's name in large type.
const LONG_HOST: usize = 8;

/// What the page may load: its own style, told by its digest.
#[must_use]
pub fn policy(sheet: &Sheet) -> String {
    let digest = STANDARD.encode(Sha256::digest(style(sheet)));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The page.
#[must_use]
pub fn page(sheet: &Sheet) -> String {
    let mut html = String::new();
    // Writing to a text does not fail.
    let _ = write(sheet, &mut html);
    html
}

fn style(sheet: &Sheet) -> String {
    [STYLE, if sheet.sandbox { SANDBOX_STYLE } else { "" }].concat()
}

fn write(sheet: &Sheet, html: &mut String) -> Result {
    let (locale, name) = (sheet.locale, escaped(&sheet.name));
    let (lang, title) = (locale.tag(), words::TITLE.to(locale));
    writeln!(html, "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">")?;
    writeln!(html, "<meta name=\"viewport\" content=\"width=device-width\"><title>{name} · {title}</title>")?;
    writeln!(html, "<style>{}</style></head>\n<body>\n<header>", style(sheet))?;
    let marks = [(sheet.sandbox, words::SANDBOX), (sheet.draft, words::DRAFT)];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| mark.to(locale)).collect();
    if !marks.is_empty() {
        writeln!(html, "<p class=\"mark\">{}</p>", marks.join(" · "))?;
    }
    writeln!(html, "<h1>{name}</h1>\n<p class=\"when\">{}</p>\n<dl>", escaped(&sheet.go_live))?;
    for (label, value) in &sheet.facts {
        writeln!(html, "<div><dt>{label}</dt><dd>{}</dd></div>", escaped(value))?;
    }
    writeln!(html, "</dl>\n</header>")?;
    rows(sheet, html)?;
    cautions(sheet, html)?;
    writeln!(html, "<section class=\"sums\">\n<h2>{}</h2>", words::SUMS.to(locale))?;
    for table in &sheet.sums {
        sum_table(table, html)?;
    }
    writeln!(html, "</section>")?;
    speeches(sheet, html)?;
    writeln!(html, "</body></html>")
}

fn rows(sheet: &Sheet, html: &mut String) -> Result {
    let locale = sheet.locale;
    if sheet.rows.is_empty() {
        return writeln!(html, "<p>{}</p>", words::NO_ROWS.to(locale));
    }
    let [time, segment, host] = [words::TIME, words::SEGMENT, words::HOST].map(|head| head.to(locale));
    let price = escaped(&sheet.price_head);
    writeln!(
        html,
        "<table class=\"rows\">\n<colgroup><col class=\"time\"><col><col class=\"price\"><col class=\"host\">"
    )?;
    writeln!(
        html,
        "</colgroup>\n<thead>\n<tr class=\"running\"><td colspan=\"4\">{}</td></tr>",
        running(sheet)
    )?;
    writeln!(html, "<tr><th>{time}</th><th>{segment}</th><th>{price}</th><th>{host}</th></tr>")?;
    writeln!(html, "</thead>\n<tbody>")?;
    for one in &sheet.rows {
        row(sheet, one, html)?;
    }
    writeln!(html, "</tbody></table>")
}

/// What stands at the top of every page but the first, where the header covers it.
fn running(sheet: &Sheet) -> String {
    // A name may be too long for the line, so it comes last.
    let draft =
        if sheet.draft { format!("<b>{}</b> · ", words::DRAFT.to(sheet.locale)) } else { String::new() };
    format!("{draft}{} · {}", escaped(&sheet.go_live), escaped(&sheet.name))
}

fn row(sheet: &Sheet, row: &SheetRow, html: &mut String) -> Result {
    let SheetRow { number, sells, start, end, length, what, about, price, host, notes } = row;
    let class = if *sells { "sells" } else { "between" };
    writeln!(
        html,
        "<tr class=\"{class}\"><td class=\"time\"><b>{start}</b> <small>–{end} · {length}</small></td>"
    )?;
    let about: String = about.iter().map(|about| format!(" · {}", escaped(about))).collect();
    write!(html, "<td class=\"what\"><b>{}</b> <small>#{number}{about}</small>", escaped(what))?;
    let note = |(label, note): &(&'static str, String)| {
        let label = words::labelled(sheet.locale, label, "");
        format!("<span><i>{label}</i>{}</span>", escaped(note))
    };
    let notes: Vec<String> = notes.iter().map(note).collect();
    if !notes.is_empty() {
        write!(html, " <small>{}</small>", notes.join(" "))?;
    }
    // What does not fit on two lines of the column is written smaller, so that the row fits on a page.
    let size = if host.chars().count() > LONG_HOST { " long" } else { "" };
    let host = escaped(host);
    writeln!(
        html,
        "</td><td class=\"price\"><b>{price}</b></td><td class=\"host{size}\"><b>{host}</b></td></tr>"
    )
}

fn cautions(sheet: &Sheet, html: &mut String) -> Result {
    let locale = sheet.locale;
    writeln!(html, "<section class=\"watch\">\n<h2>{}</h2>", words::WATCH.to(locale))?;
    if sheet.cautions.is_empty() {
        writeln!(html, "<p>{}</p>", words::NOTHING_TO_WATCH.to(locale))?;
    } else {
        writeln!(html, "<ul>")?;
        for caution in &sheet.cautions {
            writeln!(html, "<li>{}</li>", escaped(caution))?;
        }
        writeln!(html, "</ul>")?;
    }
    writeln!(html, "</section>")
}

/// A small table.
pub(in crate::view) fn sum_table(SumTable { title, head, rows }: &SumTable, html: &mut String) -> Result {
    let wide = if head.len() > 3 { " class=\"wide\"" } else { "" };
    write!(html, "<table{wide}><caption>{title}</caption><thead><tr>")?;
    for head in head {
        write!(html, "<th>{head}</th>")?;
    }
    writeln!(html, "</tr></thead><tbody>")?;
    for row in rows {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        writeln!(html, "<tr>{cells}</tr>")?;
    }
    writeln!(html, "</tbody></table>")
}

fn speeches(sheet: &Sheet, html: &mut String) -> Result {
    if sheet.speeches.is_empty() {
        return Ok(());
    }
    writeln!(html, "<section class=\"speeches\">\n<h2>{}</h2>", words::SPEECH.to(sheet.locale))?;
    for Speech { heading, parts } in &sheet.speeches {
        writeln!(html, "<article><h3>{}</h3>", escaped(heading))?;
        for (label, part) in parts {
            writeln!(html, "<p><b>{label}</b> {}</p>", escaped(part))?;
        }
        writeln!(html, "</article>")?;
    }
    writeln!(html, "</section>")
}
