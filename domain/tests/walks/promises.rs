//! What holds after every step, whatever was done.

use domain::actor::{Actor, Who};
use domain::campaign::Life;
use domain::effect::{Effect, changed, strongest};
use domain::event::{Event, EventKind};
use domain::gate::GateKey;
use domain::standing::{GateStatus, Standing};
use domain::surroundings::CampaignStatus;

use crate::stage::Stage;

pub(crate) fn versions_only_grow(before: &Stage, after: &Stage, fresh: &[Event]) {
    assert!(after.campaign.version >= before.campaign.version);
    assert_eq!(
        after.campaign.profile == before.campaign.profile,
        after.campaign.version == before.campaign.version
    );
    for gate in GateKey::ALL {
        let (old, new) = (before.campaign.gates[*gate].version, after.campaign.gates[*gate].version);
        let writes = fresh.iter().filter(
            |event| matches!(&event.kind, EventKind::ContentChanged { gate: written, .. } if written == gate),
        );
        assert_eq!(usize::try_from(new - old).unwrap(), writes.count(), "{gate}: a version for each write");
    }
}

pub(crate) fn statuses_are_legal(stage: &Stage) {
    let Standing { status, current_gate, gates, .. } = &stage.standing;
    let all_passed = gates.iter().all(|(_, gate)| gate.status == GateStatus::Passed);
    let first = gates.iter().find(|(_, gate)| gate.status != GateStatus::Passed).map(|(gate, _)| gate);
    assert_eq!(*current_gate, first);
    let over = stage.now >= stage.campaign.profile.ends_at();
    let expected = match &stage.campaign.life {
        Life::Completed { .. } => CampaignStatus::Completed,
        Life::Cancelled { .. } => CampaignStatus::Cancelled,
        Life::Live { .. } => CampaignStatus::Live,
        Life::Open | Life::OnHold { .. } if over => CampaignStatus::Lapsed,
        Life::OnHold { .. } => CampaignStatus::OnHold,
        Life::Open if all_passed => CampaignStatus::Ready,
        Life::Open => CampaignStatus::Preparing,
    };
    assert_eq!(*status, expected);
    GateKey::ALL.iter().for_each(|gate| gate_status_is_legal(stage, *gate));
}

fn gate_status_is_legal(stage: &Stage, gate: GateKey) {
    let (facts, standing) = (&stage.campaign.gates[gate], &stage.standing.gates[gate]);
    let waits = facts.submission.as_ref().is_some_and(|newest| newest.outcome.is_none());
    let same = facts.submission.as_ref().is_some_and(|newest| newest.revision == standing.revision);
    let holds = facts.approval.as_ref().map(|approval| approval.digests == standing.signs);
    let frozen = stage.campaign.life.frozen_at().is_some();
    let open = stage
        .playbook
        .closure(gate)
        .iter()
        .filter(|before| stage.standing.gates[**before].status != GateStatus::Passed);
    assert_eq!(standing.waiting_on, open.copied().collect::<Vec<_>>());
    assert_eq!(standing.stale.is_some(), standing.status == GateStatus::Stale);
    assert!(!(waits && facts.approval.is_some()), "{gate}: a submission ends the approval before it");
    match standing.status {
        GateStatus::InReview => assert!(waits && same),
        GateStatus::Passed | GateStatus::Expired => {
            assert!(holds == Some(true) || (frozen && holds.is_some()))
        }
        GateStatus::Stale => assert!(holds == Some(false) && !frozen),
        GateStatus::ChangesRequested => assert!(holds.is_none() && !waits),
        GateStatus::Blocked => assert!(holds.is_none() && !standing.waiting_on.is_empty()),
        GateStatus::Open => assert!(holds.is_none() && standing.waiting_on.is_empty() && !(waits && same)),
    }
}

/// At one moment, a change costs an approval exactly where the table of effects says so.
pub(crate) fn unrelated_changes_leave_passed_gates_alone(before: &Stage, after: &Stage) {
    let touched: Vec<&str> = changed(&before.standing.digests, &after.standing.digests).collect();
    if before.now != after.now || touched.is_empty() || after.campaign.life.frozen_at().is_some() {
        return;
    }
    for gate in GateKey::ALL.iter().filter(|gate| before.standing.gates[**gate].status == GateStatus::Passed)
    {
        let effect = strongest(after.playbook, touched.iter().copied(), *gate);
        let expected = if effect >= Some(Effect::Reconfirm) { GateStatus::Stale } else { GateStatus::Passed };
        assert_eq!(after.standing.gates[*gate].status, expected, "{gate} after a change of {touched:?}");
    }
}

pub(crate) fn nobody_decides_on_his_own(actor: &Actor, after: &Stage, fresh: &[Event]) {
    for event in fresh {
        let EventKind::GateDecided { gate, decision, .. } = &event.kind else { continue };
        let submission = after.campaign.gates[*gate].submission.as_ref().unwrap();
        assert_ne!(submission.by, Who::Member(decision.by));
        assert!(!submission.authors.contains(&decision.by));
        let by_a_person = matches!(submission.by, Who::Member(_));
        assert!(!by_a_person || actor.key_made_by.is_none_or(|maker| !submission.authors.contains(&maker)));
    }
}
