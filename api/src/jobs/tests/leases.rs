//! What a worker may still do with what it claimed, and what is kept for a time only.

use std::time::{Duration, Instant};

use jiff::SignedDuration;

use super::*;
use crate::store::deliveries::{self, Claimed};
use crate::store::idempotency::{self, IdempotencyKey};

impl Room {
    /// A room in which the first reminder waits to be sent.
    async fn with_a_mail() -> Self {
        let room = Self::open("2027-02-24T01:00:00Z").await;
        room.service.clock.move_to(at(D3)).unwrap();
        assert_eq!(plan::step(&room.service).await.unwrap(), 1);
        room
    }

    /// Claims it at a moment after now, by the clock of leases.
    pub(super) async fn claim_after(&self, later: SignedDuration) -> Claimed {
        let machine = self.service.clock.real_now();
        let claim = self.service.store.write(move |tx| {
            async move {
                let now = crate::store::real_now(tx, machine).await? + later;
                deliveries::claim(tx, now, SignedDuration::from_secs(60), 1).await
            }
            .boxed()
        });
        claim.await.unwrap().remove(0)
    }
}

#[tokio::test]
async fn who_lost_the_lease_hands_nothing_over() {
    let room = Room::with_a_mail().await;
    let first = room.claim_after(SignedDuration::from_secs(1)).await;
    let second = room.claim_after(SignedDuration::from_secs(62)).await;
    send::deliver(&room.service, first, Instant::now()).await;
    assert!(room.mails().is_empty(), "two would have sent it");
    send::deliver(&room.service, second, Instant::now()).await;
    assert_eq!(room.mails().len(), 1);
    assert_eq!(room.goal("d3").await.1[0].attempts, 2);
}

#[tokio::test]
async fn who_comes_so_late_that_the_lease_might_end_gives_it_back() {
    let room = Room::with_a_mail().await;
    let claimed = room.claim_after(SignedDuration::from_secs(1)).await;
    let long_ago = Instant::now().checked_sub(Duration::from_secs(21)).unwrap();
    send::deliver(&room.service, claimed, long_ago).await;
    assert!(room.mails().is_empty());
    let (_, deliveries) = room.goal("d3").await;
    assert_eq!((deliveries[0].status, deliveries[0].attempts), (DeliveryStatus::Pending, 0));
    assert_eq!(send::step(&room.service).await.unwrap(), 1);
    assert_eq!(room.mails().len(), 1);
}

#[tokio::test]
async fn housekeeping_goes_on_until_nothing_old_is_left() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    let (org, holder, secrets) = (room.org, ApiKeyId(Uuid::now_v7()), room.service.secrets.clone());
    let keeping = room.service.store.write(move |tx| {
        let secrets = secrets.clone();
        async move {
            for number in 0..1_001 {
                let key = IdempotencyKey { key: format!("k-{number}"), fingerprint: "f".to_owned() };
                let old = at("2026-01-01T00:00:00Z");
                idempotency::insert(tx, org, holder, &key, &Reply::empty(), &secrets, old).await?;
            }
            Ok(())
        }
        .boxed()
    });
    keeping.await.unwrap();
    assert_eq!(housekeeping::step(&room.service).await.unwrap(), 1_001);
}
