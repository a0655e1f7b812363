//! What several replicas on one PostgreSQL may do at the same time: they take turns where they must, and nowhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::ids::{ApiKeyId, MemberId};
use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::SignedDuration;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::super::address::Address;
use super::super::testing::Place;
use super::super::{
    Store, StoreError, campaigns as stored, deliveries as stored_deliveries, idempotency, meta, real_now,
    within,
};
use super::{Desk, at, deliveries, empty_campaign};
use crate::failure::{Conflict, Failure};

/// Runs a job until `until` is closed; `begun` gets a permit when it has done its part.
macro_rules! meanwhile {
    ($store:expr, $begun:expr, $until:expr, |$tx:ident| $part:expr) => {{
        let (store, begun, until) = ($store.clone(), $begun.clone(), $until.clone());
        tokio::spawn(async move {
            let job = store.write(move |$tx| {
                let (begun, until) = (begun.clone(), until.clone());
                async move {
                    let _held = $part;
                    begun.add_permits(1);
                    drop(until.acquire().await);
                    Ok(())
                }
                .boxed()
            });
            job.await
        })
    }};
}

/// A desk whose database others may use. On a file, whose one writer takes turns by itself, these tests would wait for
/// ever.
async fn shared_desk() -> Desk {
    let desk = Desk::new().await;
    assert!(desk.store.is_shared(), "name a PostgreSQL in GREENROOM_TEST_POSTGRES, or skip postgres_only");
    desk
}

#[tokio::test]
async fn a_campaign_that_one_holds_is_passed_over_by_who_has_other_work() {
    let desk = shared_desk().await;
    let held = desk.insert(&empty_campaign("一", None)).await.campaign.id;
    let free = desk.insert(&empty_campaign("二", None)).await.campaign.id;
    let (begun, until, org) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)), desk.org);
    let holder = meanwhile!(desk.store, begun, until, |tx| stored::hold(tx, org, held).await?);
    drop(begun.acquire().await.unwrap());
    let look = desk.store.write(move |tx| {
        async move {
            let passed_over = stored::hold_if_free(tx, org, held).await?;
            Ok((passed_over.is_none(), stored::hold_if_free(tx, org, free).await?.is_some()))
        }
        .boxed()
    });
    assert_eq!(look.await.unwrap(), (true, true));
    until.close();
    holder.await.unwrap().unwrap();
    let again =
        desk.store.write(move |tx| async move { Ok(stored::hold_if_free(tx, org, held).await?) }.boxed());
    assert!(again.await.unwrap().is_some());
}

#[tokio::test]
async fn of_two_commands_on_a_campaign_the_second_reads_what_the_first_wrote() {
    let desk = shared_desk().await;
    let id = desk.insert(&empty_campaign("零", None)).await.campaign.id;
    let (org, runs) = (desk.org, Arc::new(AtomicUsize::new(0)));
    let rename = |number: usize| {
        let (store, runs) = (desk.store.clone(), Arc::clone(&runs));
        tokio::spawn(async move {
            let job = store.write(move |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                async move {
                    let before = stored::hold(tx, org, id).await?.ok_or(Failure::Stale)?;
                    let mut after = before.campaign.clone();
                    after.profile.name = format!("{}{number}", after.profile.name);
                    stored::save(tx, org, &before, &after, &before.summary, at("2027-02-02T00:00:00Z")).await
                }
                .boxed()
            });
            job.await
        })
    };
    let done = join_all((0..8).map(rename)).await;
    assert!(done.into_iter().all(|done| done.unwrap().is_ok()));
    let after = desk.load(id).await;
    assert_eq!(after.campaign.profile.name.chars().count(), 1 + 8, "{}", after.campaign.profile.name);
    assert_eq!(after.row_version, 1 + 8);
    assert_eq!(runs.load(Ordering::Relaxed), 8, "nobody had to try again");
}

#[tokio::test]
async fn a_key_under_which_another_works_is_said_to_be_in_use() {
    let desk = shared_desk().await;
    let (org, holder) = (desk.org, ApiKeyId(Uuid::now_v7()));
    let (begun, until) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let first = meanwhile!(desk.store, begun, until, |tx| idempotency::find(tx, org, holder, "k").await?);
    drop(begun.acquire().await.unwrap());
    let ask = |key: &'static str| {
        desk.store.write(move |tx| async move { idempotency::find(tx, org, holder, key).await }.boxed())
    };
    let refused = ask("k").await;
    assert!(matches!(refused, Err(Failure::Conflict(Conflict::KeyInFlight))), "{refused:?}");
    assert!(ask("other").await.unwrap().is_none());
    until.close();
    first.await.unwrap().unwrap();
    assert!(ask("k").await.unwrap().is_none());
}

#[tokio::test]
async fn of_processes_that_start_together_one_migrates_and_the_others_wait() {
    let place = Place::new().await;
    assert!(place.url().starts_with("postgres"), "name a PostgreSQL in GREENROOM_TEST_POSTGRES");
    let start = || async {
        let store = Store::open(place.url()).await.unwrap();
        let alone = store.alone().await.unwrap();
        let pending = store.schema().await.unwrap().pending.len();
        alone.migrate().await.unwrap();
        alone.end().await;
        store.close().await;
        pending
    };
    let mut pending = join_all((0..4).map(|_| start())).await;
    pending.sort_unstable();
    assert_eq!(pending[..3], [0, 0, 0]);
    assert!(pending[3] > 0);
}

#[tokio::test]
async fn real_time_is_that_of_the_database() {
    let desk = shared_desk().await;
    let wrong = at("2001-01-01T00:00:00Z");
    let (first, second) = (
        real_now(desk.store.reader(), wrong).await.unwrap(),
        desk.store.write(move |tx| async move { Ok(real_now(tx, wrong).await?) }.boxed()).await.unwrap(),
    );
    assert!(first > at("2026-01-01T00:00:00Z") && first < second, "{first} {second}");
}

#[tokio::test]
async fn an_asker_who_runs_out_of_time_is_told_at_once_and_costs_nobody_a_connection() {
    let desk = shared_desk().await;
    let slow = desk.store.write(|tx| {
        async move {
            meta::set(tx, "half", "done").await?;
            tx.execute_unprepared("SELECT pg_sleep(2)").await?;
            Ok(())
        }
        .boxed()
    });
    let since = Instant::now();
    let refused = within(Duration::from_millis(300), slow).await;
    assert!(matches!(&refused, Err(Failure::Store(error)) if error.is_temporary()), "{refused:?}");
    assert!(since.elapsed() < Duration::from_secs(1), "the server was waited for: {:?}", since.elapsed());
    let reader = desk.store.reader();
    let read = within(Duration::from_millis(300), reader.execute_unprepared("SELECT pg_sleep(2)")).await;
    assert!(read.is_err());
    assert_eq!(meta::get(reader, "half").await.unwrap(), None);
    desk.store.clone().close().await;
    assert_eq!(desk.store.writing().generation(), 0, "the connections were replaced");
}

#[tokio::test]
async fn waiting_for_a_connection_that_others_use_is_no_sign_that_the_server_is_gone() {
    let desk = shared_desk().await;
    let slow = |_| desk.store.reader().execute_unprepared("SELECT pg_sleep(2.8)");
    // Twice as many as there are connections: the second half waits for the first, and then for its own answers.
    let answers = join_all((0..32).map(slow)).await;
    for answer in answers {
        answer.unwrap();
    }
    assert_eq!(desk.store.writing().generation(), 0, "the connections were replaced");
}

#[tokio::test]
async fn a_commit_that_was_begun_is_waited_for_and_one_that_comes_too_late_is_not_begun() {
    let desk = shared_desk().await;
    let slow_commits = desk.store.write(|tx| {
        async move {
            tx.execute_unprepared(
                "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$",
            )
            .await?;
            tx.execute_unprepared(
                "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED \
                 FOR EACH ROW EXECUTE FUNCTION dawdle()",
            )
            .await?;
            Ok(())
        }
        .boxed()
    });
    slow_commits.await.unwrap();
    let in_time = desk.store.write(|tx| async move { meta::set(tx, "in time", "1").await }.boxed());
    within(Duration::from_millis(500), in_time).await.unwrap();
    assert!(meta::get(desk.store.reader(), "in time").await.unwrap().is_some());
    let late = desk.store.write(|tx| {
        async move {
            meta::set(tx, "late", "1").await?;
            let cut_off = tx.execute_unprepared("SELECT pg_sleep(2)").await;
            assert!(cut_off.is_err());
            Ok(())
        }
        .boxed()
    });
    let refused = within(Duration::from_millis(500), late).await;
    assert!(matches!(refused, Err(Failure::Store(StoreError::Database(_)))), "{refused:?}");
    desk.store.clone().close().await;
    let again = Store::open(desk.place.url()).await.unwrap();
    assert_eq!(meta::get(again.reader(), "late").await.unwrap(), None);
}

#[tokio::test]
async fn a_claim_takes_no_more_than_it_may_whatever_the_plan() {
    let recipients: Vec<MemberId> = (0..20).map(|_| MemberId(Uuid::now_v7())).collect();
    let (desk, _) = deliveries::desk_with(&recipients).await;
    assert!(desk.store.is_shared(), "name a PostgreSQL in GREENROOM_TEST_POSTGRES");
    // Only a nested loop is left to the planner: it asks what is due again for every row.
    let claim = desk.store.write(|tx| {
        async move {
            for way in ["hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"] {
                tx.execute_unprepared(&format!("SET LOCAL enable_{way} = off")).await?;
            }
            stored_deliveries::claim(tx, at(deliveries::DUE), SignedDuration::from_secs(60), 8).await
        }
        .boxed()
    });
    assert_eq!(claim.await.unwrap().len(), 8);
}

#[tokio::test]
async fn a_turn_at_the_schema_ends_with_the_machine_that_had_it() {
    let place = Place::new().await;
    let connection = Address::connect_patiently(place.url()).await.unwrap();
    for (setting, expected) in
        [("tcp_keepalives_idle", "20"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "4")]
    {
        let ask = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
        let row = connection.query_one_raw(ask).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), expected, "{setting}");
    }
}
