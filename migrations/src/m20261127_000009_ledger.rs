//! The ledger of an organization in the order of its times, and what somebody got.

use sea_orm_migration::prelude::*;

/// Adds an index to `notice` and one to `delivery`.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let in_order = Index::create()
            .name("notice_planned")
            .table("notice")
            .col("org_id")
            .col("planned_at")
            .col("id")
            .take();
        manager.create_index(in_order).await?;
        let of_member = Index::create()
            .name("delivery_member")
            .table("delivery")
            .col("org_id")
            .col("recipient")
            .col("notice_id")
            .take();
        manager.create_index(of_member).await
    }
}
