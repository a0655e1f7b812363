//! What one mail tells: a message, and those that were merged into it, as far as they are still of use just before it
//! leaves.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use domain::ids::{CampaignId, OrganizationId};
use domain::notice::{About, Bundle, Planned, Reason, obsolete, stand_in, wakes_at};
use domain::surroundings::DirectoryMember;
use jiff::Timestamp;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{enclosed, settle};
use crate::delivery::{Email, Enclosed, Lost, Occasion, bundle, letter, message_id};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::deliveries::{self, Delivery, DeliveryStatus, waiting};
use crate::store::{DeliveryId, NoticeId, notices};
use crate::workflow::Scene;

/// What a mail tells, and to whom.
pub(super) struct Told {
    reader: DirectoryMember,
    /// Where mail reaches them today, which may not be where it did when the delivery was made.
    address: String,
    /// The message of the delivery itself, of use or not.
    first: notices::Notice,
    /// What is of use, in the order of its times.
    messages: Vec<(Option<CampaignId>, Planned)>,
    scenes: HashMap<Option<CampaignId>, Scene>,
    /// What those that tell of a loss tell of, by their generation.
    losses: HashMap<String, Lost>,
}

/// One message of a mail, and who reads it.
#[derive(Copy, Clone)]
pub(super) struct ToldOne<'t> {
    pub(super) scene: &'t Scene,
    pub(super) notice: &'t Planned,
    pub(super) reader: &'t DirectoryMember,
    /// What it tells of, if that is a loss.
    pub(super) lost: Option<&'t Lost>,
}

/// What a delivery tells now, or why it is of no more use.
///
/// # Errors
/// What the database says.
pub(super) async fn of(
    service: &Service,
    org: OrganizationId,
    delivery: &Delivery,
) -> Result<Result<Told, String>, Failure> {
    let (reader, now) = (service.store.reader(), service.clock.now());
    let missing = Failure::NotFound { what: "notice" };
    let first = notices::find(reader, org, delivery.notice).await?.ok_or(missing)?;
    let mut others = Vec::new();
    if delivery.wait.is_some() {
        for merged in waiting::merged_into(reader, org, delivery.id).await? {
            others.extend(notices::find(reader, org, merged.notice).await?);
        }
    }
    let (mut scenes, mut useful) = (HashMap::new(), Vec::new());
    let (mut why_not, mut recipient) = (None, None);
    for notice in std::iter::once(&first).chain(&others) {
        let useless = if notice.planned.not_after <= now {
            Some(settle::expired(delivery.last_error.as_deref()))
        } else {
            let scene: &Scene = match scenes.entry(notice.campaign) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(Scene::look(reader, org, notice.campaign, now).await?),
            };
            recipient = scene.directory().member(delivery.recipient).filter(|member| member.active).cloned();
            if stand_in(&scene.about(), &notice.planned, delivery.recipient).is_some() {
                return Ok(Err(settle::DELEGATED.to_owned()));
            }
            match obsolete(&scene.about(), &notice.planned) {
                None if has_arrived(reader, org, &notice.planned).await? => {
                    Some(settle::ARRIVED_SINCE.to_owned())
                }
                void => void,
            }
        };
        match useless {
            Some(why) => why_not = why_not.or(Some(why)),
            None => useful.push(notice),
        }
    }
    useful.sort_by_key(|notice| (notice.planned.planned_at, notice.id.0));
    let useful = without_repeats(useful);
    let messages: Vec<_> =
        useful.into_iter().map(|notice| (notice.campaign, notice.planned.clone())).collect();
    let losses = losses(reader, org, &messages, &scenes).await?;
    Ok(match (recipient, messages.is_empty()) {
        (_, true) => Err(why_not.unwrap_or_default()),
        (None, false) => Err(settle::RECIPIENT_LEFT.to_owned()),
        (Some(reader), false) => match reader.email.clone() {
            Some(address) => Ok(Told { reader, address, first, messages, scenes, losses }),
            None => Err(settle::NO_ADDRESS.to_owned()),
        },
    })
}

/// Whether a message tells of a loss that is none any more.
async fn has_arrived(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    planned: &Planned,
) -> Result<bool, Failure> {
    let lost = planned.generation.parse().ok().filter(|_| planned.reason == Reason::DeliveryFailed);
    let Some(lost) = lost else { return Ok(false) };
    let delivery = deliveries::find(c, org, DeliveryId(lost)).await?;
    Ok(delivery.is_some_and(|delivery| delivery.status == DeliveryStatus::Sent))
}

/// What did not arrive, of each message that tells of a loss.
async fn losses(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    messages: &[(Option<CampaignId>, Planned)],
    scenes: &HashMap<Option<CampaignId>, Scene>,
) -> Result<HashMap<String, Lost>, Failure> {
    let mut losses = HashMap::new();
    for (campaign, told) in messages.iter().filter(|(_, told)| told.reason == Reason::DeliveryFailed) {
        let Ok(id) = told.generation.parse::<Uuid>() else { continue };
        let delivery = deliveries::find(c, org, DeliveryId(id)).await?;
        let notice = delivery.as_ref().map_or(NoticeId(id), |delivery| delivery.notice);
        let Some(notice) = notices::find(c, org, notice).await? else { continue };
        let directory = scenes.get(campaign).map(Scene::directory);
        let to = delivery.as_ref().and_then(|delivery| {
            let name = directory?.member(delivery.recipient)?.name.clone();
            let address = (!settle::has_no_address(delivery)).then(|| delivery.address.clone());
            Some((name, address))
        });
        let refused = delivery.as_ref().is_some_and(|delivery| delivery.status == DeliveryStatus::Failed);
        let hindered = delivery.filter(|delivery| !settle::has_no_address(delivery));
        let said = hindered.and_then(|delivery| settle::hindrance(&delivery.last_error?));
        losses.insert(told.generation.clone(), Lost { planned: notice.planned, to, refused, said });
    }
    Ok(losses)
}

/// Of several that say the same at different times, the last one, in the order of their times.
fn without_repeats(useful: Vec<&notices::Notice>) -> Vec<&notices::Notice> {
    let what = |notice: &notices::Notice| {
        let Planned { reason, subject, generation, occurrence, .. } = &notice.planned;
        // Each decision is news of its own.
        let occurrence = reason.stands_for_good().then(|| occurrence.clone());
        (notice.campaign, *reason, subject.clone(), generation.clone(), occurrence)
    };
    let mut said = HashSet::new();
    let mut last: Vec<_> = useful.into_iter().rev().filter(|notice| said.insert(what(notice))).collect();
    last.reverse();
    last
}

/// What the mails about one campaign, or about the organization, have in common.
fn thread_of(about: &About<'_>) -> String {
    match about {
        About::Campaign(case, _) => format!("campaign.{}", case.campaign.id),
        About::Organization(office) => format!("organization.{}", office.id),
    }
}

impl Told {
    /// When the message of the delivery was to leave first.
    pub(super) fn planned_at(&self) -> Timestamp {
        self.first.planned.planned_at
    }

    /// When it was to leave after what it waited for.
    pub(super) fn should_leave_at(&self, delivery: &Delivery) -> Timestamp {
        let planned_at = self.planned_at().max(self.first.created_at);
        delivery.wait.map_or(planned_at, |wait| wait.at.max(planned_at))
    }

    /// When its reader wakes, if they sleep now and all it tells can wait so long.
    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        let each = self.told().map(|told| wakes_at(&told.scene.about(), told.notice, told.reader));
        each.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// The mail.
    pub(super) fn email(&self, service: &Service, delivery: &Delivery) -> Email {
        let enclosed: Vec<Enclosed> = self.told().map(|told| enclosed::of(service, &told)).collect();
        let sandbox = service.clock.is_sandbox();
        let occasions: Vec<Occasion<'_>> = self
            .told()
            .zip(&enclosed)
            .map(|(ToldOne { scene, notice, reader, lost: _ }, enclosed)| {
                let (about, name) = (scene.about(), scene.name());
                Occasion { about, name, notice, reader, sandbox, enclosed }
            })
            .collect();
        let with = delivery.wait.map_or(Bundle::Alone, |wait| wait.with);
        let opt_out = enclosed::opt_out(service, self.told().collect::<Vec<_>>().as_slice(), with);
        let (letter, thread) = match occasions.as_slice() {
            [only] => (letter(only, opt_out.as_deref()), thread_of(&only.about)),
            several => (bundle(several, with, opt_out.as_deref()), format!("member.{}", self.reader.id)),
        };
        Email {
            to: (self.reader.name.clone(), self.address.clone()),
            reply_to: self.owner().and_then(|owner| Some((owner.name.clone(), owner.email.clone()?))),
            message_id: delivery.message_id.clone(),
            thread: message_id(thread, service.mailer.sender()),
            date: service.clock.now(),
            opt_out,
            letter,
        }
    }

    /// The messages, each with its campaign.
    fn told(&self) -> impl Iterator<Item = ToldOne<'_>> {
        self.messages.iter().filter_map(|(campaign, notice)| {
            let scene = self.scenes.get(campaign)?;
            Some(ToldOne { scene, notice, reader: &self.reader, lost: self.losses.get(&notice.generation) })
        })
    }

    /// The owner of the campaign, if the mail tells of one only and its reader is somebody else.
    fn owner(&self) -> Option<&DirectoryMember> {
        let (campaign, _) = self.messages.first()?;
        let is_alone = self.messages.iter().all(|(other, _)| other == campaign);
        let acted = self.scenes.get(campaign).filter(|_| is_alone)?.campaign()?;
        acted.directory.person(&acted.campaign.profile.owner).filter(|owner| owner.id != self.reader.id)
    }
}
