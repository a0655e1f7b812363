//! What somebody finds who was asked to decide on one submission, however late they come.

use super::Desk;
use super::review::may_decide;
use crate::campaign::{Decision, Outcome, Submission, Verdict};
use crate::gate::GateKey;
use crate::ids::SubmissionId;
use crate::refusal::Refusal;
use crate::standing::GateStatus;

/// How somebody who was asked stands to a submission.
#[derive(Debug)]
pub enum Invitation<'d> {
    /// They can decide.
    Open {
        /// What waits for them.
        submission: &'d Submission,
        /// Why they can only request changes, if they cannot approve.
        hindrance: Option<Refusal>,
    },
    /// They have decided.
    Decided {
        /// What they said.
        decision: &'d Decision,
        /// How the submission ended, if it has.
        outcome: Option<Outcome>,
    },
    /// It ended without them.
    Ended {
        /// How.
        outcome: Outcome,
        /// The last word on it, unless it was withdrawn.
        last: Option<&'d Decision>,
    },
    /// Another submission took its place.
    Replaced,
    /// What was submitted was changed, so it waits for nobody any more.
    Changed,
    /// They cannot decide.
    Closed(Refusal),
}

/// How the actor stands to a submission that they were asked to decide on.
#[must_use]
pub fn invitation<'d>(desk: &Desk<'d>, gate: GateKey, id: SubmissionId) -> Invitation<'d> {
    let newest = desk.case.campaign.gates[gate].submission.as_ref();
    let Some(submission) = newest.filter(|newest| newest.id == id) else { return Invitation::Replaced };
    let outcome = submission.outcome;
    let own = |decision: &&Decision| Some(decision.by) == desk.actor.member();
    if let Some(decision) = submission.decisions.iter().find(own) {
        return Invitation::Decided { decision, outcome };
    }
    if let Some(outcome) = outcome {
        let last = submission.decisions.last().filter(|_| outcome != Outcome::Withdrawn);
        return Invitation::Ended { outcome, last };
    }
    if desk.standing.gates[gate].revision != submission.revision {
        return Invitation::Changed;
    }
    let may = |verdict| may_decide(desk, gate, verdict, None).map(drop);
    match (may(Verdict::Approve), may(Verdict::RequestChanges)) {
        (approval, Ok(())) => Invitation::Open { submission, hindrance: approval.err() },
        (_, Err(Refusal::WrongGateStatus { status: GateStatus::Open, .. })) => Invitation::Changed,
        (_, Err(refusal)) => Invitation::Closed(refusal),
    }
}
