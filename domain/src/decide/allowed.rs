//! What an actor may do here, each with the reason where not. The same permissions that `decide` asks.

use super::{Desk, content, life, reminders, review, submission};
use crate::campaign::Verdict;
use crate::command::Action;
use crate::gate::GateKey;
use crate::refusal::Refusal;

/// Whether an action would be accepted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The action.
    pub action: Action,
    /// Why not, if it would be refused.
    pub refusal: Option<Refusal>,
}

/// The actions on one gate.
#[must_use]
pub fn gate_actions(desk: &Desk<'_>, gate: GateKey) -> Vec<Allowed> {
    let decide = |verdict| review::may_decide(desk, gate, verdict, None).map(|_| ());
    vec![
        allowed(Action::Edit, content::may_edit(desk, Action::Edit)),
        allowed(Action::Tick, content::may_edit(desk, Action::Tick)),
        allowed(Action::Assign, content::may_assign(desk)),
        allowed(Action::Submit, submission::may_submit(desk, gate).map(|_| ())),
        allowed(Action::Withdraw, submission::may_withdraw(desk, gate)),
        allowed(Action::Approve, decide(Verdict::Approve)),
        allowed(Action::RequestChanges, decide(Verdict::RequestChanges)),
        allowed(Action::Reconfirm, review::may_reconfirm(desk, gate, None).map(|_| ())),
        allowed(Action::Reopen, review::may_reopen(desk, gate)),
    ]
}

/// The actions on the campaign as a whole.
#[must_use]
pub fn campaign_actions(desk: &Desk<'_>) -> Vec<Allowed> {
    vec![
        allowed(Action::Edit, content::may_edit_profile(desk)),
        allowed(Action::Hold, life::may_hold(desk)),
        allowed(Action::Resume, life::may_resume(desk)),
        allowed(Action::GoLive, life::may_go_live(desk, false)),
        allowed(Action::Complete, life::may_complete(desk)),
        allowed(Action::Cancel, life::may_cancel(desk)),
        allowed(Action::Remind, reminders::may_remind(desk)),
    ]
}

fn allowed(action: Action, permission: Result<(), Refusal>) -> Allowed {
    Allowed { action, refusal: permission.err() }
}
