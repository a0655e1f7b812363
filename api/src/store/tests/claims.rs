//! Of all campaigns only those are looked at that take some of the same, at a time that matters.

use domain::claim::{Claim, ClaimKind};
use domain::surroundings::Extract;
use futures_util::FutureExt;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::super::claims;
use super::super::entity::campaign;
use super::{Desk, at, empty_campaign};

fn claim(kind: ClaimKind, key: &str) -> Claim {
    Claim { kind, key: key.to_owned(), locked_units: None, live_price: None }
}

fn sku(key: &str, locked_units: i64) -> Claim {
    Claim { locked_units: Some(locked_units), ..claim(ClaimKind::Sku, key) }
}

impl Desk {
    /// A campaign that takes these things until then.
    async fn taking(&self, name: &str, taken: &[Claim], ends_at: &str) -> domain::ids::CampaignId {
        let campaign = empty_campaign(name, None);
        self.insert(&campaign).await;
        self.take(campaign.id, taken, at(ends_at)).await;
        campaign.id
    }

    async fn take(&self, id: domain::ids::CampaignId, taken: &[Claim], ends_at: Timestamp) {
        let (org, taken) = (self.org, taken.to_vec());
        let write = self.store.write(move |tx| {
            let taken = taken.clone();
            async move { claims::replace(tx, org, id, &taken, ends_at).await }.boxed()
        });
        write.await.unwrap();
    }

    async fn others(&self, id: domain::ids::CampaignId, wanted: &[Claim], after: &str) -> Vec<Extract> {
        claims::others(self.store.reader(), self.org, id, wanted, at(after)).await.unwrap()
    }
}

fn names(others: &[Extract]) -> Vec<&str> {
    others.iter().map(|other| other.name.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn campaigns_that_take_the_same_are_found_with_what_they_take_of_it() {
    let desk = Desk::new().await;
    let own = [claim(ClaimKind::Room, "3"), claim(ClaimKind::Person, "陈屿"), sku("A", 5), sku("B", 6)];
    let end = "2027-03-20T15:00:00Z";
    let id = desk.taking("own", &own, end).await;
    desk.taking("room", &[claim(ClaimKind::Room, "3"), sku("C", 1)], end).await;
    desk.taking("goods", &[claim(ClaimKind::Room, "4"), sku("B", 7), sku("C", 8)], end).await;
    desk.taking("nothing", &[claim(ClaimKind::Room, "4"), claim(ClaimKind::Account, "3")], end).await;
    desk.taking("over", &own, "2027-03-19T15:00:00Z").await;
    desk.elsewhere().await.taking("another organization", &own, end).await;
    let others = desk.others(id, &own, "2027-03-19T15:00:00Z").await;
    assert_eq!(names(&others), ["room", "goods"]);
    let goods = others[1].skus.as_deref().unwrap();
    let taken: Vec<_> =
        goods.iter().map(|sku| (sku.sku_id.as_deref().unwrap(), sku.locked_units.unwrap().get())).collect();
    assert_eq!(taken, [("B", 7)], "only what both take");
    assert_eq!(names(&desk.others(id, &own, "2027-03-19T14:59:59Z").await), ["room", "goods", "over"]);
}

#[tokio::test]
async fn what_a_campaign_takes_now_stands_in_place_of_what_it_took() {
    let desk = Desk::new().await;
    let (end, room) = ("2027-03-20T15:00:00Z", [claim(ClaimKind::Room, "3")]);
    let id = desk.taking("own", &room, end).await;
    let other = desk.taking("other", &room, end).await;
    desk.take(other, &[claim(ClaimKind::Room, "4")], at(end)).await;
    assert_eq!(names(&desk.others(id, &room, "2027-03-01T00:00:00Z").await), [""; 0]);
}

#[tokio::test]
async fn campaigns_that_an_older_release_wrote_are_found_until_their_claims_have_caught_up() {
    let desk = Desk::new().await;
    let old = desk.taking("old", &[claim(ClaimKind::Room, "3")], "2027-03-20T15:00:00Z").await;
    desk.taking("new", &[claim(ClaimKind::Room, "3")], "2027-03-20T15:00:00Z").await;
    let behind = || async { claims::behind(desk.store.reader(), 10).await.unwrap() };
    assert_eq!(behind().await, []);
    assert!(desk.load(old).await.claims_are_kept);
    let wrote = desk.store.write(move |tx| {
        let write = campaign::Entity::update_many()
            .col_expr(campaign::Column::RowVersion, Expr::col(campaign::Column::RowVersion).add(1))
            .filter(campaign::Column::Id.eq(old.0));
        async move { Ok(write.exec(tx).await?.rows_affected) }.boxed()
    });
    assert_eq!(wrote.await.unwrap(), 1);
    assert_eq!(behind().await, [(desk.org, old)]);
    assert!(!desk.load(old).await.claims_are_kept);
    let org = desk.org;
    let caught_up = desk.store.write(move |tx| async move { claims::caught_up(tx, org, old).await }.boxed());
    caught_up.await.unwrap();
    assert_eq!(behind().await, []);
    assert!(desk.load(old).await.claims_are_kept);
}
