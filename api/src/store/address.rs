//! Where the database is and how connections to it are made.

use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::StoreError;

/// Connections that read SQLite beside its one writer.
const READERS: u32 = 4;

/// Connections to PostgreSQL of one replica.
const POOL: u32 = 16;

/// How long a statement waits for a connection, or for a lock of the file, before it is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A database by its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// One file.
    Sqlite { file: PathBuf },
    /// A server.
    Postgres { url: String },
}

impl Address {
    /// Reads `sqlite://path` or `postgres://…`. What is wrong is told without the URL, which may hold a password.
    pub(super) fn read(url: &str) -> Result<Self, StoreError> {
        let no = |why: &str| StoreError::Address { why: why.to_owned() };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres { url: url.to_owned() });
        }
        if !url.starts_with("sqlite:") {
            return Err(no("it must start with sqlite:// or postgres://"));
        }
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(no("a database in memory is another one for every connection; name a file"));
        }
        let options: SqliteConnectOptions =
            url.parse().map_err(|cause: sea_orm::sqlx::Error| no(&cause.to_string()))?;
        let file = options.get_filename().to_path_buf();
        if file.as_os_str().is_empty() {
            Err(no("the name of the file is missing"))
        } else {
            Ok(Self::Sqlite { file })
        }
    }

    /// The one connection that writes SQLite; the file is made if it is not there.
    pub(super) async fn connect_writer(file: &std::path::Path) -> Result<DatabaseConnection, StoreError> {
        Self::connect_sqlite(file, 1, |options| options.create_if_missing(true)).await
    }

    /// Connections that cannot write, whatever they are asked.
    pub(super) async fn connect_readers(file: &std::path::Path) -> Result<DatabaseConnection, StoreError> {
        Self::connect_sqlite(file, READERS, |options| options.pragma("query_only", "on")).await
    }

    async fn connect_sqlite(
        file: &std::path::Path,
        connections: u32,
        with: fn(SqliteConnectOptions) -> SqliteConnectOptions,
    ) -> Result<DatabaseConnection, StoreError> {
        let file = file.to_path_buf();
        // The path is set below, where nothing in it has to be escaped.
        let mut options = ConnectOptions::new("sqlite:");
        options
            .max_connections(connections)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(PATIENCE)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |options| {
                with(options.filename(&file))
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(PATIENCE)
            });
        Ok(Database::connect(options).await?)
    }

    /// The pool of PostgreSQL.
    pub(super) async fn connect_pool(url: &str) -> Result<DatabaseConnection, StoreError> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(POOL).acquire_timeout(PATIENCE).sqlx_logging(false);
        Ok(Database::connect(options).await?)
    }
}
