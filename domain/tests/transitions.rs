//! Plays every line of `transitions.txt` with real facts and compares the machine with what a person wrote.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use domain::actor::{Actor, Role, Who};
use domain::campaign::Verdict;
use domain::command::{Action, Command, Edit, Expected, TickWish};
use domain::digest::Digest;
use domain::ids::{ApiKeyId, MemberId};
use domain::record::Member as _;
use domain::standing::GateStatus;
use domain::surroundings::{CampaignStatus, Directory};
use domain::{GateKey, Playbook};
use serde_json::{Value, json};
use stage::{ADMIN, AFTERNOON, MANAGER, OPERATOR, SUBMITTER, Stage, TECH, VIEWER, member, playbook};
use uuid::Uuid;

const PAGE: &str = include_str!("../transitions.txt");

const WHO: [&str; 9] =
    ["viewer", "operator", "submitter", "manager", "admin", "tech", "service", "minted", "limited"];

/// The gate that the commands on a gate are tried on.
const GATE: GateKey = GateKey::Audience;
/// The gate that is reviewed while the campaign's own commands are tried: the last one.
const LAST: GateKey = GateKey::EquipmentTest;

#[test]
fn the_machine_does_what_the_page_says() {
    let page = Page::read();
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for section in &page.sections {
        let situation = situation(section);
        assert_eq!(
            status(&situation, section.kind),
            section.status(),
            "[{}] {}",
            section.kind,
            section.title
        );
        for (command, who) in section.cells() {
            let Some((line, expected)) = page.expected(section, command, who) else {
                assert!(!section.is_whole(), "[{}] {}: {command} by {who}", section.kind, section.title);
                continue;
            };
            used.insert(line);
            let found = outcome(&situation, section.kind, command, who);
            if found != expected {
                wrong.push(format!(
                    "[{}] {}: {command} by {who}: {expected}, but {found}",
                    section.kind, section.title
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
    let lines: BTreeSet<usize> = page.lines().map(|line| line.number).collect();
    assert_eq!(used, lines, "lines of the page that say nothing");
}

#[test]
fn every_status_and_every_command_is_on_the_page() {
    let page = Page::read();
    let whole = |kind| {
        page.sections
            .iter()
            .filter(move |section| section.kind == kind && section.is_whole())
            .map(Section::status)
    };
    assert_eq!(whole("gate").collect::<BTreeSet<_>>(), GateStatus::KEYS.iter().copied().collect());
    assert_eq!(whole("campaign").collect::<BTreeSet<_>>(), CampaignStatus::KEYS.iter().copied().collect());
    let named = |of: fn(Action) -> &'static [&'static str]| -> BTreeSet<&str> {
        Action::ALL.iter().flat_map(|action| of(*action)).copied().collect()
    };
    assert_eq!(named(on_gate), commands("gate").iter().copied().collect());
    assert_eq!(named(on_campaign), commands("campaign").iter().copied().collect());
}

/// The commands of the page that stand for an action on a gate.
fn on_gate(action: Action) -> &'static [&'static str] {
    match action {
        Action::Edit => &["edit"],
        Action::Tick => &["tick"],
        Action::Assign => &["assign"],
        Action::Submit => &["submit"],
        Action::Withdraw => &["withdraw"],
        Action::Approve => &["approve"],
        Action::RequestChanges => &["request_changes"],
        Action::Reconfirm => &["reconfirm"],
        Action::Reopen => &["reopen"],
        Action::Hold | Action::Resume | Action::GoLive | Action::Complete | Action::Cancel => &[],
    }
}

/// The commands of the page that stand for an action while the campaign is in one status or another.
fn on_campaign(action: Action) -> &'static [&'static str] {
    match action {
        Action::Edit => &["edit_profile", "reschedule", "edit", "progress"],
        Action::Hold => &["hold"],
        Action::Resume => &["resume"],
        Action::GoLive => &["go_live", "override"],
        Action::Complete => &["complete"],
        Action::Cancel => &["cancel"],
        Action::Tick
        | Action::Assign
        | Action::Submit
        | Action::Withdraw
        | Action::Approve
        | Action::RequestChanges
        | Action::Reconfirm
        | Action::Reopen => on_gate(action),
    }
}

/// What every plain section of a kind has.
fn commands(kind: &str) -> Vec<&'static str> {
    let gate =
        ["edit", "tick", "assign", "submit", "withdraw", "approve", "request_changes", "reconfirm", "reopen"];
    let campaign = [
        "edit_profile",
        "reschedule",
        "progress",
        "hold",
        "resume",
        "go_live",
        "override",
        "complete",
        "cancel",
    ];
    if kind == "gate" { gate.to_vec() } else { gate.into_iter().chain(campaign).collect() }
}

fn situation(section: &Section) -> Stage {
    if section.kind == "gate" { gate_situation(section.title) } else { campaign_situation(section.title) }
}

fn gate_situation(title: &str) -> Stage {
    let mut stage = Stage::new(two_slots(), old_evidence(), AFTERNOON);
    if title != "blocked" {
        stage.pass(GateKey::Goal);
    }
    stage.tick(GATE);
    match title {
        "blocked" | "open" | "open, no warning" => {}
        "open, a warning" => edit(
            &mut stage,
            json!({ "evidence": [
            { "method": "survey", "collected_at": "2027-03-01T10:00:00Z", "sample_count": 9 },
            { "method": "crm", "collected_at": "2027-03-01T10:00:00Z" },
        ] }),
        ),
        "open, a blocker" => edit(&mut stage, json!({ "evidence": null })),
        "open, an item not done" => play(&mut stage, "gate", "tick", "operator"),
        "open, the submitter is the only manager" => {
            let stay = stage.directory.active().filter(|person| ![MANAGER, ADMIN].contains(&person.id));
            stage.directory = Directory::new(stay.cloned().collect());
        }
        "open, an edit voided what waited" => {
            play(&mut stage, "gate", "submit", "submitter");
            edit(&mut stage, json!({ "persona": "someone else" }));
        }
        "in_review, the operator submitted" => play(&mut stage, "gate", "submit", "operator"),
        "in_review, a service key that the submitter made submitted" => {
            let service = Actor { key_made_by: Some(SUBMITTER), ..actor("service") };
            let submission = stage.submission(GATE);
            stage.act(&service, &submission).unwrap();
        }
        reviewed => {
            play(&mut stage, "gate", "submit", "submitter");
            reviewed_situation(&mut stage, reviewed);
        }
    }
    stage
}

fn reviewed_situation(stage: &mut Stage, title: &str) {
    let before = |stage: &mut Stage| {
        let reason = "the goal has moved".to_owned();
        stage.act(&member(MANAGER), &Command::Reopen { gate: GateKey::Goal, reason }).unwrap();
    };
    match title {
        "in_review" => {}
        "in_review, tech has signed" => play(stage, "gate", "approve", "tech"),
        "in_review, the manager has signed" => play(stage, "gate", "approve", "manager"),
        "in_review, evidence has grown too old" => stage.advance(too_old()),
        "in_review, the gate before was reopened" => before(stage),
        "changes_requested" => play(stage, "gate", "request_changes", "manager"),
        approved => {
            play(stage, "gate", "approve", "tech");
            play(stage, "gate", "approve", "manager");
            match approved {
                "passed" => {}
                "expired" => stage.advance(too_old()),
                "stale" => edit(stage, fewer_hours()),
                "stale, by an edit that revokes" => edit(stage, json!({ "persona": "someone else" })),
                "stale, the gate before was reopened" => {
                    edit(stage, fewer_hours());
                    before(stage);
                }
                unknown => panic!("nobody knows how to play [gate] {unknown}"),
            }
        }
    }
}

fn campaign_situation(title: &str) -> Stage {
    let daily = title == "ready, under the playbook daily";
    let aged = title == "preparing, evidence of an approved gate has grown too old";
    let mut patch = vec![json!({ "op": "add", "path": "/gates/equipment_test/recheck", "value": recheck() })];
    if aged {
        patch.extend(old_evidence().as_array().unwrap().clone());
    }
    let mut stage = Stage::new(if daily { playbook("daily") } else { two_slots() }, patch.into(), AFTERNOON);
    GateKey::ALL.iter().filter(|gate| **gate != LAST).for_each(|gate| stage.pass(*gate));
    stage.tick(LAST);
    play(&mut stage, "campaign", "submit", "submitter");
    play(&mut stage, "campaign", "approve", "tech");
    let end = "2027-03-20T23:30:00+08:00".parse().unwrap();
    match title {
        "preparing" => return stage,
        "cancelled" => play(&mut stage, "campaign", "cancel", "manager"),
        "on_hold" => play(&mut stage, "campaign", "hold", "manager"),
        "lapsed" => stage.advance(end),
        "lapsed, it was on hold" => {
            play(&mut stage, "campaign", "hold", "manager");
            stage.advance(end);
        }
        _ => {
            play(&mut stage, "campaign", "approve", "manager");
            ready_situation(&mut stage, title);
        }
    }
    stage
}

fn ready_situation(stage: &mut Stage, title: &str) {
    match title {
        "ready" | "ready, under the playbook daily" => {}
        "ready, half an hour late" => stage.advance("2027-03-20T20:30:00+08:00".parse().unwrap()),
        "preparing, evidence of an approved gate has grown too old" => stage.advance(too_old()),
        "preparing, an approved gate is stale" => play(stage, "campaign", "edit", "operator"),
        "on_hold, it was ready" => play(stage, "campaign", "hold", "manager"),
        "live" => play(stage, "campaign", "go_live", "manager"),
        "completed" => {
            play(stage, "campaign", "go_live", "manager");
            play(stage, "campaign", "complete", "manager");
        }
        unknown => panic!("nobody knows how to play [campaign] {unknown}"),
    }
}

/// All evidence is ninety days old one and a half hours after the afternoon of the tests.
fn old_evidence() -> Value {
    let old = |i| {
        let path = format!("/gates/audience/evidence/{i}/collected_at");
        json!({ "op": "replace", "path": path, "value": "2026-12-20T18:00:00+08:00" })
    };
    (0..3).map(old).collect()
}

fn too_old() -> jiff::Timestamp {
    "2027-03-20T18:30:00+08:00".parse().unwrap()
}

/// The standard playbook, where the gate under test has a second slot.
fn two_slots() -> &'static Playbook {
    static TWO_SLOTS: OnceLock<Playbook> = OnceLock::new();
    TWO_SLOTS.get_or_init(|| {
        let mut source = playbook("standard").source.clone();
        let slots = &mut source["gates"][GATE.key()]["policy"]["slots"];
        slots.as_array_mut().unwrap().push(json!({ "from": "duty:tech", "count": 1, "if_held": true }));
        Playbook::read(source).unwrap()
    })
}

/// The audience is online in fewer hours: an edit that asks for a confirmation only.
fn fewer_hours() -> Value {
    json!({ "segments": standard_segments().into_iter().map(|mut segment| {
        segment["peak_hours"] = json!([20, 21, 22]);
        segment
    }).collect::<Vec<_>>() })
}

fn standard_segments() -> Vec<Value> {
    let stage = Stage::new(two_slots(), json!([]), AFTERNOON);
    stage.campaign.contents.audience.write()["segments"].as_array().unwrap().clone()
}

fn recheck() -> Value {
    json!({ "checked_at": AFTERNOON, "checked_by": "tech", "network_ok": true, "audio_ok": true })
}

fn edit(stage: &mut Stage, patch: Value) {
    let edit = Command::EditContent { gate: GATE, edit: Edit::Merge(patch), expected: Expected::Any };
    stage.act(&member(OPERATOR), &edit).unwrap();
}

fn play(stage: &mut Stage, kind: &str, name: &str, who: &str) {
    let command = command(stage, kind, name);
    stage.act(&actor(who), &command).unwrap();
}

fn status(stage: &Stage, kind: &str) -> &'static str {
    if kind == "gate" { stage.standing.gates[GATE].status.key() } else { stage.standing.status.key() }
}

fn outcome(situation: &Stage, kind: &str, name: &str, who: &str) -> String {
    let mut stage = situation.clone();
    let command = command(&mut stage, kind, name);
    match stage.act(&actor(who), &command) {
        Ok(()) => format!("→ {}", status(&stage, kind)),
        Err(refusal) => format!("× {}", refusal.code()),
    }
}

fn actor(name: &str) -> Actor {
    let own = |id: MemberId| member(id);
    match name {
        "viewer" => own(VIEWER),
        "operator" => own(OPERATOR),
        "submitter" => own(SUBMITTER),
        "manager" => own(MANAGER),
        "admin" => own(ADMIN),
        "tech" => own(TECH),
        "service" => {
            let key = ApiKeyId(Uuid::from_u128(0x5E));
            Actor { who: Who::Service(key), role: Role::Manager, key: Some(key), key_made_by: Some(ADMIN) }
        }
        "minted" => Actor { key_made_by: Some(SUBMITTER), ..own(MANAGER) },
        "limited" => Actor { role: Role::Operator, ..own(MANAGER) },
        unknown => panic!("nobody is called {unknown}"),
    }
}

fn command(stage: &mut Stage, kind: &str, name: &str) -> Command {
    let gate = if kind == "gate" { GATE } else { LAST };
    let content = |edit| Command::EditContent { gate, edit, expected: Expected::Any };
    let profile = |patch| Command::EditProfile { patch, metadata: None, expected: Expected::Any };
    let reason = || "as talked about".to_owned();
    match name {
        "edit" if kind == "gate" => content(Edit::Merge(json!({ "persona": "another one" }))),
        "edit" => content(Edit::Merge(json!({ "test_stream": { "duration_minutes": 26 } }))),
        "undo" => content(Edit::Whole(created(stage, gate))),
        "progress" => content(Edit::Merge(json!({ "recheck": { "checked_by": "somebody else" } }))),
        "edit_profile" => profile(json!({ "name": "a better name" })),
        "reschedule" => profile(json!({ "go_live_at": "2027-03-21T20:00:00+08:00" })),
        "tick" => {
            let item = stage.playbook.gates[gate].checklist.iter().find(|item| item.required).unwrap();
            Command::Tick { gate, item: item.key.clone(), wish: TickWish::default() }
        }
        "assign" => Command::Assign { gate, assignee: Some("ops.lead@heyan.example".to_owned()) },
        "submit" => stage.submission(gate),
        "submit_silently" => match stage.submission(gate) {
            Command::Submit { gate, id, .. } => Command::Submit { gate, id, comment: None },
            other => other,
        },
        "withdraw" => Command::Withdraw { gate },
        "approve" => decision(stage, gate, Verdict::Approve, seen(stage, gate)),
        "request_changes" => decision(stage, gate, Verdict::RequestChanges, seen(stage, gate)),
        "approve_unseen" => decision(stage, gate, Verdict::Approve, unseen()),
        "reconfirm" => {
            let revision = stage.standing.gates[gate].revision.clone();
            Command::Reconfirm { gate, revision, comment: None }
        }
        "reconfirm_unseen" => Command::Reconfirm { gate, revision: unseen(), comment: None },
        "reopen" => Command::Reopen { gate, reason: reason() },
        "hold" => Command::Hold { reason: Some(reason()) },
        "resume" => Command::Resume,
        "go_live" => Command::GoLive { comment: None, override_reason: None },
        "override" => Command::GoLive { comment: None, override_reason: Some(reason()) },
        "complete" => Command::Complete { results: None },
        "cancel" => Command::Cancel { reason: Some(reason()) },
        unknown => panic!("nobody knows the command {unknown}"),
    }
}

fn decision(stage: &Stage, gate: GateKey, verdict: Verdict, revision: Digest) -> Command {
    match stage.decision(gate, verdict) {
        Command::Decide { gate, verdict, comment, .. } => {
            Command::Decide { gate, verdict, revision, comment }
        }
        other => other,
    }
}

/// What a reviewer looked at: what was submitted, or today's where nothing was.
fn seen(stage: &Stage, gate: GateKey) -> Digest {
    let submitted = stage.campaign.gates[gate].submission.as_ref().map(|submission| &submission.revision);
    submitted.unwrap_or(&stage.standing.gates[gate].revision).clone()
}

fn unseen() -> Digest {
    Digest::of(&json!("another revision"))
}

fn created(stage: &Stage, gate: GateKey) -> Value {
    match &stage.events[0].kind {
        domain::event::EventKind::CampaignCreated { campaign } => campaign.contents.write(gate),
        other => panic!("it began with {}", other.key()),
    }
}

/// The page, read.
struct Page {
    always: Section,
    sections: Vec<Section>,
}

struct Section {
    kind: &'static str,
    title: &'static str,
    lines: Vec<Line>,
}

struct Line {
    number: usize,
    commands: Vec<&'static str>,
    outcome: String,
    who: Vec<&'static str>,
}

impl Page {
    fn read() -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let (mut inside, mut commands) = (false, Vec::new());
        for (index, text) in PAGE.lines().enumerate() {
            if let Some((kind, title)) = text.strip_prefix('[').and_then(|heading| heading.split_once(']')) {
                sections.push(Section { kind, title: title.trim(), lines: Vec::new() });
                inside = true;
            } else if text.is_empty() {
                inside = false;
            } else if inside {
                let (left, who) = text.split_once('|').unwrap_or((text, ""));
                let at = left.find(['→', '×']).unwrap_or(left.len());
                let named: Vec<_> =
                    left[..at].split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
                if who.is_empty() || !named.is_empty() {
                    let continued = commands.last() == Some(&",");
                    commands.retain(|name| continued && *name != ",");
                    commands.extend(named);
                }
                if who.is_empty() {
                    commands.push(",");
                    continue;
                }
                let (outcome, who) = (left[at..].trim().to_owned(), people(who));
                let line = Line { number: index + 1, commands: commands.clone(), outcome, who };
                sections.last_mut().unwrap().lines.push(line);
            }
        }
        let always = sections.iter().position(|section| section.kind == "always").unwrap();
        Self { always: sections.remove(always), sections }
    }

    fn lines(&self) -> impl Iterator<Item = &Line> {
        self.sections.iter().chain([&self.always]).flat_map(|section| &section.lines)
    }

    /// The line that speaks of this command and person, and what it says.
    fn expected(&self, section: &Section, command: &str, who: &str) -> Option<(usize, &str)> {
        let in_section =
            self.sections.iter().find(|own| own.kind == section.kind && own.title == section.title)?;
        let line = in_section.says(command, who);
        let line =
            line.or_else(|| self.always.says(command, who)).or_else(|| in_section.says(command, "else"))?;
        Some((line.number, &line.outcome))
    }
}

impl Section {
    fn says(&self, command: &str, who: &str) -> Option<&Line> {
        let mut lines = self.lines.iter().filter(|line| self.names(line, command) && line.who.contains(&who));
        let line = lines.next()?;
        assert!(
            lines.next().is_none(),
            "[{}] {} says two things of {command} by {who}",
            self.kind,
            self.title
        );
        Some(line)
    }

    /// Whether a line speaks of a command: by name, or of every other one where no line names it.
    fn names(&self, line: &Line, command: &str) -> bool {
        let by_name = |line: &Line| line.commands.contains(&command);
        let all = line.commands.contains(&"every command");
        let rest = line.commands.contains(&"every other") && !self.lines.iter().any(by_name);
        by_name(line) || all || rest
    }

    fn status(&self) -> &'static str {
        self.title.split(',').next().unwrap()
    }

    fn is_whole(&self) -> bool {
        !self.title.contains(',')
    }

    /// What is tried: every command in a plain section, and what the section names.
    fn cells(&self) -> BTreeSet<(&'static str, &'static str)> {
        let whole = if self.is_whole() { commands(self.kind) } else { Vec::new() };
        let named = self.lines.iter().flat_map(|line| &line.commands).copied();
        let tried = whole.into_iter().chain(named.filter(|name| !name.starts_with("every ")));
        tried.flat_map(|command| WHO.map(|who| (command, who))).collect()
    }
}

fn people(text: &'static str) -> Vec<&'static str> {
    let one = |name: &'static str| match name {
        "managers" => vec!["submitter", "manager", "admin", "service", "minted"],
        "below" => vec!["viewer", "operator", "tech", "limited"],
        "else" => vec!["else"],
        known => {
            assert!(WHO.contains(&known), "nobody is called {known}");
            vec![known]
        }
    };
    text.split_whitespace().flat_map(one).collect()
}
