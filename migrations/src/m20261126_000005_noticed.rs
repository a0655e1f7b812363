//! What people are told of beside reviews: approvals that ceased to hold, facets that changed, campaigns that became ready.

use sea_orm_migration::prelude::*;

/// Adds the column `noticed` to `gate` and `turn` to `campaign`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("gate", ColumnDef::new("noticed").text().not_null().default("{}").take()),
            ("campaign", ColumnDef::new("turn").text().null().take()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }
}
