//! Python with the packages the tests need, as `tests/run` installs them.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary::root;

/// The interpreter of the tests' own environment.
pub fn python() -> PathBuf {
    let named = std::env::var_os("GREENROOM_TEST_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| root().join("target/python/bin/python3"));
    assert!(python.exists(), "{} is missing; `bash tests/run` installs it", python.display());
    python
}

/// A script of this package.
pub fn script(name: &str) -> PathBuf {
    root().join("tests").join(name)
}

/// What a script prints as JSON after it read this text.
pub fn read(name: &str, text: &str) -> Value {
    let mut command = Command::new(python());
    command.arg(script(name)).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let read = child.wait_with_output().unwrap();
    assert!(read.status.success(), "{name} ended with {} on\n{text}", read.status);
    serde_json::from_slice(&read.stdout).unwrap()
}

/// What a script prints as JSON.
pub fn run(name: &str, arguments: &[&std::ffi::OsStr]) -> Value {
    let run =
        Command::new(python()).arg(script(name)).args(arguments).stderr(Stdio::inherit()).output().unwrap();
    assert!(run.status.success(), "{name} ended with {}", run.status);
    serde_json::from_slice(&run.stdout).unwrap()
}

/// A program of the tools that judge the contract, as `tests/contract/prepare` installs them.
pub fn tool(name: &str) -> PathBuf {
    let target = ["GREENROOM_TEST_TARGET", "CARGO_TARGET_DIR"].iter().find_map(std::env::var_os);
    let target = target.map_or_else(|| root().join("target"), |target| root().join(target));
    let tool = target.join("contract/bin").join(name);
    assert!(tool.exists(), "{} is missing; `bash tests/contract/prepare` installs it", tool.display());
    tool
}
