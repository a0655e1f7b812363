//! Codes: how many there are, how long they are good, and how often they can be tried.

use domain::actor::Role;
use domain::ids::{CampaignId, MemberId};
use domain::{GateKey, notice};
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};

use super::super::{confirmations, notices};
use super::{Desk, at, empty_campaign, member};
use crate::people::{self, AskedForCode, TypedCode, code_of};
use crate::secret::Secrets;

const ASKED: &str = "2027-02-01T00:00:00Z";

struct Scene {
    desk: Desk,
    campaign: CampaignId,
    bo: MemberId,
}

impl Scene {
    async fn open() -> Self {
        let desk = Desk::new().await;
        let bo = member("Bo", "bo@heyan.example", Role::Manager);
        desk.add_member(&bo).await.unwrap();
        let campaign = empty_campaign("Sakura", None);
        desk.insert(&campaign).await;
        Self { desk, campaign: campaign.id, bo: bo.id }
    }

    async fn ask(&self, now: Timestamp) -> AskedForCode {
        let (org, of, bo) = (self.desk.org, (self.campaign, GateKey::Goal), self.bo);
        let asking = self
            .desk
            .store
            .write(move |tx| async move { people::ask_for_code(tx, org, of, bo, (now, now)).await }.boxed());
        asking.await.unwrap()
    }

    async fn try_code(&self, typed: &str, now: Timestamp) -> TypedCode {
        let (org, bo, typed) = (self.desk.org, self.bo, typed.to_owned());
        let trying = self.desk.store.write(move |tx| {
            let typed = typed.clone();
            async move { people::try_code(tx, &secrets(), org, bo, &typed, now).await }.boxed()
        });
        trying.await.unwrap()
    }

    /// The newest code.
    async fn code(&self) -> String {
        let reader = self.desk.store.reader();
        let asked = confirmations::since(reader, self.desk.org, self.bo, Timestamp::MIN).await.unwrap();
        code_of(&secrets(), self.desk.org, asked[0].id)
    }

    async fn sent(&self) -> usize {
        let all = notices::existing(self.desk.store.reader(), self.desk.org, self.campaign).await.unwrap();
        all.iter().filter(|row| row.reason == notice::Reason::ConfirmationCode).count()
    }
}

fn secrets() -> Secrets {
    Secrets::new(&[7; 32])
}

fn after(seconds: i64) -> Timestamp {
    at(ASKED) + SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn a_code_is_good_once_and_for_ten_minutes() {
    let scene = Scene::open().await;
    assert_eq!(scene.try_code("123456", after(0)).await, TypedCode::NoneWaits);
    assert_eq!(scene.ask(after(0)).await, AskedForCode::OnItsWay);
    let code = scene.code().await;
    assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    assert_eq!(scene.try_code(&code, after(600)).await, TypedCode::NoneWaits, "ten minutes are over");
    assert_eq!(scene.try_code(&code, after(599)).await, TypedCode::Right);
    assert_eq!(scene.try_code(&code, after(599)).await, TypedCode::NoneWaits, "it was used");
}

#[tokio::test]
async fn the_newest_code_counts_and_no_more_than_five_are_sent_in_an_hour() {
    let scene = Scene::open().await;
    assert_eq!(scene.ask(after(0)).await, AskedForCode::OnItsWay);
    assert_eq!(scene.ask(after(29)).await, AskedForCode::OnItsWay);
    assert_eq!(scene.sent().await, 1, "who presses twice gets one");
    let first = scene.code().await;
    for minute in 1..5 {
        assert_eq!(scene.ask(after(60 * minute)).await, AskedForCode::OnItsWay);
    }
    assert_eq!(scene.sent().await, 5);
    let newest = scene.code().await;
    assert_ne!(first, newest);
    assert_eq!(scene.try_code(&first, after(300)).await, TypedCode::Wrong { left: 4 });
    let again_at = after(3600);
    assert_eq!(scene.ask(after(300)).await, AskedForCode::TooMany { again_at });
    assert_eq!(scene.ask(after(3599)).await, AskedForCode::TooMany { again_at });
    assert_eq!(scene.ask(again_at).await, AskedForCode::OnItsWay);
    assert_eq!(scene.sent().await, 6);
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let scene = Scene::open().await;
    scene.ask(after(0)).await;
    scene.ask(after(60)).await;
    let purge = async |before: Timestamp| {
        let purging = scene
            .desk
            .store
            .write(move |tx| async move { confirmations::purge(tx, before, 10).await }.boxed());
        purging.await.unwrap()
    };
    assert_eq!(purge(after(60)).await, 1);
    assert_eq!(purge(after(60)).await, 0);
    assert_eq!(scene.try_code(&scene.code().await, after(90)).await, TypedCode::Right);
}
