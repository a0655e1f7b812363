//! The ledgers of an organization and of a campaign in the order of their times, and what somebody got.

use sea_orm_migration::prelude::*;

/// Adds indexes to `notice`, one of them in place of another, and one to `delivery`.
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
        // With the id, so that it gives the order, too; SQLite would go along the other one otherwise.
        let of_campaign = Index::create()
            .name("notice_told")
            .table("notice")
            .col("org_id")
            .col("campaign_id")
            .col("planned_at")
            .col("id")
            .take();
        manager.create_index(of_campaign).await?;
        manager.drop_index(Index::drop().name("notice_campaign").table("notice").to_owned()).await?;
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
