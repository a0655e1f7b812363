//! The file behind the store: who may write it, and how safe it is.

use futures_util::FutureExt;
use sea_orm::ConnectionTrait;

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
