//! Real time for what several replicas must agree on: leases and retries follow the clock of their one database.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::StoreError;
use super::column::Row;

/// The database's clock as columns hold instants.
const NOW: &str =
    "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS instant";

/// What time it is for everybody who uses this database: a server's own clock, else that of this machine.
///
/// # Errors
/// What the database says.
pub async fn real_now(c: &impl ConnectionTrait, machine: Timestamp) -> Result<Timestamp, StoreError> {
    let backend = c.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(machine);
    }
    let found = c.query_one_raw(Statement::from_string(backend, NOW)).await?;
    let text: Option<String> = found.map(|row| row.try_get("", "instant")).transpose()?;
    text.map_or(Ok(machine), |text| Row::new("clock", &"now").instant("instant", &text))
}
