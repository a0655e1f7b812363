//! What people can ask for: one command each, named in the imperative.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::campaign::{Evidence, Verdict};
use crate::choices;
use crate::digest::Digest;
use crate::gate::{Contents, GateKey};
use crate::ids::{MemberId, ReminderId, SubmissionId};
use crate::profile::CampaignFields;
use crate::reminder::NewReminder;

/// A wish of an actor; `decide` says what comes of it.
#[derive(Clone, Debug)]
pub enum Command {
    /// Write a gate's content.
    EditContent { gate: GateKey, edit: Edit, expected: Expected },
    /// Change the campaign's own fields by a merge patch, and the CRM's own members by another; `null` in place
    /// of the latter removes them all.
    EditProfile { patch: Value, metadata: Option<Value>, expected: Expected },
    /// Tick or untick a checklist item.
    Tick { gate: GateKey, item: String, wish: TickWish },
    /// Make a member look after the gate, or nobody.
    Assign { gate: GateKey, assignee: Option<String> },
    /// Ask for review. The id becomes the submission's.
    Submit { gate: GateKey, id: SubmissionId, comment: Option<String> },
    /// Take a submission back.
    Withdraw { gate: GateKey },
    /// Say yes, or ask for changes, to one revision.
    Decide { gate: GateKey, verdict: Verdict, revision: Digest, comment: Option<String> },
    /// Carry an approval over to changed facets.
    Reconfirm { gate: GateKey, revision: Digest, comment: Option<String> },
    /// End an approval.
    Reopen { gate: GateKey, reason: String },
    /// Pause the campaign.
    Hold { reason: Option<String> },
    /// Go on after a pause.
    Resume,
    /// Go on air; `override_reason` lifts every finding but those of law rules.
    GoLive { comment: Option<String>, override_reason: Option<String> },
    /// The show is over.
    Complete { results: Option<Value> },
    /// Give the campaign up.
    Cancel { reason: Option<String> },
    /// Be reminded again and again.
    AddReminder { id: ReminderId, reminder: Box<NewReminder> },
    /// No more of that.
    RemoveReminder { id: ReminderId },
    /// Nothing but the passing of time; brings stored summaries up to now.
    CatchUp,
}

impl Command {
    /// The gate it is about, if it is about one.
    #[must_use]
    pub const fn gate(&self) -> Option<GateKey> {
        match self {
            Self::EditContent { gate, .. }
            | Self::Tick { gate, .. }
            | Self::Assign { gate, .. }
            | Self::Submit { gate, .. }
            | Self::Withdraw { gate }
            | Self::Decide { gate, .. }
            | Self::Reconfirm { gate, .. }
            | Self::Reopen { gate, .. } => Some(*gate),
            Self::EditProfile { .. }
            | Self::Hold { .. }
            | Self::Resume
            | Self::GoLive { .. }
            | Self::Complete { .. }
            | Self::Cancel { .. }
            | Self::AddReminder { .. }
            | Self::RemoveReminder { .. }
            | Self::CatchUp => None,
        }
    }
}

/// How a content is written.
#[derive(Clone, Debug)]
pub enum Edit {
    /// The whole content.
    Whole(Value),
    /// RFC 7396 merge patch.
    Merge(Value),
    /// RFC 6902 JSON Patch.
    Patch(json_patch::Patch),
}

/// The version a caller saw, which must still be the newest; `Any` for `If-Match: *`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This version.
    Version(i64),
    /// Whatever there is.
    Any,
}

impl Expected {
    /// Whether `version` is what the caller saw.
    #[must_use]
    pub const fn fits(self, version: i64) -> bool {
        match self {
            Self::Version(expected) => expected == version,
            Self::Any => true,
        }
    }
}

/// What a tick shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TickWish {
    /// Ticked or not.
    pub done: bool,
    /// The item's subject does not exist.
    pub not_applicable: bool,
    /// What proves it.
    pub evidence: Option<Evidence>,
}

choices! {
    /// What an actor may be able to do with a gate or a campaign; listed with reasons in every view.
    pub enum Action {
        Edit = "edit", "edit", "编辑";
        Tick = "tick", "tick", "勾选";
        Assign = "assign", "assign", "指派";
        Submit = "submit", "submit", "提交";
        Withdraw = "withdraw", "withdraw", "撤回";
        Approve = "approve", "approve", "通过";
        RequestChanges = "request_changes", "request changes", "要求修改";
        Reconfirm = "reconfirm", "reconfirm", "再确认";
        Reopen = "reopen", "reopen", "重新打开";
        Hold = "hold", "hold", "暂停";
        Resume = "resume", "resume", "恢复";
        GoLive = "go_live", "go live", "开播";
        Complete = "complete", "complete", "完成";
        Cancel = "cancel", "cancel", "取消";
        Remind = "remind", "set a reminder", "设置提醒";
    }
}

/// A campaign to be created.
#[derive(Clone, Debug)]
pub struct NewCampaign {
    /// Its own fields, defaults filled in.
    pub fields: CampaignFields,
    /// The CRM's own members.
    pub metadata: Map<String, Value>,
    /// Contents to begin with.
    pub contents: Contents,
    /// The moment.
    pub now: Timestamp,
    /// Who creates it, if a person does.
    pub by: Option<MemberId>,
}
