//! Folders that vanish with the test, unless it failed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A new, empty folder under the target folder.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder nobody else has.
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}", std::process::id());
        let path = std::env::temp_dir().join("greenroom-tests").join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The text of a file in it; empty while there is none.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap_or_default()
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the folder of the failed test is kept: {}", self.0.display());
        } else {
            // What cannot be removed lies in the machine's folder for such things.
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
