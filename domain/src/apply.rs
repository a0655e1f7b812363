//! The next state after an event. What followed from others by derivation changes no facts.

use crate::campaign::{Approval, Campaign, Decision, GateFacts, Life, Outcome, Reconfirmation, Verdict};
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
            let facts = &mut campaign.gates[*gate];
            match tick {
                Some(tick) => facts.ticks.insert(item.clone(), tick.clone()),
                None => facts.ticks.remove(item),
            };
            note_editor(facts, *editor);
        }
        EventKind::GateAssigned { gate, assignee } => campaign.gates[*gate].assignee = *assignee,
        EventKind::GateSubmitted { gate, submission } => {
            campaign.gates[*gate].approval = None;
            campaign.gates[*gate].submission = Some((**submission).clone());
        }
        EventKind::SubmissionWithdrawn { gate } => record_withdrawal(&mut campaign.gates[*gate]),
        EventKind::GateDecided { gate, decision, approval } => {
            record_decision(&mut campaign.gates[*gate], decision, approval.as_ref());
        }
        EventKind::GateReconfirmed { gate, by, comment, digests } => {
            let reconfirmation = Reconfirmation { by: *by, at, comment: comment.clone() };
            record_reconfirmation(&mut campaign.gates[*gate], reconfirmation, digests);
        }
        EventKind::GateReopened { gate, .. } => campaign.gates[*gate].approval = None,
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
        EventKind::GoLiveOverridden { .. }
        | EventKind::GatePassed { .. }
        | EventKind::GateStale { .. }
        | EventKind::GateExpired { .. }
        | EventKind::CampaignReady
        | EventKind::CampaignNotReady
        | EventKind::CampaignLapsed => {}
    }
    campaign
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
            facts.approval = Some(Approval {
                submission: submission.id,
                digests: digests.clone(),
                approved_at: decision.at,
                approved_by: submission.decisions.iter().map(|decision| decision.by).collect(),
                reconfirmed: None,
            });
        }
    }
}

fn record_reconfirmation(facts: &mut GateFacts, reconfirmation: Reconfirmation, signed: &Digests) {
    facts.editors.clear();
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
