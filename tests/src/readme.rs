//! The snippets of the READMEs that are marked with `<!-- runs -->`: each README's run in order, in one shell, and
//! print what the README says they print.

use std::fmt::Write as _;
use std::process::Stdio;

use harness::Folder;
use harness::binary::{greenroom, root};
use harness::server::free_port;

/// Stands in the output before what a snippet prints.
const MARK: &str = "--- snippet ";

/// A shell block that follows the mark.
#[derive(Debug)]
pub(crate) struct Snippet {
    /// What it does.
    pub(crate) script: String,
    /// The text block right after it: what it prints.
    output: Option<String>,
}

/// The blocks that are marked, in order.
pub(crate) fn snippets(readme: &str) -> Vec<Snippet> {
    let mut found = Vec::new();
    let mut lines = readme.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim() != "<!-- runs -->" {
            continue;
        }
        let fence = lines.find(|line| !line.trim().is_empty()).expect("a block after the mark");
        assert!(fence.starts_with("```sh"), "after the mark stands {fence}");
        let script = block(&mut lines);
        while lines.next_if(|line| line.trim().is_empty()).is_some() {}
        let output = lines.next_if(|line| line.starts_with("```text")).map(|_fence| block(&mut lines));
        found.push(Snippet { script, output });
    }
    found
}

/// The lines up to the closing fence.
fn block<'l>(lines: &mut impl Iterator<Item = &'l str>) -> String {
    lines.take_while(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n")
}

/// The output of each snippet, in order.
fn outputs(stdout: &str) -> Vec<String> {
    let mut outputs: Vec<String> = Vec::new();
    for line in stdout.lines() {
        if line.starts_with(MARK) {
            outputs.push(String::new());
        } else {
            let output = outputs.last_mut().expect("the mark comes first");
            writeln!(output, "{line}").unwrap();
        }
    }
    outputs
}

/// Lines that can be compared: what a line consists of alone and is another one each time (an id, an instant, a
/// key) is left out, as in the READMEs.
fn comparable(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim_end);
    lines
        .filter(|line| {
            let other_each_time = uuid::Uuid::parse_str(line).is_ok()
                || line.parse::<jiff::Timestamp>().is_ok()
                || (line.starts_with("gr_") && !line.contains(' '));
            !line.is_empty() && !other_each_time
        })
        .collect()
}

/// Whether the snippet printed what the README says.
fn is_as_said(said: &str, printed: &str) -> bool {
    comparable(said) == comparable(printed)
}

/// Runs the snippets with our binary on a free port; they start the service themselves.
async fn snippets_run(name: &str) {
    let readme = std::fs::read_to_string(root().join(name)).unwrap();
    let snippets = snippets(&readme);
    let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
    for (number, snippet) in snippets.iter().enumerate() {
        writeln!(script, "echo '{MARK}{}'\n{}", number + 1, snippet.script).unwrap();
    }
    let stdout = run(name, &script).await;
    let outputs = outputs(&stdout);
    assert_eq!(outputs.len(), snippets.len(), "{name}: a snippet did not run:\n{stdout}");
    let mut compared = 0;
    for (snippet, printed) in snippets.iter().zip(&outputs) {
        let Some(said) = &snippet.output else { continue };
        assert!(is_as_said(said, printed), "{name} says\n{said}\nbut printed is\n{printed}");
        every_changed_line_is_noticed(said, printed);
        compared += 1;
    }
    assert!(
        compared >= 2,
        "{name} shows the output of {compared} snippets: the findings and the mails are wanted"
    );
}

/// The comparison would notice a README that says something else, in whichever line.
fn every_changed_line_is_noticed(said: &str, printed: &str) {
    let lines: Vec<&str> = said.lines().collect();
    for number in 0..lines.len() {
        let mut changed = lines.clone();
        let other = format!("{}!", lines[number]);
        changed[number] = &other;
        assert!(!is_as_said(&changed.join("\n"), printed), "nobody notices {other}");
        changed.remove(number);
        assert!(!is_as_said(&changed.join("\n"), printed), "nobody misses {}", lines[number]);
    }
}

/// What the script prints; it must succeed.
async fn run(name: &str, script: &str) -> String {
    let folder = Folder::new();
    let file = folder.path().join("snippets.sh");
    std::fs::write(&file, script).unwrap();
    let ours = greenroom().parent().unwrap().display().to_string();
    let path = format!("{ours}:{}", std::env::var("PATH").unwrap());
    let mut command = tokio::process::Command::new("bash");
    command.arg(&file).current_dir(root()).stdin(Stdio::null()).env("PATH", path);
    // What tells the tests where things are would be unknown settings to the service.
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("GREENROOM_")) {
        command.env_remove(name);
    }
    command.env("REPO", root()).env("PORT", free_port().to_string()).env("TMPDIR", folder.path());
    let run = command.output().await.unwrap();
    let stdout = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{name}:\n{stdout}{}", String::from_utf8_lossy(&run.stderr));
    stdout
}

#[tokio::test]
async fn the_readmes_snippets_run_and_print_what_it_says() {
    snippets_run("README.md").await;
}

#[tokio::test]
async fn the_chinese_readmes_snippets_run_and_print_what_it_says() {
    snippets_run("README.zh-CN.md").await;
}
