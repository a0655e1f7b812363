//! Messages about the organization itself.

use super::*;
use crate::store::keys::{self, ApiKey};

/// The organization's own rows: occurrence and how far each has come.
async fn own(room: &Room) -> Vec<(String, Ledger)> {
    let filter =
        NoticeFilter { reason: Some(domain::notice::Reason::KeyExpiring), ..NoticeFilter::default() };
    let page = Page { after: None, limit: 200 };
    let listed = notices::list(room.service.store.reader(), room.org, &filter, &page).await.unwrap();
    let own = listed.items.into_iter().filter(|(notice, _)| notice.campaign.is_none());
    own.map(|(notice, _)| (notice.planned.occurrence, notice.status)).collect()
}

#[tokio::test]
async fn a_key_that_an_earlier_release_made_is_told_of_once_house_was_kept() {
    let room = Room::open("2027-02-20T00:00:00Z").await;
    let key = ApiKey {
        id: ApiKeyId(Uuid::now_v7()),
        name: "CRM".to_owned(),
        prefix: "gr_abcde".to_owned(),
        member: None,
        role: Some(Role::Viewer),
        made_by: None,
        expires_at: Some(at("2027-03-01T12:00:00Z")),
        revoked_at: None,
        created_at: at("2027-01-01T00:00:00Z"),
        last_used_at: None,
    };
    let org = room.org;
    let added = room.service.store.write(move |tx| {
        let key = key.clone();
        async move { keys::insert(tx, org, &key, "hash").await }.boxed()
    });
    added.await.unwrap();
    assert_eq!(own(&room).await, []);
    for _ in 0..2 {
        housekeeping::step(&room.service).await.unwrap();
        let planned = ["d3", "d1"].map(|occurrence| (occurrence.to_owned(), Ledger::Planned));
        assert_eq!(own(&room).await, planned, "what would have been told 14 days before is past");
    }
    // Nobody is an admin here, and nobody made the key: the ledger says so.
    for due in ["2027-02-26T10:00:00Z", "2027-02-28T10:00:00Z"] {
        room.service.clock.move_to(at(due)).unwrap();
        run_all(&room.service).await.unwrap();
    }
    let ended: Vec<_> = own(&room).await.into_iter().map(|(_, status)| status).collect();
    assert_eq!(ended, [Ledger::Skipped, Ledger::Skipped]);
}
