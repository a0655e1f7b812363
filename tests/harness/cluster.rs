//! A PostgreSQL server of one test's own, which it may crash.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binary::root;

/// A running server; gone with the test.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    url: String,
}

impl Cluster {
    /// Starts a server on a free port.
    pub fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // The server's own user must be able to reach the folder.
        let name = format!("greenroom-cluster-{}-{number}", std::process::id());
        Self::start_in(std::env::temp_dir().join(name))
    }

    /// Starts a server that keeps everything in this folder.
    pub fn start_in(folder: PathBuf) -> Self {
        let url = tell("start", &folder);
        Self { folder, url: url.trim().to_owned() }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as a crash would, and starts it again; back when it answers.
    pub fn crash(&self) {
        tell("restart", &self.folder);
    }

    /// Ends it as a crash would.
    pub fn end(&self) {
        tell("stop", &self.folder);
    }

    /// Starts it again after [`Cluster::end`].
    pub fn again(&self) {
        tell("again", &self.folder);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let script = root().join("tests/postgres/cluster");
        // It may have been ended already.
        let _ended = Command::new(script).arg("stop").arg(&self.folder).output();
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

fn tell(what: &str, folder: &std::path::Path) -> String {
    let told = Command::new(root().join("tests/postgres/cluster")).arg(what).arg(folder).output().unwrap();
    assert!(told.status.success(), "{what}: {}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).unwrap()
}
