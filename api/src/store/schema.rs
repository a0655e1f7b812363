//! Which migrations ran on a database. A newer release may have run some that this one does not know: the database
//! then serves both, so that replicas are replaced one by one.

use std::collections::HashSet;

use migrations::{Migrator, MigratorTrait};
use sea_orm::{DatabaseConnection, EntityTrait as _};
use sea_orm_migration::{SchemaManager, seaql_migrations};

use super::StoreError;

/// How the schema of a database compares with that of this release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// Migrations of this release that have not run, in order.
    pub pending: Vec<String>,
    /// Migrations that ran and belong to a newer release.
    pub newer: Vec<String>,
    /// Whether none has run yet.
    pub is_empty: bool,
}

impl Schema {
    /// Reads it; nothing is written.
    pub(super) async fn of(connection: &DatabaseConnection) -> Result<Self, StoreError> {
        let ran = ran(connection).await?;
        let ours: Vec<String> = Migrator::migrations().iter().map(|one| one.name().to_owned()).collect();
        let known = |name: &String| ours.contains(name);
        Ok(Self {
            is_empty: ran.is_empty(),
            newer: ran.iter().filter(|name| !known(name)).cloned().collect(),
            pending: ours.iter().filter(|name| !ran.contains(*name)).cloned().collect(),
        })
    }
}

async fn ran(connection: &DatabaseConnection) -> Result<HashSet<String>, StoreError> {
    if !SchemaManager::new(connection).has_table("seaql_migrations").await? {
        return Ok(HashSet::new());
    }
    let rows = seaql_migrations::Entity::find().all(connection).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}
