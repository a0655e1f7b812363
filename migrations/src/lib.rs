//! The history of the database's schema, one file a release. What the columns mean is known to the store alone.

mod m20261122_000001_first;
mod m20261122_000002_order;
mod m20261126_000003_rules;
mod m20261126_000004_told;
mod m20261126_000005_noticed;
mod m20261126_000006_waiting;
mod m20261127_000007_delegation;
mod m20261127_000008_confirmation;
mod m20261127_000009_ledger;
mod m20261127_000010_reminders;
mod m20261127_000011_closed;
mod m20261127_000012_office;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Brings a database from any earlier release to this one; run twice it changes nothing.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_first::Migration),
            Box::new(m20261122_000002_order::Migration),
            Box::new(m20261126_000003_rules::Migration),
            Box::new(m20261126_000004_told::Migration),
            Box::new(m20261126_000005_noticed::Migration),
            Box::new(m20261126_000006_waiting::Migration),
            Box::new(m20261127_000007_delegation::Migration),
            Box::new(m20261127_000008_confirmation::Migration),
            Box::new(m20261127_000009_ledger::Migration),
            Box::new(m20261127_000010_reminders::Migration),
            Box::new(m20261127_000011_closed::Migration),
            Box::new(m20261127_000012_office::Migration),
        ]
    }
}
