//! Deliveries and their leases.

use domain::ids::MemberId;
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::deliveries::{Attempted, Channel, Claimed, DeliveryStatus, NewDelivery};
use super::super::notices::NoticeFilter;
use super::super::{DeliveryId, LeaseToken, NoticeId, Page, deliveries, notices};
use super::ledger::planned;
use super::{Desk, add_organization, at, empty_campaign};

pub(super) const DUE: &str = "2027-02-28T02:00:00Z";

/// A desk with one notice and a delivery to each of the recipients.
pub(super) async fn desk_with(recipients: &[MemberId]) -> (Desk, NoticeId) {
    let desk = Desk::new().await;
    let campaign = desk.insert(&empty_campaign("夏季", None)).await.campaign.id;
    desk.plan(campaign, vec![planned("d1", DUE)], "2027-02-01T00:00:00Z").await;
    let notice = desk.notices(campaign).await[0].id;
    desk.deliver(notice, recipients).await;
    (desk, notice)
}

impl Desk {
    async fn deliver(&self, notice: NoticeId, recipients: &[MemberId]) {
        let new: Vec<NewDelivery> = recipients
            .iter()
            .map(|recipient| NewDelivery {
                id: DeliveryId::new(),
                notice,
                channel: Channel::Email,
                recipient: *recipient,
                address: "chen@heyan.example".to_owned(),
                message_id: format!("<{recipient}@greenroom>"),
                wait: None,
                opens_at: None,
                skipped: None,
            })
            .collect();
        let org = self.org;
        let insert = self.store.write(move |tx| {
            let new = new.clone();
            async move { deliveries::insert_many(tx, org, &new, at(DUE), at(DUE)).await }.boxed()
        });
        insert.await.unwrap();
    }

    async fn claim(&self, now: &'static str, limit: u64) -> Vec<Claimed> {
        let lease = SignedDuration::from_secs(60);
        let claim = self
            .store
            .write(move |tx| async move { deliveries::claim(tx, at(now), lease, limit).await }.boxed());
        claim.await.unwrap()
    }

    async fn mark(&self, claimed: &Claimed, lease: LeaseToken, attempted: Attempted) -> bool {
        let (org, id) = (claimed.org, claimed.delivery.id);
        let mark = self.store.write(move |tx| {
            let attempted = attempted.clone();
            async move { deliveries::mark(tx, org, id, lease, &attempted, at(DUE)).await }.boxed()
        });
        mark.await.unwrap()
    }

    async fn next(&self) -> Option<Timestamp> {
        deliveries::next_due(self.store.reader()).await.unwrap()
    }
}

fn someone() -> MemberId {
    MemberId(Uuid::now_v7())
}

#[tokio::test]
async fn a_claimed_delivery_is_nobody_elses_until_its_lease_ends() {
    let (desk, notice) = desk_with(&[someone()]).await;
    assert_eq!(desk.next().await, Some(at(DUE)));
    assert!(desk.claim("2027-02-28T01:59:59Z", 10).await.is_empty());
    let first = desk.claim(DUE, 10).await;
    assert_eq!(first.len(), 1);
    assert_eq!((first[0].org, first[0].delivery.notice), (desk.org, notice));
    assert_eq!((first[0].delivery.status, first[0].delivery.attempts), (DeliveryStatus::Sending, 1));
    assert!(desk.claim("2027-02-28T02:00:59.999999Z", 10).await.is_empty());
    assert_eq!(desk.next().await, Some(at("2027-02-28T02:01:00Z")));
    let second = desk.claim("2027-02-28T02:01:00Z", 10).await;
    assert_eq!((second.len(), second[0].delivery.attempts), (1, 2));
    assert_eq!(second[0].delivery.message_id, first[0].delivery.message_id);
}

#[tokio::test]
async fn who_lost_the_lease_cannot_say_what_came_of_it() {
    let (desk, notice) = desk_with(&[someone()]).await;
    let first = desk.claim(DUE, 10).await.remove(0);
    let second = desk.claim("2027-02-28T02:01:00Z", 10).await.remove(0);
    let sent = || Attempted::Sent { at: at("2027-02-28T02:01:01Z") };
    assert!(!desk.mark(&first, first.lease, sent()).await);
    let found = deliveries::of_notice(desk.store.reader(), desk.org, notice).await.unwrap();
    assert_eq!((found[0].status, found[0].sent_at), (DeliveryStatus::Sending, None));
    assert!(desk.mark(&second, second.lease, sent()).await);
    assert!(!desk.mark(&second, second.lease, Attempted::Failed { error: "again".to_owned() }).await);
    let found = deliveries::of_notice(desk.store.reader(), desk.org, notice).await.unwrap();
    assert_eq!((found[0].status, found[0].sent_at), (DeliveryStatus::Sent, Some(at("2027-02-28T02:01:01Z"))));
    assert_eq!(desk.next().await, None);
}

#[tokio::test]
async fn a_try_that_failed_comes_again_when_it_was_put_off_to() {
    let (desk, _) = desk_with(&[someone()]).await;
    let claimed = desk.claim(DUE, 10).await.remove(0);
    let later = at("2027-02-28T02:05:00Z");
    let put_off = Attempted::Later { wait: later.duration_since(at(DUE)), error: "451 try later".to_owned() };
    assert!(desk.mark(&claimed, claimed.lease, put_off).await);
    assert_eq!(desk.next().await, Some(later));
    assert!(desk.claim("2027-02-28T02:04:59Z", 10).await.is_empty());
    let again = desk.claim("2027-02-28T02:05:00Z", 10).await.remove(0);
    assert_eq!(again.delivery.last_error.as_deref(), Some("451 try later"));
    let never = Attempted::Failed { error: "550 no such person".to_owned() };
    assert!(desk.mark(&again, again.lease, never).await);
    assert!(desk.claim("2027-03-28T02:05:00Z", 10).await.is_empty());
}

#[tokio::test]
async fn a_try_that_was_not_begun_is_anybodys_at_once_and_does_not_count() {
    let (desk, _) = desk_with(&[someone()]).await;
    let first = desk.claim(DUE, 10).await.remove(0);
    let put_off = Attempted::Later { wait: SignedDuration::from_secs(0), error: "451 try later".to_owned() };
    assert!(desk.mark(&first, first.lease, put_off).await);
    let second = desk.claim(DUE, 10).await.remove(0);
    let held = async |claimed: &Claimed| {
        let id = claimed.delivery.id;
        deliveries::is_held(desk.store.reader(), desk.org, id, claimed.lease).await.unwrap()
    };
    assert_eq!((held(&first).await, held(&second).await), (false, true));
    assert!(desk.mark(&second, second.lease, Attempted::NotBegun).await);
    assert!(!held(&second).await);
    let third = desk.claim(DUE, 10).await.remove(0).delivery;
    assert_eq!((third.attempts, third.last_error.as_deref()), (2, Some("451 try later")));
}

#[tokio::test]
async fn a_claim_takes_no_more_than_it_may_and_nothing_twice() {
    let recipients: Vec<MemberId> = (0..5).map(|_| someone()).collect();
    let (desk, _) = desk_with(&recipients).await;
    let mut claimed = desk.claim(DUE, 2).await;
    claimed.extend(desk.claim(DUE, 2).await);
    assert_eq!(claimed.len(), 4);
    claimed.extend(desk.claim(DUE, 2).await);
    let mut seen: Vec<MemberId> = claimed.iter().map(|claimed| claimed.delivery.recipient).collect();
    seen.sort();
    assert_eq!(seen, recipients);
}

#[tokio::test]
async fn a_recipient_gets_a_notice_once_on_a_channel() {
    let person = someone();
    let (desk, notice) = desk_with(&[person]).await;
    desk.deliver(notice, &[person]).await;
    let found = deliveries::of_notice(desk.store.reader(), desk.org, notice).await.unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn what_is_of_no_more_use_is_skipped_before_it_is_tried() {
    let (desk, notice) = desk_with(&[someone(), someone()]).await;
    let claimed = desk.claim(DUE, 1).await.remove(0);
    let org = desk.org;
    let skip = desk.store.write(move |tx| {
        async move { deliveries::skip_pending(tx, org, notice, "gate_passed").await }.boxed()
    });
    assert_eq!(skip.await.unwrap(), 1);
    let found = deliveries::of_notice(desk.store.reader(), org, notice).await.unwrap();
    let status = |id| found.iter().find(|delivery| delivery.id == id).map(|delivery| delivery.status);
    assert_eq!(status(claimed.delivery.id), Some(DeliveryStatus::Sending), "a try under way goes on");
    assert_eq!(found.iter().filter(|one| one.status == DeliveryStatus::Skipped).count(), 1);
}

#[tokio::test]
async fn notices_are_listed_with_their_deliveries() {
    let (desk, notice) = desk_with(&[someone(), someone()]).await;
    let reader = desk.store.reader();
    let campaign = notices::find(reader, desk.org, notice).await.unwrap().unwrap().campaign.unwrap();
    desk.plan(campaign, vec![planned("d0", "2027-03-01T09:00:00Z")], "2027-02-01T00:00:00Z").await;
    let page = Page { after: None, limit: 1 };
    let first = notices::list(reader, desk.org, &NoticeFilter::of_campaign(campaign), &page).await.unwrap();
    assert_eq!((first.items[0].0.id, first.items[0].1.len()), (notice, 2));
    let second = notices::list(
        reader,
        desk.org,
        &NoticeFilter::of_campaign(campaign),
        &Page { after: first.next, limit: 1 },
    )
    .await;
    let second = second.unwrap();
    assert_eq!((second.items[0].0.planned.occurrence.as_str(), second.items[0].1.len()), ("d0", 0));
    assert_eq!(second.next, None);
    let elsewhere = add_organization(&desk.store).await;
    assert!(
        notices::list(reader, elsewhere, &NoticeFilter::of_campaign(campaign), &page)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(deliveries::of_notice(reader, elsewhere, notice).await.unwrap().is_empty());
}
