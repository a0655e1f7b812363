//! Rows and their meaning: the only place that knows tables. It decides nothing; what is written was decided by the
//! domain, and every finder asks for the organization whose rows it may see.

mod address;
mod column;
mod entity;
mod error;
mod ids;
mod job;
mod link;
mod lock;
mod page;
mod writer;

pub mod campaigns;
pub mod deliveries;
pub mod events;
pub mod idempotency;
pub mod keys;
pub mod members;
pub mod meta;
pub mod notices;
pub mod organizations;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;

use crate::failure::Failure;

pub use error::StoreError;
pub use ids::{DeliveryId, EventId, LeaseToken, NoticeId};
pub use link::{Db, Tx};
pub use lock::FileLock;
pub use page::{Cursor, Listed, Page};

use address::Address;
use writer::Queue;

/// The database of this process. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    reader: Db,
    writer: Writer,
}

/// How writes get their transaction.
#[derive(Debug)]
enum Writer {
    /// One after another, many in one transaction: SQLite has one writer anyway.
    Queue(Queue),
    /// Each in its own transaction, side by side.
    Pool(DatabaseConnection),
}

impl Store {
    /// Connects to `sqlite://path` or `postgres://…`. A missing file is made; the schema is left as it is.
    ///
    /// # Errors
    /// A bad address, or a database that does not answer.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let shared = match Address::read(url)? {
            Address::Sqlite { file } => {
                // The writer comes first, since it makes the file that the readers open.
                let writer = Address::connect_writer(&file).await?;
                let reader = Db::new(Address::connect_readers(&file).await?);
                Shared { reader, writer: Writer::Queue(Queue::start(writer)) }
            }
            Address::Postgres { url } => {
                let pool = Address::connect_pool(&url).await?;
                Shared { reader: Db::new(pool.clone()), writer: Writer::Pool(pool) }
            }
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The file that the address names, if it names one; whether it is there or not.
    ///
    /// # Errors
    /// A bad address.
    pub fn file_of(url: &str) -> Result<Option<PathBuf>, StoreError> {
        match Address::read(url)? {
            Address::Sqlite { file } => Ok(Some(file)),
            Address::Postgres { .. } => Ok(None),
        }
    }

    /// Keeps other processes from serving or migrating the same SQLite file while the answer lives.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if one does already.
    pub fn lock_file(url: &str) -> Result<FileLock, StoreError> {
        lock::lock(&Address::read(url)?)
    }

    /// Brings the schema to this release; nothing happens if it is there.
    ///
    /// # Errors
    /// What the database says; then nothing was changed.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        Ok(Migrator::up(self.writing(), None).await?)
    }

    /// Names of the migrations that have not run here.
    ///
    /// # Errors
    /// What the database says.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let pending = Migrator::get_pending_migrations_read_only(self.writing()).await?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.shared.reader.ping().await
    }

    /// Where to read from. On SQLite these connections cannot write.
    #[must_use]
    pub fn reader(&self) -> &Db {
        &self.shared.reader
    }

    /// Runs the job in a write transaction and answers after its commit. The job may run more than once, and goes on
    /// when nobody waits for the answer any more; whatever it wrote before it failed or refused is undone.
    /// A refusal is cheapest before the first write: then it costs other jobs of the transaction nothing.
    ///
    /// # Errors
    /// What the job says, or why the database could not do it.
    pub async fn write<A: Send + 'static>(
        &self,
        job: impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<A, Failure>> + Send + Sync + 'static,
    ) -> Result<A, Failure> {
        match &self.shared.writer {
            Writer::Queue(queue) => queue.write(job).await,
            Writer::Pool(pool) => writer::write_alone(pool.clone(), job).await,
        }
    }

    /// Ends accepted writes, refuses new ones, and closes every connection.
    pub async fn close(self) {
        if let Writer::Queue(queue) = &self.shared.writer {
            queue.drain().await;
        }
        // The writer closes last: that moves the log into the file.
        self.shared.reader.close().await;
        if let Err(cause) = self.writing().close_by_ref().await {
            tracing::warn!(%cause, "the database did not close cleanly");
        }
    }

    fn writing(&self) -> &DatabaseConnection {
        match &self.shared.writer {
            Writer::Queue(queue) => queue.connection(),
            Writer::Pool(pool) => pool,
        }
    }
}
