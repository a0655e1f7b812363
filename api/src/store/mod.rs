//! Rows and their meaning: the only place that knows tables. It decides nothing; what is written was decided by the
//! domain, and every finder asks for the organization whose rows it may see.

mod address;
mod budget;
mod column;
mod entity;
mod error;
mod ids;
mod job;
mod link;
mod load;
mod lock;
mod page;
mod pool;
mod schema;
mod time;
mod turns;
mod writer;

pub mod campaigns;
pub mod claims;
pub mod confirmations;
pub mod delegations;
pub mod deliveries;
pub mod events;
pub mod idempotency;
pub mod keys;
pub mod lexicons;
pub mod members;
pub mod meta;
pub mod notices;
pub mod organizations;
pub mod reminders;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use crate::failure::Failure;
use domain::ids::CampaignId;
use futures_util::future::BoxFuture;

pub use budget::within;
pub use error::StoreError;
pub use ids::{ConfirmationId, DeliveryId, EventId, LeaseToken, NoticeId};
pub use link::{Db, Tx};
pub use load::Load;
pub use lock::{Alone, FileLock};
pub use page::{Cursor, Listed, Page};
pub use schema::Schema;
pub use time::real_now;
pub use turns::Turn;

use address::Address;
use pool::Pool;
use turns::Turns;
use writer::{Crowd, Queue};

/// The database of this process. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: Address,
    reader: Db,
    writer: Writer,
    turns: Turns,
}

/// How writes get their transaction.
#[derive(Debug)]
enum Writer {
    /// One after another, many in one transaction: SQLite has one writer anyway.
    Queue(Queue),
    /// Each in its own transaction, side by side.
    Crowd(Crowd),
}

impl Store {
    /// Connects to `sqlite://path` or `postgres://…`. A missing file is made; the schema is left as it is.
    ///
    /// # Errors
    /// A bad address, or a database that does not answer.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let address = Address::read(url)?;
        let (reader, writer) = match &address {
            Address::Sqlite { file } => {
                // The writer comes first, since it makes the file that the readers open.
                let writer = Arc::new(Address::connect_writer(file).await?);
                let readers = Arc::new(Address::connect_readers(file).await?);
                (Db::new(readers), Writer::Queue(Queue::start(writer)))
            }
            Address::Postgres { url } => {
                let pool = Arc::new(Address::connect_server(url).await?);
                (Db::new(Arc::clone(&pool)), Writer::Crowd(Crowd::new(pool)))
            }
        };
        Ok(Self { shared: Arc::new(Shared { address, reader, writer, turns: Turns::default() }) })
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

    /// Waits for this process's turn to change the schema, and what a database begins with.
    ///
    /// # Errors
    /// What the database says.
    pub async fn alone(&self) -> Result<Alone, StoreError> {
        Alone::wait(&self.shared.address, self.writing().connections()).await
    }

    /// How the schema here compares with that of this release.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schema(&self) -> Result<Schema, StoreError> {
        Schema::of(&self.writing().connections()).await
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
            Writer::Crowd(crowd) => crowd.write(job).await,
        }
    }

    /// Waits for this process's turn at a campaign. Who will hold it in a write asks for one first and keeps it in the
    /// job; `None` where one writer takes turns anyway.
    ///
    /// # Errors
    /// The asker's time ran out.
    pub async fn turn(&self, campaign: CampaignId) -> Result<Option<Turn>, StoreError> {
        if self.is_shared() { self.shared.turns.wait(campaign).await.map(Some) } else { Ok(None) }
    }

    /// Ends accepted writes, refuses new ones, and closes every connection.
    pub async fn close(self) {
        match &self.shared.writer {
            Writer::Queue(queue) => queue.drain().await,
            Writer::Crowd(crowd) => crowd.drain().await,
        }
        // The writer closes last: that moves the log into the file.
        self.shared.reader.close().await;
        self.writing().close().await;
    }

    /// Whether other processes may work on the same rows.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.writing().is_shared()
    }

    fn writing(&self) -> &Arc<Pool> {
        match &self.shared.writer {
            Writer::Queue(queue) => queue.pool(),
            Writer::Crowd(crowd) => crowd.pool(),
        }
    }
}
