//! Lists of campaigns: filters, orders, and pages that neither skip nor repeat.

use domain::actor::Role;
use domain::gate::GateKey;
use domain::ids::{CampaignId, OrganizationId};
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;

use super::super::campaigns::{CampaignFilter, CampaignSort, list};
use super::super::{Cursor, Page};
use super::{Desk, add_organization, at, empty_campaign, member, summary};

async fn names(desk: &Desk, org: OrganizationId, filter: &CampaignFilter, sort: CampaignSort) -> Vec<String> {
    let page = Page { after: None, limit: 50 };
    let listed = list(desk.store.reader(), org, filter, sort, &page).await.unwrap();
    assert_eq!(listed.next, None);
    listed.items.into_iter().map(|campaign| campaign.name).collect()
}

async fn found(desk: &Desk, filter: CampaignFilter) -> Vec<String> {
    names(desk, desk.org, &filter, CampaignSort::Name).await
}

#[tokio::test]
async fn every_filter_narrows_the_list() {
    let desk = Desk::new().await;
    let owner = member("陈露", "Chen.Lu@heyan.example", Role::Operator);
    desk.add_member(&owner).await.unwrap();
    let mut a = empty_campaign("A Été 100%_off", Some("CRM-7"));
    a.profile.owner = "CHEN.LU@heyan.example".to_owned();
    a.profile.go_live_at = at("2027-05-01T00:00:00Z");
    let mut b = empty_campaign("B 春", None);
    b.profile.owner = owner.id.to_string();
    let mut passed = summary(GateStatus::Passed);
    passed.status = CampaignStatus::Ready;
    passed.current_gate = None;
    let mut on_script = summary(GateStatus::Open);
    on_script.current_gate = Some(GateKey::Script);
    desk.insert_with(&a, &passed).await.unwrap();
    desk.insert_with(&b, &on_script).await.unwrap();
    desk.insert(&empty_campaign("C 秋", None)).await;

    let filter = CampaignFilter::default;
    let everything = ["A Été 100%_off", "B 春", "C 秋"];
    assert_eq!(found(&desk, filter()).await, everything);
    assert_eq!(
        found(&desk, CampaignFilter { status: Some(CampaignStatus::Ready), ..filter() }).await,
        ["A Été 100%_off"]
    );
    assert_eq!(
        found(&desk, CampaignFilter { current_gate: Some(GateKey::Script), ..filter() }).await,
        ["B 春"]
    );
    for owner in ["chen.lu@HEYAN.example".to_owned(), owner.id.to_string()] {
        let by = CampaignFilter { owner: Some(owner), ..filter() };
        assert_eq!(found(&desk, by).await, ["A Été 100%_off", "B 春"], "whichever way they were named");
    }
    let from = CampaignFilter { go_live_from: Some(at("2027-05-01T00:00:00Z")), ..filter() };
    assert_eq!(found(&desk, from).await, ["A Été 100%_off"]);
    let to = CampaignFilter { go_live_to: Some(at("2027-05-01T00:00:00Z")), ..filter() };
    assert_eq!(found(&desk, to).await, ["B 春", "C 秋"]);
    let external = CampaignFilter { external_ref: Some("CRM-7".to_owned()), ..filter() };
    assert_eq!(found(&desk, external).await, ["A Été 100%_off"]);
    for (q, expected) in [
        ("ÉTÉ", vec!["A Été 100%_off"]),
        ("crm-", vec!["A Été 100%_off"]),
        ("0%_O", vec!["A Été 100%_off"]),
        ("%春", vec![]),
        ("_", vec!["A Été 100%_off"]),
        ("\\", vec![]),
        ("春", vec!["B 春"]),
    ] {
        assert_eq!(found(&desk, CampaignFilter { q: Some(q.to_owned()), ..filter() }).await, expected, "{q}");
    }
    let other = add_organization(&desk.store).await;
    assert!(names(&desk, other, &filter(), CampaignSort::Name).await.is_empty());
}

#[tokio::test]
async fn pages_show_every_campaign_once_in_each_order() {
    let desk = Desk::new().await;
    for (number, day) in [3, 1, 3, 2, 3, 1].into_iter().enumerate() {
        let mut campaign = empty_campaign(&format!("{}", number % 2), None);
        campaign.profile.go_live_at = at(&format!("2027-05-0{day}T00:00:00Z"));
        desk.insert(&campaign).await;
    }
    for sort in CampaignSort::ALL {
        let mut seen: Vec<CampaignId> = Vec::new();
        let mut days = Vec::new();
        let mut page = Page { after: None, limit: 2 };
        loop {
            let listed =
                list(desk.store.reader(), desk.org, &CampaignFilter::default(), *sort, &page).await.unwrap();
            assert!(listed.items.len() <= 2);
            seen.extend(listed.items.iter().map(|campaign| campaign.id));
            days.extend(listed.items.iter().map(|campaign| campaign.go_live_at));
            let Some(next) = listed.next else { break };
            page.after = Cursor::read(&next.write(), sort.key());
            assert!(page.after.is_some());
        }
        let mut distinct = seen.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((seen.len(), distinct.len()), (6, 6), "{sort}");
        match sort {
            CampaignSort::GoLive => assert!(days.is_sorted()),
            CampaignSort::GoLiveLatest => assert!(days.iter().rev().is_sorted()),
            CampaignSort::Created | CampaignSort::CreatedLatest | CampaignSort::Name => {}
        }
    }
}

#[tokio::test]
async fn a_listed_campaign_shows_its_gates_in_order() {
    let desk = Desk::new().await;
    let campaign = desk.insert(&super::full_campaign()).await.campaign;
    let page = Page { after: None, limit: 1 };
    let listed =
        list(desk.store.reader(), desk.org, &CampaignFilter::default(), CampaignSort::GoLive, &page).await;
    let listed = listed.unwrap().items.remove(0);
    assert_eq!(listed.gates.iter().map(|gate| gate.gate).collect::<Vec<_>>(), GateKey::ALL);
    assert_eq!(listed.gates[2].assignee, campaign.gates[GateKey::Products].assignee);
    assert_eq!((listed.time_zone.as_str(), listed.go_live_at), ("Asia/Shanghai", at("2027-03-20T12:00:00Z")));
}

#[test]
fn a_cursor_is_read_only_by_the_list_that_wrote_it() {
    let cursor = Cursor::new("name", "a\nb", uuid::Uuid::now_v7());
    assert_eq!(Cursor::read(&cursor.write(), "name"), Some(cursor.clone()));
    assert_eq!(Cursor::read(&cursor.write(), "created_at"), None);
    for forged in ["", "x", "bmFtZQ", "bmFtZQpub25l", "%%%"] {
        assert_eq!(Cursor::read(forged, "name"), None, "{forged}");
    }
}
