//! Who is away and who stands in, and in whose place something was done.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Adds the table `delegation`, and `on_behalf_of` to `event`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(delegation()).await?;
        let on_behalf_of = ColumnDef::new("on_behalf_of").uuid().null().take();
        manager.alter_table(Table::alter().table("event").add_column(on_behalf_of).take()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Compared as text, so ordered byte by byte like every instant.
            let ordered = ["starts_at", "ends_at", "created_at"]
                .map(|column| format!("ALTER COLUMN {column} TYPE text COLLATE \"C\""))
                .join(", ");
            let ordered = format!("ALTER TABLE delegation {ordered}");
            manager.get_connection().execute_unprepared(&ordered).await?;
        }
        let ahead =
            Index::create().name("delegation_ends").table("delegation").col("org_id").col("ends_at").take();
        manager.create_index(ahead).await
    }
}

fn delegation() -> TableCreateStatement {
    Table::create()
        .table("delegation")
        .col(ColumnDef::new("org_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("member_id").uuid().not_null())
        .col(ColumnDef::new("delegate_id").uuid().not_null())
        .col(ColumnDef::new("starts_at").text().not_null())
        .col(ColumnDef::new("ends_at").text().not_null())
        .col(ColumnDef::new("reason").text().null())
        .col(ColumnDef::new("made_by").text().not_null())
        .col(ColumnDef::new("created_at").text().not_null())
        .col(ColumnDef::new("ended_at").text().null())
        .primary_key(Index::create().col("org_id").col("id"))
        .foreign_key(
            ForeignKey::create()
                .name("delegation_organization")
                .from("delegation", "org_id")
                .to("organization", "id"),
        )
        .take()
}
