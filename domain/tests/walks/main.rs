//! Random walks: several people write, submit, decide, pause and go live while time passes, under each built-in
//! playbook. After every step the machine must still be one that keeps its promises.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod promises;
#[path = "../stage/mod.rs"]
mod stage;
mod step;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::actor::Actor;
use domain::apply::apply;
use domain::campaign::Verdict;
use domain::command::{Action, Command, Edit, Expected, TickWish};
use domain::decide::{Desk, campaign_actions, gate_actions};
use domain::digest::{self, Digests};
use domain::event::{Event, EventKind};
use domain::gate::GateKey;
use domain::ids::{MemberId, SubmissionId};
use domain::surroundings::CampaignStatus;
use domain::{Playbook, Refusal};
use jiff::SignedDuration;
use promises::{
    nobody_decides_on_his_own, statuses_are_legal, unrelated_changes_leave_passed_gates_alone,
    versions_only_grow,
};
use proptest::prelude::*;
use proptest::test_runner::{FailurePersistence, FileFailurePersistence};
use serde_json::{Value, json};
use stage::{Stage, actor, playbook};
use step::{CampaignWish, Step, WHO, Wish, campaign_command, small_edit, step};

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(21);
    let seeds: Box<dyn FailurePersistence> =
        Box::new(FileFailurePersistence::Direct("tests/walks/regressions.txt"));
    let failure_persistence = Some(seeds);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn standard_campaigns_keep_every_promise(passed in 0..8_usize, steps in prop::collection::vec(step(), 60)) {
        walk("standard", passed, &steps);
    }

    #[test]
    fn fast_campaigns_keep_every_promise(passed in 0..8_usize, steps in prop::collection::vec(step(), 60)) {
        walk("fast", passed, &steps);
    }

    #[test]
    fn daily_campaigns_keep_every_promise(passed in 0..8_usize, steps in prop::collection::vec(step(), 60)) {
        walk("daily", passed, &steps);
    }
}

fn walk(key: &str, passed: usize, steps: &[Step]) {
    let mut walk = Walk::new(key, passed);
    for step in steps {
        walk.take(*step);
    }
    let mut events = walk.stage.events.iter();
    let EventKind::CampaignCreated { campaign } = &events.next().unwrap().kind else { unreachable!() };
    let again = events.fold((**campaign).clone(), apply);
    assert_eq!(again, walk.stage.campaign, "the events again give the same campaign");
}

struct Walk {
    stage: Stage,
    original: Vec<Value>,
    /// What each approver looked at when they signed a submission.
    signed: BTreeMap<(SubmissionId, MemberId), Digests>,
}

impl Walk {
    /// A day and a half before the show, the first gates passed; all evidence grows too old two hours before it.
    fn new(key: &str, passed: usize) -> Self {
        static PLAYBOOKS: OnceLock<Vec<&'static Playbook>> = OnceLock::new();
        let playbooks = PLAYBOOKS
            .get_or_init(|| ["standard", "fast", "daily"].map(|key| playbook(key, json!([]))).to_vec());
        let playbook = playbooks.iter().find(|own| own.key == key).unwrap();
        let old = |i| {
            let path = format!("/gates/audience/evidence/{i}/collected_at");
            json!({ "op": "replace", "path": path, "value": "2026-12-20T18:00:00+08:00" })
        };
        let mut stage = Stage::new(playbook, (0..3).map(old).collect(), "2027-03-19T08:00:00+08:00");
        let original = GateKey::ALL.iter().map(|gate| stage.campaign.contents.write(*gate)).collect();
        GateKey::ALL.iter().take(passed).for_each(|gate| stage.pass(*gate));
        Self { stage, original, signed: BTreeMap::new() }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::OnGate { who, gate, wish: Wish::Pass } => {
                let gate = self.gate(gate);
                let items = self.stage.playbook.gates[gate].checklist.iter().map(|item| &item.key);
                let ticks = &self.stage.campaign.gates[gate].ticks;
                let open: Vec<_> = items.enumerate().filter(|(_, key)| !ticks.contains_key(*key)).collect();
                for item in open.into_iter().map(|(item, _)| item).collect::<Vec<_>>() {
                    self.attempt(who, gate, Wish::Tick(item));
                }
                for (who, wish) in
                    [("operator", Wish::Submit), ("tech", Wish::Approve), ("manager", Wish::Approve)]
                {
                    let who = WHO.iter().position(|name| *name == who).unwrap();
                    self.attempt(who, gate, wish);
                }
            }
            Step::OnGate { who, gate, wish } => self.attempt(who, self.gate(gate), wish),
            Step::OnCampaign { who, wish } => self.attempt_campaign(who, wish),
            Step::Wait { minutes } => self.wait(minutes),
        }
    }

    fn gate(&self, choice: usize) -> GateKey {
        let current = self.stage.standing.current_gate.unwrap_or(GateKey::EquipmentTest);
        GateKey::ALL.get(choice).copied().unwrap_or(current)
    }

    fn attempt(&mut self, who: usize, gate: GateKey, wish: Wish) {
        let Some((action, command)) = self.command(gate, wish) else { return };
        let actor = actor(WHO[who]);
        let stated = {
            let desk = Desk::at(self.stage.case(), &actor, self.stage.standing.clone());
            let actions = gate_actions(&desk, gate);
            actions.into_iter().find(|allowed| allowed.action == action).unwrap().refusal
        };
        self.act(&actor, &command, stated);
    }

    fn attempt_campaign(&mut self, who: usize, wish: CampaignWish) {
        let (action, command) = campaign_command(wish);
        let actor = actor(WHO[who]);
        let stated = {
            let desk = Desk::at(self.stage.case(), &actor, self.stage.standing.clone());
            let actions = campaign_actions(&desk);
            actions.into_iter().find(|allowed| allowed.action == action).unwrap().refusal
        };
        if matches!(wish, CampaignWish::Override) {
            // The list tells of going live as such; an override asks more of the actor and less of the campaign.
            let before = self.stage.clone();
            let refused = self.stage.act(&actor, &command).err();
            self.keeps_promises(&before, &actor, refused.is_none());
        } else {
            self.act(&actor, &command, stated);
        }
    }

    /// Acts, and compares what comes of it with what the list of allowed actions stated before.
    fn act(&mut self, actor: &Actor, command: &Command, stated: Option<Refusal>) {
        let before = self.stage.clone();
        let refused = self.stage.act(actor, command).err();
        match (&stated, &refused) {
            // What an edit touches is known only with the edit.
            (None, Some(Refusal::OnlyProgressWhileLive { .. })) => {
                assert_eq!(before.standing.status, CampaignStatus::Live);
            }
            (stated, refused) => assert_eq!(stated, refused, "{actor:?} {command:?}"),
        }
        self.keeps_promises(&before, actor, refused.is_none());
    }

    fn wait(&mut self, minutes: i64) {
        let before = self.stage.clone();
        let until = |minutes| before.now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        self.stage.advance(until(minutes));
        let mut slowly = before.clone();
        for part in 1..=3 {
            slowly.advance(until(minutes * part / 3));
        }
        assert_eq!(slowly.standing, self.stage.standing, "in many steps as in one");
        assert_eq!(slowly.campaign, self.stage.campaign);
        assert_eq!(slowly.events, self.stage.events);
        self.keeps_promises(&before, &Actor::system(), true);
    }

    fn keeps_promises(&mut self, before: &Stage, actor: &Actor, accepted: bool) {
        let after = &self.stage;
        if !accepted {
            assert_eq!(before.campaign, after.campaign, "a refusal changes nothing");
            return;
        }
        let fresh = after.events[before.events.len()..].to_vec();
        versions_only_grow(before, after, &fresh);
        statuses_are_legal(after);
        unrelated_changes_leave_passed_gates_alone(before, after);
        nobody_decides_on_his_own(actor, after, &fresh);
        for event in &fresh {
            self.sign(before, event);
        }
    }

    /// Notes what a signer saw, and compares what an approval records with what all of its signers saw.
    fn sign(&mut self, before: &Stage, event: &Event) {
        if let EventKind::GateReconfirmed { gate, digests, .. } = &event.kind {
            assert_eq!(digests, &before.standing.gates[*gate].signs);
        }
        let EventKind::GateDecided { gate, decision, approval } = &event.kind else { return };
        let submission = before.campaign.gates[*gate].submission.as_ref().unwrap();
        let seen = &before.standing.gates[*gate].signs;
        assert_eq!(digest::revision(seen), submission.revision, "who decides sees what was submitted");
        assert_eq!(decision.revision, submission.revision);
        self.signed.insert((submission.id, decision.by), seen.clone());
        let Some(recorded) = approval else { return };
        let facts = &self.stage.campaign.gates[*gate];
        let signers = &facts.approval.as_ref().unwrap().approved_by;
        assert!(signers.contains(&decision.by));
        for signer in signers {
            assert_eq!(&self.signed[&(submission.id, *signer)], recorded, "{gate}: signed unseen");
        }
    }

    fn command(&mut self, gate: GateKey, wish: Wish) -> Option<(Action, Command)> {
        let revision = self.stage.standing.gates[gate].revision.clone();
        let content = |edit| Command::EditContent { gate, edit, expected: Expected::Any };
        let items = &self.stage.playbook.gates[gate].checklist;
        let reason = || "as talked about".to_owned();
        Some(match wish {
            Wish::Edit(which) => (Action::Edit, content(small_edit(gate, which))),
            Wish::Undo => (Action::Edit, content(Edit::Whole(self.original[gate.position()].clone()))),
            Wish::Tick(item) => {
                let evidence = json!({ "note": "seen", "url": "https://a.example", "file_sha256": "ab" });
                let evidence = serde_json::from_value(evidence).unwrap();
                let wish = TickWish { done: true, not_applicable: false, evidence: Some(evidence) };
                (Action::Tick, Command::Tick { gate, item: items.get(item)?.key.clone(), wish })
            }
            Wish::Untick(item) => {
                let item = items.get(item)?.key.clone();
                (Action::Tick, Command::Tick { gate, item, wish: TickWish::default() })
            }
            Wish::Assign => {
                let assignee = Some("tech@heyan.example".to_owned());
                (Action::Assign, Command::Assign { gate, assignee })
            }
            Wish::Submit => (Action::Submit, self.stage.submission(gate)),
            Wish::Withdraw => (Action::Withdraw, Command::Withdraw { gate }),
            Wish::Approve => (Action::Approve, self.stage.decision(gate, Verdict::Approve)),
            Wish::RequestChanges => {
                (Action::RequestChanges, self.stage.decision(gate, Verdict::RequestChanges))
            }
            Wish::Reconfirm => (Action::Reconfirm, Command::Reconfirm { gate, revision, comment: None }),
            Wish::Reopen => (Action::Reopen, Command::Reopen { gate, reason: reason() }),
            Wish::Pass => return None,
        })
    }
}
