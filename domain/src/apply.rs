//! The next state after an event. Of what followed from others only that is kept, and since when, of which people are
//! told.

use jiff::Timestamp;

use crate::campaign::{
    Approval, Campaign, Decision, FacetChange, GateFacts, Life, Noticed, Outcome, Reconfirmation, Submission,
    Tick, Turn, Verdict,
};
use crate::digest::Digests;
use crate::event::{Event, EventKind};
use crate::ids::MemberId;

/// The campaign after `event`.
#[must_use]
pub fn apply(mut campaign: Campaign, event: &Event) -> Campaign {
    let at = event.occurred_at;
    match &event.kind {
        EventKind::CampaignCreated { campaign: created } => return (**created).clone(),
        EventKind::CampaignChanged { profile, metadata, .. } => {
            campaign.profile = (**profile).clone();
            campaign.metadata.clone_from(metadata);
            campaign.version += 1;
        }
        EventKind::ContentChanged { gate, content, editor, stamps, .. } => {
            campaign.gates[*gate].version += 1;
            note_editor(&mut campaign.gates[*gate], *editor);
            campaign.contents.replace((**content).clone());
            campaign.gates[*gate].stamps.clone_from(stamps);
        }
        EventKind::ItemTicked { gate, item, tick, editor } => {
            record_tick(&mut campaign.gates[*gate], item, tick.as_ref());
            note_editor(&mut campaign.gates[*gate], *editor);
        }
        EventKind::GateAssigned { gate, assignee } => campaign.gates[*gate].assignee = *assignee,
        EventKind::GateSubmitted { gate, submission } => {
            end_approval(&mut campaign.gates[*gate]);
            campaign.gates[*gate].submission = Some((**submission).clone());
        }
        EventKind::SubmissionWithdrawn { gate } => record_withdrawal(&mut campaign.gates[*gate]),
        EventKind::GateDecided { gate, decision, approval } => {
            record_decision(&mut campaign.gates[*gate], decision, approval.as_ref());
        }
        EventKind::GateReconfirmed { gate, confirmed, digests } => {
            record_reconfirmation(&mut campaign.gates[*gate], confirmed.clone(), digests);
        }
        EventKind::GateReopened { gate, .. } => end_approval(&mut campaign.gates[*gate]),
        EventKind::CampaignHeld { reason } => {
            campaign.life = Life::OnHold { since: at, reason: reason.clone() }
        }
        EventKind::CampaignResumed => campaign.life = Life::Open,
        EventKind::CampaignWentLive { .. } => campaign.life = Life::Live { since: at },
        EventKind::CampaignCompleted { results } => {
            let live_since = campaign.life.frozen_at().unwrap_or(at);
            campaign.life = Life::Completed { live_since, at, results: results.clone() };
        }
        EventKind::CampaignCancelled { reason } => {
            let (live_since, reason) = (campaign.life.frozen_at(), reason.clone());
            campaign.life = Life::Cancelled { live_since, at, reason };
        }
        EventKind::WordingFound { findings, .. } => campaign.wording.clone_from(findings),
        EventKind::ReminderAdded { reminder } => campaign.reminders.push((**reminder).clone()),
        EventKind::ReminderRemoved { id } => campaign.reminders.retain(|reminder| reminder.id != *id),
        EventKind::GateStale { gate, .. } => campaign.gates[*gate].noticed.stale_since = Some(at),
        EventKind::FacetsChanged { gate, before } => note_changes(&mut campaign.gates[*gate], before, at),
        EventKind::CampaignReady => campaign.turn = Some(Turn { ready: true, at }),
        EventKind::CampaignNotReady => campaign.turn = Some(Turn { ready: false, at }),
        EventKind::GoLiveOverridden { .. }
        | EventKind::GatePassed { .. }
        | EventKind::GateExpired { .. }
        | EventKind::CampaignLapsed => {}
    }
    campaign
}

fn record_tick(facts: &mut GateFacts, item: &str, tick: Option<&Tick>) {
    match tick {
        Some(tick) => facts.ticks.insert(item.to_owned(), tick.clone()),
        None => facts.ticks.remove(item),
    };
}

/// The campaign after these events, in order.
#[must_use]
pub fn apply_all(campaign: Campaign, events: &[Event]) -> Campaign {
    events.iter().fold(campaign, apply)
}

fn end_approval(facts: &mut GateFacts) {
    facts.approval = None;
    facts.noticed = Noticed::default();
}

/// Keeps what each facet was before its first change, so that undoing all of them is seen.
fn note_changes(facts: &mut GateFacts, before: &Digests, at: Timestamp) {
    for (facet, before) in before {
        let change = FacetChange { before: before.clone(), at };
        facts.noticed.changes.entry(facet.clone()).or_insert(change).at = at;
    }
}

fn record_withdrawal(facts: &mut GateFacts) {
    if let Some(submission) = &mut facts.submission {
        submission.outcome = Some(Outcome::Withdrawn);
    }
}

fn record_decision(facts: &mut GateFacts, decision: &Decision, signed: Option<&Digests>) {
    let Some(submission) = &mut facts.submission else { return };
    submission.decisions.push(decision.clone());
    match (decision.verdict, signed) {
        (Verdict::RequestChanges, _) => submission.outcome = Some(Outcome::ChangesRequested),
        (Verdict::Approve, None) => {}
        (Verdict::Approve, Some(digests)) => {
            submission.outcome = Some(Outcome::Approved);
            facts.editors.clear();
            facts.noticed = Noticed::default();
            facts.approval = Some(Approval {
                submission: submission.id,
                digests: digests.clone(),
                approved_at: decision.at,
                approved_by: signers(submission),
                reconfirmed: None,
            });
        }
    }
}

/// Whoever signed, each once.
fn signers(submission: &Submission) -> Vec<MemberId> {
    let mut signers: Vec<MemberId> = Vec::new();
    for decision in &submission.decisions {
        if !signers.contains(&decision.by) {
            signers.push(decision.by);
        }
    }
    signers
}

fn record_reconfirmation(facts: &mut GateFacts, reconfirmation: Reconfirmation, signed: &Digests) {
    facts.editors.clear();
    facts.noticed = Noticed::default();
    if let Some(approval) = &mut facts.approval {
        approval.digests.clone_from(signed);
        approval.reconfirmed = Some(reconfirmation);
    }
}

fn note_editor(facts: &mut GateFacts, editor: Option<MemberId>) {
    if let Some(editor) = editor
        && !facts.editors.contains(&editor)
    {
        facts.editors.push(editor);
    }
}
