//! Messages that wait for somebody's morning or for others to the same person, and what people want of messages.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Adds to `delivery` what it waits for and what it was merged into, and `preferences` to `member`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each leads to few rows: those that wait, that opened a message for others, that were merged.
const INDEXES: [&str; 3] = [
    "CREATE INDEX delivery_waits ON delivery (waits, not_before) WHERE waits IS NOT NULL",
    "CREATE INDEX delivery_opens ON delivery (org_id, recipient, opens_at) WHERE opens_at IS NOT NULL",
    "CREATE INDEX delivery_merged ON delivery (org_id, merged_into) WHERE merged_into IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("delivery", ColumnDef::new("bundle").text().null().take()),
            ("delivery", ColumnDef::new("not_before").text().null().take()),
            ("delivery", ColumnDef::new("waits").boolean().null().take()),
            ("delivery", ColumnDef::new("opens_at").text().null().take()),
            ("delivery", ColumnDef::new("merged_into").uuid().null().take()),
            ("member", ColumnDef::new("preferences").text().not_null().default("{}").take()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        let connection = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Postgres {
            // Compared as text, so ordered byte by byte like every instant.
            let ordered = "ALTER TABLE delivery ALTER COLUMN not_before TYPE text COLLATE \"C\", \
                           ALTER COLUMN opens_at TYPE text COLLATE \"C\"";
            connection.execute_unprepared(ordered).await?;
        }
        for index in INDEXES {
            connection.execute_unprepared(index).await?;
        }
        Ok(())
    }
}
