//! The run sheet as it leaves the printer.

use std::path::PathBuf;
use std::process::Command;

use harness::Folder;

use super::*;

/// The output of a program of Debian's; a machine without it is told what to install.
fn output(program: &str, package: &str, arguments: &[&str]) -> String {
    let run = Command::new(program).args(arguments).output();
    let run = run.unwrap_or_else(|cause| panic!("{program}: {cause}; install Debian's package {package}"));
    assert!(run.status.success(), "{program}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

/// A page as Chromium prints it.
fn printed(folder: &Folder, name: &str, page: &str) -> PathBuf {
    let (html, pdf) = (folder.path().join(format!("{name}.html")), folder.path().join(format!("{name}.pdf")));
    std::fs::write(&html, page).unwrap();
    let profile = format!("--user-data-dir={}", folder.path().join("chromium").display());
    let to = format!("--print-to-pdf={}", pdf.display());
    let from = format!("file://{}", html.display());
    let how = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", &profile, &to, &from];
    output("chromium", "chromium", &how);
    pdf
}

#[tokio::test]
async fn chromium_prints_it_on_a4_with_every_row_whole() {
    let (server, cast, show) = stage().await;
    for (language, pages) in [("zh-CN", 8), ("en", 8)] {
        let call = cast.viewer.client.get(&show.path("/run-sheet?format=html"));
        let page = call.header("accept-language", language).expect(200).await.text;
        let pdf = printed(&server.folder, language, &page);
        let pdf = pdf.to_str().unwrap();
        let about = output("pdfinfo", "poppler-utils", &[pdf]);
        let fact =
            |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        assert!(fact("Page size:").ends_with("(A4)"), "{about}");
        assert_eq!(fact("Pages:"), pages.to_string(), "{about}");
        let text = output("pdftotext", "poppler-utils", &["-raw", pdf, "-"]);
        let leaves: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert_eq!(leaves.len(), pages);
        for (i, leaf) in leaves.iter().enumerate() {
            assert!(leaf.contains(&format!("{} / {pages}", i + 1)), "page {} has no number: {leaf}", i + 1);
            assert!(
                plain(leaf).contains("SANDBOX"),
                "page {} does not say that it is a sandbox's: {leaf}",
                i + 1
            );
        }
        rows_are_whole(&leaves, language);
    }
}

/// What was laid out may have other spaces between its words.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Each row stands on one page with all it says, in order; the head of the table is on each page that has rows.
fn rows_are_whole(leaves: &[&str], language: &str) {
    let head = if language == "en" { "Price(CNY)" } else { "价格(CNY)" };
    let leaves: Vec<String> = leaves.iter().map(|leaf| plain(leaf)).collect();
    let mut seen = BTreeSet::new();
    for (i, (start, what, price, host)) in ROWS.iter().enumerate() {
        let what = if price.is_empty() && language == "en" { "" } else { what };
        let cue = content("script")["rows"][i]["operator_cue"].as_str().unwrap_or_default().to_owned();
        let start = format!("{start}–");
        let words = [&start, what, &format!("#{}", i + 1), &cue, price, host].map(plain);
        let place = leaves.iter().position(|leaf| holds(leaf, &words));
        let place = place.unwrap_or_else(|| panic!("{words:?} are not on one page: {leaves:#?}"));
        assert!(leaves[place].contains(head), "the head of the table is not on page {}", place + 1);
        seen.insert(place);
    }
    assert_eq!(seen, (0..4).collect(), "rows are on the first four pages");
}

/// Whether a text has all these words, in this order, near each other.
fn holds(text: &str, words: &[String]) -> bool {
    let starts = text.match_indices(&words[0]).map(|(at, _)| &text[at..]);
    let near = |mut rest: &str| {
        words.iter().all(|word| {
            let found = rest.find(word.as_str()).filter(|at| *at < 400);
            rest = found.map_or("", |at| &rest[at + word.len()..]);
            found.is_some()
        })
    };
    starts.into_iter().any(near)
}
