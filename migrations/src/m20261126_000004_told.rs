//! Wording findings are kept one by one, each with the lexicon that found it; and which write's claims are kept.

use sea_orm_migration::prelude::*;

/// Renews the column `wording` of `campaign`, and adds `claims_version` with its index.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What it held can be derived again, but was of another shape.
        manager.alter_table(Table::alter().table("campaign").drop_column("wording").take()).await?;
        let columns = [
            ColumnDef::new("wording").text().not_null().default("[]").take(),
            ColumnDef::new("claims_version").big_integer().not_null().default(0).take(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("campaign").add_column(column).take()).await?;
        }
        // Campaigns that a release without claims wrote last; usually none.
        let behind =
            "CREATE INDEX campaign_claims_behind ON campaign (id) WHERE claims_version <> row_version";
        manager.get_connection().execute_unprepared(behind).await.map(drop)
    }
}
