//! How busy the way to the database is, for those who watch it.

use sea_orm::sqlx::{Database, Pool};

use super::{Store, Writer};

/// Connections and waiting writes at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Each pool with its connections in use and idle.
    pub connections: Vec<(&'static str, usize, usize)>,
    /// Writes that wait for the one writer of SQLite; always 0 on PostgreSQL.
    pub writes_waiting: usize,
}

impl Store {
    /// How busy it is now.
    #[must_use]
    pub fn load(&self) -> Load {
        match &self.shared.writer {
            Writer::Queue(queue) => {
                let (readers, writer) = (self.shared.reader.pool().connections(), queue.pool().connections());
                let readers = pool("readers", readers.get_sqlite_connection_pool());
                let writer = pool("writer", writer.get_sqlite_connection_pool());
                Load { connections: vec![readers, writer], writes_waiting: queue.waiting() }
            }
            Writer::Crowd(crowd) => {
                let shared = crowd.pool().connections();
                let shared = pool("shared", shared.get_postgres_connection_pool());
                Load { connections: vec![shared], writes_waiting: 0 }
            }
        }
    }
}

fn pool<D: Database>(name: &'static str, pool: &Pool<D>) -> (&'static str, usize, usize) {
    let (all, idle) = (usize::try_from(pool.size()).unwrap_or(usize::MAX), pool.num_idle());
    (name, all.saturating_sub(idle), idle)
}
