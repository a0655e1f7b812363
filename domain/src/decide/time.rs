//! What followed: events that nobody commanded, from comparing what was seen last with what stands now.

use jiff::Timestamp;

use crate::actor::Who;
use crate::apply::{apply, apply_all};
use crate::campaign::Campaign;
use crate::digest::Digests;
use crate::effect::{Effect, changed, effect};
use crate::event::{Event, EventKind};
use crate::gate::{GateKey, PerGate};
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

/// The events that follow at `now` from what stood before a command and what stands after it.
#[must_use]
pub fn follow(case: &Case<'_>, before: &Standing, after: &Standing) -> Vec<Event> {
    let mut events = consequences(case.campaign, &Seen::of(before), after, case.now());
    events.extend(facets_changed(case, &before.digests, &after.digests));
    events
}

/// Facets that changed and of which the approval of a gate only wants to hear. What a later gate drafts before anybody
/// approved it is no news.
fn facets_changed(case: &Case<'_>, before: &Digests, after: &Digests) -> Vec<Event> {
    let is_approved = |gate: GateKey| case.campaign.gates[gate].approval.is_some();
    let is_news = |facet: &str, gate: GateKey| {
        let of = facet.split('.').next().and_then(GateKey::of_key);
        of.is_none_or(|of| is_approved(of) || case.playbook.closure(gate).contains(&of))
    };
    let changed: Vec<&str> = changed(before, after).collect();
    let heard = GateKey::ALL.iter().copied().filter(|gate| is_approved(*gate)).filter_map(|gate| {
        let heard_of =
            changed.iter().filter(|facet| effect(case.playbook, facet, gate) == Some(Effect::Notify));
        let news = heard_of.filter(|facet| is_news(facet, gate));
        let was = |facet: &&str| Some(((*facet).to_owned(), before.get(*facet)?.clone()));
        let before: Digests = news.filter_map(was).collect();
        (!before.is_empty()).then(|| by_time(EventKind::FacetsChanged { gate, before }, case.now()))
    });
    heard.collect()
}

/// The events that follow from what was seen and what stands at `at`.
fn consequences(campaign: &Campaign, seen: &Seen, now: &Standing, at: Timestamp) -> Vec<Event> {
    let mut kinds = Vec::new();
    // During a pause nobody is told; what was lost meanwhile is told when it ends.
    let was_ready = seen.status == CampaignStatus::Ready || campaign.turn.is_some_and(|turn| turn.ready);
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
        CampaignStatus::Preparing if was_ready => kinds.push(EventKind::CampaignNotReady),
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
        let followed = consequences(&campaign, &seen, &then, at);
        campaign = apply_all(campaign, &followed);
        events.extend(followed);
        let next = then.changes_at.filter(|next| *next > at);
        seen = Seen { changes_at: next, ..Seen::of(&then) };
    }
    let now = standing(&Case::of(&campaign, playbook, surroundings));
    let followed = consequences(&campaign, &seen, &now, surroundings.now);
    campaign = apply_all(campaign, &followed);
    events.extend(followed);
    (campaign, events, now)
}

const fn by_time(kind: EventKind, at: Timestamp) -> Event {
    Event { kind, by: Who::System, through: None, occurred_at: at }
}
