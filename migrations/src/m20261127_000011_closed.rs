//! Days on which an organization does not work.

use sea_orm_migration::prelude::*;

/// Adds `closed_days` to `organization`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let closed_days = ColumnDef::new("closed_days").text().not_null().default("[]").take();
        let organization = Table::alter().table("organization").add_column(closed_days).take();
        manager.alter_table(organization).await
    }
}
