//! What the rules of team, of other campaigns and of wording need to know beside the contents: stamps of trainings and
//! rehearsals, what each campaign takes that others may want too, and each organization's lexicon.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Adds the tables `claim` and `lexicon`, and the columns that go with them.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("gate", ColumnDef::new("stamps").text().not_null().default("{}").take()),
            ("campaign", ColumnDef::new("wording").text().null().take()),
            ("campaign", ColumnDef::new("lexicon_version").big_integer().not_null().default(0).take()),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        manager.create_table(claim()).await?;
        manager.create_table(lexicon()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Compared as text, so ordered byte by byte like every instant.
            let ordered = "ALTER TABLE claim ALTER COLUMN ends_at TYPE text COLLATE \"C\"";
            manager.get_connection().execute_unprepared(ordered).await?;
        }
        let wanted = Index::create()
            .name("claim_wanted")
            .table("claim")
            .col("org_id")
            .col("kind")
            .col("key")
            .col("ends_at")
            .take();
        manager.create_index(wanted).await
    }
}

fn claim() -> TableCreateStatement {
    Table::create()
        .table("claim")
        .col(ColumnDef::new("org_id").uuid().not_null())
        .col(ColumnDef::new("campaign_id").uuid().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("key").text().not_null())
        .col(ColumnDef::new("locked_units").big_integer().null())
        .col(ColumnDef::new("live_price").big_integer().null())
        .col(ColumnDef::new("ends_at").text().not_null())
        .primary_key(Index::create().col("org_id").col("campaign_id").col("kind").col("key"))
        .foreign_key(
            ForeignKey::create()
                .name("claim_campaign")
                .from_tbl("claim")
                .from_col("org_id")
                .from_col("campaign_id")
                .to_tbl("campaign")
                .to_col("org_id")
                .to_col("id"),
        )
        .take()
}

fn lexicon() -> TableCreateStatement {
    Table::create()
        .table("lexicon")
        .col(ColumnDef::new("org_id").uuid().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("overlay").text().not_null())
        .col(ColumnDef::new("changed_by").text().not_null())
        .col(ColumnDef::new("changed_at").text().not_null())
        .primary_key(Index::create().col("org_id").col("version"))
        .foreign_key(
            ForeignKey::create()
                .name("lexicon_organization")
                .from("lexicon", "org_id")
                .to("organization", "id"),
        )
        .take()
}
