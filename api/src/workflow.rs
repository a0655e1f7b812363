//! THE ONE DOOR. Every command on a campaign comes through here: load, catch up with time, decide, record.
//! Facts, events, notices, summary columns and the idempotency row are written in one transaction; nothing is
//! sent. Nothing else in the service changes a campaign.

mod around;
mod begin;
mod due;
pub mod office;
pub mod outlook;
mod scene;
mod summary;

use std::sync::Arc;

use domain::apply::apply_all;
use domain::campaign::Campaign;
use domain::command::NewCampaign;
use domain::decide::{self, Desk};
use domain::ids::{ApiKeyId, CampaignId, OrganizationId};
use domain::notice::{About, Existing, replan};
use domain::rule::Case;
use domain::standing::{Standing, standing};
use domain::surroundings::{Directory, Extract};
use domain::{Actor, Calendar, Command, Event, Playbook, Surroundings};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use sea_orm::ConnectionTrait;

use crate::failure::Failure;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::campaigns::Loaded;
pub use crate::store::idempotency::IdempotencyKey;
use crate::store::lexicons::{self, InForce};
use crate::store::{Tx, campaigns, events, idempotency, members, notices as ledger, organizations};

pub use around::catch_up_claims;
use around::{Taken, judge_words};
use begin::completed;
use due::Due;
pub use scene::Scene;
use summary::{seen, summary};

/// What is said of a campaign that is not there, or is another organization's.
const UNKNOWN: Failure = Failure::NotFound { what: "campaign" };

/// Who asks, for which organization, and under which idempotency key.
#[derive(Clone, Debug)]
pub struct Request {
    /// The organization every query is bound to.
    pub org: OrganizationId,
    /// Who acts.
    pub actor: Actor,
    /// The `Idempotency-Key` of a POST, if one was sent, and the API key it came with, which holds its row.
    pub idempotency: Option<(ApiKeyId, IdempotencyKey)>,
}

/// A campaign as it stands at one moment, with what its views need.
#[derive(Clone, Debug)]
pub struct Acted {
    /// The organization it belongs to.
    pub org: OrganizationId,
    /// The facts.
    pub campaign: Campaign,
    /// The pinned playbook.
    pub playbook: &'static Playbook,
    /// Where it stands.
    pub standing: Standing,
    /// The organization's people.
    pub directory: Directory,
    /// Its other campaigns that take some of the same.
    pub others: Vec<Extract>,
    /// Its lexicon.
    pub lexicon: InForce,
    /// The days it works.
    pub calendar: Calendar,
    /// The moment.
    pub now: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// When anything of it last changed.
    pub updated_at: Timestamp,
    /// Whether a message was planned that is due at once.
    pub is_due: bool,
}

impl Acted {
    /// The case of the campaign at that moment.
    #[must_use]
    pub fn case(&self) -> Case<'_> {
        Case::of(&self.campaign, self.playbook, self.surroundings())
    }

    /// What surrounded it.
    #[must_use]
    pub fn surroundings(&self) -> Surroundings<'_> {
        let Self { now, directory, others, lexicon, calendar, .. } = self;
        Surroundings { now: *now, directory, others, lexicon: &lexicon.lexicon, calendar }
    }

    /// A desk at which the actor's possibilities are judged.
    #[must_use]
    pub fn desk<'a>(&'a self, actor: &'a Actor) -> Desk<'a> {
        Desk::at(self.case(), actor, self.standing.clone())
    }
}

/// Carries one command through and answers with what `answer` makes of the outcome. Under an idempotency key
/// the first answer is given again without a second effect.
///
/// # Errors
/// Why nothing happened.
pub async fn act(
    service: &Service,
    request: &Request,
    id: CampaignId,
    command: Command,
    answer: impl Fn(&Acted) -> Reply + Clone + Send + Sync + 'static,
) -> Result<Reply, Failure> {
    let (org, actor, clock) = (request.org, request.actor.clone(), service.clock.clone());
    let ((due, noted), turn) = (Due::pair(), service.store.turn(id).await?);
    let changed = change(service, request, move |tx| {
        let (actor, command, clock) = (actor.clone(), command.clone(), clock.clone());
        let (answer, noted, _turn) = (answer.clone(), noted.clone(), &turn);
        async move {
            let acted = carry_through(tx, org, id, &actor, &command, clock.now()).await?;
            noted.note(&acted);
            Ok(answer(&acted))
        }
        .boxed()
    });
    due.nudge_after(service, changed).await
}

/// Begins a campaign.
///
/// # Errors
/// Why nothing happened.
pub async fn create(
    service: &Service,
    request: &Request,
    new: NewCampaign,
    answer: impl Fn(&Acted) -> Reply + Clone + Send + Sync + 'static,
) -> Result<Reply, Failure> {
    let (org, actor, clock) = (request.org, request.actor.clone(), service.clock.clone());
    let (due, noted) = Due::pair();
    let changed = change(service, request, move |tx| {
        let (actor, answer, noted) = (actor.clone(), answer.clone(), noted.clone());
        let new = NewCampaign { now: clock.now(), ..new.clone() };
        async move {
            let acted = begin(tx, org, &actor, new).await?;
            noted.note(&acted);
            Ok(answer(&acted))
        }
        .boxed()
    });
    due.nudge_after(service, changed).await
}

/// Says that a closure is a change: it helps the compiler to see that it works on any transaction.
pub const fn job<J>(job: J) -> J
where
    J: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<Reply, Failure>> + Send + Sync + 'static,
{
    job
}

/// Runs any change in one transaction with its idempotency row.
///
/// # Errors
/// Why nothing happened, or that the key came with another body before.
pub async fn change(
    service: &Service,
    request: &Request,
    job: impl for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<Reply, Failure>> + Send + Sync + 'static,
) -> Result<Reply, Failure> {
    let (org, key) = (request.org, request.idempotency.clone());
    let (clock, secrets) = (service.clock.clone(), service.secrets.clone());
    let job = Arc::new(job);
    let answered = service.store.write(move |tx| {
        let (key, clock, secrets, job) = (key.clone(), clock.clone(), secrets.clone(), job.clone());
        async move {
            let Some((holder, key)) = key else { return job(tx).await };
            if let Some(first) = idempotency::find(tx, org, holder, &key.key).await? {
                return first.replay(&key.fingerprint, &secrets);
            }
            let reply = job(tx).await?;
            idempotency::insert(tx, org, holder, &key, &reply, &secrets, clock.real_now()).await?;
            Ok(reply)
        }
        .boxed()
    });
    answered.await
}

/// A campaign as it stands now; nothing is written.
///
/// # Errors
/// `NotFound` for an unknown id or another organization's.
pub async fn look(service: &Service, org: OrganizationId, id: CampaignId) -> Result<Acted, Failure> {
    look_in(service.store.reader(), org, id, service.clock.now()).await
}

/// As [`look`], on a given connection at a given moment.
///
/// # Errors
/// `NotFound` for an unknown id or another organization's.
pub async fn look_in(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: CampaignId,
    now: Timestamp,
) -> Result<Acted, Failure> {
    let loaded = campaigns::load(c, org, id).await?.ok_or(UNKNOWN)?;
    let (_, mut acted, _) = caught_up(c, org, loaded, now).await?;
    acted.others = Taken::by(&acted).by_others(c, &acted).await?;
    Ok(acted)
}

/// As [`look_in`] but for the other campaigns, and nobody else changes the campaign until the transaction ends; `None`
/// while somebody does.
///
/// # Errors
/// What the database says.
async fn look_alone(
    tx: &Tx,
    org: OrganizationId,
    id: CampaignId,
    now: Timestamp,
) -> Result<Option<Acted>, Failure> {
    let Some(loaded) = campaigns::hold_if_free(tx, org, id).await? else { return Ok(None) };
    Ok(Some(caught_up(tx, org, loaded, now).await?.1))
}

/// Writes what time alone changed, if anything.
///
/// # Errors
/// Why it could not be written.
pub async fn catch_up(service: &Service, org: OrganizationId, id: CampaignId) -> Result<(), Failure> {
    let (clock, turn) = (service.clock.clone(), service.store.turn(id).await?);
    let write = service.store.write(move |tx| {
        let (now, _turn) = (clock.now(), &turn);
        async move { carry_through(tx, org, id, &Actor::system(), &Command::CatchUp, now).await.map(|_| ()) }
            .boxed()
    });
    write.await
}

/// A campaign as it was loaded, brought up to now in memory, with the events that time alone caused.
async fn caught_up(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    loaded: Loaded,
    now: Timestamp,
) -> Result<(Loaded, Acted, Vec<Event>), Failure> {
    let (directory, lexicon) = (members::directory(c, org, now).await?, lexicons::in_force(c, org).await?);
    let calendar = organizations::calendar(c, org).await?;
    let playbook = pinned(&loaded.campaign)?;
    let surroundings = Surroundings {
        now,
        directory: &directory,
        others: &[],
        lexicon: &lexicon.lexicon,
        calendar: &calendar,
    };
    let seen = seen(&loaded.summary);
    let (campaign, events, standing) =
        decide::catch_up(loaded.campaign.clone(), playbook, surroundings, seen);
    let (created_at, updated_at) = (loaded.created_at, loaded.updated_at);
    let (others, is_due) = (Vec::new(), false);
    let acted = Acted {
        org,
        campaign,
        playbook,
        standing,
        directory,
        others,
        lexicon,
        calendar,
        now,
        created_at,
        updated_at,
        is_due,
    };
    Ok((loaded, acted, events))
}

async fn carry_through(
    tx: &Tx,
    org: OrganizationId,
    id: CampaignId,
    actor: &Actor,
    command: &Command,
    now: Timestamp,
) -> Result<Acted, Failure> {
    let loaded = campaigns::hold(tx, org, id).await?.ok_or(UNKNOWN)?;
    let (loaded, mut acted, mut events) = caught_up(tx, org, loaded, now).await?;
    let took = Taken::by(&acted);
    acted.others = took.by_others(tx, &acted).await?;
    let decided = decide::decide_at(&acted.desk(actor), command);
    let decided = decided.map_err(|refusal| refused(&acted, actor, command, refusal))?;
    acted.campaign = apply_all(acted.campaign, &decided);
    if !decided.is_empty() {
        let after = standing(&acted.case());
        let followed = decide::follow(&acted.case(), &acted.standing, &after);
        acted.campaign = apply_all(acted.campaign, &followed);
        acted.standing = after;
        events.extend(decided);
        events.extend(followed);
    }
    let judged_by = judge_words(tx, &mut acted, &mut events, loaded.summary.lexicon_version).await?;
    let summary = summary(&acted.standing, judged_by);
    if events.is_empty() && summary == loaded.summary {
        return Ok(acted);
    }
    campaigns::save(tx, org, &loaded, &acted.campaign, &summary, now).await?;
    let takes = Taken::by(&acted);
    if takes != took || !loaded.claims_are_kept {
        takes.keep(tx, &acted).await?;
        acted.others = takes.by_others(tx, &acted).await?;
    }
    events::append(tx, org, id, &events, now).await?;
    acted.is_due = plan(tx, &acted, ledger::existing(tx, org, id).await?).await?;
    acted.updated_at = now;
    Ok(acted)
}

async fn begin(tx: &Tx, org: OrganizationId, actor: &Actor, new: NewCampaign) -> Result<Acted, Failure> {
    // First of all, so that no other lexicon comes into force while this campaign cannot be seen yet.
    let organization =
        organizations::find_settled(tx, org).await?.ok_or(Failure::NotFound { what: "organization" })?;
    let (id, now) = (CampaignId(uuid::Uuid::now_v7()), new.now);
    let calendar = organization.calendar();
    let (directory, lexicon) = (members::directory(tx, org, now).await?, lexicons::in_force(tx, org).await?);
    let new = NewCampaign { fields: completed(new.fields, &organization.defaults, actor), ..new };
    let created = decide::create(id, new, Playbook::built_in, actor, &directory)?;
    let domain::event::EventKind::CampaignCreated { campaign } = &created.kind else {
        return Err(Failure::Internal("a campaign begins with its creation".into()));
    };
    let campaign = (**campaign).clone();
    let playbook = pinned(&campaign)?;
    let surroundings = Surroundings {
        now,
        directory: &directory,
        others: &[],
        lexicon: &lexicon.lexicon,
        calendar: &calendar,
    };
    let standing = standing(&Case::of(&campaign, playbook, surroundings));
    let summary = summary(&standing, lexicon.version);
    let mut acted = Acted {
        org,
        campaign,
        playbook,
        standing,
        directory,
        others: Vec::new(),
        lexicon,
        calendar,
        now,
        created_at: now,
        updated_at: now,
        is_due: false,
    };
    campaigns::insert(tx, org, &acted.campaign, &summary, now).await?;
    let takes = Taken::by(&acted);
    takes.keep(tx, &acted).await?;
    acted.others = takes.by_others(tx, &acted).await?;
    events::append(tx, org, id, &[created], now).await?;
    acted.is_due = plan(tx, &acted, Vec::new()).await?;
    Ok(acted)
}

/// Brings the ledger in line with what the campaign now wants to send; tells whether something is due at once.
async fn plan(tx: &Tx, acted: &Acted, existing: Vec<Existing>) -> Result<bool, Failure> {
    let about = About::Campaign(acted.case(), &acted.standing);
    let replanned = replan(&about, about.wanted(), &existing);
    ledger::replan(tx, acted.org, Some(acted.campaign.id), &replanned, acted.now).await?;
    let changed = replanned.change.iter().chain(&replanned.renew).map(|(_, notice)| notice);
    Ok(replanned.add.iter().chain(changed).any(|notice| notice.planned_at <= acted.now))
}

fn pinned(campaign: &Campaign) -> Result<&'static Playbook, Failure> {
    Playbook::built_in(&campaign.profile.playbook)
        .ok_or_else(|| Failure::Internal("the pinned playbook is gone".into()))
}

fn refused(acted: &Acted, actor: &Actor, command: &Command, refusal: domain::Refusal) -> Failure {
    let desk = acted.desk(actor);
    let allowed = match command.gate() {
        Some(gate) => decide::gate_actions(&desk, gate),
        None => decide::campaign_actions(&desk),
    };
    Failure::Refused { refusal: Box::new(refusal), allowed }
}
