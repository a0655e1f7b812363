//! A database for one test: a SQLite file, or a database of its own in the PostgreSQL that `GREENROOM_TEST_POSTGRES`
//! names. So the same tests run on both.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, Database};
use uuid::Uuid;

use super::Store;

/// A folder that goes when the test ends, and the address of an empty database.
pub(crate) struct Place {
    folder: PathBuf,
    url: String,
}

impl Place {
    /// A folder and a database that nobody else has.
    pub(crate) async fn new() -> Self {
        let id = Uuid::now_v7().simple();
        let folder = std::env::temp_dir().join(format!("greenroom-test-{id}"));
        std::fs::create_dir(&folder).unwrap();
        let url = match std::env::var("GREENROOM_TEST_POSTGRES") {
            Ok(server) => database_in(&server, &format!("t_{id}")).await,
            Err(_) => format!("sqlite://{}", folder.join("greenroom.db").display()),
        };
        Self { folder, url }
    }

    /// Where the folder is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The database with today's schema.
    pub(crate) async fn store(&self) -> Store {
        let store = Store::open(&self.url).await.unwrap();
        let alone = store.alone().await.unwrap();
        alone.migrate().await.unwrap();
        alone.end().await;
        store
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

async fn database_in(server: &str, name: &str) -> String {
    let connection = Database::connect(server).await.unwrap();
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    connection.close().await.unwrap();
    let (before, _) = server.rsplit_once('/').unwrap();
    format!("{before}/{name}")
}
