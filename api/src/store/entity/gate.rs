//! One of the seven gates of a campaign: facts, and a summary that can be derived again.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gate")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub gate: String,
    pub version: i64,
    pub content: String,
    pub assignee: Option<Uuid>,
    pub ticks: String,
    pub submission: Option<String>,
    pub approval: Option<String>,
    pub editors: String,
    pub stamps: String,
    pub noticed: String,
    pub status: String,
    pub due_at: String,
    pub expires_at: Option<String>,
    pub revision: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
