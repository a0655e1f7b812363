//! A campaign: its own fields, its life, and a summary that can be derived again.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub row_version: i64,
    pub version: i64,
    pub name: String,
    pub go_live_at: String,
    pub time_zone: String,
    pub planned_minutes: i64,
    pub currency: String,
    pub account_ref: String,
    pub room_ref: String,
    pub owner: String,
    pub external_ref: Option<String>,
    pub playbook: String,
    pub platforms: String,
    pub metadata: String,
    pub life: String,
    pub status: String,
    pub current_gate: Option<String>,
    pub next_wake_at: Option<String>,
    pub search: String,
    pub wording: String,
    pub turn: Option<String>,
    pub reminders: String,
    pub lexicon_version: i64,
    pub claims_version: i64,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
