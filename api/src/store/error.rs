//! How the database can fail. Whether somebody should hear of it, and how, is not decided here.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// The store could not do what it was asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no, or nothing.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A stored row says something nobody could have written.
    #[error("{table} {id} is corrupt: {why}")]
    Corrupt { table: &'static str, id: String, why: String },
    /// Another process serves or migrates this file.
    #[error("{} is in use by another greenroom", path.display())]
    InUse { path: PathBuf },
    /// The file beside the database that keeps others out cannot be used.
    #[error("{}: {cause}", path.display())]
    LockFile { path: PathBuf, cause: Arc<io::Error> },
    /// The address of the database is none.
    #[error("not the address of a database: {why}")]
    Address { why: String },
    /// The database at this place, said without user and password, cannot be opened.
    #[error("{place}: {why}")]
    Unreachable { place: String, why: String },
    /// More writes wait than will be done in useful time.
    #[error("too many writes are waiting")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether waiting may help: the database is away, full or overloaded, and nothing is wrong with the request.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Busy | Self::Closed => true,
            Self::Database(DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) => true,
            Self::Database(error) => is_lost(error) || driver_error(error).is_some_and(is_away),
            Self::Corrupt { .. }
            | Self::InUse { .. }
            | Self::LockFile { .. }
            | Self::Address { .. }
            | Self::Unreachable { .. } => false,
        }
    }

    /// Whether there is no room left to write.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Database(error) => driver_error(error).and_then(code).is_some_and(|code| code.is_full()),
            Self::Corrupt { .. }
            | Self::InUse { .. }
            | Self::LockFile { .. }
            | Self::Address { .. }
            | Self::Unreachable { .. }
            | Self::Busy
            | Self::Closed => false,
        }
    }

    /// Whether two writers met, so that another try may succeed.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        match self {
            Self::Database(error) => {
                matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
                    || driver_error(error).and_then(code).is_some_and(|code| code.is_contention())
            }
            Self::Corrupt { .. }
            | Self::InUse { .. }
            | Self::LockFile { .. }
            | Self::Address { .. }
            | Self::Unreachable { .. }
            | Self::Busy
            | Self::Closed => false,
        }
    }
}

/// Whether the statement broke the unique rule on this column; both databases name it in their message.
pub(super) fn is_taken(error: &DbErr, column: &str) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(rule)) if rule.contains(column))
}

/// Whether nothing can be said any more over the connection that was used, nor over those made together with it.
pub(super) fn is_lost(error: &DbErr) -> bool {
    let link = |cause: &sqlx::Error| {
        let broke =
            matches!(cause, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed);
        broke || code(cause).is_some_and(|code| code.is_gone())
    };
    if let DbErr::Conn(RuntimeErr::Internal(_)) = error {
        return true;
    }
    if let DbErr::Conn(RuntimeErr::SqlxError(cause)) = error {
        return link(cause);
    }
    driver_error(error).is_some_and(link)
}

/// The innermost cause, once: the layers around it say the same in more words.
pub(super) fn innermost(error: &DbErr) -> String {
    if let DbErr::Conn(RuntimeErr::SqlxError(cause)) = error {
        return root(cause);
    }
    driver_error(error).map_or_else(|| error.to_string(), root)
}

/// What the driver's error began with.
pub(super) fn root(error: &sqlx::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    if let DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) = error {
        Some(cause)
    } else {
        None
    }
}

fn is_away(cause: &sqlx::Error) -> bool {
    let none_free = matches!(cause, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
    none_free || code(cause).is_some_and(|code| code.is_away())
}

/// What the database calls its error.
enum Code {
    /// The primary result code of SQLite.
    Sqlite(u32),
    /// SQLSTATE, five characters.
    State(String),
}

fn code(cause: &sqlx::Error) -> Option<Code> {
    let code = cause.as_database_error()?.code()?;
    if code.len() == 5 {
        return Some(Code::State(code.into_owned()));
    }
    // The low byte of SQLite's extended codes is the primary one.
    code.parse::<u32>().ok().map(|extended| Code::Sqlite(extended & 0xff))
}

impl Code {
    /// BUSY, LOCKED, IOERR, FULL, CANTOPEN; connection, resources, operator, a lock or a partner waited for in vain.
    fn is_away(&self) -> bool {
        match self {
            Self::Sqlite(code) => matches!(code, 5 | 6 | 10 | 13 | 14),
            Self::State(state) => {
                ["08", "53", "57"].iter().any(|class| state.starts_with(class))
                    || matches!(state.as_str(), "55P03" | "25P03" | "58030")
            }
        }
    }

    /// Connection, shutdown, crash, and a transaction that was given up: the server has hung up.
    fn is_gone(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::State(state) => {
                state.starts_with("08") || matches!(state.as_str(), "57P01" | "57P02" | "25P03")
            }
        }
    }

    /// FULL; `disk_full`.
    fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(code) => *code == 13,
            Self::State(state) => state == "53100",
        }
    }

    /// BUSY, LOCKED; serialization failure, deadlock.
    fn is_contention(&self) -> bool {
        match self {
            Self::Sqlite(code) => matches!(code, 5 | 6),
            Self::State(state) => matches!(state.as_str(), "40001" | "40P01"),
        }
    }
}
