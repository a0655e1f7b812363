//! The file behind the store: who may write it, and how safe it is.

use futures_util::FutureExt;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use super::super::testing::Place;
use super::super::{Store, StoreError};
use super::Desk;
use crate::failure::Failure;

#[tokio::test]
async fn readers_cannot_write_and_the_file_is_as_safe_as_promised() {
    let desk = Desk::new().await;
    let refused = desk.store.reader().execute_unprepared("INSERT INTO meta VALUES ('a', 'b')").await;
    assert!(refused.is_err());
    let asked = desk.store.write(|tx| {
        async move {
            let mut found = Vec::new();
            for pragma in ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"] {
                let ask =
                    sea_orm::Statement::from_string(tx.get_database_backend(), format!("PRAGMA {pragma}"));
                let row = tx.query_one_raw(ask).await?.ok_or(Failure::Stale)?;
                let text = row.try_get_by_index::<String>(0);
                found.push(match text {
                    Ok(text) => text,
                    Err(_) => row.try_get_by_index::<i64>(0)?.to_string(),
                });
            }
            Ok(found)
        }
        .boxed()
    });
    assert_eq!(asked.await.unwrap(), ["wal", "2", "1", "5000"], "2 is synchronous=FULL");
}

#[tokio::test]
async fn a_file_is_locked_once_at_a_time() {
    let place = Place::new().await;
    let lock = Store::lock_file(place.url()).unwrap();
    let second = Store::lock_file(place.url());
    assert!(matches!(second, Err(StoreError::InUse { .. })), "{second:?}");
    drop(lock);
    Store::lock_file(place.url()).unwrap();
}

/// The values of the first column that a statement answers.
async fn asked(connection: &DatabaseConnection, statement: &str) -> Vec<String> {
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Sqlite, statement)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// A row of a table as any release may have left it: every id is the same, so that all references hold.
async fn fill(connection: &DatabaseConnection, table: &str) {
    let value = "CASE WHEN type LIKE '%uuid%' OR type LIKE '%blob%' THEN 'X''00000000000070008000000000000001''' \
                 WHEN type LIKE '%int%' THEN '1' ELSE '''x''' END";
    let columns = asked(connection, &format!("SELECT name FROM pragma_table_info('{table}')")).await;
    let values = asked(connection, &format!("SELECT {value} FROM pragma_table_info('{table}')")).await;
    let columns = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    let insert = format!("INSERT INTO {table} ({columns}) VALUES ({})", values.join(", "));
    connection.execute_unprepared(&insert).await.unwrap();
}

#[tokio::test]
async fn the_ledger_of_an_earlier_release_is_kept_when_its_tables_are_written_anew() {
    let place = Place::new().await;
    let connection = Database::connect(format!("{}?mode=rwc", place.url())).await.unwrap();
    Migrator::up(&connection, Some(11)).await.unwrap();
    for table in ["organization", "campaign", "notice", "delivery"] {
        fill(&connection, table).await;
    }
    let look = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
    let rows = "SELECT hex(n.id) || hex(n.campaign_id) || n.key || d.address FROM delivery d \
                JOIN notice n ON n.org_id = d.org_id AND n.id = d.notice_id";
    let (indexes, kept) = (asked(&connection, look).await, asked(&connection, rows).await);
    assert_eq!(kept.len(), 1);
    let null = "UPDATE notice SET campaign_id = NULL";
    connection.execute_unprepared(null).await.unwrap_err();
    Migrator::up(&connection, None).await.unwrap();
    assert_eq!(asked(&connection, look).await, indexes);
    assert_eq!(asked(&connection, rows).await, kept);
    connection.execute_unprepared("DELETE FROM notice").await.unwrap_err();
    connection.execute_unprepared(null).await.unwrap();
    assert_eq!(asked(&connection, "SELECT name FROM sqlite_master WHERE name LIKE '%anew%'").await, [""; 0]);
}
