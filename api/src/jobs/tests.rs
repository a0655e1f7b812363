//! Jobs on a real database, driven by hand; mails go to a folder.

mod leases;
mod losses;
mod office;
mod sign_in;

use std::path::{Path, PathBuf};

use domain::actor::{Role, Who};
use domain::command::NewCampaign;
use domain::gate::Contents;
use domain::ids::{ApiKeyId, CampaignId, MemberId, OrganizationId};
use domain::locale::Locale;
use domain::notice::Ledger;
use domain::preferences::Preferences;
use domain::record;
use domain::{Actor, Command};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail_parser::MessageParser;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::*;
use crate::clock::Clock;
use crate::failure::Conflict;
use crate::reply::Reply;
use crate::secret::Secrets;
use crate::settings::{Given, Settings};
use crate::store::deliveries::{Delivery, DeliveryStatus};
use crate::store::members::{self, Member};
use crate::store::notices::{self, Notice, NoticeFilter};
use crate::store::organizations::{self, ClosedDays, Organization};
use crate::store::testing::Place;
use crate::store::{Page, Store, meta};
use crate::workflow::{self, Request};

/// A service on a sandbox clock with one campaign, owned by the operator; its folder goes when the test ends.
struct Room {
    place: Place,
    service: Service,
    org: OrganizationId,
    campaign: CampaignId,
}

/// Goal is due on 27 February at 18:00 in Shanghai; its reminders are d3 02-24, d1 02-26 at 10:00, d0 at 18:00.
const D3: &str = "2027-02-24T02:00:00Z";
const D1: &str = "2027-02-26T02:00:00Z";

impl Room {
    async fn open(now: &str) -> Self {
        let place = Place::new().await;
        let mails = place.folder().join("mail");
        Self::open_with(now, place, mails, Some("li@heyan.example")).await
    }

    async fn open_with(now: &str, place: Place, mails: PathBuf, address: Option<&str>) -> Self {
        let given = Given { mail_dir: Some(mails), ..Given::default() };
        Self::open_as(now, place, given, address).await
    }

    /// A room whose mails go to a mail server.
    async fn with_mail_server(now: &str, url: String) -> Self {
        let given = Given { smtp_url: Some(url), ..Given::default() };
        Self::open_as(now, Place::new().await, given, Some("li@heyan.example")).await
    }

    async fn open_as(now: &str, place: Place, given: Given, address: Option<&str>) -> Self {
        let given = Given { database_url: Some(place.url().to_owned()), ..given };
        let settings = Settings::read(None, Vec::<(String, String)>::new(), &given).unwrap();
        let store = place.store().await;
        let org = add_people(&store, address).await;
        let clock = Clock::sandbox(at(now));
        let service = Service::new(settings, store, clock, Secrets::new(&[7; 32])).unwrap();
        let campaign = begin(&service, org).await;
        Self { place, service, org, campaign }
    }

    async fn ledger(&self) -> Vec<(Notice, Vec<Delivery>)> {
        let page = Page { after: None, limit: 200 };
        notices::list(self.service.store.reader(), self.org, &NoticeFilter::of_campaign(self.campaign), &page)
            .await
            .unwrap()
            .items
    }

    /// The goal's row of this occurrence.
    async fn goal(&self, occurrence: &str) -> (Notice, Vec<Delivery>) {
        let of_goal = |notice: &Notice| {
            notice.planned.subject == domain::GateKey::Goal && notice.planned.occurrence == occurrence
        };
        self.ledger().await.into_iter().find(|(notice, _)| of_goal(notice)).unwrap()
    }

    fn mails(&self) -> Vec<PathBuf> {
        let Ok(files) = std::fs::read_dir(self.place.folder().join("mail")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn subject(file: &Path) -> String {
    MessageParser::default().parse(&std::fs::read(file).unwrap()).unwrap().subject().unwrap().to_owned()
}

async fn add_people(store: &Store, address: Option<&str>) -> OrganizationId {
    let id = OrganizationId(Uuid::now_v7());
    let created_at = at("2027-01-01T00:00:00Z");
    let defaults = record::read(&json!({}), "").unwrap();
    let organization = Organization {
        id,
        name: "禾颜".to_owned(),
        defaults,
        version: 1,
        created_at,
        closed_days: ClosedDays::default(),
    };
    let owner = Member {
        id: MemberId(Uuid::now_v7()),
        name: "李明".to_owned(),
        email: address.map(str::to_owned),
        role: Role::Operator,
        duties: Vec::new(),
        mobile: None,
        handles: Map::new(),
        locale: Locale::ZhCn,
        time_zone: TimeZone::UTC,
        active: true,
        created_at,
        updated_at: created_at,
        preferences: Preferences::default(),
    };
    let adding = store.write(move |tx| {
        let (organization, owner) = (organization.clone(), owner.clone());
        async move {
            organizations::insert(tx, &organization).await?;
            members::insert(tx, id, &owner).await
        }
        .boxed()
    });
    adding.await.unwrap();
    id
}

async fn begin(service: &Service, org: OrganizationId) -> CampaignId {
    let directory = members::everybody(service.store.reader(), org).await.unwrap();
    let owner = directory.active().next().unwrap().id;
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples/standard/campaign.json");
    let mut fields: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    fields["owner"] = Value::from(owner.to_string());
    let new = NewCampaign {
        fields: record::read(&fields, "").unwrap(),
        metadata: Map::new(),
        contents: Contents::default(),
        now: service.clock.now(),
        by: Some(owner),
    };
    let actor = Actor { who: Who::Member(owner), role: Role::Operator, key: None, key_made_by: None };
    let request = Request { org, actor, idempotency: None };
    let answered =
        workflow::create(service, &request, new, |acted| Reply::json(201, &acted.campaign.id)).await;
    serde_json::from_slice(&answered.unwrap().body).unwrap()
}

#[tokio::test]
async fn nothing_is_sent_before_its_time() {
    let room = Room::open("2027-02-24T01:59:59Z").await;
    assert_eq!(run_all(&room.service).await.unwrap(), 0);
    assert!(room.mails().is_empty());
}

#[tokio::test]
async fn a_due_message_reaches_its_person_once_however_often_the_jobs_run() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at(D3)).unwrap();
    assert_eq!(plan::step(&room.service).await.unwrap(), 1);
    assert_eq!(room.goal("d3").await.0.status, Ledger::Sending);
    assert_eq!(send::step(&room.service).await.unwrap(), 1);
    assert_eq!(run_all(&room.service).await.unwrap(), 0);
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!(notice.status, Ledger::Sent);
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].status, DeliveryStatus::Sent);
    assert_eq!(deliveries[0].message_id, format!("<{}@localhost>", deliveries[0].id));
    let expected = format!("20270224T020000Z-{}.eml", deliveries[0].id);
    let mails = room.mails();
    assert_eq!(mails, [room.place.folder().join("mail").join(expected)]);
    assert_eq!(
        subject(&mails[0]),
        "[SANDBOX] 目标与定位 · 禾颜春日樱花新品首发 · 2月27日 18:00 · 距截止 3 天 8 小时"
    );
}

#[tokio::test]
async fn a_message_found_after_its_useful_time_expires_unsent() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at("2027-02-27T09:59:59Z")).unwrap();
    run_all(&room.service).await.unwrap();
    // They come late, in one mail with the first reminder of the audience; d1 says all that d3 would.
    assert_eq!(room.goal("d3").await.0.status, Ledger::Merged);
    assert_eq!(room.goal("d1").await.0.status, Ledger::Merged);
    let mails = room.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(subject(&mails[0]), "[SANDBOX] 禾颜春日樱花新品首发 · 2月27日 17:59 · 补发 2 条提醒");
    let room = Room::open("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at("2027-02-27T10:00:00Z")).unwrap();
    run_all(&room.service).await.unwrap();
    assert_eq!(room.goal("d3").await.0.status, Ledger::Expired);
    assert_eq!(room.goal("d1").await.0.status, Ledger::Expired);
    assert_eq!(room.goal("d0").await.0.status, Ledger::Sent);
}

#[tokio::test]
async fn a_mail_that_cannot_be_handed_over_waits_until_its_useful_time_is_over() {
    let place = Place::new().await;
    let nowhere = PathBuf::from("/dev/null/mail");
    let room = Room::open_with("2027-02-24T01:00:00Z", place, nowhere, Some("li@heyan.example")).await;
    room.service.clock.move_to(at(D1)).unwrap();
    let before = room.service.clock.real_now();
    run_all(&room.service).await.unwrap();
    let (notice, deliveries) = room.goal("d1").await;
    assert_eq!(notice.status, Ledger::Sending);
    assert_eq!((deliveries[0].status, deliveries[0].attempts), (DeliveryStatus::Pending, 1));
    let wait = deliveries[0].next_attempt_at.duration_since(before).as_secs();
    assert!((30..60).contains(&wait), "{wait} s");
    room.service.clock.move_to(at("2027-02-27T09:59:59.999999Z")).unwrap();
    run_all(&room.service).await.unwrap();
    assert_eq!(room.goal("d1").await.0.status, Ledger::Sending);
    room.service.clock.move_to(at("2027-02-27T10:00:00Z")).unwrap();
    run_all(&room.service).await.unwrap();
    let (notice, deliveries) = room.goal("d1").await;
    assert_eq!(notice.status, Ledger::Expired);
    assert!(notice.outcome.unwrap().starts_with("expired: the mail folder cannot be written"));
    assert_eq!((deliveries[0].status, deliveries[0].attempts), (DeliveryStatus::Skipped, 1));
}

#[tokio::test]
async fn somebody_without_an_address_is_told_of_in_the_ledger() {
    let place = Place::new().await;
    let mails = place.folder().join("mail");
    let room = Room::open_with("2027-02-24T01:00:00Z", place, mails, None).await;
    room.service.clock.move_to(at(D3)).unwrap();
    run_all(&room.service).await.unwrap();
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!((notice.status, notice.outcome.as_deref()), (Ledger::Skipped, Some("no_address")));
    assert_eq!(deliveries[0].status, DeliveryStatus::Skipped);
    assert!(room.mails().is_empty());
}

#[tokio::test]
async fn the_sandbox_clock_stops_at_every_due_instant_on_its_way() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    sandbox::advance(&room.service, at("2027-02-28T00:00:00Z")).await.unwrap();
    assert_eq!(room.service.clock.now(), at("2027-02-28T00:00:00Z"));
    let kept = meta::get(room.service.store.reader(), sandbox::FACT).await.unwrap();
    assert_eq!(kept.as_deref(), Some("2027-02-28T00:00:00Z"));
    let dates: Vec<String> = room
        .mails()
        .iter()
        .map(|file| {
            let wire = std::fs::read(file).unwrap();
            let mail = MessageParser::default().parse(&wire).unwrap();
            format!("{} {}", mail.date().unwrap().to_rfc3339(), mail.subject().unwrap())
        })
        .collect();
    let (goal, audience) =
        ("目标与定位 · 禾颜春日樱花新品首发 · 2月27日 18:00", "受众 · 禾颜春日樱花新品首发 · 3月2日 18:00");
    assert_eq!(
        dates,
        [
            format!("2027-02-24T02:00:00Z [SANDBOX] {goal} · 距截止 3 天 8 小时"),
            format!("2027-02-26T02:00:00Z [SANDBOX] {goal} · 距截止 1 天 8 小时"),
            format!("2027-02-27T02:00:00Z [SANDBOX] {audience} · 距截止 3 天 8 小时"),
            format!("2027-02-27T10:00:00Z [SANDBOX] {goal} · 现已到期"),
            // It is planned at 22:00 in Shanghai, and waits there until 08:00.
            format!("2027-02-28T00:00:00Z [SANDBOX] {goal} · 已逾期 14 小时"),
        ]
    );
}

#[tokio::test]
async fn the_sandbox_clock_never_goes_back() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    let refused = sandbox::advance(&room.service, at("2027-02-24T00:59:59Z")).await.unwrap_err();
    let now = at("2027-02-24T01:00:00Z");
    assert!(
        matches!(refused, Failure::Conflict(Conflict::SandboxBackwards { now: stands }) if stands == now)
    );
    assert_eq!(room.service.clock.now(), now);
    sandbox::advance(&room.service, now).await.unwrap();
}

#[tokio::test]
async fn a_campaign_whose_end_has_passed_is_woken_and_its_messages_end() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    sandbox::advance(&room.service, at("2027-03-21T00:00:00Z")).await.unwrap();
    let acted = workflow::look(&room.service, room.org, room.campaign).await.unwrap();
    assert_eq!(acted.standing.status, domain::surroundings::CampaignStatus::Lapsed);
    let waiting: Vec<_> =
        room.ledger().await.into_iter().filter(|(notice, _)| notice.settled_at.is_none()).collect();
    assert!(waiting.is_empty(), "{waiting:#?}");
}

#[tokio::test]
async fn nothing_is_tried_while_the_mail_server_is_left_in_peace() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    room.service.clock.move_to(at(D3)).unwrap();
    let paused_at = room.service.clock.real_now();
    room.service.mailer.pause(paused_at);
    run_all(&room.service).await.unwrap();
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!(notice.status, Ledger::Sending);
    assert_eq!((deliveries[0].status, deliveries[0].attempts), (DeliveryStatus::Pending, 0));
    let until = room.service.mailer.paused(paused_at).unwrap();
    assert_eq!(until.duration_since(paused_at).as_mins(), 5);
    assert_eq!(room.service.mailer.paused(until), None);
}

async fn act(room: &Room, command: Command) {
    let request = Request { org: room.org, actor: Actor::system(), idempotency: None };
    workflow::act(&room.service, &request, room.campaign, command, |_| Reply::empty()).await.unwrap();
}

#[tokio::test]
async fn a_campaign_on_hold_reminds_nobody_and_the_ledger_says_why() {
    let room = Room::open("2027-02-24T01:00:00Z").await;
    act(&room, Command::Hold { reason: None }).await;
    sandbox::advance(&room.service, at(D3)).await.unwrap();
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!((notice.status, notice.outcome.as_deref()), (Ledger::Skipped, Some("on_hold")));
    assert_eq!(deliveries, []);
    assert!(room.mails().is_empty());
}

#[tokio::test]
async fn what_waited_when_a_pause_began_is_told_when_it_ends() {
    let room = Room::open("2027-02-26T01:00:00Z").await;
    // The goal is due at 18:00 in Shanghai; that it is overdue, at 22:00, waits for the morning.
    sandbox::advance(&room.service, at("2027-02-27T14:30:00Z")).await.unwrap();
    let (notice, deliveries) = room.goal("l1").await;
    assert_eq!((notice.status, deliveries[0].status), (Ledger::Sending, DeliveryStatus::Pending));
    act(&room, Command::Hold { reason: None }).await;
    sandbox::advance(&room.service, at("2027-02-28T00:30:00Z")).await.unwrap();
    let (notice, _) = room.goal("l1").await;
    assert_eq!((notice.status, notice.outcome.as_deref()), (Ledger::Skipped, Some("on_hold")));
    let before = room.mails().len();
    act(&room, Command::Resume).await;
    run_all(&room.service).await.unwrap();
    let (notice, deliveries) = room.goal("l1").await;
    assert_eq!(
        (notice.status, deliveries[0].status, deliveries.len()),
        (Ledger::Sent, DeliveryStatus::Sent, 1)
    );
    assert_eq!(room.mails().len(), before + 1);
}
