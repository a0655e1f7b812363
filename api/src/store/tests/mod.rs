//! The store on real files, and what its tests begin with.

mod bound;
mod campaigns;
mod claims;
mod confirmations;
mod deliveries;
mod ledger;
mod lists;
mod people;
mod postgres_only;
mod sqlite_only;
mod writing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use domain::Campaign;
use domain::actor::{Role, Who};
use domain::campaign::{
    Approval, Decision, Evidence, FacetChange, FoundText, Life, Noticed, Reconfirmation, Reviewed,
    Submission, Tick, Turn, Verdict,
};
use domain::digest::Digest;
use domain::gate::{Content, Contents, GateKey, PerGate};
use domain::ids::{ApiKeyId, CampaignId, MemberId, OrganizationId, SubmissionId};
use domain::locale::Locale;
use domain::policy::{ForbidAuthor, Policy, Slot, SlotFrom};
use domain::profile::CampaignFields;
use domain::record;
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;
use futures_util::FutureExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::campaigns::{GateSummary, Loaded, Summary};
use super::members::Member;
use super::organizations::{ClosedDays, Defaults, Organization};
use super::testing::Place;
use super::{Store, campaigns as stored, members, organizations};
use crate::failure::Failure;

/// An open store with one organization.
struct Desk {
    store: Store,
    org: OrganizationId,
    place: Arc<Place>,
}

impl Desk {
    async fn new() -> Self {
        let place = Arc::new(Place::new().await);
        let store = place.store().await;
        let org = add_organization(&store).await;
        Self { store, org, place }
    }

    /// Another organization in the same database.
    async fn elsewhere(&self) -> Self {
        let org = add_organization(&self.store).await;
        Self { store: self.store.clone(), org, place: Arc::clone(&self.place) }
    }

    async fn insert(&self, campaign: &Campaign) -> Loaded {
        self.insert_with(campaign, &summary(GateStatus::Open)).await.unwrap();
        self.load(campaign.id).await
    }

    async fn insert_with(&self, campaign: &Campaign, summary: &Summary) -> Result<(), Failure> {
        let (org, campaign, summary) = (self.org, campaign.clone(), summary.clone());
        let insert = self.store.write(move |tx| {
            let (campaign, summary) = (campaign.clone(), summary.clone());
            async move { stored::insert(tx, org, &campaign, &summary, at("2027-02-01T00:00:00Z")).await }
                .boxed()
        });
        insert.await
    }

    async fn load(&self, id: CampaignId) -> Loaded {
        stored::load(self.store.reader(), self.org, id).await.unwrap().unwrap()
    }

    async fn save(&self, before: &Loaded, after: &Campaign, summary: &Summary) -> Result<(), Failure> {
        let (org, before, after, summary) = (self.org, before.clone(), after.clone(), summary.clone());
        let save = self.store.write(move |tx| {
            let (before, after, summary) = (before.clone(), after.clone(), summary.clone());
            async move {
                stored::save(tx, org, &before, &after, &summary, at("2027-02-02T00:00:00.123456Z")).await
            }
            .boxed()
        });
        save.await
    }

    async fn add_member(&self, member: &Member) -> Result<(), Failure> {
        let (org, member) = (self.org, member.clone());
        let insert = self.store.write(move |tx| {
            let member = member.clone();
            async move { members::insert(tx, org, &member).await }.boxed()
        });
        insert.await
    }
}

async fn add_organization(store: &Store) -> OrganizationId {
    let id = OrganizationId(Uuid::now_v7());
    let defaults: Defaults =
        record::read(&json!({"time_zone": "Asia/Shanghai", "locale": "zh-CN"}), "").unwrap();
    let created_at = at("2027-01-01T00:00:00Z");
    let organization = Organization {
        id,
        name: "禾颜".to_owned(),
        defaults,
        version: 1,
        created_at,
        closed_days: ClosedDays::default(),
    };
    let insert = store.write(move |tx| {
        let organization = organization.clone();
        async move { organizations::insert(tx, &organization).await }.boxed()
    });
    insert.await.unwrap();
    id
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn example(name: &str) -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples/standard");
    serde_json::from_str(&std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap()
}

/// The standard campaign, new, with nothing but its own fields.
fn empty_campaign(name: &str, external_ref: Option<&str>) -> Campaign {
    let fields: CampaignFields = record::read(&example("campaign"), "").unwrap();
    let mut profile = fields.profile("").unwrap();
    profile.name = name.to_owned();
    profile.external_ref = external_ref.map(str::to_owned);
    Campaign {
        id: CampaignId(Uuid::now_v7()),
        profile,
        metadata: Map::new(),
        version: 1,
        life: Life::Open,
        contents: Contents::default(),
        gates: PerGate::default(),
        wording: Vec::new(),
        turn: None,
        reminders: Vec::new(),
    }
}

/// The standard campaign with the contents of all gates, ticks, a decided submission and an approval.
fn full_campaign() -> Campaign {
    let mut campaign = empty_campaign("禾颜春日樱花新品首发", Some("CRM-2027-0320"));
    campaign.metadata = json!({"z": 1, "a": "二", "m": null}).as_object().unwrap().clone();
    campaign.version = 7;
    campaign.life =
        Life::OnHold { since: at("2027-03-01T01:02:03.000004Z"), reason: Some("缺货".to_owned()) };
    for gate in GateKey::ALL {
        campaign.contents.replace(Content::read(*gate, &example(gate.key()), "").unwrap());
        campaign.gates[*gate].version = 3;
    }
    let stamped = serde_json::from_value(json!({ "ab": { "script.rows": "cd" } }));
    campaign.gates[GateKey::Team].stamps = stamped.unwrap();
    campaign.wording = vec![FoundText {
        rule: "script.wording_risky".to_owned(),
        path: "/gates/script/theme".to_owned(),
        lexicon_version: 3,
        at: at("2027-03-01T00:00:00.000001Z"),
    }];
    campaign.turn = Some(Turn { ready: true, at: at("2027-03-04T00:00:00Z") });
    let person = MemberId(Uuid::now_v7());
    let facts = &mut campaign.gates[GateKey::Products];
    let change = FacetChange { before: Digest("cd".repeat(32)), at: at("2027-03-05T00:00:00.5Z") };
    facts.noticed = Noticed {
        stale_since: Some(at("2027-03-04T00:00:00.25Z")),
        changes: [("goal.context".to_owned(), change)].into(),
    };
    facts.assignee = Some(person);
    facts.editors = vec![person];
    facts.ticks.insert("prices_signed".to_owned(), tick(person));
    facts.submission = Some(submission(person));
    facts.approval = Some(Approval {
        submission: SubmissionId(Uuid::now_v7()),
        digests: [("products.prices".to_owned(), Digest("ab".repeat(32)))].into(),
        approved_at: at("2027-03-02T00:00:00Z"),
        approved_by: vec![person],
        reconfirmed: Some(Reconfirmation {
            by: person,
            on_behalf_of: Some(person),
            at: at("2027-03-03T00:00:00Z"),
            comment: None,
        }),
    });
    campaign
}

fn tick(person: MemberId) -> Tick {
    Tick {
        not_applicable: false,
        evidence: Some(Evidence { note: Some("已签".to_owned()), ..Evidence::default() }),
        done_by: Who::Member(person),
        done_at: at("2027-02-03T04:05:06.789012Z"),
    }
}

fn submission(person: MemberId) -> Submission {
    let revision = Digest("cd".repeat(32));
    Submission {
        id: SubmissionId(Uuid::now_v7()),
        revision: revision.clone(),
        by: Who::Service(ApiKeyId(Uuid::now_v7())),
        through: Some(ApiKeyId(Uuid::now_v7())),
        at: at("2027-03-01T00:00:00Z"),
        comment: Some("请审批".to_owned()),
        policy: Policy {
            slots: vec![Slot { from: SlotFrom::Role(Role::Manager), count: 1, if_held: false }],
            forbid_author: ForbidAuthor::Submitter,
        },
        authors: vec![person],
        decisions: vec![Decision {
            verdict: Verdict::Approve,
            by: person,
            on_behalf_of: Some(person),
            through: None,
            at: at("2027-03-02T00:00:00Z"),
            revision,
            comment: Some("可以".to_owned()),
        }],
        outcome: None,
        signs: BTreeMap::from([("goal.targets".to_owned(), Digest("ef".repeat(32)))]),
        before: Some(Reviewed {
            at: at("2027-02-28T00:00:00Z"),
            digests: BTreeMap::from([("goal.targets".to_owned(), Digest("01".repeat(32)))]),
        }),
    }
}

fn summary(status: GateStatus) -> Summary {
    Summary {
        status: CampaignStatus::Preparing,
        current_gate: Some(GateKey::Goal),
        next_wake_at: Some(at("2027-03-20T15:00:00Z")),
        lexicon_version: 3,
        gates: PerGate::each(|gate| GateSummary {
            status,
            due_at: at("2027-03-01T10:00:00Z"),
            expires_at: (gate == GateKey::EquipmentTest).then(|| at("2027-03-20T11:00:00Z")),
            revision: Digest("00".repeat(32)),
        }),
    }
}

fn member(name: &str, email: &str, role: Role) -> Member {
    Member {
        id: MemberId(Uuid::now_v7()),
        name: name.to_owned(),
        email: Some(email.to_owned()),
        role,
        duties: vec!["finance".to_owned()],
        mobile: Some("+86 138".to_owned()),
        handles: json!({"wechat": "heyan"}).as_object().unwrap().clone(),
        locale: Locale::ZhCn,
        time_zone: TimeZone::get("Asia/Shanghai").unwrap(),
        active: true,
        created_at: at("2027-01-02T00:00:00Z"),
        updated_at: at("2027-01-02T00:00:00Z"),
        preferences: record::read(&json!({"digest_at": "09:30", "off": ["countdown"]}), "").unwrap(),
    }
}
