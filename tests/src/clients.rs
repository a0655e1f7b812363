//! Clients made from the committed contract by generators that integrators use: made without warnings, held to their
//! types, and led through a whole campaign. The commands are those of `openapi/README.md`.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use harness::binary::root;
use harness::examples::GATES;
use harness::{Folder, Server, Setup};
use serde_json::json;

use crate::readme;

/// An instant at which the whole standard example holds: its last measurement is ten minutes old.
const EVE: &str = "2027-03-19T18:00:00+08:00";

/// Longest time for one command on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// A folder in which a client is made, and what its commands need.
struct Workshop {
    folder: Folder,
    environment: Vec<(&'static str, String)>,
}

impl Workshop {
    /// The sources of a driver, the tools that `tests/clients/prepare` installed, and where the service is.
    fn of(language: &str, tools: &Path, server: &Server) -> Self {
        let folder = Folder::new();
        copy(&root().join("tests/clients").join(language), folder.path());
        let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
        let environment = vec![
            ("PATH", path),
            // What npm has to say about the settings of whoever runs the tests is no warning of a generator.
            ("npm_config_loglevel", "error".to_owned()),
            ("CONTRACT", root().join("openapi/openapi.json").display().to_string()),
            ("GREENROOM_EXAMPLES", root().join("tests/examples/standard").display().to_string()),
            ("GREENROOM_URL", server.admin.base().to_owned()),
            ("GREENROOM_KEY", server.admin.key().unwrap().to_owned()),
        ];
        Self { folder, environment }
    }

    /// Runs a command, which must succeed; where it does not, everything it says is shown.
    async fn run(&self, command: &str) -> Said {
        let mut shell = tokio::process::Command::new("bash");
        shell.args(["-euo", "pipefail", "-c", command]).current_dir(self.folder.path()).stdin(Stdio::null());
        shell.envs(self.environment.iter().map(|(name, value)| (name, value))).kill_on_drop(true);
        let run = tokio::time::timeout(PATIENCE, shell.output()).await;
        let Output { status, stdout, stderr } =
            run.unwrap_or_else(|_| panic!("{command}: no end within {PATIENCE:?}")).unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let said = Said { stdout: text(stdout), stderr: text(stderr) };
        assert!(status.success(), "{command} ended with {status}:\n{}{}", said.stdout, said.stderr);
        said
    }
}

/// What a command printed.
struct Said {
    stdout: String,
    stderr: String,
}

/// The folder into which `tests/clients/prepare` installs.
fn installed(part: &str) -> PathBuf {
    let target = std::env::var_os("GREENROOM_TEST_TARGET").unwrap_or_else(|| "target".into());
    let part = root().join(target).join("clients").join(part);
    assert!(part.exists(), "{} is missing; `bash tests/clients/prepare` installs it", part.display());
    part
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The commands that the page for integrators gives for a language: generate, check, run.
fn commands(language: &str) -> [String; 3] {
    let page = std::fs::read_to_string(root().join("openapi/README.md")).unwrap();
    let snippets = readme::snippets(&page);
    let generator = format!("openapi-{language}");
    let snippet = snippets.iter().find(|snippet| snippet.script.contains(&generator)).unwrap();
    let lines: Vec<String> = snippet.script.lines().map(str::to_owned).collect();
    lines.try_into().expect("three commands: generate, check, run")
}

/// Our own reading of what the driver says it did.
async fn campaign_is_live(server: &Server, driver: &Said) {
    let listed = server.admin.get("/v1/campaigns").expect(200).await.body;
    let [campaign] = listed["data"].as_array().unwrap().as_slice() else { panic!("{listed:#}") };
    assert_eq!((campaign["id"].as_str(), &campaign["status"]), (Some(driver.stdout.trim()), &json!("live")));
    let path = format!("/v1/campaigns/{}", driver.stdout.trim());
    let gates = server.admin.get(&path).expect(200).await.body["gates"].clone();
    let passed = gates.as_array().unwrap().iter().filter(|gate| gate["status"] == "passed");
    assert_eq!(passed.map(|gate| gate["gate"].as_str().unwrap()).collect::<Vec<_>>(), GATES);
}

#[tokio::test]
async fn a_typescript_client_made_from_the_contract_leads_a_campaign_to_live() {
    let server = Setup::sandbox(EVE).start().await;
    let modules = installed("typescript").join("node_modules");
    let workshop = Workshop::of("typescript", &modules.join(".bin"), &server);
    std::os::unix::fs::symlink(&modules, workshop.folder.path().join("node_modules")).unwrap();
    let [generate, check, drive] = commands("typescript");
    let said = workshop.run(&generate).await.stderr;
    let other = said.lines().find(|line| !["✨", "🚀"].iter().any(|usual| line.starts_with(usual)));
    assert_eq!(other, None, "the generator warns:\n{said}");
    workshop.run("node examples.mjs \"$GREENROOM_EXAMPLES\" >src/examples.ts").await;
    workshop.run(&check).await;
    campaign_is_live(&server, &workshop.run(&drive).await).await;
}

#[tokio::test]
async fn a_python_client_made_from_the_contract_leads_a_campaign_to_live() {
    let server = Setup::sandbox(EVE).start().await;
    let workshop = Workshop::of("python", &installed("python").join("bin"), &server);
    let [generate, check, drive] = commands("python");
    let said = workshop.run(&generate).await.stderr;
    let expected = workshop.folder.read("expected_warnings.txt");
    let expected: Vec<&str> = expected.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(without_quotes(&said), expected, "the generator warns:\n{said}");
    workshop.run(&check).await;
    campaign_is_live(&server, &workshop.run(&drive).await).await;
}

/// A generator's warnings without the parts of the contract that they quote.
fn without_quotes(said: &str) -> Vec<&str> {
    let mut quoted = false;
    let own = said.lines().filter(|line| {
        let first = *line == "{";
        let is_own = !quoted && !first && !line.is_empty();
        quoted = (quoted || first) && *line != "}";
        is_own
    });
    own.collect()
}
