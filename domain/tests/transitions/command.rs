//! The commands of the page.

use domain::GateKey;
use domain::campaign::Verdict;
use domain::command::{Command, Edit, Expected, TickWish};
use domain::digest::Digest;
use domain::event::EventKind;
use serde_json::{Value, json};

use crate::stage::Stage;

/// The gate that the commands on a gate are tried on.
pub(crate) const GATE: GateKey = GateKey::Audience;
/// The gate that is reviewed while the campaign's own commands are tried: the last one.
pub(crate) const LAST: GateKey = GateKey::EquipmentTest;

pub(crate) fn command(stage: &mut Stage, kind: &str, name: &str) -> Command {
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
        "submit_silently" => {
            let Command::Submit { gate, id, .. } = stage.submission(gate) else { unreachable!() };
            Command::Submit { gate, id, comment: None }
        }
        "withdraw" => Command::Withdraw { gate },
        "approve" => decision(gate, Verdict::Approve, seen(stage, gate)),
        "request_changes" => decision(gate, Verdict::RequestChanges, seen(stage, gate)),
        "approve_unseen" => decision(gate, Verdict::Approve, unseen()),
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
        "remind" => {
            let reminder = json!({ "cron": "*/15 * * * *", "text": "Look at the stock." });
            let reminder = Box::new(domain::record::read(&reminder, "").unwrap());
            let id = domain::ids::ReminderId(uuid::Uuid::from_u128(1));
            Command::AddReminder { id, reminder }
        }
        unknown => panic!("nobody knows the command {unknown}"),
    }
}

const fn decision(gate: GateKey, verdict: Verdict, revision: Digest) -> Command {
    Command::Decide { gate, verdict, revision, comment: None }
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
    let EventKind::CampaignCreated { campaign } = &stage.events[0].kind else { unreachable!() };
    campaign.contents.write(gate)
}
