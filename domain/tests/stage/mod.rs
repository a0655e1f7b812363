//! A stage for tests of the state machine: the standard campaign, six people, and a clock that is moved by
//! hand. Commands come through the same door as in the service: catch up, decide, apply, see what followed.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use std::fs;
use std::path::PathBuf;

use domain::actor::{Actor, Role, Who};
use domain::campaign::{Campaign, Evidence, Verdict};
use domain::command::{Command, NewCampaign, TickWish};
use domain::decide::{Desk, Seen, catch_up, create, decide_at, follow};
use domain::evaluate::rules;
use domain::event::{Event, EventKind};
use domain::gate::GateKey;
use domain::ids::{ApiKeyId, CampaignId, MemberId, SubmissionId};
use domain::locale::Locale;
use domain::preferences::Preferences;
use domain::profile::CampaignFields;
use domain::refusal::Refusal;
use domain::rule::{Case, Rule};
use domain::standing::{GateStatus, Standing, standing};
use domain::surroundings::{Directory, DirectoryMember, Surroundings};
use domain::{Calendar, Lexicon, Playbook, apply, document};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who is on the stage: a viewer, an operator (who owns the campaign), a manager who submits, another manager, an
/// admin, and an operator who holds the duty tech.
const PEOPLE: [(&str, Role, &[&str]); 6] = [
    ("viewer", Role::Viewer, &[]),
    ("ops.lead", Role::Operator, &[]),
    ("submitter", Role::Manager, &[]),
    ("manager", Role::Manager, &[]),
    ("admin", Role::Admin, &[]),
    ("tech", Role::Operator, &["tech"]),
];

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
            by: Some(id("operator")),
        };
        let id = CampaignId(Uuid::from_u128(0xCA));
        let created = create(id, new, |_| Some(playbook), &actor("operator"), &directory).unwrap();
        let EventKind::CampaignCreated { campaign } = &created.kind else { unreachable!() };
        let campaign = (**campaign).clone();
        let standing = standing(&case(&campaign, playbook, &directory, now));
        Self { campaign, playbook, directory, now, events: vec![created], standing, submissions: 0 }
    }

    pub(crate) fn case(&self) -> Case<'_> {
        case(&self.campaign, self.playbook, &self.directory, self.now)
    }

    /// Moves the clock and writes what time alone changed.
    pub(crate) fn advance(&mut self, to: Timestamp) {
        let surroundings = Surroundings {
            now: to,
            directory: &self.directory,
            others: &[],
            lexicon: Lexicon::built_in(),
            calendar: Calendar::cn(),
        };
        let seen = Seen::of(&self.standing);
        let (campaign, events, standing) = catch_up(self.campaign.clone(), self.playbook, surroundings, seen);
        (self.campaign, self.standing, self.now) = (campaign, standing, to);
        self.events.extend(events);
    }

    /// Carries a command through, at once.
    pub(crate) fn act(&mut self, actor: &Actor, command: &Command) -> Result<(), Refusal> {
        let desk = Desk::at(self.case(), actor, self.standing.clone());
        let decided = decide_at(&desk, command)?;
        if decided.is_empty() {
            return Ok(());
        }
        for event in &decided {
            self.campaign = apply::apply(self.campaign.clone(), event);
        }
        let after = standing(&self.case());
        let followed = follow(&self.case(), &self.standing, &after);
        self.campaign = apply::apply_all(self.campaign.clone(), &followed);
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
            self.act(&actor("operator"), &tick).unwrap();
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
        self.act(&actor("submitter"), &submission).unwrap();
        for signer in ["manager", "tech"] {
            if self.standing.gates[gate].status == GateStatus::InReview {
                let approval = self.decision(gate, Verdict::Approve);
                self.act(&actor(signer), &approval).unwrap();
            }
        }
        assert_eq!(self.standing.gates[gate].status, GateStatus::Passed, "{gate}");
    }
}

/// A built-in playbook in which only the rules of goal and audience run, and those of completeness; a JSON
/// Patch may change more of it.
pub(crate) fn playbook(key: &str, patch: Value) -> &'static Playbook {
    let mut source = Playbook::built_in(key).unwrap().source.clone();
    let kept = |rule: &Rule| {
        ["goal.", "audience."].iter().any(|gate| rule.id.starts_with(gate)) || rule.id.ends_with(".complete")
    };
    for rule in rules().filter(|rule| !kept(rule)) {
        source["rules"][rule.id] = json!({ "to": "off", "reason": "the campaign on the stage is cut short" });
    }
    let patch: json_patch::Patch = serde_json::from_value(patch).unwrap();
    json_patch::patch(&mut source, &patch).unwrap();
    Box::leak(Box::new(Playbook::read(source).unwrap()))
}

/// The member of a name.
pub(crate) fn id(name: &str) -> MemberId {
    let name = if name == "operator" { "ops.lead" } else { name };
    let position = PEOPLE.iter().position(|(known, ..)| *known == name);
    MemberId(Uuid::from_u128(
        position.unwrap_or_else(|| panic!("nobody is called {name}")).try_into().unwrap(),
    ))
}

/// Who acts: a member with a key of their own; `service`, a key of role manager that stands for no person;
/// `minted`, the manager with a key that the submitter made; `limited`, the manager with an operator's key.
pub(crate) fn actor(name: &str) -> Actor {
    match name {
        "service" => {
            let key = ApiKeyId(Uuid::from_u128(0x5E));
            Actor {
                who: Who::Service(key),
                role: Role::Manager,
                key: Some(key),
                key_made_by: Some(id("admin")),
            }
        }
        "minted" => Actor { key_made_by: Some(id("submitter")), ..actor("manager") },
        "limited" => Actor { role: Role::Operator, ..actor("manager") },
        person => {
            let id = id(person);
            let role = people().member(id).unwrap().role;
            Actor { who: Who::Member(id), role, key: Some(ApiKeyId(id.0)), key_made_by: Some(id) }
        }
    }
}

fn case<'c>(
    campaign: &'c Campaign,
    playbook: &'c Playbook,
    directory: &'c Directory,
    now: Timestamp,
) -> Case<'c> {
    Case::of(
        campaign,
        playbook,
        Surroundings { now, directory, others: &[], lexicon: Lexicon::built_in(), calendar: Calendar::cn() },
    )
}

fn people() -> Directory {
    let member = |(name, role, duties): &(&str, Role, &[&str])| DirectoryMember {
        id: id(name),
        name: (*name).to_owned(),
        email: Some(format!("{name}@heyan.example")),
        role: *role,
        duties: duties.iter().map(|duty| (*duty).to_owned()).collect(),
        active: true,
        locale: Locale::En,
        time_zone: None,
        preferences: Preferences::default(),
    };
    Directory::new(PEOPLE.iter().map(member).collect())
}

/// The standard campaign, cut short behind its second gate: one element of each list is enough to be complete.
fn standard() -> Value {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/examples/standard");
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap()
    };
    let content = |gate: &GateKey| {
        let mut content = read(gate.key());
        if *gate > GateKey::Audience {
            cut(&mut content);
        }
        (gate.key().to_owned(), content)
    };
    let gates: Value = GateKey::ALL.iter().map(content).collect();
    json!({ "campaign": read("campaign"), "gates": gates })
}

fn cut(value: &mut Value) {
    if let Some(list) = value.as_array_mut() {
        list.truncate(1);
        list.iter_mut().for_each(cut);
    }
    value.as_object_mut().into_iter().flatten().for_each(|(_, member)| cut(member));
}
