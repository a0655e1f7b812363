//! Facts about the whole database, such as that it is a sandbox's.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::entity::meta;
use super::{StoreError, Tx};
use crate::failure::Failure;

/// The value of a fact, if it was ever set.
///
/// # Errors
/// What the database says.
pub async fn get(c: &impl ConnectionTrait, name: &str) -> Result<Option<String>, StoreError> {
    Ok(meta::Entity::find_by_id(name).one(c).await?.map(|row| row.value))
}

/// Sets a fact.
///
/// # Errors
/// What the database says.
pub async fn set(tx: &Tx, name: &str, value: &str) -> Result<(), Failure> {
    let row = meta::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let replace = OnConflict::column(meta::Column::Name).update_column(meta::Column::Value).to_owned();
    meta::Entity::insert(row).on_conflict(replace).exec_without_returning(tx).await?;
    Ok(())
}
