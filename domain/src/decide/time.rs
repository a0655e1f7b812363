//! What followed: events that nobody commanded, from comparing what was seen last with what stands now.

use jiff::Timestamp;

use crate::actor::Who;
use crate::apply::apply;
use crate::campaign::Campaign;
use crate::event::{Event, EventKind};
use crate::gate::PerGate;
use crate::playbook::Playbook;
use crate::rule::Case;
use crate::standing::{GateStatus, Standing, completes_at, standing};
use crate::surroundings::{CampaignStatus, Surroundings};

/// The statuses that were last written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Of the campaign.
    pub status: CampaignStatus,
    /// Of each gate.
    pub gates: PerGate<GateStatus>,
    /// When time alone would change them next.
    pub changes_at: Option<Timestamp>,
}

impl Seen {
    /// What a standing looks like when written down.
    #[must_use]
    pub fn of(standing: &Standing) -> Self {
        Self {
            status: standing.status,
            gates: PerGate::each(|gate| standing.gates[gate].status),
            changes_at: standing.changes_at,
        }
    }
}

/// The events that follow from what was seen and what stands at `at`.
#[must_use]
pub fn consequences(seen: &Seen, now: &Standing, at: Timestamp) -> Vec<Event> {
    let mut kinds = Vec::new();
    for (gate, standing) in now.gates.iter().filter(|(gate, standing)| seen.gates[*gate] != standing.status) {
        match standing.status {
            GateStatus::Passed => kinds.push(EventKind::GatePassed { gate }),
            GateStatus::Stale => {
                let facets = standing.stale.iter().flat_map(|stale| &stale.facets);
                let facets = facets.map(|(facet, _)| facet.clone()).collect();
                kinds.push(EventKind::GateStale { gate, facets });
            }
            GateStatus::Expired => kinds.push(EventKind::GateExpired { gate }),
            GateStatus::InReview | GateStatus::ChangesRequested | GateStatus::Blocked | GateStatus::Open => {}
        }
    }
    match now.status {
        CampaignStatus::Ready if seen.status != CampaignStatus::Ready => kinds.push(EventKind::CampaignReady),
        CampaignStatus::Preparing if seen.status == CampaignStatus::Ready => {
            kinds.push(EventKind::CampaignNotReady);
        }
        CampaignStatus::Lapsed if seen.status != CampaignStatus::Lapsed => {
            kinds.push(EventKind::CampaignLapsed);
        }
        CampaignStatus::Preparing
        | CampaignStatus::Ready
        | CampaignStatus::OnHold
        | CampaignStatus::Live
        | CampaignStatus::Completed
        | CampaignStatus::Cancelled
        | CampaignStatus::Lapsed => {}
    }
    kinds.into_iter().map(|kind| by_time(kind, at)).collect()
}

/// Brings a campaign from what was seen last up to now: every change that time alone made, in order, each
/// with the instant at which it came true. Answers the campaign as it is then, the events, and what stands.
#[must_use]
pub fn catch_up(
    campaign: Campaign,
    playbook: &Playbook,
    surroundings: Surroundings<'_>,
    mut seen: Seen,
) -> (Campaign, Vec<Event>, Standing) {
    let (mut campaign, mut events) = (campaign, Vec::new());
    while let Some(at) = seen.changes_at.filter(|at| *at <= surroundings.now) {
        if completes_at(&campaign).is_some_and(|end| end <= at) {
            let completed = by_time(EventKind::CampaignCompleted { results: None }, at);
            campaign = apply(campaign, &completed);
            events.push(completed);
        }
        let then = standing(&Case::of(&campaign, playbook, Surroundings { now: at, ..surroundings }));
        events.extend(consequences(&seen, &then, at));
        let next = then.changes_at.filter(|next| *next > at);
        seen = Seen { changes_at: next, ..Seen::of(&then) };
    }
    let now = standing(&Case::of(&campaign, playbook, surroundings));
    events.extend(consequences(&seen, &now, surroundings.now));
    (campaign, events, now)
}

const fn by_time(kind: EventKind, at: Timestamp) -> Event {
    Event { kind, by: Who::System, through: None, occurred_at: at }
}
