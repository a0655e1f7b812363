//! Folders that vanish with the test, unless it failed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::database::Database;

/// A new, empty folder, and the database that servers in it use.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    database: Option<Database>,
}

impl Folder {
    /// A folder nobody else has.
    pub fn new() -> Self {
        Self::of(Database::of_the_tests())
    }

    /// As [`Folder::new`], with this database.
    pub fn with(database: Database) -> Self {
        Self::of(Some(database))
    }

    /// As [`Folder::new`], for what needs no database.
    pub fn beside() -> Self {
        Self::of(None)
    }

    fn of(database: Option<Database>) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number}", std::process::id());
        let path = std::env::temp_dir().join("greenroom-tests").join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { path, database }
    }

    /// The PostgreSQL database, unless servers keep a SQLite file in the folder.
    pub const fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the database holds this text anywhere, by its bytes.
    pub fn holds(&self, text: &str) -> bool {
        let bytes = match &self.database {
            Some(database) => database.dump(),
            None => ["greenroom.db", "greenroom.db-wal"]
                .into_iter()
                .flat_map(|name| std::fs::read(self.path.join(name)).unwrap_or_default())
                .collect(),
        };
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// The text of a file in it; empty while there is none.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path.join(name)).unwrap_or_default()
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
            eprintln!("the folder of the failed test is kept: {}", self.path.display());
        } else {
            // What cannot be removed lies in the machine's folder for such things.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
