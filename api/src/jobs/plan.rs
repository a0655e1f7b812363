//! Takes due messages up: checks each again, resolves its audience to people, and makes one delivery for each
//! person, that leaves at once or waits. What no longer applies ends here, with its reason.

use domain::ids::{CampaignId, MemberId, OrganizationId};
use domain::notice::{
    Bundle, Departure, Ledger, MERGED_WITHIN, Opened, Reason, departure, obsolete, recipients, stand_in,
};
use domain::surroundings::DirectoryMember;
use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use lettre::message::Mailbox;

use super::{BATCH, settle, spread};
use crate::delivery::message_id;
use crate::failure::Failure;
use crate::service::Service;
use crate::store::deliveries::{self, Channel, NewDelivery, waiting};
use crate::store::notices::{self, Notice};
use crate::store::{DeliveryId, Tx, real_now};
use crate::workflow::{Scene, office};

/// Campaigns whose messages are taken up at once; on SQLite the store puts them into one transaction.
const AT_ONCE: usize = 8;
/// Messages of one campaign taken up together, after one look at it.
const TOGETHER: u64 = 50;
/// Why a message ends when nobody is left to get it.
const NO_RECIPIENT: &str = "no_recipient";

/// Real and domain time of one taking up, and who mails come from.
#[derive(Clone)]
pub(super) struct Moment {
    pub(super) now: Timestamp,
    pub(super) real_now: Timestamp,
    pub(super) sender: Mailbox,
}

/// Takes due messages up or ends them; the answer is how many. Campaigns that somebody else works on are left to
/// them, or to the next round.
///
/// # Errors
/// What the database says while it is asked what is due.
pub async fn step(service: &Service) -> Result<usize, Failure> {
    let due = notices::due(service.store.reader(), service.clock.now(), BATCH).await?;
    let due = spread(service, due);
    let taken_up = stream::iter(due).map(|(org, campaign)| guarded(service, org, campaign));
    let done: Vec<usize> = taken_up.buffer_unordered(AT_ONCE).collect().await;
    Ok(done.into_iter().sum())
}

/// Takes the due messages of one campaign up. If one of them never can be, it ends alone and the others go on.
async fn guarded(service: &Service, org: OrganizationId, campaign: Option<CampaignId>) -> usize {
    for most in [TOGETHER, 1] {
        let failure = match take_up(service, org, campaign, most).await {
            Ok(done) => return done,
            Err(failure) => failure,
        };
        tracing::error!(%org, ?campaign, %failure, "messages could not be taken up");
        if may_pass(&failure) {
            return 0;
        }
    }
    let clock = service.clock.clone();
    let ended = service.store.write(move |tx| {
        let now = clock.now();
        async move { end_first(tx, org, campaign, now).await }.boxed()
    });
    ended.await.unwrap_or(0)
}

/// Ends the first due message of a campaign, which can never be taken up.
async fn end_first(
    tx: &Tx,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    now: Timestamp,
) -> Result<usize, Failure> {
    let Some(first) = notices::first_due_of(tx, org, campaign, now).await? else { return Ok(0) };
    match notices::find(tx, org, first).await {
        Ok(Some(notice)) => end(tx, org, &notice, Ledger::Failed, Some("internal"), now).await?,
        // Not even its row can be read.
        Ok(None) | Err(_) => {
            notices::settle(tx, org, first, Ledger::Failed, Some("internal"), now).await?;
            settle::tell(org, first, Ledger::Failed);
        }
    }
    Ok(1)
}

/// Whether the same may succeed later.
pub(super) fn may_pass(failure: &Failure) -> bool {
    match failure {
        Failure::Stale => true,
        Failure::Store(error) => error.is_temporary() || error.is_contention(),
        Failure::Refused { .. }
        | Failure::NotFound { .. }
        | Failure::Conflict(_)
        | Failure::IdempotencyMismatch
        | Failure::Internal(_) => false,
    }
}

async fn take_up(
    service: &Service,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    most: u64,
) -> Result<usize, Failure> {
    let clock = service.clock.clone();
    let sender = service.mailer.sender().clone();
    let taking_up = service.store.write(move |tx| {
        let (now, machine, sender) = (clock.now(), clock.real_now(), sender.clone());
        async move {
            let at = Moment { now, real_now: real_now(tx, machine).await?, sender };
            take_up_in(tx, org, campaign, most, &at).await
        }
        .boxed()
    });
    taking_up.await
}

async fn take_up_in(
    tx: &Tx,
    org: OrganizationId,
    campaign: Option<CampaignId>,
    most: u64,
    at: &Moment,
) -> Result<usize, Failure> {
    let Some(scene) = Scene::look_alone(tx, org, campaign, at.now).await? else { return Ok(0) };
    let due = notices::due_of(tx, org, campaign, at.now, most).await?;
    let wanted = due.iter().filter(|notice| notice.planned.reason == Reason::ApprovalWanted);
    let asked: Vec<MemberId> =
        wanted.flat_map(|notice| people(&scene, notice)).map(|member| member.id).collect();
    waiting::hold(tx, org, &asked).await?;
    for notice in &due {
        take_up_one(tx, &scene, notice, at).await?;
    }
    if campaign.is_none() && !due.is_empty() {
        // Once a reminder has come, the ones after it are planned.
        office::plan(tx, org, at.now).await?;
    }
    Ok(due.len())
}

async fn take_up_one(tx: &Tx, scene: &Scene, notice: &Notice, at: &Moment) -> Result<(), Failure> {
    let (org, id) = (scene.org(), notice.id);
    if notice.planned.not_after <= at.now {
        return end(tx, org, notice, Ledger::Expired, None, at.now).await;
    }
    if let Some(why) = obsolete(&scene.about(), &notice.planned) {
        return end(tx, org, notice, Ledger::Skipped, Some(&why), at.now).await;
    }
    let people = people(scene, notice);
    if people.is_empty() {
        return end(tx, org, notice, Ledger::Skipped, Some(NO_RECIPIENT), at.now).await;
    }
    if !notices::start(tx, org, id).await? {
        return Ok(());
    }
    let mut made = Vec::new();
    for member in people {
        made.push(delivery_to(tx, scene, notice, member, at).await?);
    }
    deliveries::insert_many(tx, org, &made, at.now, at.real_now).await?;
    settle::if_done(tx, org, id, at.now).await.map(drop)
}

fn people<'a>(scene: &'a Scene, notice: &Notice) -> Vec<&'a DirectoryMember> {
    let ids = recipients(&scene.about(), &notice.planned);
    ids.into_iter().filter_map(|one| scene.directory().member(one.member)).collect()
}

/// Makes the delivery to whoever stands in for somebody who was to get the message and is away now.
pub(super) async fn hand_on(
    tx: &Tx,
    scene: &Scene,
    notice: &Notice,
    away: MemberId,
    at: &Moment,
) -> Result<(), Failure> {
    if notice.planned.reason == Reason::ApprovalWanted {
        // Whoever stands in is asked for it by a message of their own.
        return Ok(());
    }
    let delegate = stand_in(&scene.about(), &notice.planned, away);
    let Some(delegate) = delegate.and_then(|id| scene.directory().member(id)) else { return Ok(()) };
    let made = delivery_to(tx, scene, notice, delegate, at).await?;
    deliveries::insert_many(tx, scene.org(), &[made], at.now, at.real_now).await
}

/// The delivery to one person. Those whom mail cannot reach, or who do not want it, keep a row that says so.
async fn delivery_to(
    tx: &Tx,
    scene: &Scene,
    notice: &Notice,
    member: &DirectoryMember,
    at: &Moment,
) -> Result<NewDelivery, Failure> {
    let (about, planned) = (scene.about(), &notice.planned);
    let departs = match &member.email {
        Some(_) => departure(&about, planned, member),
        None => Err(settle::NO_ADDRESS),
    };
    let id = DeliveryId::new();
    let mut delivery = NewDelivery {
        id,
        notice: notice.id,
        channel: Channel::Email,
        recipient: member.id,
        address: member.email.clone().unwrap_or_default(),
        message_id: message_id(id, &at.sender),
        wait: None,
        opens_at: None,
        skipped: departs.err().map(str::to_owned),
    };
    let Ok(first) = departs else { return Ok(delivery) };
    let opened = opened(tx, scene.org(), member, first).await?;
    let leaves = first.after(opened, planned, member, &about);
    let joins = opened.is_some_and(|opened| opened.waits && opened.at == leaves.at);
    let waits = match leaves.with {
        Bundle::Digest | Bundle::Late | Bundle::Failures => true,
        Bundle::Alone | Bundle::Approvals => joins || leaves.at > at.now,
    };
    delivery.wait = waits.then_some(leaves);
    let opens = leaves.with == Bundle::Approvals && leaves.at == first.at;
    delivery.opens_at = opens.then_some(leaves.at);
    Ok(delivery)
}

/// The message that asked the person for another approval shortly before.
async fn opened(
    tx: &Tx,
    org: OrganizationId,
    member: &DirectoryMember,
    leaves: Departure,
) -> Result<Option<Opened>, Failure> {
    if leaves.with != Bundle::Approvals {
        return Ok(None);
    }
    let after = leaves.at.saturating_sub(MERGED_WITHIN).unwrap_or(Timestamp::MIN);
    Ok(waiting::opened(tx, org, member.id, (after, leaves.at)).await?)
}

async fn end(
    tx: &Tx,
    org: OrganizationId,
    notice: &Notice,
    status: Ledger,
    why: Option<&str>,
    now: Timestamp,
) -> Result<(), Failure> {
    if notices::settle(tx, org, notice.id, status, why, now).await? {
        settle::tell(org, notice.id, status);
        if matches!(status, Ledger::Expired | Ledger::Failed) {
            settle::tell_of_loss(tx, org, notice, None, now).await?;
        }
    }
    Ok(())
}
