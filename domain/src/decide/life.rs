//! The campaign as a whole: hold, resume, go live, complete, cancel.

use serde_json::{Value, json};

use super::{Desk, REVIEWED, open};
use crate::actor::Role;
use crate::command::Action;
use crate::event::EventKind;
use crate::finding::Finding;
use crate::gate::GateKey;
use crate::refusal::Refusal;
use crate::standing::GateStatus;
use crate::surroundings::CampaignStatus;

pub(super) fn may_hold(desk: &Desk<'_>) -> Result<(), Refusal> {
    desk.need_role(Action::Hold, Role::Manager)?;
    desk.need_campaign(Action::Hold, REVIEWED)
}

pub(super) fn hold(desk: &Desk<'_>, reason: Option<String>) -> Result<Vec<EventKind>, Refusal> {
    may_hold(desk)?;
    Ok(vec![EventKind::CampaignHeld { reason }])
}

pub(super) fn may_resume(desk: &Desk<'_>) -> Result<(), Refusal> {
    desk.need_role(Action::Resume, Role::Manager)?;
    desk.need_campaign(Action::Resume, &[CampaignStatus::OnHold])
}

pub(super) fn resume(desk: &Desk<'_>) -> Result<Vec<EventKind>, Refusal> {
    may_resume(desk)?;
    Ok(vec![EventKind::CampaignResumed])
}

/// Findings that stop go-live at this moment.
pub fn go_live_blockers<'d>(desk: &'d Desk<'_>) -> impl Iterator<Item = &'d Finding> {
    desk.findings().iter().filter(|finding| finding.stops_go_live())
}

/// Whether the actor may take the campaign live; an override lifts all but law rules and the status expired.
pub(super) fn may_go_live(desk: &Desk<'_>, overridden: bool) -> Result<(), Refusal> {
    let needed = if overridden {
        desk.case.playbook.go_live_by.max(Role::Manager)
    } else {
        desk.case.playbook.go_live_by
    };
    desk.need_role(Action::GoLive, needed)?;
    desk.need_campaign(Action::GoLive, REVIEWED)?;
    let stands = |status| status == GateStatus::Passed || (overridden && status == GateStatus::Expired);
    let gates: Vec<(GateKey, GateStatus)> = desk
        .standing
        .gates
        .iter()
        .map(|(gate, standing)| (gate, standing.status))
        .filter(|(_, status)| !stands(*status))
        .collect();
    if !gates.is_empty() {
        return Err(Refusal::NotReady { gates });
    }
    let blockers = go_live_blockers(desk).filter(|finding| !overridden || finding.rule.law.is_some());
    let blockers = open(blockers, desk.case.profile());
    if blockers.is_empty() {
        Ok(())
    } else {
        Err(Refusal::BlockersOpen { action: Action::GoLive, findings: blockers })
    }
}

pub(super) fn go_live(
    desk: &Desk<'_>,
    comment: Option<String>,
    override_reason: Option<&str>,
) -> Result<Vec<EventKind>, Refusal> {
    may_go_live(desk, override_reason.is_some())?;
    // Events are for every reader, and not every reader may know what goods cost.
    let observed =
        |finding: &Finding| if finding.rule.tells_cost { Value::Null } else { finding.observed.json() };
    let lifted = |finding: &Finding| json!({"rule": finding.rule.id, "path": finding.path, "observed": observed(finding)});
    let lifted: Vec<Value> = go_live_blockers(desk).map(lifted).collect();
    let overridden = override_reason.filter(|_| !lifted.is_empty());
    let overridden =
        overridden.map(|reason| EventKind::GoLiveOverridden { reason: reason.to_owned(), lifted });
    Ok(overridden.into_iter().chain([EventKind::CampaignWentLive { comment }]).collect())
}

pub(super) fn may_complete(desk: &Desk<'_>) -> Result<(), Refusal> {
    desk.need_role(Action::Complete, Role::Manager)?;
    desk.need_campaign(Action::Complete, &[CampaignStatus::Live])
}

pub(super) fn complete(desk: &Desk<'_>, results: Option<Value>) -> Result<Vec<EventKind>, Refusal> {
    may_complete(desk)?;
    Ok(vec![EventKind::CampaignCompleted { results }])
}

pub(super) fn may_cancel(desk: &Desk<'_>) -> Result<(), Refusal> {
    use CampaignStatus::{Lapsed, Live, OnHold, Preparing, Ready};
    desk.need_role(Action::Cancel, Role::Manager)?;
    desk.need_campaign(Action::Cancel, &[Preparing, Ready, OnHold, Live, Lapsed])
}

pub(super) fn cancel(desk: &Desk<'_>, reason: Option<String>) -> Result<Vec<EventKind>, Refusal> {
    may_cancel(desk)?;
    Ok(vec![EventKind::CampaignCancelled { reason }])
}
