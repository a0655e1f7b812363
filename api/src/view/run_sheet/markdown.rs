//! The run sheet as Markdown: a table of the rows, lists and tables of what follows. Whatever somebody wrote is escaped, so
//! that it stays text and stays in its cell.

use std::fmt::Write as _;

use super::{Sheet, SheetRow, SumTable, words};

/// The whole run sheet.
#[must_use]
pub fn table(sheet: &Sheet) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = write(sheet, &mut text);
    text
}

fn write(sheet: &Sheet, text: &mut String) -> std::fmt::Result {
    let locale = sheet.locale;
    if sheet.sandbox {
        writeln!(text, "**{}**\n", words::SANDBOX.to(locale))?;
    }
    writeln!(text, "# {}: {}\n", words::TITLE.to(locale), escaped(&sheet.name))?;
    if sheet.draft {
        writeln!(text, "**{}**\n", words::DRAFT.to(locale))?;
    }
    writeln!(text, "- {}: **{}**", words::GO_LIVE.to(locale), escaped(&sheet.go_live))?;
    for (label, value) in &sheet.facts {
        writeln!(text, "- {label}: {}", escaped(value))?;
    }
    rows(sheet, text)?;
    writeln!(text, "\n## {}\n", words::WATCH.to(locale))?;
    if sheet.cautions.is_empty() {
        writeln!(text, "{}", words::NOTHING_TO_WATCH.to(locale))?;
    }
    for caution in &sheet.cautions {
        writeln!(text, "- {}", escaped(caution))?;
    }
    for SumTable { title, head, rows } in &sheet.sums {
        writeln!(text, "\n## {title}\n\n| {} |", head.join(" | "))?;
        writeln!(text, "|---{}|", "|---:".repeat(head.len().saturating_sub(1)))?;
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
            writeln!(text, "| {} |", cells.join(" | "))?;
        }
    }
    speeches(sheet, text)
}

fn rows(sheet: &Sheet, text: &mut String) -> std::fmt::Result {
    let locale = sheet.locale;
    if sheet.rows.is_empty() {
        return writeln!(text, "\n{}", words::NO_ROWS.to(locale));
    }
    let head = [words::TIME, words::SEGMENT].map(|head| head.to(locale));
    let rest = [words::HOST, words::NOTES].map(|head| head.to(locale));
    let (price, [time, segment], [host, notes]) = (&sheet.price_head, head, rest);
    writeln!(text, "\n| # | {time} | {segment} | {price} | {host} | {notes} |")?;
    writeln!(text, "|---:|---|---|---:|---|---|")?;
    for SheetRow { number, sells: _, start, end, length, what, about, price, host, notes } in &sheet.rows {
        let notes: Vec<String> =
            notes.iter().map(|(label, note)| words::labelled(locale, label, note)).collect();
        let price = if price.is_empty() { String::new() } else { format!("**{price}**") };
        let about = [std::slice::from_ref(length), about].concat().join(" · ");
        writeln!(
            text,
            "| {number} | **{start}**–{end} | **{}**<br>{} | {price} | {} | {} |",
            escaped(what),
            escaped(&about),
            escaped(host),
            escaped(&notes.join("\n"))
        )?;
    }
    Ok(())
}

fn speeches(sheet: &Sheet, text: &mut String) -> std::fmt::Result {
    if sheet.speeches.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n## {}", words::SPEECH.to(sheet.locale))?;
    for speech in &sheet.speeches {
        writeln!(text, "\n### {}\n", escaped(&speech.heading))?;
        for (label, part) in &speech.parts {
            writeln!(text, "- {label}: {}", escaped(part))?;
        }
    }
    Ok(())
}

/// Text that means nothing to Markdown or HTML; its lines are kept apart without leaving their cell.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' => escaped.push_str("<br>"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            other => escaped.push(other),
        }
    }
    escaped
}
