//! Writes side by side: what was answered is there, and what failed harms nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Refusal;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use sea_orm::ConnectionTrait;
use tokio::sync::Semaphore;

use super::super::testing::Place;
use super::super::{Schema, Store, StoreError, Tx, meta};
use super::Desk;
use crate::failure::Failure;

/// A job that sets a fact.
fn set(name: &str) -> impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<(), Failure>> + Send + Sync + 'static {
    let name = name.to_owned();
    move |tx| {
        let name = name.clone();
        async move { meta::set(tx, &name, "1").await }.boxed()
    }
}

async fn get(store: &Store, name: &str) -> Option<String> {
    meta::get(store.reader(), name).await.unwrap()
}

/// Keeps the writer busy until it is let go, so that everything queued meanwhile shares one transaction.
struct Held {
    gate: Arc<Semaphore>,
    done: tokio::task::JoinHandle<Result<(), Failure>>,
}

impl Held {
    async fn new(store: &Store) -> Self {
        Self::of(store, "held").await
    }

    /// Also keeps whoever sets this fact waiting, where there are more writers than one.
    async fn of(store: &Store, fact: &'static str) -> Self {
        let (gate, running) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (inner, started, store) = (gate.clone(), running.clone(), store.clone());
        let done = tokio::spawn(async move {
            let job = store.write(move |tx| {
                let (inner, started) = (inner.clone(), started.clone());
                async move {
                    meta::set(tx, fact, "0").await?;
                    started.add_permits(1);
                    drop(inner.acquire().await);
                    Ok(())
                }
                .boxed()
            });
            job.await
        });
        drop(running.acquire().await.unwrap());
        Self { gate, done }
    }

    async fn let_go(self) {
        self.gate.close();
        self.done.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_writes_at_once_are_all_answered_and_all_there_when_the_file_is_opened_again() {
    let desk = Desk::new().await;
    let names: Vec<String> = (0..200).map(|number| format!("fact {number}")).collect();
    let answers = join_all(names.iter().map(|name| {
        let (store, name) = (desk.store.clone(), name.clone());
        tokio::spawn(async move {
            store.write(set(&name)).await.unwrap();
            assert_eq!(get(&store, &name).await.as_deref(), Some("1"), "an answer comes after the commit");
        })
    }));
    assert!(answers.await.into_iter().all(|answer| answer.is_ok()));
    // Opened beside the first store, which was not closed: what was committed is in the file or its log.
    let again = Store::open(desk.place.url()).await.unwrap();
    for name in &names {
        assert_eq!(get(&again, name).await.as_deref(), Some("1"), "{name}");
    }
}

#[tokio::test]
async fn a_job_that_fails_harms_no_other_job_of_its_transaction() {
    let desk = Desk::new().await;
    let held = Held::new(&desk.store).await;
    let (runs, store) = (Arc::new(AtomicUsize::new(0)), &desk.store);
    let counted = runs.clone();
    let bad = store.write(move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            meta::set(tx, "half", "done").await?;
            tx.execute_unprepared("INSERT INTO nowhere VALUES (1)").await?;
            Ok(())
        }
        .boxed()
    });
    let panics = store.write(|tx| {
        async move {
            meta::set(tx, "half", "done").await?;
            if tx.support_returning() { panic!("a defect") } else { Ok(()) }
        }
        .boxed()
    });
    let stale = store.write(|tx| {
        async move {
            meta::set(tx, "half", "done").await?;
            Err::<(), _>(Failure::Stale)
        }
        .boxed()
    });
    let all = async {
        tokio::join!(store.write(set("first")), bad, panics, stale, store.write(set("last")), held.let_go())
    };
    let (first, bad, panics, stale, last, ()) = all.await;
    assert!(first.is_ok() && last.is_ok());
    assert!(matches!(bad, Err(Failure::Store(StoreError::Database(_)))), "{bad:?}");
    assert!(matches!(panics, Err(Failure::Internal(_))), "{panics:?}");
    assert!(matches!(stale, Err(Failure::Stale)), "{stale:?}");
    let expected = if store.is_shared() { 1 } else { 2 };
    assert_eq!(runs.load(Ordering::Relaxed), expected, "alone; in a file before that once with the others");
    assert!(get(store, "first").await.is_some() && get(store, "last").await.is_some());
    assert_eq!(get(store, "half").await, None);
    store.write(set("after")).await.unwrap();
}

#[tokio::test]
async fn a_job_that_refuses_writes_nothing_however_late_it_refuses() {
    let desk = Desk::new().await;
    let held = Held::new(&desk.store).await;
    let store = &desk.store;
    let refusal = || Failure::from(Refusal::VersionChanged { current: 2 });
    let early = store.write(move |_| async move { Err::<(), _>(refusal()) }.boxed());
    let late = store.write(move |tx| {
        async move {
            meta::set(tx, "late", "1").await?;
            Err::<(), _>(refusal())
        }
        .boxed()
    });
    let all = async { tokio::join!(early, late, store.write(set("other")), held.let_go()) };
    let (early, late, other, ()) = all.await;
    assert!(matches!(early, Err(Failure::Refused { .. })), "{early:?}");
    assert!(matches!(late, Err(Failure::Refused { .. })), "{late:?}");
    assert!(other.is_ok());
    assert_eq!((get(store, "late").await, get(store, "other").await.is_some()), (None, true));
}

#[tokio::test]
async fn a_stale_job_is_tried_again_until_it_reads_what_is_there() {
    let desk = Desk::new().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let answer = desk.store.write(move |_| {
        let run = counted.fetch_add(1, Ordering::Relaxed);
        async move { if run < 2 { Err(Failure::Stale) } else { Ok(run) } }.boxed()
    });
    assert_eq!(answer.await.unwrap(), 2);
}

#[tokio::test]
async fn a_job_goes_on_when_nobody_waits_any_more() {
    let desk = Desk::new().await;
    let held = Held::of(&desk.store, "kept").await;
    let (store, queued) = (desk.store.clone(), Arc::new(Semaphore::new(0)));
    let about_to = queued.clone();
    let client = tokio::spawn(async move {
        let write = store.write(set("kept"));
        about_to.add_permits(1);
        write.await
    });
    drop(queued.acquire().await.unwrap());
    tokio::task::yield_now().await;
    client.abort();
    assert!(client.await.unwrap_err().is_cancelled());
    held.let_go().await;
    // Closing waits for every write that was begun, whoever waits for it.
    desk.store.clone().close().await;
    let again = Store::open(desk.place.url()).await.unwrap();
    assert_eq!(get(&again, "kept").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn closing_ends_what_was_accepted_and_accepts_no_more() {
    let desk = Desk::new().await;
    let held = Held::new(&desk.store).await;
    let (other, url) = (desk.store.clone(), desk.place.url().to_owned());
    let (accepted, (), ()) =
        tokio::join!(other.write(set("accepted")), held.let_go(), desk.store.clone().close());
    accepted.unwrap();
    let refused = other.write(set("too late")).await;
    assert!(matches!(refused, Err(Failure::Store(StoreError::Closed))), "{refused:?}");
    let again = Store::open(&url).await.unwrap();
    assert!(get(&again, "accepted").await.is_some());
    assert!(get(&again, "too late").await.is_none());
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let place = Place::new().await;
    let store = Store::open(place.url()).await.unwrap();
    let before = store.schema().await.unwrap();
    assert!(before.is_empty && !before.pending.is_empty());
    store.alone().await.unwrap().migrate().await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Schema::default());
    store.write(set("kept")).await.unwrap();
    store.alone().await.unwrap().migrate().await.unwrap();
    assert!(get(&store, "kept").await.is_some());
}

#[tokio::test]
async fn a_schema_that_a_newer_release_has_changed_still_serves_this_one() {
    let desk = Desk::new().await;
    let newer = desk.store.write(|tx| {
        let ran = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_newer', 0)";
        async move { Ok(tx.execute_unprepared(ran).await.map(drop)?) }.boxed()
    });
    newer.await.unwrap();
    let found = desk.store.schema().await.unwrap();
    assert_eq!((found.pending.len(), found.newer), (0, vec!["m20991231_000001_newer".to_owned()]));
    let alone = desk.store.alone().await.unwrap();
    alone.migrate().await.unwrap();
    alone.end().await;
    desk.store.write(set("served")).await.unwrap();
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_showing_it() {
    for url in [
        "",
        "greenroom.db",
        "mysql://u:secret@h/d",
        "sqlite::memory:",
        "sqlite://x?mode=memory",
        "postgres://u:secret#1@h/d",
        "postgresql://u:secret/1@h/d",
        "postgres://u:secret@h/d?sslmode=perhaps",
    ] {
        let refused = Store::open(url).await;
        assert!(
            matches!(&refused, Err(StoreError::Address { why }) if !why.contains("secret")),
            "{url}: {refused:?}"
        );
    }
}
