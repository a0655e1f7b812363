//! How SQLite goes about statements on the ledger. It knows nothing of how many rows have a status.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryTrait as _, Statement};
use uuid::Uuid;

use super::*;
use crate::store::testing::Place;

async fn plan(statement: Statement) -> String {
    let (place, sql) = (Place::new().await, format!("EXPLAIN QUERY PLAN {}", statement.sql));
    let store = place.store().await;
    let rows = store.reader().query_all_raw(Statement { sql, ..statement }).await.unwrap();
    let details = rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap());
    details.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn what_is_void_is_found_by_its_keys_however_much_is_planned() {
    let now: Timestamp = "2027-03-09T10:00:00Z".parse().unwrap();
    let voiding = voiding(OrganizationId(Uuid::now_v7()), &["a", "b", "c"], "replanned", now);
    let found = plan(voiding.build(DbBackend::Sqlite)).await;
    assert_eq!(found, "SEARCH notice USING INDEX notice_key (org_id=? AND key=?)");
}

#[tokio::test]
async fn the_lists_go_along_an_index_in_their_order() {
    let org = OrganizationId(Uuid::now_v7());
    let how = async |filter: NoticeFilter| plan(list::in_order(org, &filter).build(DbBackend::Sqlite)).await;
    let along = "SEARCH notice USING INDEX notice_planned (org_id=?)";
    assert_eq!(how(NoticeFilter::default()).await, along);
    let of_campaign = NoticeFilter::of_campaign(CampaignId(Uuid::now_v7()));
    let own = how(of_campaign).await;
    assert!(own.starts_with("SEARCH notice USING INDEX notice_told (org_id=? AND campaign_id=?)"), "{own}");
    let member = Some(domain::ids::MemberId(Uuid::now_v7()));
    let to_member = how(NoticeFilter { member, ..NoticeFilter::default() }).await;
    assert!(
        to_member.contains("delivery USING COVERING INDEX delivery_member (org_id=? AND recipient=?"),
        "{to_member}"
    );
    assert!(!to_member.contains("SCAN notice"), "{to_member}");
}
