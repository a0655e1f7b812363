//! Codes by which people show that a mail reached them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Adds the table `confirmation`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(confirmation()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Compared as text, so ordered byte by byte like every instant.
            let ordered = "ALTER TABLE confirmation ALTER COLUMN asked_at TYPE text COLLATE \"C\"";
            manager.get_connection().execute_unprepared(ordered).await?;
        }
        let of_member = Index::create()
            .name("confirmation_member")
            .table("confirmation")
            .col("org_id")
            .col("member_id")
            .col("asked_at")
            .take();
        manager.create_index(of_member).await?;
        let old = Index::create().name("confirmation_asked").table("confirmation").col("asked_at").take();
        manager.create_index(old).await
    }
}

fn confirmation() -> TableCreateStatement {
    Table::create()
        .table("confirmation")
        .col(ColumnDef::new("org_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("member_id").uuid().not_null())
        .col(ColumnDef::new("asked_at").text().not_null())
        .col(ColumnDef::new("tries").big_integer().not_null())
        .col(ColumnDef::new("used_at").text().null())
        .primary_key(Index::create().col("org_id").col("id"))
        .foreign_key(
            ForeignKey::create()
                .name("confirmation_organization")
                .from("confirmation", "org_id")
                .to("organization", "id"),
        )
        .take()
}
