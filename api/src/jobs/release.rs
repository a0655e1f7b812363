//! Lets leave what has waited long enough: what waited for somebody's morning, alone; what waited for others to the same
//! person, in one message with them. What is of no more use by then ends here, with its reason.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::ids::CampaignId;
use domain::notice::{Bundle, obsolete, stand_in};
use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::plan::{Moment, hand_on, may_pass};
use super::{BATCH, settle, spread};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::deliveries::Delivery;
use crate::store::deliveries::waiting::{self, Together};
use crate::store::notices::{self, Notice};
use crate::store::{NoticeId, Tx, real_now};
use crate::workflow::Scene;

/// Most messages that leave in one; what is left leaves in the next.
const TOGETHER_MAX: u64 = 1_000;

/// Lets due deliveries leave; the answer is how many. What cannot leave for a moment's trouble is left to the next round.
///
/// # Errors
/// What the database says while it is asked what is due.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let now = service.clock.now();
    let mut done = 0;
    let due = waiting::due(service.store.reader(), now, BATCH).await?;
    for together in spread(service, due) {
        match leave(service, together, now).await {
            Ok(left) => done += left,
            Err(failure) => {
                let Together { org, recipient, bundle } = together;
                tracing::error!(%org, %recipient, %bundle, %failure, "waiting messages could not leave");
            }
        }
    }
    Ok(done)
}

async fn leave(service: &Service, together: Together, now: Timestamp) -> Result<usize, Failure> {
    let (clock, sender) = (service.clock.clone(), service.mailer.sender().clone());
    let leaving = service.store.write(move |tx| {
        let (machine, sender) = (clock.real_now(), sender.clone());
        async move {
            let at = Moment { now, real_now: real_now(tx, machine).await?, sender };
            leave_in(tx, &together, &at).await
        }
        .boxed()
    });
    leaving.await
}

async fn leave_in(tx: &Tx, together: &Together, at: &Moment) -> Result<usize, Failure> {
    let (org, now) = (together.org, at.now);
    if together.bundle == Bundle::Approvals {
        waiting::hold(tx, org, &[together.recipient]).await?;
    }
    // Their messages are held first, one after the other, as everybody does who ends a delivery.
    let mut held: Vec<NoticeId> =
        waiting::of(tx, together, now, TOGETHER_MAX).await?.iter().map(|delivery| delivery.notice).collect();
    held.sort_unstable_by_key(|notice| notice.0);
    for notice in &held {
        notices::hold(tx, org, *notice).await?;
    }
    let waited = waiting::of(tx, together, now, TOGETHER_MAX).await?;
    let waited: Vec<Delivery> = waited.into_iter().filter(|one| held.contains(&one.notice)).collect();
    let count = waited.len();
    match together.bundle {
        Bundle::Alone => {
            for delivery in &waited {
                waiting::release(tx, org, delivery.id, at.real_now).await?;
            }
        }
        Bundle::Digest | Bundle::Approvals | Bundle::Late | Bundle::Failures => {
            join(tx, together, waited, at).await?;
        }
    }
    Ok(count)
}

/// Puts what is still of use into the message of one of them: of the one that is of use the longest.
async fn join(tx: &Tx, together: &Together, waited: Vec<Delivery>, at: &Moment) -> Result<(), Failure> {
    let (org, now, mut known) = (together.org, at.now, HashMap::new());
    let mut useful = Vec::new();
    for delivery in waited {
        let Some(notice) = notices::find(tx, org, delivery.notice).await? else { continue };
        match useless(tx, together, &notice, now, &mut known).await {
            Ok(Some(why)) => {
                waiting::skip(tx, org, delivery.id, &why).await?;
                if why.starts_with(settle::EXPIRED) {
                    settle::tell_of_loss(tx, org, &notice, Some(&delivery), now).await?;
                }
                if let Some(scene) = known.get(&notice.campaign).filter(|_| why == settle::DELEGATED) {
                    hand_on(tx, scene, &notice, together.recipient, at).await?;
                }
                settle::if_done(tx, org, notice.id, now).await?;
            }
            // Others were merged into it before its recipient fell asleep: it leaves as it was.
            Ok(None) if !waiting::merged_into(tx, org, delivery.id).await?.is_empty() => {
                waiting::release(tx, org, delivery.id, at.real_now).await?;
            }
            Ok(None) => useful.push((notice.planned, delivery)),
            Err(failure) if may_pass(&failure) => return Err(failure),
            // It leaves alone and fails alone, and holds up nothing else the person waits for.
            Err(_) => waiting::release(tx, org, delivery.id, at.real_now).await?,
        }
    }
    useful.sort_by_key(|(planned, delivery)| (planned.not_after, planned.planned_at, delivery.id));
    let Some((_, first)) = useful.pop() else { return Ok(()) };
    for (_, delivery) in useful {
        waiting::merge(tx, org, delivery.id, first.id).await?;
        settle::if_done(tx, org, delivery.notice, now).await?;
    }
    waiting::release(tx, org, first.id, at.real_now).await
}

/// Why a message is of no more use to the person, if it is not.
async fn useless(
    tx: &Tx,
    together: &Together,
    notice: &Notice,
    now: Timestamp,
    known: &mut HashMap<Option<CampaignId>, Scene>,
) -> Result<Option<String>, Failure> {
    if notice.planned.not_after <= now {
        return Ok(Some(settle::expired(None)));
    }
    let scene = match known.entry(notice.campaign) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(Scene::look(tx, together.org, notice.campaign, now).await?),
    };
    let is_here = scene.directory().member(together.recipient).is_some_and(|member| member.active);
    let left = (!is_here).then(|| settle::RECIPIENT_LEFT.to_owned());
    let instead = || stand_in(&scene.about(), &notice.planned, together.recipient);
    let left = left.or_else(|| instead().map(|_| settle::DELEGATED.to_owned()));
    Ok(left.or_else(|| obsolete(&scene.about(), &notice.planned)))
}
