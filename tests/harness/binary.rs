//! Where the real binary is: `GREENROOM_BIN` if that is set, else it is built once for all tests.

use std::path::PathBuf;
use std::sync::OnceLock;

/// The `greenroom` binary.
pub fn greenroom() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("GREENROOM_BIN") {
        Some(path) => root().join(path),
        None => built(),
    })
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace").to_owned()
}

/// Builds with the features of the whole workspace, so that nothing is compiled a second time.
fn built() -> PathBuf {
    let build = escargot::CargoBuild::new().manifest_path(root().join("Cargo.toml"));
    let build = build.arg("--workspace").arg("--bins").current_target();
    let messages = build.exec().expect("the workspace builds");
    let binary = messages.filter_map(|message| {
        let message = message.expect("cargo says what it does").decode_custom::<serde_json::Value>().ok()?;
        let binary = message["executable"].as_str().map(PathBuf::from)?;
        (message["target"]["name"] == "greenroom").then_some(binary)
    });
    binary.last().expect("cargo builds the binary greenroom")
}
