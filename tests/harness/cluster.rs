//! A PostgreSQL server of one test's own, which it may crash.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::binary::root;

/// A running server; gone with the test.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    log: Option<PathBuf>,
    url: String,
}

impl Cluster {
    /// Starts a server on a free port, as durable as PostgreSQL is by default.
    pub fn start() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // The server's own user must be able to reach the folder.
        let name = format!("greenroom-cluster-{}-{number}", std::process::id());
        Self::start_in(std::env::temp_dir().join(name), None)
    }

    /// Starts a server whose tables are on this disk, and whose log of writes is not: it would not survive that.
    pub fn start_with_tables_in(disk: &Path) -> Self {
        let log = std::env::temp_dir().join(format!("greenroom-wal-{}", std::process::id()));
        Self::start_in(disk.join("cluster"), Some(log))
    }

    fn start_in(folder: PathBuf, log: Option<PathBuf>) -> Self {
        let url = tell("start", &folder, log.as_deref());
        Self { folder, log, url: url.trim().to_owned() }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as a crash would, and starts it again; back when it answers.
    pub fn crash(&self) {
        tell("restart", &self.folder, None);
    }

    /// Ends it as a crash would.
    pub fn end(&self) {
        tell("stop", &self.folder, None);
    }

    /// Starts it again after [`Cluster::end`].
    pub fn again(&self) {
        tell("again", &self.folder, None);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let script = root().join("tests/postgres/cluster");
        // It may have been ended already.
        let _ended = Command::new(script).arg("stop").arg(&self.folder).output();
        for folder in [Some(&self.folder), self.log.as_ref()].into_iter().flatten() {
            let _gone = std::fs::remove_dir_all(folder);
        }
    }
}

fn tell(what: &str, folder: &Path, log: Option<&Path>) -> String {
    let mut telling = Command::new(root().join("tests/postgres/cluster"));
    let durable = if log.is_none() { "on" } else { "off" };
    let told = telling.arg(what).arg(folder).args(log).env("FSYNC", durable).output().unwrap();
    assert!(told.status.success(), "{what}: {}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).unwrap()
}
