//! What an organization's own messages rest on: its keys, its reminders and its people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::ids::{ApiKeyId, MemberId, OrganizationId};
use crate::reminder::Reminder;
use crate::surroundings::Directory;

/// An organization at one moment.
#[derive(Copy, Clone, Debug)]
pub struct Office<'o> {
    /// Which.
    pub id: OrganizationId,
    /// The moment, in whole microseconds.
    pub now: Timestamp,
    /// Its people.
    pub directory: &'o Directory,
    /// The zone on whose clock it works.
    pub time_zone: &'o TimeZone,
    /// Its keys that stop to work one day.
    pub keys: &'o [ExpiringKey],
    /// Its reminders.
    pub reminders: &'o [Reminder],
}

/// A key that stops to work one day and was not taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpiringKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// The person it acts as; without one it is a service.
    pub member: Option<MemberId>,
    /// Who made it.
    pub made_by: Option<MemberId>,
    /// When it stops to work.
    pub expires_at: Timestamp,
}

impl Office<'_> {
    /// The key with this id.
    #[must_use]
    pub fn key(&self, id: ApiKeyId) -> Option<&ExpiringKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}
