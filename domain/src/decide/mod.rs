//! What a command does: the events it causes, or why it is refused. One file a group of commands; each first
//! asks the same permission that the list of allowed actions shows.

mod allowed;
mod content;
mod create;
mod invitation;
mod life;
mod patch;
mod reminders;
mod review;
mod submission;
mod time;
mod wording;

pub use patch::{Misfit, PatchFault};

use std::cell::OnceCell;

use crate::actor::{Actor, Role};
use crate::campaign::{Campaign, Profile};
use crate::command::{Action, Command};
use crate::evaluate::evaluate;
use crate::event::{Event, EventKind};
use crate::finding::Finding;
use crate::gate::GateKey;
use crate::locale::Locale;
use crate::playbook::Playbook;
use crate::refusal::{OpenFinding, Refusal};
use crate::rule::Case;
use crate::standing::{GateStatus, Standing, standing};
use crate::surroundings::{CampaignStatus, Surroundings};

pub use allowed::{Allowed, campaign_actions, gate_actions};
pub use create::create;
pub use invitation::{Invitation, invitation};
pub use life::go_live_blockers;
pub use review::cannot_decide;
pub use time::{Seen, catch_up, follow};
pub use wording::{is_prepared, wording_found};

/// The events a command causes, in order; none if nothing would change.
///
/// # Errors
/// Why the command is refused; nothing has happened then.
pub fn decide(
    campaign: &Campaign,
    playbook: &Playbook,
    actor: &Actor,
    command: &Command,
    surroundings: Surroundings<'_>,
) -> Result<Vec<Event>, Refusal> {
    decide_at(&Desk::new(Case::of(campaign, playbook, surroundings), actor), command)
}

/// As [`decide`], at a desk where everything is laid out already.
///
/// # Errors
/// Why the command is refused; nothing has happened then.
pub fn decide_at(desk: &Desk<'_>, command: &Command) -> Result<Vec<Event>, Refusal> {
    let kinds = match command {
        Command::EditContent { gate, edit, expected } => content::edit(desk, *gate, edit, *expected),
        Command::EditProfile { patch, metadata, expected } => {
            content::edit_profile(desk, patch, metadata.as_ref(), *expected)
        }
        Command::Tick { gate, item, wish } => content::tick(desk, *gate, item, wish),
        Command::Assign { gate, assignee } => content::assign(desk, *gate, assignee.as_deref()),
        Command::Submit { gate, id, comment } => submission::submit(desk, *gate, *id, comment.clone()),
        Command::Withdraw { gate } => submission::withdraw(desk, *gate),
        Command::Decide { gate, verdict, revision, comment } => {
            review::decide(desk, *gate, *verdict, revision, comment.clone())
        }
        Command::Reconfirm { gate, revision, comment } => {
            review::reconfirm(desk, *gate, revision, comment.clone())
        }
        Command::Reopen { gate, reason } => review::reopen(desk, *gate, reason.clone()),
        Command::Hold { reason } => life::hold(desk, reason.clone()),
        Command::Resume => life::resume(desk),
        Command::GoLive { comment, override_reason } => {
            life::go_live(desk, comment.clone(), override_reason.as_deref())
        }
        Command::Complete { results } => life::complete(desk, results.clone()),
        Command::Cancel { reason } => life::cancel(desk, reason.clone()),
        Command::AddReminder { id, reminder } => reminders::add(desk, *id, reminder),
        Command::RemoveReminder { id } => reminders::remove(desk, *id),
        Command::CatchUp => Ok(Vec::new()),
    }?;
    Ok(kinds.into_iter().map(|kind| desk.event(kind)).collect())
}

/// What a decision is made from: the case, who asks, and where everything stands. Derived things are
/// computed once, and findings only when somebody asks.
pub struct Desk<'d> {
    /// The campaign in its surroundings.
    pub case: Case<'d>,
    /// Who asks.
    pub actor: &'d Actor,
    /// Where everything stands.
    pub standing: Standing,
    findings: OnceCell<Vec<Finding>>,
}

impl<'d> Desk<'d> {
    /// Prepares a decision.
    #[must_use]
    pub fn new(case: Case<'d>, actor: &'d Actor) -> Self {
        Self::at(case, actor, standing(&case))
    }

    /// Prepares a decision where it is known how the case stands.
    #[must_use]
    pub const fn at(case: Case<'d>, actor: &'d Actor, standing: Standing) -> Self {
        Self { case, actor, standing, findings: OnceCell::new() }
    }

    /// The findings of every rule.
    pub fn findings(&self) -> &[Finding] {
        self.findings.get_or_init(|| evaluate(&self.case))
    }

    fn findings_at(&self, gate: GateKey) -> impl Iterator<Item = &Finding> {
        self.findings().iter().filter(move |finding| finding.rule.gate == gate)
    }

    fn event(&self, kind: EventKind) -> Event {
        Event { kind, by: self.actor.who, through: self.actor.key, occurred_at: self.case.now() }
    }

    fn need_role(&self, action: Action, needed: Role) -> Result<(), Refusal> {
        let have = self.actor.role;
        if have >= needed { Ok(()) } else { Err(Refusal::RoleTooLow { action, needed, have }) }
    }

    fn need_campaign(&self, action: Action, needed: &[CampaignStatus]) -> Result<(), Refusal> {
        let status = self.standing.status;
        if needed.contains(&status) {
            return Ok(());
        }
        Err(Refusal::WrongCampaignStatus { action, status, needed: needed.to_vec() })
    }

    fn need_gate(&self, action: Action, gate: GateKey, needed: &[GateStatus]) -> Result<(), Refusal> {
        let status = self.standing.gates[gate].status;
        if needed.contains(&status) {
            return Ok(());
        }
        Err(Refusal::WrongGateStatus { gate, action, status, needed: needed.to_vec() })
    }
}

/// Statuses in which content may be written.
const WRITABLE: &[CampaignStatus] =
    &[CampaignStatus::Preparing, CampaignStatus::Ready, CampaignStatus::OnHold];

/// Statuses in which gates are reviewed; a paused campaign asks nobody for decisions.
const REVIEWED: &[CampaignStatus] = &[CampaignStatus::Preparing, CampaignStatus::Ready];

fn open<'f>(findings: impl Iterator<Item = &'f Finding>, profile: &Profile) -> Vec<OpenFinding> {
    let open = |finding: &Finding| OpenFinding {
        rule: finding.rule.id,
        path: finding.path.clone(),
        en: finding.message(Locale::En, profile),
        zh: finding.message(Locale::ZhCn, profile),
    };
    findings.map(open).collect()
}
