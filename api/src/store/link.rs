//! What statements run on: connections that read, and the transaction of a write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, SqliteTransactionMode,
    Statement, TransactionOptions, TransactionTrait,
};

use super::StoreError;
use super::error::is_lost;
use super::pool::Pool;

/// Connections for reading.
#[derive(Debug)]
pub struct Db(Arc<Pool>);

impl Db {
    pub(super) const fn new(pool: Arc<Pool>) -> Self {
        Self(pool)
    }

    pub(super) const fn pool(&self) -> &Arc<Pool> {
        &self.0
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.0.answered(|connections| async move { connections.ping().await }).await?)
    }

    pub(super) async fn close(&self) {
        self.0.close().await;
    }
}

/// An open write transaction. It notices when something is written, so that a late refusal can be undone.
#[derive(Debug)]
pub struct Tx {
    transaction: DatabaseTransaction,
    pool: Arc<Pool>,
    generation: u64,
    wrote: AtomicBool,
    is_lost: AtomicBool,
}

impl Tx {
    /// Opens a transaction that has the right to write from its first statement.
    pub(super) async fn begin(pool: &Arc<Pool>) -> Result<Self, DbErr> {
        let generation = pool.generation();
        let opened = pool.answered(|connections| async move {
            let is_sqlite = connections.get_database_backend() == DbBackend::Sqlite;
            let sqlite_transaction_mode = is_sqlite.then_some(SqliteTransactionMode::Immediate);
            let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
            connections.begin_with_options(options).await
        });
        Ok(Self {
            transaction: opened.await?,
            pool: Arc::clone(pool),
            generation,
            wrote: AtomicBool::new(false),
            is_lost: AtomicBool::new(false),
        })
    }

    /// Whether other transactions write beside this one, so that rows have to be held before they are judged.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.pool.is_shared()
    }

    /// If the link breaks meanwhile, nobody knows whether it took effect; so it is never cut off for lack of time.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let committed = self.pool.to_its_end(self.generation, self.transaction.commit()).await;
        if committed.is_err() {
            self.pool.replace(self.generation).await;
        }
        committed
    }

    /// Undoes everything. What was lost on its way is undone by the database. A connection whose transaction did not
    /// end well is used no more: SQLite ends one by itself when the disk is full, and the driver, which does not know,
    /// would take the next one for a part of it and never commit it.
    pub(super) async fn undo(self) {
        if self.is_lost.load(Ordering::Relaxed) {
            return;
        }
        if let Err(cause) = self.pool.to_its_end(self.generation, self.transaction.rollback()).await {
            tracing::warn!(%cause, "a transaction was not rolled back cleanly");
            self.pool.replace(self.generation).await;
        }
    }

    /// Whether anything was written since this was asked last.
    pub(super) fn take_wrote(&self) -> bool {
        self.wrote.swap(false, Ordering::Relaxed)
    }

    fn note(&self, sql: &str) {
        let starts_with =
            |word: &str| sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if !starts_with("SELECT") {
            self.wrote.store(true, Ordering::Relaxed);
        }
    }

    async fn answered<T>(&self, asked: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let answer = self.pool.in_time(self.generation, asked).await;
        if answer.as_ref().is_err_and(is_lost) {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        answer
    }
}

#[async_trait]
impl ConnectionTrait for Db {
    fn get_database_backend(&self) -> DbBackend {
        self.0.connections().get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.answered(|connections| async move { connections.execute_raw(statement).await }).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.answered(|connections| async move { connections.execute_unprepared(sql).await }).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.answered(|connections| async move { connections.query_one_raw(statement).await }).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.answered(|connections| async move { connections.query_all_raw(statement).await }).await
    }
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.note(&statement.sql);
        self.answered(self.transaction.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.note(sql);
        self.answered(self.transaction.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(&statement.sql);
        self.answered(self.transaction.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(&statement.sql);
        self.answered(self.transaction.query_all_raw(statement)).await
    }
}
