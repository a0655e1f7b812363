//! Messages that lead up to the show: warm-up assets, the countdown, the decision to go live, ready or not.

use jiff::{SignedDuration, Timestamp};

use super::{Audience, Class, Planned, Reason, Subject, at_once, critical_near};
use crate::actor::Role;
use crate::campaign::later;
use crate::gate::GateKey;
use crate::gate::warm_up::Asset;
use crate::rule::Case;
use crate::standing::{GateStatus, Standing};
use crate::surroundings::CampaignStatus;

/// How long the reminder at the instant of publication stays of use (domain page, §g).
const PUBLISH_FOR: SignedDuration = SignedDuration::from_hours(2);

/// What a campaign wants to send because its show comes nearer.
pub(super) fn of(case: &Case<'_>, standing: &Standing) -> Vec<Planned> {
    let mut planned = countdown(case);
    planned.extend(go_live_decision(case));
    planned.extend(touchpoints(case, standing));
    planned.extend(turned(case, standing));
    planned
}

/// What becomes of the warm-up matters once its plan was approved or is being looked at.
pub(super) fn warms_up(case: &Case<'_>, standing: &Standing) -> bool {
    let is_approved = case.campaign.gates[GateKey::WarmUp].approval.is_some();
    is_approved || standing.gates[GateKey::WarmUp].status == GateStatus::InReview
}

/// The warm-up asset of a key.
pub(super) fn asset<'c>(case: &Case<'c>, key: &str) -> Option<&'c Asset> {
    let assets = case.contents().warm_up.assets.as_deref().unwrap_or_default();
    assets.iter().find(|asset| asset.key.as_deref() == Some(key))
}

fn touchpoints(case: &Case<'_>, standing: &Standing) -> Vec<Planned> {
    if !warms_up(case, standing) {
        return Vec::new();
    }
    let assets = case.contents().warm_up.assets.as_deref().unwrap_or_default();
    let unpublished = assets.iter().filter(|asset| asset.published_url.is_none());
    let planned = unpublished.filter_map(|asset| Some((asset.key.as_deref()?, asset.publish_at?)));
    planned.flat_map(|(key, publish_at)| touches(case, key, publish_at)).collect()
}

fn touches(case: &Case<'_>, key: &str, publish_at: Timestamp) -> Vec<Planned> {
    let offsets = case.playbook.reminders.touchpoint.iter();
    let touch = offsets.map(|(occurrence, offset)| {
        let planned_at = case.from(publish_at, *offset);
        let (class, not_after, audience) = if planned_at < publish_at {
            (Class::Action, publish_at, vec![Audience::GateOwner])
        } else if planned_at == publish_at {
            (Class::Critical, later(publish_at, PUBLISH_FOR), vec![Audience::GateOwner])
        } else {
            (Class::Critical, case.go_live_at(), vec![Audience::GateOwner, Audience::Managers])
        };
        Planned {
            reason: Reason::Touchpoint,
            subject: Subject::Asset(key.to_owned()),
            occurrence: occurrence.clone(),
            generation: publish_at.to_string(),
            class,
            planned_at,
            not_after,
            audience,
        }
    });
    touch.collect()
}

/// Each message is of use until the next one, the last until T; what is only for information, for a day.
fn countdown(case: &Case<'_>) -> Vec<Planned> {
    let go_live_at = case.go_live_at();
    let mut steps: Vec<_> = case.playbook.reminders.countdown.iter().collect();
    let at = |step: &crate::playbook::Countdown| case.from(go_live_at, step.at);
    steps.sort_by_key(|(_, step)| at(step));
    let mut planned = Vec::new();
    let mut next_at = go_live_at;
    for (occurrence, step) in steps.into_iter().rev() {
        let planned_at = at(step);
        let news = at_once(Reason::Countdown, Subject::Campaign, planned_at);
        let not_after = if step.class == Class::Info { news.not_after } else { next_at };
        planned.push(Planned {
            occurrence: occurrence.clone(),
            generation: go_live_at.to_string(),
            class: step.class,
            not_after,
            audience: step.to.clone(),
            ..news
        });
        next_at = planned_at;
    }
    planned.reverse();
    planned
}

fn go_live_decision(case: &Case<'_>) -> Vec<Planned> {
    let go_live_at = case.go_live_at();
    let owner = (case.playbook.go_live_by == Role::Operator).then_some(Audience::CampaignOwner);
    let audience: Vec<_> = [Audience::Managers].into_iter().chain(owner).collect();
    let offsets = case.playbook.reminders.go_live_decision.iter();
    let planned = offsets.map(|(occurrence, offset)| Planned {
        reason: Reason::GoLiveDecision,
        subject: Subject::Campaign,
        occurrence: occurrence.clone(),
        generation: go_live_at.to_string(),
        class: Class::Critical,
        planned_at: case.from(go_live_at, *offset),
        not_after: go_live_at,
        audience: audience.clone(),
    });
    planned.collect()
}

/// Told at once when the last gate has passed, or no longer has.
fn turned(case: &Case<'_>, standing: &Standing) -> Option<Planned> {
    let turn = case.campaign.turn.as_ref()?;
    let reason = match standing.status {
        CampaignStatus::Ready if turn.ready => Reason::CampaignReady,
        CampaignStatus::Preparing if !turn.ready => Reason::CampaignNotReady,
        CampaignStatus::Preparing
        | CampaignStatus::Ready
        | CampaignStatus::OnHold
        | CampaignStatus::Live
        | CampaignStatus::Completed
        | CampaignStatus::Cancelled
        | CampaignStatus::Lapsed => return None,
    };
    let told = at_once(reason, Subject::Campaign, turn.at);
    Some(Planned {
        class: critical_near(case, turn.at, Class::Info),
        not_after: told.not_after.min(case.go_live_at()),
        audience: vec![Audience::CampaignOwner, Audience::Managers],
        ..told
    })
}
