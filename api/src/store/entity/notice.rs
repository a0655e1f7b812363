//! A planned message and what became of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub campaign_id: Option<Uuid>,
    pub key: String,
    pub reason: String,
    pub subject: String,
    pub occurrence: String,
    pub generation: String,
    pub class: String,
    pub planned_at: String,
    pub not_after: String,
    pub audience: String,
    pub status: String,
    pub outcome: Option<String>,
    pub created_at: String,
    pub settled_at: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
