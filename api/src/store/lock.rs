//! Who may be alone: a second `serve` or `migrate` is kept off one SQLite file, and of several replicas on one
//! PostgreSQL only one at a time changes the schema or begins the first organization.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use super::address::Address;
use super::{Schema, StoreError};

/// The lock of PostgreSQL under which replicas take turns: `greenroo`, read as a number.
const TAKE_TURNS: &str = "SELECT pg_advisory_lock(7454131819570687855)";

/// How often whoever waits for their turn says so.
const TOLD_EVERY: Duration = Duration::from_secs(2);

/// Held as long as this process may write the file; the system lets go of it when the process ends.
#[derive(Debug)]
pub struct FileLock {
    _file: Option<File>,
}

/// Takes the lock beside the database file, `<file>.lock`.
///
/// # Errors
/// [`StoreError::InUse`] if another process holds it.
pub(super) fn lock(address: &Address) -> Result<FileLock, StoreError> {
    let Address::Sqlite { file } = address else { return Ok(FileLock { _file: None }) };
    let mut name = file.clone().into_os_string();
    name.push(".lock");
    let path = PathBuf::from(name);
    let broken = |cause| StoreError::LockFile { path: path.clone(), cause: Arc::new(cause) };
    // The file is never emptied, so that taking the lock changes nothing for who holds it.
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(broken)?;
    match file.try_lock() {
        Ok(()) => Ok(FileLock { _file: Some(file) }),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path }),
        Err(TryLockError::Error(cause)) => Err(broken(cause)),
    }
}

/// The turn of this process to change the schema and what a database begins with. Others wait until it ends.
#[derive(Debug)]
pub struct Alone {
    connection: DatabaseConnection,
    is_ours: bool,
}

impl Alone {
    /// Waits until no other replica has its turn, and says that it does. A turn takes as long as it takes, but one whose
    /// machine is gone ends by the keep-alives of its connection. A SQLite file needs no turns: its lock keeps others out.
    pub(super) async fn wait(address: &Address, writing: DatabaseConnection) -> Result<Self, StoreError> {
        let Address::Postgres { url } = address else {
            return Ok(Self { connection: writing, is_ours: false });
        };
        let connection = Address::connect_patiently(url).await?;
        take_turns(&connection).await?;
        Ok(Self { connection, is_ours: true })
    }

    /// Brings the schema to this release; nothing happens if it is there, or at a newer one.
    ///
    /// # Errors
    /// What the database says; then nothing was changed.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let Schema { pending, newer, is_empty: _ } = Schema::of(&self.connection).await?;
        if pending.is_empty() {
            if !newer.is_empty() {
                tracing::warn!(?newer, "a newer release has changed the schema; this one serves on it");
            }
            return Ok(());
        }
        Ok(Migrator::up(&self.connection, None).await?)
    }

    /// Lets the next one have its turn. A process that ends has ended its turn too.
    pub async fn end(self) {
        if self.is_ours
            && let Err(cause) = self.connection.close().await
        {
            tracing::warn!(%cause, "the lock on the schema did not end cleanly");
        }
    }
}

async fn take_turns(connection: &DatabaseConnection) -> Result<(), StoreError> {
    let mut taking = pin!(connection.execute_unprepared(TAKE_TURNS));
    loop {
        if let Ok(taken) = tokio::time::timeout(TOLD_EVERY, &mut taking).await {
            taken?;
            return Ok(());
        }
        tracing::info!(
            "another process changes the schema or begins the first organization; waiting for our turn"
        );
    }
}
