//! What the rules of team, of other campaigns and of wording need to know beside the contents.

use sea_orm_migration::prelude::*;

/// Adds stamps of trainings and rehearsals.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stamps = ColumnDef::new("stamps").text().not_null().default("{}").take();
        manager.alter_table(Table::alter().table("gate").add_column(stamps).take()).await
    }
}
