//! Organizations, members and keys.

use domain::actor::Role;
use domain::ids::{ApiKeyId, MemberId};
use domain::record;
use futures_util::FutureExt;
use jiff::civil::date;
use serde_json::json;
use uuid::Uuid;

use super::super::keys::ApiKey;
use super::super::organizations::{Defaults, Organization};
use super::super::{Page, keys, members, organizations};
use super::{Desk, add_organization, at, member};
use crate::failure::{Conflict, Failure};

fn key(member: Option<MemberId>) -> ApiKey {
    ApiKey {
        id: ApiKeyId(Uuid::now_v7()),
        name: "CRM".to_owned(),
        prefix: "gr_abcde".to_owned(),
        member,
        role: member.is_none().then_some(Role::Operator),
        made_by: member,
        expires_at: Some(at("2028-01-01T00:00:00Z")),
        revoked_at: None,
        created_at: at("2027-01-01T00:00:00Z"),
        last_used_at: None,
    }
}

async fn add_key(desk: &Desk, key: &ApiKey, hash: &'static str) {
    let (org, key) = (desk.org, key.clone());
    let insert = desk.store.write(move |tx| {
        let key = key.clone();
        async move { keys::insert(tx, org, &key, hash).await }.boxed()
    });
    insert.await.unwrap();
}

#[tokio::test]
async fn a_member_comes_back_as_written() {
    let desk = Desk::new().await;
    let mut chen = member("陈露", "chen@heyan.example", Role::Manager);
    desk.add_member(&chen).await.unwrap();
    let reader = desk.store.reader();
    assert_eq!(members::find(reader, desk.org, chen.id).await.unwrap(), Some(chen.clone()));
    chen.role = Role::Viewer;
    chen.active = false;
    chen.email = None;
    let (org, changed) = (desk.org, chen.clone());
    let update = desk.store.write(move |tx| {
        let changed = changed.clone();
        async move { members::update(tx, org, &changed).await }.boxed()
    });
    assert!(update.await.unwrap());
    assert_eq!(members::find(reader, desk.org, chen.id).await.unwrap(), Some(chen.clone()));
    let directory = members::everybody(reader, desk.org).await.unwrap();
    assert_eq!(directory.member(chen.id).map(|seen| (seen.role, seen.active)), Some((Role::Viewer, false)));
}

#[tokio::test]
async fn an_address_belongs_to_one_member_of_an_organization() {
    let desk = Desk::new().await;
    desk.add_member(&member("陈", "chen@heyan.example", Role::Manager)).await.unwrap();
    let refused = desk.add_member(&member("程", "CHEN@heyan.example", Role::Viewer)).await;
    assert!(matches!(refused, Err(Failure::Conflict(Conflict::EmailTaken { .. }))), "{refused:?}");
    let elsewhere = desk.elsewhere().await;
    elsewhere.add_member(&member("陈", "chen@heyan.example", Role::Manager)).await.unwrap();
    let mut unreachable = member("无", "-", Role::Viewer);
    unreachable.email = None;
    desk.add_member(&unreachable).await.unwrap();
    unreachable.id = MemberId(Uuid::now_v7());
    desk.add_member(&unreachable).await.unwrap();
}

#[tokio::test]
async fn members_of_another_organization_are_not_found() {
    let desk = Desk::new().await;
    let chen = member("陈", "chen@heyan.example", Role::Admin);
    desk.add_member(&chen).await.unwrap();
    let (reader, other) = (desk.store.reader(), add_organization(&desk.store).await);
    assert_eq!(members::find(reader, other, chen.id).await.unwrap(), None);
    assert!(members::everybody(reader, other).await.unwrap().member(chen.id).is_none());
    let page = Page { after: None, limit: 50 };
    assert!(members::list(reader, other, &page).await.unwrap().items.is_empty());
    let update = desk.store.write(move |tx| {
        let chen = chen.clone();
        async move { members::update(tx, other, &chen).await }.boxed()
    });
    assert!(!update.await.unwrap());
}

#[tokio::test]
async fn members_are_listed_in_pages() {
    let desk = Desk::new().await;
    let mut added = Vec::new();
    for number in 0..5 {
        let one = member("甲", &format!("{number}@heyan.example"), Role::Viewer);
        desk.add_member(&one).await.unwrap();
        added.push(one.id);
    }
    let mut page = Page { after: None, limit: 2 };
    let mut seen = Vec::new();
    loop {
        let listed = members::list(desk.store.reader(), desk.org, &page).await.unwrap();
        seen.extend(listed.items.iter().map(|member| member.id));
        page.after = listed.next;
        if page.after.is_none() {
            break;
        }
    }
    seen.sort();
    assert_eq!(seen, added);
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_with_the_person_it_acts_as() {
    let desk = Desk::new().await;
    let chen = member("陈露", "chen@heyan.example", Role::Manager);
    desk.add_member(&chen).await.unwrap();
    let (personal, service) = (key(Some(chen.id)), key(None));
    add_key(&desk, &personal, "hash of chen").await;
    add_key(&desk, &service, "hash of crm").await;
    let reader = desk.store.reader();
    let found = keys::by_hash(reader, "hash of chen").await.unwrap();
    assert_eq!(found, Some((desk.org, personal.clone(), Some(chen))));
    let found = keys::by_hash(reader, "hash of crm").await.unwrap();
    assert_eq!(found, Some((desk.org, service.clone(), None)));
    assert_eq!(keys::by_hash(reader, "hash").await.unwrap(), None);
    let page = Page { after: None, limit: 50 };
    assert_eq!(keys::list(reader, desk.org, &page).await.unwrap().items, [personal, service]);
}

#[tokio::test]
async fn a_key_is_revoked_once_and_only_by_its_own_organization() {
    let desk = Desk::new().await;
    let service = key(None);
    add_key(&desk, &service, "hash").await;
    let (org, other, id) = (desk.org, add_organization(&desk.store).await, service.id);
    let revoke = async |org, when: &'static str| {
        let job =
            desk.store.write(move |tx| async move { keys::revoke(tx, org, id, at(when)).await }.boxed());
        job.await.unwrap()
    };
    assert!(!revoke(other, "2027-02-01T00:00:00Z").await);
    assert!(revoke(org, "2027-02-02T00:00:00Z").await);
    assert!(!revoke(org, "2027-02-03T00:00:00Z").await);
    let touch = desk
        .store
        .write(move |tx| async move { keys::touch(tx, org, id, at("2027-02-04T00:00:00Z")).await }.boxed());
    touch.await.unwrap();
    let found = keys::find(desk.store.reader(), org, id).await.unwrap().unwrap();
    assert_eq!(found.revoked_at, Some(at("2027-02-02T00:00:00Z")));
    assert_eq!(found.last_used_at, Some(at("2027-02-04T00:00:00Z")));
    assert_eq!(keys::find(desk.store.reader(), other, id).await.unwrap(), None);
}

#[tokio::test]
async fn an_organization_changes_only_from_the_version_that_was_seen() {
    let desk = Desk::new().await;
    let (org, reader) = (desk.org, desk.store.reader());
    let found = organizations::first(reader).await.unwrap().unwrap();
    assert_eq!((found.id, found.version), (org, 1));
    let defaults: Defaults = record::read(&json!({"currency": "CNY", "planned_minutes": 90}), "").unwrap();
    let closed_days = record::read(&json!(["2027-02-22", "2027-03-01"]), "").unwrap();
    let changed = Organization { name: "新名".to_owned(), defaults, closed_days, ..found };
    let update = async || {
        let changed = changed.clone();
        let job = desk.store.write(move |tx| {
            let changed = changed.clone();
            async move { organizations::update(tx, &changed).await }.boxed()
        });
        job.await
    };
    update().await.unwrap();
    assert!(matches!(update().await, Err(Failure::Stale)));
    let found = organizations::find(reader, org).await.unwrap().unwrap();
    assert_eq!(found, Organization { version: 2, ..changed.clone() });
    let calendar = organizations::calendar(reader, org).await.unwrap();
    assert_eq!(calendar, found.calendar());
    assert!(!calendar.is_working_day(date(2027, 3, 1)), "a Monday");
}
