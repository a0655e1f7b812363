//! What does not arrive: who hears of it, what ends with it, and what waits for the morning instead.

use std::time::Instant;

use domain::notice::{Class, Planned, Reason, Replanned};
use jiff::SignedDuration;
use sea_orm::ConnectionTrait as _;

use super::*;

impl Room {
    /// A room whose mails cannot be handed over.
    async fn without_mail(now: &str) -> Self {
        let nowhere = PathBuf::from("/dev/null/mail");
        Self::open_with(now, Place::new().await, nowhere, Some("li@heyan.example")).await
    }

    /// What tells of losses, with how it ended, by what it tells of.
    async fn losses(&self) -> Vec<(String, String, Option<String>)> {
        let ledger = self.ledger().await.into_iter().map(|(notice, _)| notice);
        let mut losses: Vec<_> = ledger
            .filter(|notice| notice.planned.reason == Reason::DeliveryFailed)
            .map(|notice| (notice.planned.generation, notice.status.to_string(), notice.outcome))
            .collect();
        losses.sort();
        losses
    }
}

#[tokio::test]
async fn a_loss_is_told_once_and_not_to_whom_mail_does_not_reach() {
    let room = Room::without_mail("2027-02-26T01:00:00Z").await;
    room.service.clock.move_to(at(D1)).unwrap();
    run_all(&room.service).await.unwrap();
    assert_eq!(room.losses().await, [], "it may arrive yet");
    room.service.clock.move_to(at("2027-02-27T10:00:00Z")).unwrap();
    run_all(&room.service).await.unwrap();
    run_all(&room.service).await.unwrap();
    let (_, deliveries) = room.goal("d1").await;
    // The owner is the only one there is, and it is they who were not reached.
    let told = (deliveries[0].id.to_string(), "skipped".to_owned(), Some("no_recipient".to_owned()));
    assert_eq!(room.losses().await, [told]);
}

#[tokio::test]
async fn a_message_that_was_never_sent_is_told_to_its_campaigns_owner() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at("2027-02-27T10:00:00Z")).unwrap();
    run_all(&room.service).await.unwrap();
    assert_eq!(room.losses().await.len(), 2);
    assert!(
        room.losses().await.iter().all(|(_, status, _)| status == "sending"),
        "they wait for one another"
    );
    let before = room.mails().len();
    sandbox::advance(&room.service, at("2027-02-27T10:15:00Z")).await.unwrap();
    let mails = room.mails();
    assert_eq!(mails.len(), before + 1);
    let told = mails.iter().map(|mail| subject(mail)).find(|subject| subject.contains("未送达"));
    assert_eq!(told.unwrap(), "[SANDBOX] 禾颜春日樱花新品首发 · 2月27日 18:15 · 2 条消息未送达");
}

#[tokio::test]
async fn whom_mail_cannot_reach_is_told_of_to_somebody_else() {
    let place = Place::new().await;
    let mails = place.folder().join("mail");
    let room = Room::open_with("2027-02-24T01:00:00Z", place, mails, None).await;
    let org = room.org;
    let directory = members::everybody(room.service.store.reader(), org).await.unwrap();
    let owner = members::find(room.service.store.reader(), org, directory.active().next().unwrap().id).await;
    let boss = Member {
        id: MemberId(Uuid::now_v7()),
        name: "陈静".to_owned(),
        email: Some("chen@heyan.example".to_owned()),
        role: Role::Admin,
        ..owner.unwrap().unwrap()
    };
    let adding = room.service.store.write(move |tx| {
        let boss = boss.clone();
        async move { members::insert(tx, org, &boss).await }.boxed()
    });
    adding.await.unwrap();
    sandbox::advance(&room.service, at("2027-02-24T02:15:00Z")).await.unwrap();
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!((notice.status, notice.outcome.as_deref()), (Ledger::Skipped, Some("no_address")));
    assert_eq!(room.losses().await, [(deliveries[0].id.to_string(), "sent".to_owned(), None)]);
    let mails = room.mails();
    assert_eq!(mails.len(), 1);
    let text = std::fs::read(&mails[0]).unwrap();
    let text = MessageParser::default().parse(&text).unwrap().body_text(0).unwrap().into_owned();
    assert!(text.contains("未能送达 李明：其资料中没有邮箱地址。"), "{text}");
    assert!(text.contains("请管理员补充其邮箱") && !text.contains("no_address"), "{text}");
}

#[tokio::test]
async fn what_was_merged_into_a_lost_mail_is_lost_with_it() {
    let room = Room::without_mail("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at("2027-02-27T09:59:59Z")).unwrap();
    run_all(&room.service).await.unwrap();
    for occurrence in ["d3", "d1"] {
        assert_eq!(room.goal(occurrence).await.0.status, Ledger::Merged, "{occurrence}");
    }
    // The first reminder of the audience carries them, and is of use until the audience is due.
    room.service.clock.move_to(at("2027-03-02T10:00:00Z")).unwrap();
    run_all(&room.service).await.unwrap();
    for occurrence in ["d3", "d1"] {
        let (notice, deliveries) = room.goal(occurrence).await;
        assert_eq!(notice.status, Ledger::Expired, "{occurrence}");
        assert_eq!((deliveries[0].status, deliveries[0].merged_into), (DeliveryStatus::Skipped, None));
        let told = deliveries[0].id.to_string();
        assert!(room.losses().await.iter().any(|(of, _, _)| *of == told), "{occurrence}");
    }
}

#[tokio::test]
async fn what_comes_to_leave_in_somebodys_night_waits_for_their_morning() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at(D3)).unwrap();
    assert_eq!(plan::step(&room.service).await.unwrap(), 1);
    // A retry comes so late that it is 23:00 in Shanghai.
    room.service.clock.move_to(at("2027-02-24T15:00:00Z")).unwrap();
    let claimed = room.claim_after(SignedDuration::from_secs(1)).await;
    send::deliver(&room.service, claimed, Instant::now()).await;
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!((notice.status, deliveries[0].status), (Ledger::Sending, DeliveryStatus::Pending));
    assert_eq!((deliveries[0].attempts, deliveries[0].wait.unwrap().at), (0, at("2027-02-25T00:00:00Z")));
    sandbox::advance(&room.service, at("2027-02-24T23:59:59Z")).await.unwrap();
    assert!(room.mails().is_empty());
    sandbox::advance(&room.service, at("2027-02-25T00:00:00Z")).await.unwrap();
    assert_eq!((room.mails().len(), room.goal("d3").await.0.status), (1, Ledger::Sent));
}

#[tokio::test]
async fn what_is_critical_by_now_waits_for_no_morning() {
    let room = Room::open("2027-02-26T01:00:00Z").await;
    let night = at("2027-02-27T14:30:00Z");
    sandbox::advance(&room.service, night).await.unwrap();
    let (notice, deliveries) = room.goal("l1").await;
    assert_eq!(
        (notice.status, deliveries[0].wait.unwrap().at),
        (Ledger::Sending, at("2027-02-28T00:00:00Z"))
    );
    let (org, campaign, before) = (room.org, room.campaign, room.mails().len());
    let planned = Planned { class: Class::Critical, ..notice.planned };
    let replanned = Replanned { renew: vec![(notice.key, planned)], ..Replanned::default() };
    let renewing = room.service.store.write(move |tx| {
        let replanned = replanned.clone();
        async move { notices::replan(tx, org, Some(campaign), &replanned, night).await }.boxed()
    });
    renewing.await.unwrap();
    run_all(&room.service).await.unwrap();
    let (notice, _) = room.goal("l1").await;
    assert_eq!((notice.status, notice.planned.class), (Ledger::Sent, Class::Critical));
    assert_eq!(room.mails().len(), before + 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_ends_alone() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    let spoiling = room.service.store.write(|tx| {
        let spoil = "UPDATE notice SET class = 'nonsense' WHERE subject = 'goal' AND occurrence = 'd1'";
        async move { Ok(tx.execute_unprepared(spoil).await?.rows_affected()) }.boxed()
    });
    assert_eq!(spoiling.await.unwrap(), 1);
    // The goal's second reminder is the first of what is due then, and the audience's first one is due with it.
    room.service.clock.move_to(at("2027-02-27T02:00:00Z")).unwrap();
    run_all(&room.service).await.unwrap();
    let subjects: Vec<String> = room.mails().iter().map(|mail| subject(mail)).collect();
    assert!(subjects.iter().any(|subject| subject.contains("受众")), "{subjects:?}");
    let mending = room.service.store.write(|tx| {
        let mend = "UPDATE notice SET class = 'action' WHERE class = 'nonsense'";
        async move { Ok(tx.execute_unprepared(mend).await?.rows_affected()) }.boxed()
    });
    assert_eq!(mending.await.unwrap(), 1);
    let (notice, deliveries) = room.goal("d1").await;
    assert_eq!(
        (notice.status, notice.outcome.as_deref(), deliveries),
        (Ledger::Failed, Some("internal"), vec![])
    );
}
