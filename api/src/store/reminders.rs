//! Reminders of organizations.

use domain::ids::{OrganizationId, ReminderId};
use domain::reminder::Reminder;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::column::{Row, instant_text, json_text};
use super::entity::reminder::{self, Column};
use super::{StoreError, Tx};
use crate::failure::Failure;

/// The reminders of an organization in the order in which they were made; there are few.
///
/// # Errors
/// What the database says.
pub async fn all(c: &impl ConnectionTrait, org: OrganizationId) -> Result<Vec<Reminder>, StoreError> {
    let rows = reminder::Entity::find()
        .filter(Column::OrgId.eq(org.0))
        .order_by_asc(Column::MadeAt)
        .order_by_asc(Column::Id)
        .all(c)
        .await?;
    rows.into_iter().map(|row| Row::new("reminder", &row.id).json("data", &row.data)).collect()
}

/// Adds a reminder.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &Tx, org: OrganizationId, made: &Reminder) -> Result<(), Failure> {
    let row = reminder::ActiveModel {
        org_id: Set(org.0),
        id: Set(made.id.0),
        data: Set(json_text(made)?),
        made_at: Set(instant_text(made.made_at)),
    };
    reminder::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Removes a reminder; false if there is none.
///
/// # Errors
/// What the database says.
pub async fn remove(tx: &Tx, org: OrganizationId, id: ReminderId) -> Result<bool, Failure> {
    Ok(reminder::Entity::delete_by_id((org.0, id.0)).exec(tx).await?.rows_affected == 1)
}
