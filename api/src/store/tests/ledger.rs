//! Events, planned messages, kept answers.

use domain::Event;
use domain::actor::Who;
use domain::event::EventKind;
use domain::gate::GateKey;
use domain::ids::{ApiKeyId, CampaignId, MemberId};
use domain::notice::{Audience, Class, Ledger, Planned, Reason, Replanned};
use futures_util::FutureExt;
use uuid::Uuid;

use super::super::idempotency::IdempotencyKey;
use super::super::notices::NoticeFilter;
use super::super::{NoticeId, Page, events, idempotency, notices};
use super::{Desk, add_organization, at, empty_campaign};
use crate::failure::Failure;
use crate::reply::Reply;
use crate::secret::Secrets;

pub(super) fn planned(occurrence: &str, planned_at: &str) -> Planned {
    Planned {
        reason: Reason::GateDue,
        subject: GateKey::Goal.into(),
        occurrence: occurrence.to_owned(),
        generation: "2027-03-01T10:00:00Z".to_owned(),
        class: Class::Action,
        planned_at: at(planned_at),
        not_after: at("2027-03-01T10:00:00Z"),
        audience: vec![Audience::GateOwner, Audience::Managers],
    }
}

impl Desk {
    pub(super) async fn replan(&self, campaign: CampaignId, replanned: Replanned, now: &str) {
        let (org, now) = (self.org, at(now));
        let job = self.store.write(move |tx| {
            let replanned = replanned.clone();
            async move { notices::replan(tx, org, Some(campaign), &replanned, now).await }.boxed()
        });
        job.await.unwrap();
    }

    pub(super) async fn plan(&self, campaign: CampaignId, add: Vec<Planned>, now: &str) {
        self.replan(campaign, Replanned { add, ..Replanned::default() }, now).await;
    }

    async fn settle(&self, id: NoticeId, status: Ledger, outcome: &'static str, now: &str) -> bool {
        let (org, now) = (self.org, at(now));
        let job = self.store.write(move |tx| {
            async move { notices::settle(tx, org, id, status, Some(outcome), now).await }.boxed()
        });
        job.await.unwrap()
    }

    async fn purge(&self, before: &'static str, limit: u64) -> u64 {
        let job = self
            .store
            .write(move |tx| async move { idempotency::purge(tx, at(before), limit).await }.boxed());
        job.await.unwrap()
    }

    pub(super) async fn notices(&self, campaign: CampaignId) -> Vec<notices::Notice> {
        let page = Page { after: None, limit: 50 };
        let listed =
            notices::list(self.store.reader(), self.org, &NoticeFilter::of_campaign(campaign), &page)
                .await
                .unwrap();
        listed.items.into_iter().map(|(notice, _)| notice).collect()
    }
}

fn event(kind: EventKind, by: Who) -> Event {
    Event { kind, by, through: Some(ApiKeyId(Uuid::now_v7())), occurred_at: at("2027-02-03T00:00:00Z") }
}

#[tokio::test]
async fn events_come_back_in_the_order_in_which_they_were_written() {
    let desk = Desk::new().await;
    let campaign = desk.insert(&empty_campaign("夏季", None)).await.campaign.id;
    let other = desk.insert(&empty_campaign("秋季", None)).await.campaign.id;
    let person = Who::Member(MemberId(Uuid::now_v7()));
    let gates = [GateKey::Team, GateKey::Goal, GateKey::Script];
    let batch: Vec<Event> =
        gates.iter().map(|gate| event(EventKind::SubmissionWithdrawn { gate: *gate }, person)).collect();
    let org = desk.org;
    for (id, batch) in [
        (campaign, batch.clone()),
        (other, batch.clone()),
        (campaign, vec![event(EventKind::CampaignReady, Who::System)]),
    ] {
        let recorded_at = at("2027-02-04T00:00:00Z");
        let append = desk.store.write(move |tx| {
            let batch = batch.clone();
            async move { events::append(tx, org, id, &batch, recorded_at).await }.boxed()
        });
        assert!(append.await.unwrap().is_sorted_by(|one, next| one.seq < next.seq));
    }
    let reader = desk.store.reader();
    let first = Page { after: None, limit: 50 };
    let listed = events::list(reader, org, campaign, &first).await.unwrap().items;
    let told: Vec<_> = listed.iter().map(|event| (event.kind.as_str(), event.gate)).collect();
    assert_eq!(
        told,
        [
            ("gate.withdrawn", Some(GateKey::Team)),
            ("gate.withdrawn", Some(GateKey::Goal)),
            ("gate.withdrawn", Some(GateKey::Script)),
            ("campaign.ready", None),
        ]
    );
    assert_eq!((listed[0].by, listed[3].by), (person, Who::System));
    assert_eq!(listed[0].through, batch[0].through);
    let short = Page { after: None, limit: 2 };
    let after = events::list(reader, org, campaign, &short).await.unwrap().next;
    let rest = events::list(reader, org, campaign, &Page { after, limit: 1 }).await.unwrap().items;
    assert_eq!(rest, listed[2..3]);
    let elsewhere = add_organization(&desk.store).await;
    assert!(events::list(reader, elsewhere, campaign, &first).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_planned_message_comes_back_as_written_and_is_due_in_its_time() {
    let desk = Desk::new().await;
    let campaign = desk.insert(&empty_campaign("夏季", None)).await.campaign.id;
    let (d1, d3) = (planned("d1", "2027-02-28T02:00:00Z"), planned("d3", "2027-02-26T02:00:00Z"));
    desk.plan(campaign, vec![d1.clone(), d3.clone()], "2027-02-01T00:00:00Z").await;
    let stored = desk.notices(campaign).await;
    assert_eq!(stored.iter().map(|notice| &notice.planned).collect::<Vec<_>>(), [&d3, &d1]);
    assert_eq!((stored[0].key.clone(), stored[0].status), (d3.key(campaign), Ledger::Planned));
    let reader = desk.store.reader();
    assert_eq!(notices::next_due(reader).await.unwrap(), Some(d3.planned_at));
    assert!(notices::due(reader, at("2027-02-26T01:59:59.999999Z"), 10).await.unwrap().is_empty());
    let due = notices::due(reader, at("2027-02-26T02:00:00Z"), 10).await.unwrap();
    assert_eq!(due, [(desk.org, Some(campaign))]);
    let due =
        notices::due_of(reader, desk.org, Some(campaign), at("2027-02-26T02:00:00Z"), 10).await.unwrap();
    assert_eq!(due, [stored[0].clone()]);
    let elsewhere = add_organization(&desk.store).await;
    assert!(notices::find(reader, elsewhere, stored[0].id).await.unwrap().is_none());
    assert!(notices::existing(reader, elsewhere, campaign).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_message_is_taken_up_once_and_ends_once() {
    let desk = Desk::new().await;
    let campaign = desk.insert(&empty_campaign("夏季", None)).await.campaign.id;
    desk.plan(campaign, vec![planned("d1", "2027-02-28T02:00:00Z")], "2027-02-01T00:00:00Z").await;
    let (org, id) = (desk.org, desk.notices(campaign).await[0].id);
    let start =
        async || desk.store.write(move |tx| async move { notices::start(tx, org, id).await }.boxed()).await;
    assert!(start().await.unwrap());
    assert!(!start().await.unwrap());
    assert!(desk.settle(id, Ledger::Sent, "sent", "2027-02-28T02:00:01Z").await);
    assert!(!desk.settle(id, Ledger::Failed, "late", "2027-02-28T02:00:02Z").await);
    let notice = &desk.notices(campaign).await[0];
    assert_eq!((notice.status, notice.outcome.as_deref()), (Ledger::Sent, Some("sent")));
}

#[tokio::test]
async fn planning_again_changes_waiting_rows_and_never_repeats_a_sent_one() {
    let desk = Desk::new().await;
    let campaign = desk.insert(&empty_campaign("夏季", None)).await.campaign.id;
    let (d1, d3) = (planned("d1", "2027-02-28T02:00:00Z"), planned("d3", "2027-02-26T02:00:00Z"));
    desk.plan(campaign, vec![d1.clone(), d3.clone()], "2027-02-01T00:00:00Z").await;
    let sent = desk.notices(campaign).await[0].id;
    assert!(desk.settle(sent, Ledger::Sent, "sent", "2027-02-26T02:00:01Z").await);
    let moved = Planned { planned_at: at("2027-02-27T02:00:00Z"), ..d1.clone() };
    let change = vec![(d1.key(campaign), moved.clone())];
    desk.replan(
        campaign,
        Replanned { add: vec![d3.clone()], change, ..Replanned::default() },
        "2027-02-26T03:00:00Z",
    )
    .await;
    let stored = desk.notices(campaign).await;
    assert_eq!(
        stored.iter().map(|notice| notice.status).collect::<Vec<_>>(),
        [Ledger::Sent, Ledger::Planned]
    );
    assert_eq!((stored[0].id, &stored[1].planned), (sent, &moved));
}

#[tokio::test]
async fn a_message_that_was_void_before_its_time_can_be_wanted_again() {
    let desk = Desk::new().await;
    let campaign = desk.insert(&empty_campaign("夏季", None)).await.campaign.id;
    let (d1, d3) = (planned("d1", "2027-02-28T02:00:00Z"), planned("d3", "2027-02-26T02:00:00Z"));
    desk.plan(campaign, vec![d1.clone(), d3.clone()], "2027-02-01T00:00:00Z").await;
    let drop = vec![(d1.key(campaign), "replanned".to_owned())];
    desk.replan(campaign, Replanned { drop, ..Replanned::default() }, "2027-02-02T00:00:00Z").await;
    let at_sending = desk.notices(campaign).await[0].id;
    assert!(desk.settle(at_sending, Ledger::Skipped, "gate_passed", "2027-02-26T02:00:01Z").await);
    let stored = desk.notices(campaign).await;
    assert_eq!((stored[1].status, stored[1].outcome.as_deref()), (Ledger::Skipped, Some("replanned")));
    let change = vec![(d1.key(campaign), d1.clone())];
    desk.replan(campaign, Replanned { change, ..Replanned::default() }, "2027-02-27T00:00:00Z").await;
    desk.plan(campaign, vec![d1.clone(), d3.clone()], "2027-02-27T00:00:00Z").await;
    let stored = desk.notices(campaign).await;
    let statuses: Vec<_> = stored.iter().map(|notice| (notice.status, notice.outcome.as_deref())).collect();
    assert_eq!(statuses, [(Ledger::Skipped, Some("gate_passed")), (Ledger::Planned, None)]);
    assert_eq!(stored[1].settled_at, None);
}

#[tokio::test]
async fn an_answer_is_given_again_to_the_same_request_only() {
    let desk = Desk::new().await;
    let (org, holder, secrets) = (desk.org, ApiKeyId(Uuid::now_v7()), Secrets::new(&[7; 32]));
    let first = Reply {
        status: 201,
        headers: vec![("Location".to_owned(), "/v1/members/1".to_owned())],
        body: br#"{"key":"gr_secret"}"#.to_vec(),
        is_secret: true,
        is_replay: false,
    };
    let insert = async |created: &'static str| {
        let (first, secrets) = (first.clone(), secrets.clone());
        let job = desk.store.write(move |tx| {
            let (first, secrets) = (first.clone(), secrets.clone());
            let key = IdempotencyKey { key: "k-1".to_owned(), fingerprint: "f".to_owned() };
            async move { idempotency::insert(tx, org, holder, &key, &first, &secrets, at(created)).await }
                .boxed()
        });
        job.await
    };
    insert("2027-02-01T00:00:00Z").await.unwrap();
    assert!(insert("2027-02-02T00:00:00Z").await.unwrap_err().is_contention());
    let find = async |org, holder, key: &'static str| {
        let job =
            desk.store.write(move |tx| async move { idempotency::find(tx, org, holder, key).await }.boxed());
        job.await.unwrap()
    };
    let kept = find(org, holder, "k-1").await.unwrap();
    assert!(!format!("{kept:?}").contains("secret"), "what shows a secret is kept encrypted");
    let again = kept.clone().replay("f", &secrets).unwrap();
    assert_eq!(again, Reply { is_replay: true, ..first.clone() });
    assert!(matches!(kept.replay("other", &secrets), Err(Failure::IdempotencyMismatch)));
    assert!(find(org, holder, "k-2").await.is_none());
    assert!(find(org, ApiKeyId(Uuid::now_v7()), "k-1").await.is_none());
    assert!(find(add_organization(&desk.store).await, holder, "k-1").await.is_none());
    assert_eq!(desk.purge("2027-02-01T00:00:00Z", 10).await, 0);
    assert_eq!(desk.purge("2027-02-01T00:00:00.000001Z", 10).await, 1);
    assert!(find(org, holder, "k-1").await.is_none());
}

#[tokio::test]
async fn old_answers_are_forgotten_a_few_at_a_time_the_oldest_first() {
    let (desk, secrets, holder) = (Desk::new().await, Secrets::new(&[7; 32]), ApiKeyId(Uuid::now_v7()));
    let org = desk.org;
    for day in ["2027-02-03", "2027-02-01", "2027-02-02"] {
        let (secrets, at) = (secrets.clone(), at(&format!("{day}T00:00:00Z")));
        let keep = desk.store.write(move |tx| {
            let key = IdempotencyKey { key: day.to_owned(), fingerprint: "f".to_owned() };
            let secrets = secrets.clone();
            async move { idempotency::insert(tx, org, holder, &key, &Reply::empty(), &secrets, at).await }
                .boxed()
        });
        keep.await.unwrap();
    }
    assert_eq!(desk.purge("2027-03-01T00:00:00Z", 2).await, 2);
    let newest = desk.store.write(move |tx| {
        async move { Ok(idempotency::find(tx, org, holder, "2027-02-03").await?.is_some()) }.boxed()
    });
    assert!(newest.await.unwrap());
    assert_eq!(desk.purge("2027-03-01T00:00:00Z", 2).await, 1);
}
