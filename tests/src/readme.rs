//! The snippets of the READMEs that are marked with `<!-- runs -->`: each README's run in order, in one shell.

use std::fmt::Write as _;
use std::process::Stdio;

use harness::Folder;
use harness::binary::{greenroom, root};
use harness::server::free_port;

/// The shell blocks that follow the mark.
fn snippets(readme: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "<!-- runs -->" {
            continue;
        }
        let fence = lines.find(|line| !line.trim().is_empty()).expect("a block after the mark");
        assert!(fence.starts_with("```sh"), "after the mark stands {fence}");
        let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        found.push(block.join("\n"));
    }
    found
}

/// Runs the snippets with our binary on a free port; they start the service themselves.
async fn snippets_run(name: &str) {
    let readme = std::fs::read_to_string(root().join(name)).unwrap();
    let snippets = snippets(&readme);
    assert!(!snippets.is_empty(), "{name} marks no snippet with <!-- runs -->");
    let mut script = String::from("set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n");
    for (number, snippet) in snippets.iter().enumerate() {
        writeln!(script, "echo '--- snippet {}'\n{snippet}", number + 1).unwrap();
    }
    let folder = Folder::new();
    let file = folder.path().join("snippets.sh");
    std::fs::write(&file, script).unwrap();
    let ours = greenroom().parent().unwrap().display().to_string();
    let path = format!("{ours}:{}", std::env::var("PATH").unwrap());
    let mut command = tokio::process::Command::new("bash");
    command.arg(&file).current_dir(root()).stdin(Stdio::null()).env("PATH", path);
    // What tells the tests where the binary is would be an unknown setting to the service.
    command.env_remove("GREENROOM_BIN").env_remove("GREENROOM_TEST_PYTHON");
    command.env("REPO", root()).env("PORT", free_port().to_string()).env("TMPDIR", folder.path());
    let run = command.output().await.unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{name}:\n{said}");
}

#[tokio::test]
async fn the_readmes_snippets_run() {
    snippets_run("README.md").await;
}

#[tokio::test]
async fn the_chinese_readmes_snippets_run() {
    snippets_run("README.zh-CN.md").await;
}
