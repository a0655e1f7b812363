//! A notice on its way to one recipient on one channel.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub notice_id: Uuid,
    pub channel: String,
    pub recipient: Uuid,
    pub address: String,
    pub status: String,
    pub attempts: i64,
    pub next_attempt_at: String,
    pub message_id: String,
    pub last_error: Option<String>,
    pub lease_until: Option<String>,
    pub lease_token: Option<Uuid>,
    pub created_at: String,
    pub sent_at: Option<String>,
    pub bundle: Option<String>,
    pub not_before: Option<String>,
    pub waits: Option<bool>,
    pub opens_at: Option<String>,
    pub merged_into: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
