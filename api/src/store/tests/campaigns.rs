//! Campaigns come back as they were written, and nobody overwrites what they did not see.

use domain::gate::GateKey;
use domain::ids::CampaignId;
use domain::standing::GateStatus;
use futures_util::FutureExt;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::super::{StoreError, campaigns as stored};
use super::{Desk, add_organization, at, empty_campaign, full_campaign, summary};
use crate::failure::{Conflict, Failure};

#[tokio::test]
async fn a_full_campaign_comes_back_as_it_was_written() {
    let desk = Desk::new().await;
    let campaign = full_campaign();
    let loaded = desk.insert(&campaign).await;
    assert_eq!(loaded.campaign, campaign);
    assert_eq!(loaded.summary, summary(GateStatus::Open));
    assert_eq!((loaded.row_version, loaded.created_at), (1, at("2027-02-01T00:00:00Z")));
    let keys: Vec<_> = loaded.campaign.metadata.keys().collect();
    assert_eq!(keys, ["z", "a", "m"], "the CRM's own order is kept");
}

#[tokio::test]
async fn every_change_is_saved_and_nothing_else_moves() {
    let desk = Desk::new().await;
    let before = desk.insert(&empty_campaign("夏季", None)).await;
    let full = full_campaign();
    let mut after = before.campaign.clone();
    after.contents.script = full.contents.script.clone();
    after.gates[GateKey::Script].version = 1;
    after.gates[GateKey::Team].stamps = full.gates[GateKey::Team].stamps.clone();
    after.wording.clone_from(&full.wording);
    after.turn = full.turn;
    after.gates[GateKey::Products].noticed = full.gates[GateKey::Products].noticed.clone();
    after.gates[GateKey::Team].ticks = full.gates[GateKey::Products].ticks.clone();
    after.profile.external_ref = Some("CRM-1".to_owned());
    let mut now = summary(GateStatus::Open);
    now.gates[GateKey::WarmUp].status = GateStatus::Blocked;
    now.current_gate = None;
    now.lexicon_version = 4;
    desk.save(&before, &after, &now).await.unwrap();
    let loaded = desk.load(after.id).await;
    assert_eq!((loaded.campaign, loaded.summary), (after, now));
    assert_eq!(loaded.row_version, before.row_version + 1);
    assert_eq!(loaded.created_at, before.created_at);
    assert_eq!(loaded.updated_at, at("2027-02-02T00:00:00.123456Z"));
}

#[tokio::test]
async fn a_write_over_what_nobody_saw_is_stale_and_changes_nothing() {
    let desk = Desk::new().await;
    let seen = desk.insert(&empty_campaign("夏季", None)).await;
    let mut first = seen.campaign.clone();
    first.profile.name = "先到".to_owned();
    desk.save(&seen, &first, &seen.summary).await.unwrap();
    let after_first = desk.load(seen.campaign.id).await;
    let mut second = full_campaign();
    second.id = seen.campaign.id;
    let refused = desk.save(&seen, &second, &summary(GateStatus::Passed)).await;
    assert!(matches!(refused, Err(Failure::Stale)), "{refused:?}");
    assert_eq!(desk.load(seen.campaign.id).await, after_first);
}

#[tokio::test]
async fn a_key_of_the_crm_belongs_to_one_campaign_of_an_organization() {
    let desk = Desk::new().await;
    desk.insert(&empty_campaign("一", Some("CRM-1"))).await;
    let again = empty_campaign("二", Some("CRM-1"));
    let refused = desk.insert_with(&again, &summary(GateStatus::Open)).await;
    assert!(
        matches!(&refused, Err(Failure::Conflict(Conflict::ExternalRefTaken { external_ref })) if external_ref == "CRM-1"),
        "{refused:?}"
    );
    desk.insert(&empty_campaign("三", None)).await;
    let other = desk.insert(&empty_campaign("四", None)).await;
    let mut taken = other.campaign.clone();
    taken.profile.external_ref = Some("CRM-1".to_owned());
    let refused = desk.save(&other, &taken, &other.summary).await;
    assert!(matches!(refused, Err(Failure::Conflict(_))), "{refused:?}");
    let reader = desk.store.reader();
    assert!(stored::load(reader, desk.org, again.id).await.unwrap().is_none());
    let elsewhere = add_organization(&desk.store).await;
    let (id, open) = (CampaignId(Uuid::now_v7()), summary(GateStatus::Open));
    let insert = desk.store.write(move |tx| {
        let (mut campaign, open) = (empty_campaign("五", Some("CRM-1")), open.clone());
        campaign.id = id;
        async move { stored::insert(tx, elsewhere, &campaign, &open, at("2027-02-01T00:00:00Z")).await }
            .boxed()
    });
    insert.await.unwrap();
    let found = stored::load(reader, elsewhere, id).await.unwrap().unwrap();
    assert_eq!(found.campaign.profile.external_ref.as_deref(), Some("CRM-1"));
}

#[tokio::test]
async fn another_organization_finds_nothing() {
    let desk = Desk::new().await;
    let loaded = desk.insert(&full_campaign()).await;
    let foreign = desk.elsewhere().await;
    let (reader, id, other) = (desk.store.reader(), loaded.campaign.id, foreign.org);
    assert!(stored::load(reader, other, id).await.unwrap().is_none());
    let mut after = loaded.campaign.clone();
    after.profile.name = "偷".to_owned();
    assert!(matches!(foreign.save(&loaded, &after, &loaded.summary).await, Err(Failure::Stale)));
    assert_eq!(desk.load(id).await, loaded);
}

#[tokio::test]
async fn a_corrupt_row_is_named_and_never_a_panic() {
    for (damage, where_) in [
        ("UPDATE gate SET content = '{\"fame\": 1}' WHERE gate = 'goal'", "gate"),
        ("UPDATE gate SET content = '{' WHERE gate = 'goal'", "gate"),
        ("UPDATE gate SET status = 'lost' WHERE gate = 'goal'", "gate"),
        ("UPDATE gate SET ticks = '[]' WHERE gate = 'goal'", "gate"),
        ("DELETE FROM gate WHERE gate = 'script'", "campaign"),
        ("UPDATE campaign SET go_live_at = 'soon'", "campaign"),
        ("UPDATE campaign SET time_zone = 'Mars/Base'", "campaign"),
    ] {
        let desk = Desk::new().await;
        let loaded = desk.insert(&empty_campaign("夏季", None)).await;
        let harm = desk
            .store
            .write(move |tx| async move { Ok(tx.execute_unprepared(damage).await?.rows_affected()) }.boxed());
        assert_eq!(harm.await.unwrap(), 1);
        let found = stored::load(desk.store.reader(), desk.org, loaded.campaign.id).await;
        let id = loaded.campaign.id.to_string();
        assert!(
            matches!(&found, Err(StoreError::Corrupt { table, id: row, .. }) if *table == where_ && row.starts_with(&id)),
            "{damage}: {found:?}"
        );
    }
}

#[tokio::test]
async fn campaigns_that_time_has_changed_are_found_in_order() {
    let desk = Desk::new().await;
    let (mut late, mut early, mut never) =
        (summary(GateStatus::Open), summary(GateStatus::Open), summary(GateStatus::Open));
    late.next_wake_at = Some(at("2027-03-02T00:00:00Z"));
    early.next_wake_at = Some(at("2027-03-01T00:00:00Z"));
    never.next_wake_at = None;
    let campaigns = [("晚", late), ("早", early), ("无", never)];
    let mut ids = Vec::new();
    for (name, summary) in campaigns {
        let campaign = empty_campaign(name, None);
        desk.insert_with(&campaign, &summary).await.unwrap();
        ids.push(campaign.id);
    }
    let reader = desk.store.reader();
    let due = async |now: &str| stored::due_to_wake(reader, at(now), 10).await.unwrap();
    assert_eq!(stored::next_wake(reader).await.unwrap(), Some(at("2027-03-01T00:00:00Z")));
    assert_eq!(due("2027-02-28T23:59:59.999999Z").await, []);
    assert_eq!(due("2027-03-01T00:00:00Z").await, [(desk.org, ids[1])]);
    assert_eq!(due("2027-03-03T00:00:00Z").await, [(desk.org, ids[1]), (desk.org, ids[0])]);
}

#[tokio::test]
async fn who_wakes_all_campaigns_forgets_no_earlier_wake_up() {
    let desk = Desk::new().await;
    let mut ids = Vec::new();
    for (name, wake) in
        [("早", Some("2027-03-01T00:00:00Z")), ("晚", Some("2027-03-03T00:00:00Z")), ("无", None)]
    {
        let (campaign, mut summary) = (empty_campaign(name, None), summary(GateStatus::Open));
        summary.next_wake_at = wake.map(at);
        desk.insert_with(&campaign, &summary).await.unwrap();
        ids.push(campaign.id);
    }
    let org = desk.org;
    let woken = desk
        .store
        .write(move |tx| async move { stored::wake_all(tx, org, at("2027-03-02T00:00:00Z")).await }.boxed());
    woken.await.unwrap();
    let mut wakes = Vec::new();
    for id in ids {
        wakes.push(desk.load(id).await.summary.next_wake_at);
    }
    let now = Some(at("2027-03-02T00:00:00Z"));
    assert_eq!(wakes, [Some(at("2027-03-01T00:00:00Z")), now, now]);
}
