//! Reminders as their readers see them.

use domain::reminder::{Frame, Reminder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ActorView, Moment};

/// A reminder of a campaign or of the organization.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReminderView {
    /// Its id.
    pub id: uuid::Uuid,
    /// When, as in cron.
    #[schema(example = "0 10 * * 1-5")]
    pub cron: String,
    /// On whose clock.
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: String,
    /// What it says.
    pub text: String,
    /// Who gets it: `campaign_owner`, `roster`, `managers`, `admins`, `everybody`.
    #[schema(example = json!(["campaign_owner"]))]
    pub audience: Vec<&'static str>,
    /// `action` or `info`.
    #[schema(example = "action")]
    pub class: &'static str,
    /// The last instant it may come at; `null` if it has no end.
    pub ends_at: Option<Moment>,
    /// Who made it.
    pub made_by: ActorView,
    /// When it was made.
    pub created_at: Moment,
    /// When it comes next, five times at most.
    pub next: Vec<Moment>,
}

impl ReminderView {
    /// A reminder, seen at a moment.
    #[must_use]
    pub fn of(reminder: &Reminder, frame: &Frame<'_>, now: Timestamp) -> Self {
        let Reminder { id, cron, time_zone, text, audience, class, ends_at: _, made_by, made_at } = reminder;
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let at = |instant| Moment::of(instant, &zone);
        Self {
            id: id.0,
            cron: cron.clone(),
            time_zone: time_zone.clone(),
            text: text.clone(),
            audience: audience.iter().map(|reminded| reminded.key()).collect(),
            class: class.key(),
            ends_at: reminder.last_instant(frame).map(at),
            made_by: (*made_by).into(),
            created_at: at(*made_at),
            next: reminder.preview(frame, now).into_iter().map(at).collect(),
        }
    }
}
