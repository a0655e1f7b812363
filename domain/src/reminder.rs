//! Reminders of people's own, on a campaign or in an organization: a cron expression on the clock of a zone, until an end.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Who;
use crate::campaign::Campaign;
use crate::choices;
use crate::fault::{Fault, FaultKind};
use crate::ids::ReminderId;
use crate::notice::{Audience, Class};
use crate::profile::ZoneName;
use crate::record;
use crate::scalar::{Set, Text};

/// Reminders that a campaign, and an organization, has at most.
pub const REMINDERS_MAX: usize = 20;
/// The shortest time between two occurrences.
const APART: SignedDuration = SignedDuration::from_mins(15);
/// Occurrences that are looked at for the shortest time between two.
const LOOKED_AT: usize = 200;
/// Occurrences that a preview shows.
const SHOWN: usize = 5;
/// What a reminder looks like that runs at ten on weekdays.
const EXAMPLE: &str = "0 10 * * 1-5";

choices! {
    /// Who gets a reminder of people's own.
    pub enum Reminded {
        CampaignOwner = "campaign_owner", "the campaign's owner", "活动负责人";
        Roster = "roster", "members on the roster", "排班成员";
        Managers = "managers", "managers, or admins where there are none", "主管";
        Admins = "admins", "admins", "管理员";
        Everybody = "everybody", "every member", "全体成员";
    }

    /// How a reminder treats quiet hours.
    pub enum ReminderClass {
        Action = "action", "action needed", "待办";
        Info = "info", "for information", "知会";
    }
}

record! {
    /// A reminder to be made.
    pub struct NewReminder {
        /// When: minute, hour, day, month and weekday as in cron, with seconds before them if there are six fields; at most
        /// every 15 minutes.
        cron: Text<100>, yes, "Schedule", "时间表";
        /// On whose clock; the zone of the campaign, or of the organization, if it is left out.
        time_zone: ZoneName, no, "Time zone", "时区";
        /// What it says.
        text: Text<500>, yes, "Text", "内容";
        /// Who gets it; the campaign's owner, or the organization's managers, if nobody is named. Only a campaign has an owner and
        /// a roster.
        audience: Set<Reminded, 5>, no, "Audience", "接收人";
        /// Whether somebody must act, or it may wait for the digest; `action` if nothing is said.
        class: ReminderClass, no, "Class", "级别";
        /// The last instant; on a campaign the end of the show, which it is also at the latest, if it is left out.
        ends_at: Timestamp, no, "Until", "截止";
    }
}

/// A reminder of a campaign or of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Its id.
    pub id: ReminderId,
    /// When, as it was written.
    pub cron: String,
    /// IANA name of the zone on whose clock.
    pub time_zone: String,
    /// What it says.
    pub text: String,
    /// Who gets it.
    pub audience: Vec<Reminded>,
    /// How it treats quiet hours.
    pub class: ReminderClass,
    /// The last instant it may come at; on a campaign the end of the show if there is none.
    pub ends_at: Option<Timestamp>,
    /// Who made it.
    pub made_by: Who,
    /// When it was made.
    pub made_at: Timestamp,
}

/// What a reminder belongs to, as far as it rests on that.
#[derive(Copy, Clone, Debug)]
pub struct Frame<'f> {
    /// On whose clock it comes if nothing is said.
    time_zone: &'f TimeZone,
    /// When it ends at the latest.
    ends_at: Option<Timestamp>,
    /// Who may get it; the first if nobody is named.
    audiences: &'static [Reminded],
}

impl<'f> Frame<'f> {
    /// That of a campaign: until the end of its show.
    #[must_use]
    pub fn of_campaign(campaign: &'f Campaign) -> Self {
        let profile = &campaign.profile;
        Self { time_zone: &profile.time_zone, ends_at: Some(profile.ends_at()), audiences: Reminded::ALL }
    }

    /// That of an organization, on the clock of this zone.
    #[must_use]
    pub const fn of_organization(time_zone: &'f TimeZone) -> Self {
        let audiences = &[Reminded::Managers, Reminded::Admins, Reminded::Everybody];
        Self { time_zone, ends_at: None, audiences }
    }
}

impl Reminded {
    /// The audience of its messages.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::CampaignOwner => Audience::CampaignOwner,
            Self::Roster => Audience::Roster,
            Self::Managers => Audience::Managers,
            Self::Admins => Audience::Admins,
            Self::Everybody => Audience::Everybody,
        }
    }
}

impl ReminderClass {
    /// The class of its messages.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::Action => Class::Action,
            Self::Info => Class::Info,
        }
    }
}

impl Reminder {
    /// The reminder that is wished for.
    ///
    /// # Errors
    /// Faults of the wish: an expression that is none, runs too often, or not once before its end; an audience that is not
    /// there.
    pub fn of(
        new: &NewReminder,
        frame: &Frame<'_>,
        id: ReminderId,
        made_by: Who,
        now: Timestamp,
    ) -> Result<Self, Vec<Fault>> {
        let zone = new.time_zone.as_ref().map_or(frame.time_zone, |zone| &zone.0);
        let fault = |pointer: &str, kind| vec![Fault { pointer: pointer.to_owned(), kind }];
        let written = new.cron.as_ref().map_or("", |cron| cron.as_str());
        let cron = parsed(written).ok_or_else(|| fault("/cron", FaultKind::bad_format(EXAMPLE, written)))?;
        let latest = frame.ends_at.unwrap_or(Timestamp::MAX);
        if let Some(ends_at) = new.ends_at.filter(|ends_at| *ends_at <= now || *ends_at > latest) {
            let (min, max, found) = (now.to_string(), latest.to_string(), ends_at.to_string());
            return Err(fault("/ends_at", FaultKind::OutOfRange { min, max, found }));
        }
        let (mut apart, mut last) = (None, None);
        for at in Occurrences::after(now, cron, zone.clone()).take(LOOKED_AT) {
            let gap = last.map(|last: Timestamp| at.duration_since(last));
            apart = gap.into_iter().chain(apart).min();
            last = Some(at);
        }
        if let Some(gap) = apart.filter(|apart| *apart < APART) {
            let (least_minutes, found_seconds) = (APART.as_mins(), gap.as_secs());
            let kind = FaultKind::TooOften { least_minutes, found_seconds };
            return Err(fault("/cron", kind));
        }
        let audience = new.audience.as_ref().map_or(&[][..], |audience| audience);
        if let Some(at) = audience.iter().position(|one| !frame.audiences.contains(one)) {
            let allowed = frame.audiences.iter().map(|one| one.key().to_owned()).collect();
            let found = audience.get(at).map_or("", |one| one.key()).to_owned();
            return Err(fault(&format!("/audience/{at}"), FaultKind::UnknownChoice { found, allowed }));
        }
        let audience = if audience.is_empty() { &frame.audiences[..1] } else { audience };
        let reminder = Self {
            id,
            cron: written.to_owned(),
            time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
            text: new.text.as_ref().map_or_else(String::new, |text| text.as_str().to_owned()),
            audience: audience.to_vec(),
            class: new.class.unwrap_or(ReminderClass::Action),
            ends_at: new.ends_at,
            made_by,
            made_at: now,
        };
        match reminder.next(frame, now).next() {
            Some(_) => Ok(reminder),
            None => {
                let before = reminder.last_instant(frame).unwrap_or(Timestamp::MAX).to_string();
                Err(fault("/cron", FaultKind::NeverComes { before }))
            }
        }
    }

    /// Whether there may be one more where there are so many.
    ///
    /// # Errors
    /// The fault that there may not.
    pub fn one_more(than: usize) -> Result<(), Vec<Fault>> {
        let kind = FaultKind::TooMany { max: REMINDERS_MAX, found: than + 1 };
        let fault = Fault { pointer: String::new(), kind };
        if than < REMINDERS_MAX { Ok(()) } else { Err(vec![fault]) }
    }

    /// Its occurrences after an instant, in order, until its end.
    pub fn next(&self, frame: &Frame<'_>, after: Timestamp) -> impl Iterator<Item = Timestamp> + use<> {
        let ends_at = self.last_instant(frame).unwrap_or(Timestamp::MAX);
        let zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        let after = after.max(self.made_at);
        let all = parsed(&self.cron).map(|cron| Occurrences::after(after, cron, zone));
        all.into_iter().flatten().take_while(move |at| *at <= ends_at)
    }

    /// The last instant at which it may come: its own end, or that of the show if it is the earlier one.
    #[must_use]
    pub fn last_instant(&self, frame: &Frame<'_>) -> Option<Timestamp> {
        self.ends_at.into_iter().chain(frame.ends_at).min()
    }

    /// The next occurrences, as a preview shows them.
    #[must_use]
    pub fn preview(&self, frame: &Frame<'_>, now: Timestamp) -> Vec<Timestamp> {
        self.next(frame, now).take(SHOWN).collect()
    }
}

/// The expression with five fields, or six with seconds before them.
fn parsed(text: &str) -> Option<Cron> {
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
    // Nicknames such as @daily are no fields.
    (!text.contains('@')).then(|| parser.parse(text).ok()).flatten()
}

/// The instants at which the clock of a zone shows what the expression says. What the clocks skip comes so much later, and
/// what they show twice comes once, the first time.
struct Occurrences {
    cron: Cron,
    zone: TimeZone,
    /// What the clock shows, as though it were that of UTC: the expression is about clocks.
    shown: DateTime<Utc>,
    last: Timestamp,
}

impl Occurrences {
    fn after(last: Timestamp, cron: Cron, zone: TimeZone) -> Self {
        // No clock is ever moved further, so that nothing the clocks skipped a moment ago is missed.
        let back = last.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
        let shown = shown(zone.to_datetime(back));
        Self { cron, zone, shown, last }
    }
}

impl Iterator for Occurrences {
    type Item = Timestamp;

    fn next(&mut self) -> Option<Timestamp> {
        loop {
            self.shown = self.cron.find_next_occurrence(&self.shown, false).ok()?;
            let at = self.zone.to_ambiguous_timestamp(civil_of(self.shown)?).compatible().ok()?;
            if at > self.last {
                self.last = at;
                return Some(at);
            }
        }
    }
}

/// The same time for the library of expressions.
fn shown(local: civil::DateTime) -> DateTime<Utc> {
    let [month, day, hour, minute, second] =
        [local.month(), local.day(), local.hour(), local.minute(), local.second()]
            .map(|part| u32::from(part.unsigned_abs()));
    let date = NaiveDate::from_ymd_opt(i32::from(local.year()), month, day);
    let shown = date.and_then(|date| date.and_hms_opt(hour, minute, second));
    shown.map_or(DateTime::<Utc>::MIN_UTC, |shown| shown.and_utc())
}

/// The same time for ours.
fn civil_of(shown: DateTime<Utc>) -> Option<civil::DateTime> {
    let part = |part: u32| i8::try_from(part).ok();
    let year = i16::try_from(shown.year()).ok()?;
    let (month, day) = (part(shown.month())?, part(shown.day())?);
    let (hour, minute, second) = (part(shown.hour())?, part(shown.minute())?, part(shown.second())?);
    civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()
}
