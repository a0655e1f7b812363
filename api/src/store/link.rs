//! What statements run on: connections that read, and the transaction of a write.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::StoreError;

/// Connections for reading.
#[derive(Debug)]
pub struct Db(DatabaseConnection);

impl Db {
    pub(super) const fn new(connection: DatabaseConnection) -> Self {
        Self(connection)
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.0.ping().await?)
    }

    pub(super) async fn close(&self) {
        if let Err(cause) = self.0.close_by_ref().await {
            tracing::warn!(%cause, "a reader did not close cleanly");
        }
    }
}

/// An open write transaction. It notices when something is written, so that a late refusal can be undone.
#[derive(Debug)]
pub struct Tx {
    transaction: DatabaseTransaction,
    wrote: AtomicBool,
}

impl Tx {
    /// Opens a transaction that has the right to write from its first statement.
    pub(super) async fn begin(connection: &DatabaseConnection) -> Result<Self, DbErr> {
        let is_sqlite = connection.get_database_backend() == DbBackend::Sqlite;
        let sqlite_transaction_mode = is_sqlite.then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let transaction = connection.begin_with_options(options).await?;
        Ok(Self { transaction, wrote: AtomicBool::new(false) })
    }

    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }

    /// Undoes everything. A transaction that cannot be rolled back is gone with its connection anyway.
    pub(super) async fn undo(self) {
        if let Err(cause) = self.transaction.rollback().await {
            tracing::warn!(%cause, "a transaction was not rolled back cleanly");
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
}

#[async_trait]
impl ConnectionTrait for Db {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(statement).await
    }
}

#[async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.note(&statement.sql);
        self.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.note(sql);
        self.transaction.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(&statement.sql);
        self.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(&statement.sql);
        self.transaction.query_all_raw(statement).await
    }
}
