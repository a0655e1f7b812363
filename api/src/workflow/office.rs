//! What an organization's own messages rest on, and their planning.

use domain::ids::OrganizationId;
use domain::notice::{About, replan};
use domain::office::{ExpiringKey, Office};
use domain::reminder::Reminder;
use domain::surroundings::Directory;
use futures_util::FutureExt as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sea_orm::ConnectionTrait;

use crate::failure::Failure;
use crate::service::Service;
use crate::store::{Tx, keys, members, notices, organizations, reminders};

/// What is said of an organization that is not there.
const UNKNOWN: Failure = Failure::NotFound { what: "organization" };
/// What is older than this is neither planned anew nor compared.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(48);
/// Keys are looked after that stop to work within this time: a little longer than the first message before it.
const LOOKED_AHEAD: SignedDuration = SignedDuration::from_hours(16 * 24);

/// An organization at one moment, with what its messages need.
#[derive(Clone, Debug)]
pub struct OfficeNow {
    /// Which.
    pub org: OrganizationId,
    /// What people call it.
    pub name: String,
    /// Its people.
    pub directory: Directory,
    /// The zone on whose clock it works.
    pub time_zone: TimeZone,
    /// Its keys that stop to work one day.
    pub keys: Vec<ExpiringKey>,
    /// Its reminders.
    pub reminders: Vec<Reminder>,
    /// The moment.
    pub now: Timestamp,
}

impl OfficeNow {
    /// The same, as messages see it.
    #[must_use]
    pub fn office(&self) -> Office<'_> {
        let Self { org, name: _, directory, time_zone, keys, reminders, now } = self;
        Office { id: *org, now: *now, directory, time_zone, keys, reminders }
    }
}

/// The organization as it stands now; nothing is written.
///
/// # Errors
/// `NotFound` for an unknown id.
pub async fn look(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    now: Timestamp,
) -> Result<OfficeNow, Failure> {
    let organization = organizations::find(c, org).await?.ok_or(UNKNOWN)?;
    Ok(OfficeNow {
        org,
        directory: members::directory(c, org, now).await?,
        time_zone: organization.defaults.time_zone.map_or(TimeZone::UTC, |zone| zone.0),
        name: organization.name,
        keys: keys::expiring(c, org).await?,
        reminders: reminders::all(c, org).await?,
        now,
    })
}

/// As [`look`], and until the transaction ends nobody else changes the organization, its reminders or who belongs to it.
///
/// # Errors
/// `NotFound` for an unknown id.
pub async fn hold(tx: &Tx, org: OrganizationId, now: Timestamp) -> Result<OfficeNow, Failure> {
    organizations::hold(tx, org).await?.ok_or(UNKNOWN)?;
    look(tx, org, now).await
}

/// Brings the ledger in line with what the organization now wants to send, after its keys, its reminders or its zone changed,
/// or some of it came due. The caller writes this change in the same transaction.
///
/// # Errors
/// What the database says.
pub async fn plan(tx: &Tx, org: OrganizationId, now: Timestamp) -> Result<(), Failure> {
    let looked_at = hold(tx, org, now).await?;
    let about = About::Organization(looked_at.office());
    let since = now.saturating_sub(LOOKED_BACK).unwrap_or(now);
    let existing = notices::existing_since(tx, org, since).await?;
    let replanned = replan(&about, about.wanted(), &existing);
    notices::replan(tx, org, None, &replanned, now).await
}

/// Plans what is told of keys that stop to work soon, where an older release made them; the answer is for how many
/// organizations it was looked after. One that cannot be read is logged and stops nobody.
///
/// # Errors
/// What the database says while it is asked which.
pub async fn catch_up(service: &Service) -> Result<usize, Failure> {
    let now = service.clock.now();
    let until = now.saturating_add(LOOKED_AHEAD).unwrap_or(now);
    let concerned = keys::with_expiring(service.store.reader(), now, until).await?;
    for org in &concerned {
        let org = *org;
        let planned = service.store.write(move |tx| async move { plan(tx, org, now).await }.boxed()).await;
        if let Err(failure) = planned {
            tracing::error!(%org, %failure, "messages of an organization could not be planned");
        }
    }
    Ok(concerned.len())
}
