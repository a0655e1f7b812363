//! Reminders of people's own.

use sea_orm_migration::prelude::*;

/// Adds `reminders` to `campaign`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let reminders = ColumnDef::new("reminders").text().not_null().default("[]").take();
        manager.alter_table(Table::alter().table("campaign").add_column(reminders).take()).await
    }
}
