//! Something that happened; written once, never changed.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub org_id: Uuid,
    pub id: Uuid,
    pub campaign_id: Uuid,
    #[sea_orm(column_name = "type")]
    pub kind: String,
    pub gate: Option<String>,
    pub actor: String,
    pub on_behalf_of: Option<Uuid>,
    pub through: Option<Uuid>,
    pub occurred_at: String,
    pub recorded_at: String,
    pub data: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
