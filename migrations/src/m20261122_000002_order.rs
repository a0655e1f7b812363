//! PostgreSQL orders text by the language of its database; what we sort and compare by is ordered byte by byte, as
//! on SQLite, so that lists and cursors are the same everywhere.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Columns by which rows are sorted or compared: instants, and the name of campaigns.
const ORDERED: [(&str, &[&str]); 8] = [
    ("organization", &["created_at"]),
    ("member", &["created_at"]),
    ("api_key", &["created_at"]),
    ("campaign", &["name", "go_live_at", "next_wake_at", "created_at"]),
    ("gate", &["due_at"]),
    ("notice", &["planned_at", "not_after"]),
    ("delivery", &["next_attempt_at", "lease_until"]),
    ("idempotency", &["created_at"]),
];

/// Orders text byte by byte on PostgreSQL; SQLite always did.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        for (table, columns) in ORDERED {
            let changes =
                columns.iter().map(|column| format!("ALTER COLUMN {column} TYPE text COLLATE \"C\""));
            let changes = changes.collect::<Vec<_>>().join(", ");
            manager.get_connection().execute_unprepared(&format!("ALTER TABLE {table} {changes}")).await?;
        }
        Ok(())
    }
}
