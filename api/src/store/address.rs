//! Where the database is and how connections to it are made.

use std::future::ready;
use std::path::PathBuf;
use std::time::Duration;

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};

use super::StoreError;
use super::error::{innermost, root};
use super::pool::{Pool, connection_is_there};

/// Connections that read SQLite beside its one writer.
const READERS: u32 = 4;

/// Connections to PostgreSQL of one replica.
const POOL: u32 = 16;

/// How long a statement waits for a lock of the file, and anything for a first connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a statement waits for one of the connections to PostgreSQL. What a request waits here and for answers,
/// over all its statements, its budget bounds.
const FREE_WITHIN: Duration = Duration::from_secs(4);

/// After so many milliseconds PostgreSQL gives up a statement, the wait for a lock, and a transaction in which
/// nothing happens because its replica is gone.
const STATEMENT_MS: &str = "4000";
const LOCK_MS: &str = "4000";
const IDLE_MS: &str = "15000";

/// How PostgreSQL notices within a minute that a machine is gone whose connection holds a lock and says nothing.
const KEPT_ALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "20"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "4")];

/// What is wrong with most addresses of servers that cannot be read.
const UNREADABLE: &str = "postgres://user:password@host:port/database is needed; in user and password write \
     #, /, ?, @, : and % as %23, %2F, %3F, %40, %3A and %25";

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
            // What the driver says of a URL it cannot read may show it.
            return match url.parse::<PgConnectOptions>() {
                Ok(_) => Ok(Self::Postgres { url: url.to_owned() }),
                Err(_unsaid) => Err(no(UNREADABLE)),
            };
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
    pub(super) async fn connect_writer(file: &std::path::Path) -> Result<Pool, StoreError> {
        Self::connect_sqlite(file, 1, |options| options.create_if_missing(true)).await
    }

    /// Connections that cannot write, whatever they are asked.
    pub(super) async fn connect_readers(file: &std::path::Path) -> Result<Pool, StoreError> {
        Self::connect_sqlite(file, READERS, |options| options.pragma("query_only", "on")).await
    }

    async fn connect_sqlite(
        file: &std::path::Path,
        connections: u32,
        with: fn(SqliteConnectOptions) -> SqliteConnectOptions,
    ) -> Result<Pool, StoreError> {
        let (file, place) = (file.to_path_buf(), file.display().to_string());
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
        let opened = Pool::of_file(options).await;
        opened.map_err(|error| unreachable(place, &error))
    }

    /// The connections of one replica to PostgreSQL. What the server does not do in time it gives up by itself.
    pub(super) async fn connect_server(url: &str) -> Result<Pool, StoreError> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(POOL)
            .acquire_timeout(FREE_WITHIN)
            // A link that broke is noticed by the first statement, and then all are replaced.
            .test_before_acquire(false)
            .sqlx_logging(false)
            .set_application_name("greenroom")
            .map_sqlx_postgres_before_acquire(|_kept, _| {
                connection_is_there();
                Box::pin(ready(Ok(true)))
            })
            .map_sqlx_postgres_pool_opts(|options| {
                options.after_connect(|_made, _| {
                    connection_is_there();
                    Box::pin(ready(Ok(())))
                })
            })
            .map_sqlx_postgres_opts(|options| {
                options.options([
                    ("statement_timeout", STATEMENT_MS),
                    ("lock_timeout", LOCK_MS),
                    ("idle_in_transaction_session_timeout", IDLE_MS),
                ])
            });
        match Pool::of_server(options).await {
            Ok(pool) => Ok(pool),
            Err(error) => Err(of_server(url, &error).await),
        }
    }

    /// One connection for what may take as long as it takes: changes of the schema.
    pub(super) async fn connect_patiently(url: &str) -> Result<DatabaseConnection, StoreError> {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .sqlx_logging(false)
            .set_application_name("greenroom schema")
            .map_sqlx_postgres_opts(|options| options.options(KEPT_ALIVE));
        match Database::connect(options).await {
            Ok(connection) => Ok(connection),
            Err(error) => Err(of_server(url, &error).await),
        }
    }
}

fn unreachable(place: String, error: &DbErr) -> StoreError {
    StoreError::Unreachable { place, why: innermost(error) }
}

/// Where the server is and why it cannot be used; never who asks, nor their password.
async fn of_server(url: &str, error: &DbErr) -> StoreError {
    let Ok(options) = url.parse::<PgConnectOptions>() else {
        return StoreError::Address { why: UNREADABLE.to_owned() };
    };
    let database = options.get_database().unwrap_or_default();
    let place = match options.get_socket() {
        Some(socket) => format!("{}/{database}", socket.display()),
        None => format!("{}:{}/{database}", options.get_host(), options.get_port()),
    };
    // Who waits for a connection in vain is not told why there is none; who asks for one is.
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(Err(cause)) => StoreError::Unreachable { place, why: root(&cause) },
        Ok(Ok(_)) => unreachable(place, error),
        Err(_elapsed) => StoreError::Unreachable { place, why: "the server does not answer".to_owned() },
    }
}
