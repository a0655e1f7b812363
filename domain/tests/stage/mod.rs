//! A stage for tests of the state machine: the standard campaign, six people, and a clock that is moved by
//! hand. Commands come through the same door as in the service: catch up, decide, apply, see what followed.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::fs;
use std::path::PathBuf;

use domain::actor::{Actor, Role, Who};
use domain::campaign::{Campaign, Evidence, Verdict};
use domain::command::{Command, NewCampaign, TickWish};
use domain::decide::{Seen, catch_up, consequences, create, decide};
use domain::event::Event;
use domain::gate::GateKey;
use domain::ids::{ApiKeyId, CampaignId, MemberId, SubmissionId};
use domain::locale::Locale;
use domain::profile::CampaignFields;
use domain::refusal::Refusal;
use domain::rule::Case;
use domain::standing::{GateStatus, Standing, standing};
use domain::surroundings::{Directory, DirectoryMember, Surroundings};
use domain::{Playbook, apply, document};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// Reads only.
pub(crate) const VIEWER: MemberId = MemberId(Uuid::from_u128(1));
/// Owns the campaign and holds no duty.
pub(crate) const OPERATOR: MemberId = MemberId(Uuid::from_u128(2));
/// A manager who submits.
pub(crate) const SUBMITTER: MemberId = MemberId(Uuid::from_u128(3));
/// Another manager.
pub(crate) const MANAGER: MemberId = MemberId(Uuid::from_u128(4));
pub(crate) const ADMIN: MemberId = MemberId(Uuid::from_u128(5));
/// An operator who holds the duty tech.
pub(crate) const TECH: MemberId = MemberId(Uuid::from_u128(6));

/// A moment at which the standard campaign passes every rule: three hours before it goes live.
pub(crate) const AFTERNOON: &str = "2027-03-20T17:00:00+08:00";

/// A campaign on a stage.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) campaign: Campaign,
    pub(crate) playbook: &'static Playbook,
    pub(crate) directory: Directory,
    pub(crate) now: Timestamp,
    /// Everything that happened, creation first.
    pub(crate) events: Vec<Event>,
    /// Where it stands at `now`.
    pub(crate) standing: Standing,
    submissions: u128,
}

impl Stage {
    /// The standard campaign under a playbook, with a JSON Patch on it, created by the operator at `now`.
    pub(crate) fn new(playbook: &'static Playbook, patch: Value, now: &str) -> Self {
        let mut document = standard();
        document["campaign"]["playbook"] = json!(playbook.reference());
        let patch: json_patch::Patch = serde_json::from_value(patch).unwrap();
        json_patch::patch(&mut document, &patch).unwrap();
        let (directory, now) = (people(), now.parse().unwrap());
        let written = document::campaign(&document).unwrap();
        let new = NewCampaign {
            fields: CampaignFields::of(&written.profile),
            metadata: written.metadata,
            contents: written.contents,
            now,
            by: Some(OPERATOR),
        };
        let id = CampaignId(Uuid::from_u128(0xCA));
        let created = create(id, new, |_| Some(playbook), &member(OPERATOR), &directory).unwrap();
        let domain::event::EventKind::CampaignCreated { campaign } = &created.kind else { unreachable!() };
        let campaign = (**campaign).clone();
        let standing = standing(&case(&campaign, playbook, &directory, now));
        Self { campaign, playbook, directory, now, events: vec![created], standing, submissions: 0 }
    }

    pub(crate) fn case(&self) -> Case<'_> {
        case(&self.campaign, self.playbook, &self.directory, self.now)
    }

    /// Moves the clock and writes what time alone changed.
    pub(crate) fn advance(&mut self, to: Timestamp) {
        let surroundings = Surroundings { now: to, directory: &self.directory, others: &[] };
        let seen = Seen::of(&self.standing);
        let (campaign, events, standing) = catch_up(self.campaign.clone(), self.playbook, surroundings, seen);
        (self.campaign, self.standing, self.now) = (campaign, standing, to);
        self.events.extend(events);
    }

    /// Carries a command through, at once.
    pub(crate) fn act(&mut self, actor: &Actor, command: &Command) -> Result<(), Refusal> {
        let decided = decide(&self.campaign, self.playbook, actor, command, self.case().surroundings)?;
        for event in &decided {
            self.campaign = apply::apply(self.campaign.clone(), event);
        }
        let after = standing(&self.case());
        let followed = consequences(&Seen::of(&self.standing), &after, self.now);
        self.events.extend(decided.into_iter().chain(followed));
        self.standing = after;
        Ok(())
    }

    /// Ticks every required item of a gate.
    pub(crate) fn tick(&mut self, gate: GateKey) {
        for item in self.playbook.gates[gate].checklist.iter().filter(|item| item.required) {
            let text = || Some("as agreed".to_owned());
            let evidence = Evidence { note: text(), url: text(), file_sha256: text(), ..Evidence::default() };
            let wish = TickWish { done: true, not_applicable: false, evidence: Some(evidence) };
            let tick = Command::Tick { gate, item: item.key.clone(), wish };
            self.act(&member(OPERATOR), &tick).unwrap();
        }
    }

    /// A submission with an acknowledging comment and a fresh id.
    pub(crate) fn submission(&mut self, gate: GateKey) -> Command {
        self.submissions += 1;
        let id = SubmissionId(Uuid::from_u128(0x5000 + self.submissions));
        Command::Submit { gate, id, comment: Some("all looked at".to_owned()) }
    }

    /// A decision on what waits there now.
    pub(crate) fn decision(&self, gate: GateKey, verdict: Verdict) -> Command {
        let revision = self.standing.gates[gate].revision.clone();
        Command::Decide { gate, verdict, revision, comment: None }
    }

    /// Takes a gate through its checklist and review: submitted by one manager, signed by the other and, where
    /// a slot wants the duty, by its holder.
    pub(crate) fn pass(&mut self, gate: GateKey) {
        self.tick(gate);
        let submission = self.submission(gate);
        self.act(&member(SUBMITTER), &submission).unwrap();
        for signer in [MANAGER, TECH] {
            if self.standing.gates[gate].status == GateStatus::InReview {
                let approval = self.decision(gate, Verdict::Approve);
                self.act(&member(signer), &approval).unwrap();
            }
        }
        assert_eq!(self.standing.gates[gate].status, GateStatus::Passed, "{gate}");
    }
}

/// A built-in playbook.
pub(crate) fn playbook(key: &str) -> &'static Playbook {
    Playbook::built_in(key).unwrap()
}

/// A member with a key of their own.
pub(crate) fn member(id: MemberId) -> Actor {
    let role = people().member(id).unwrap().role;
    Actor { who: Who::Member(id), role, key: Some(ApiKeyId(id.0)), key_made_by: Some(id) }
}

fn case<'c>(
    campaign: &'c Campaign,
    playbook: &'c Playbook,
    directory: &'c Directory,
    now: Timestamp,
) -> Case<'c> {
    Case::of(campaign, playbook, Surroundings { now, directory, others: &[] })
}

fn people() -> Directory {
    let member = |id, name: &str, role, duties: &[&str]| DirectoryMember {
        id,
        name: name.to_owned(),
        email: Some(format!("{name}@heyan.example")),
        role,
        duties: duties.iter().map(|duty| (*duty).to_owned()).collect(),
        active: true,
        locale: Locale::En,
    };
    Directory::new(vec![
        member(VIEWER, "viewer", Role::Viewer, &[]),
        member(OPERATOR, "ops.lead", Role::Operator, &[]),
        member(SUBMITTER, "submitter", Role::Manager, &[]),
        member(MANAGER, "manager", Role::Manager, &[]),
        member(ADMIN, "admin", Role::Admin, &[]),
        member(TECH, "tech", Role::Operator, &["tech"]),
    ])
}

fn standard() -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples/standard");
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap()
    };
    let gates: Value = GateKey::ALL.iter().map(|gate| (gate.key().to_owned(), read(gate.key()))).collect();
    json!({ "campaign": read("campaign"), "gates": gates })
}
