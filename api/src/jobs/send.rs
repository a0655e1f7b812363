//! Sends what waits: claims deliveries by a lease, hands each over, and writes what came of it. A mail may arrive
//! twice only when the process or a link breaks between the server's acceptance and our commit, and then with the
//! same `Message-ID`.

use std::pin::pin;
use std::time::{Duration, Instant};

use domain::ids::OrganizationId;
use futures_util::FutureExt as _;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::plan::{Moment, hand_on, may_pass};
use super::{backoff, settle, told};
use crate::delivery::{Email, Fault, FaultKind, Outcome, file_name};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::deliveries::{self, Attempted, Claimed, Delivery, DeliveryStatus, waiting};
use crate::store::{NoticeId, Tx, notices, real_now, within};
use crate::workflow::Scene;

/// How long a claim holds; longer than any attempt can take, as the next two see to.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How long what an attempt reads may take, over all its statements.
const READ_WITHIN: Duration = Duration::from_secs(10);
/// How long after its claim an attempt may begin to hand over. That takes up to 30 s, and what came of it must be
/// written before the lease ends.
const BEGIN_WITHIN: Duration = Duration::from_secs(20);
/// Attempts under way at once.
const SLOTS: usize = 8;
/// While attempts are under way, free slots look for work this often, or as soon as half of them are free.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Tries to write down what came of an attempt; a mail that was sent must not be forgotten for a moment's trouble.
const MARK_TRIES: u32 = 6;

/// Sends everything that waits; the answer is how many attempts were made.
///
/// # Errors
/// What the database says while deliveries are claimed; attempts under way are finished all the same.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    until_stopped(service, &CancellationToken::new()).await
}

/// As [`step`], but begins no attempt any more once it shall stop. A slow mail keeps its slot only: the others go
/// on with what becomes due meanwhile.
pub(super) async fn until_stopped(service: &Service, stop: &CancellationToken) -> Result<usize, Failure> {
    let mut under_way = FuturesUnordered::new();
    let mut made = 0;
    let (mut failure, mut looked_at) = (None, None);
    loop {
        let free = SLOTS.saturating_sub(under_way.len());
        let is_worth_it = free >= SLOTS / 2 || looked_at.is_none_or(|at: Instant| at.elapsed() >= LOOK_EVERY);
        if free > 0 && is_worth_it && failure.is_none() && !stop.is_cancelled() {
            let since = Instant::now();
            looked_at = Some(since);
            let mut claiming = pin!(claim(service, free));
            let claimed = loop {
                // Attempts under way hold connections or wait for one before us, so they must go on meanwhile.
                tokio::select! {
                    claimed = &mut claiming => break claimed,
                    Some(()) = under_way.next() => made += 1,
                }
            };
            match claimed {
                Ok(claimed) => under_way.extend(claimed.into_iter().map(|one| deliver(service, one, since))),
                Err(cause) => failure = Some(cause),
            }
        }
        if under_way.is_empty() {
            return failure.map_or(Ok(made), Err);
        }
        if let Ok(Some(())) = tokio::time::timeout(LOOK_EVERY, under_way.next()).await {
            made += 1;
        }
    }
}

async fn claim(service: &Service, limit: usize) -> Result<Vec<Claimed>, Failure> {
    let now = service.clock.real_now();
    if service.mailer.paused(now).is_some() {
        return Ok(Vec::new());
    }
    // Asking costs a reader little; claiming costs the one writer a transaction.
    let reader = service.store.reader();
    let next = deliveries::next_due(reader).await?;
    let Some(next) = next else { return Ok(Vec::new()) };
    if real_now(reader, now).await? < next {
        return Ok(Vec::new());
    }
    let limit = u64::try_from(limit).unwrap_or(1);
    let claiming = service.store.write(move |tx| {
        async move { deliveries::claim(tx, real_now(tx, now).await?, LEASE, limit).await }.boxed()
    });
    claiming.await
}

/// Makes one attempt on a delivery that was claimed at `since` or later.
pub(super) async fn deliver(service: &Service, claimed: Claimed, since: Instant) {
    let (org, id) = (claimed.org, claimed.delivery.id);
    let attempted = match attempt(service, &claimed, since).await {
        Ok(attempted) => attempted,
        Err(failure) => {
            tracing::error!(%org, delivery = %id, %failure, "a mail could not be prepared");
            let fault = if may_pass(&failure) { later("internal") } else { Fault::permanent("internal") };
            after(service, &fault, &claimed.delivery)
        }
    };
    for tries in 1..=MARK_TRIES {
        match mark(service, &claimed, &attempted).await {
            Ok(true) => return,
            Ok(false) => {
                return tracing::warn!(%org, delivery = %id, "the lease was lost before the end of an attempt");
            }
            Err(failure) if tries == MARK_TRIES => {
                tracing::error!(%org, delivery = %id, %failure, "what came of an attempt could not be written");
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100 << tries)).await,
        }
    }
}

/// What is found just before a mail would be handed over.
enum Prepared {
    /// The mail, and its name where mails are files.
    Mail { email: Box<Email>, file: String },
    /// It is of no more use.
    Useless { why: String },
    /// Its recipient sleeps.
    TooLate { until: Timestamp },
    /// It is not ours any more, or would not be until its end.
    Lost,
}

/// Checks once more, words the mail, and hands it over.
async fn attempt(service: &Service, claimed: &Claimed, since: Instant) -> Result<Attempted, Failure> {
    let delivery = &claimed.delivery;
    let (email, file) = match within(READ_WITHIN, prepare(service, claimed)).await? {
        Prepared::Mail { email, file } if since.elapsed() <= BEGIN_WITHIN => (email, file),
        Prepared::Mail { .. } | Prepared::Lost => return Ok(Attempted::NotBegun),
        Prepared::Useless { why } => return Ok(Attempted::Skipped { why }),
        Prepared::TooLate { until } => return Ok(Attempted::Waits { until }),
    };
    let outcome = service.mailer.send(*email, file).await;
    service.metrics.attempted(delivery.channel.key(), &outcome);
    Ok(match outcome {
        Outcome::Sent => Attempted::Sent { at: service.clock.now() },
        Outcome::Failed(fault) => after(service, &fault, delivery),
    })
}

async fn prepare(service: &Service, claimed: &Claimed) -> Result<Prepared, Failure> {
    let Claimed { org, delivery, lease } = claimed;
    let reader = service.store.reader();
    let told = match told::of(service, *org, delivery).await? {
        Ok(told) => told,
        Err(why) => return Ok(Prepared::Useless { why }),
    };
    if let Some(until) = told.wakes_at() {
        return Ok(Prepared::TooLate { until });
    }
    let email = Box::new(told.email(service, delivery));
    // The last thing before handing over: whoever has it now would send it too.
    if !deliveries::is_held(reader, *org, delivery.id, *lease).await? {
        return Ok(Prepared::Lost);
    }
    service.measure_lateness(delivery.attempts, told.should_leave_at(delivery));
    Ok(Prepared::Mail { email, file: file_name(told.planned_at(), delivery.id) })
}

/// What a failed attempt means for the delivery, and for the mail server.
fn after(service: &Service, fault: &Fault, delivery: &Delivery) -> Attempted {
    let (id, kind, attempts) = (delivery.id, fault.kind, delivery.attempts);
    let machine = service.clock.real_now();
    match kind {
        FaultKind::Authentication => {
            service.mailer.pause(machine);
            tracing::error!(delivery = %id, "the mail server does not accept our credentials; sending pauses");
        }
        FaultKind::Permanent => tracing::error!(delivery = %id, "a mail was refused for good"),
        FaultKind::Transient | FaultKind::Network => {
            tracing::warn!(delivery = %id, ?kind, attempts, "a mail was not taken; it is tried again");
        }
        FaultKind::NotBegun => tracing::info!(delivery = %id, "a mail is left to the next start or replica"),
    }
    consequence(fault, delivery, machine, service.mailer.paused(machine))
}

fn consequence(
    fault: &Fault,
    delivery: &Delivery,
    real_now: Timestamp,
    paused_until: Option<Timestamp>,
) -> Attempted {
    let error = fault.said.clone();
    let wait = backoff::wait(delivery.attempts, delivery.id);
    match fault.kind {
        FaultKind::Permanent => Attempted::Failed { error },
        FaultKind::NotBegun => Attempted::NotBegun,
        FaultKind::Authentication => Attempted::Later {
            wait: paused_until.map_or(wait, |until| until.duration_since(real_now)),
            error,
        },
        FaultKind::Transient | FaultKind::Network => Attempted::Later { wait, error },
    }
}

fn later(said: &str) -> Fault {
    Fault { kind: FaultKind::Transient, said: said.to_owned() }
}

/// Writes what came of an attempt and ends its message if it was the last; false if the lease was lost.
async fn mark(service: &Service, claimed: &Claimed, attempted: &Attempted) -> Result<bool, Failure> {
    let (org, id, lease) = (claimed.org, claimed.delivery.id, claimed.lease);
    let (notice, attempted, now): (NoticeId, _, _) =
        (claimed.delivery.notice, attempted.clone(), service.clock.now());
    let (machine, sender) = (service.clock.real_now(), service.mailer.sender().clone());
    let delivery = claimed.delivery.clone();
    let marking = service.store.write(move |tx| {
        let (attempted, delivery, sender) = (attempted.clone(), delivery.clone(), sender.clone());
        async move {
            notices::hold(tx, org, notice).await?;
            let ended_at = match attempted {
                Attempted::Later { .. } | Attempted::NotBegun | Attempted::Waits { .. } => {
                    real_now(tx, machine).await?
                }
                Attempted::Sent { .. } | Attempted::Failed { .. } | Attempted::Skipped { .. } => machine,
            };
            let marked = deliveries::mark(tx, org, id, lease, &attempted, ended_at).await?;
            if marked && is_delegated(&attempted) {
                let at = Moment { now, real_now: real_now(tx, machine).await?, sender };
                hand_on_all(tx, org, &delivery, &at).await?;
            }
            if marked {
                if let Some((status, why)) = loss(&attempted) {
                    settle::lost(tx, org, &delivery, status, why, now).await?;
                }
                settle::if_done(tx, org, notice, now).await?;
            }
            Ok(marked)
        }
        .boxed()
    });
    marking.await
}

/// How a delivery ended that did not arrive, and somebody should know.
fn loss(attempted: &Attempted) -> Option<(DeliveryStatus, &str)> {
    match attempted {
        Attempted::Failed { error } => Some((DeliveryStatus::Failed, error)),
        Attempted::Skipped { why } if why.starts_with(settle::EXPIRED) => {
            Some((DeliveryStatus::Skipped, why))
        }
        Attempted::Skipped { .. }
        | Attempted::Sent { .. }
        | Attempted::Later { .. }
        | Attempted::NotBegun
        | Attempted::Waits { .. } => None,
    }
}

fn is_delegated(attempted: &Attempted) -> bool {
    matches!(attempted, Attempted::Skipped { why } if why == settle::DELEGATED)
}

/// Makes deliveries of everything a delivery was to tell, to whoever stands in for its recipient.
async fn hand_on_all(tx: &Tx, org: OrganizationId, delivery: &Delivery, at: &Moment) -> Result<(), Failure> {
    let merged = waiting::merged_into(tx, org, delivery.id).await?;
    let told = std::iter::once(delivery.notice).chain(merged.into_iter().map(|merged| merged.notice));
    for notice in told {
        let Some(notice) = notices::find(tx, org, notice).await? else { continue };
        let scene = Scene::look(tx, org, notice.campaign, at.now).await?;
        hand_on(tx, &scene, &notice, delivery.recipient, at).await?;
    }
    Ok(())
}
