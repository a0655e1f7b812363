//! When a message leaves for one recipient: at once, when their quiet hours end, or with others in one message.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::undelivered::told_at;
use super::{About, Class, Planned, Reason, recipients};
use crate::campaign::later;
use crate::choices;
use crate::offset::wall_clock;
use crate::surroundings::DirectoryMember;

choices! {
    /// What a message shares with others to the same person.
    pub enum Bundle {
        Alone = "alone", "nothing", "单独发送";
        Digest = "digest", "the daily digest", "每日摘要";
        Approvals = "approvals", "approvals that are wanted", "审批合并";
        Late = "late", "what could not be sent in its time", "延迟补发";
        Failures = "failures", "what did not arrive", "未送达汇总";
    }
}

/// When a message leaves for one person, and with what.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Not before this.
    pub at: Timestamp,
    /// What it shares with others.
    pub with: Bundle,
}

/// The message that a person was asked with for an approval, alone; others that follow wait for one another.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// When it left, or shall leave.
    pub at: Timestamp,
    /// Whether it has not left yet.
    pub waits: bool,
}

/// After the first approval that is wanted, others wait this long for one another (domain page, §g). What is later than
/// this could not be sent in its time.
pub const MERGED_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// So close before T, approvals do not wait for one another (domain page, §g).
const NOT_MERGED_BEFORE: SignedDuration = SignedDuration::from_hours(4);
/// Why a person gets no message who does not want its kind.
const SWITCHED_OFF: &str = "switched_off";
/// Why a person gets no message that would come too late after their quiet hours, while another follows.
const QUIET_HOURS: &str = "quiet_hours";

/// When a message that is due leaves for a person.
///
/// # Errors
/// Why they do not get it at all.
pub fn departure(
    about: &About<'_>,
    notice: &Planned,
    reader: &DirectoryMember,
) -> Result<Departure, &'static str> {
    let (now, wishes) = (about.now(), &reader.preferences);
    let now = if notice.reason == Reason::DeliveryFailed { told_at(now) } else { now };
    let zone = zone_of(about, reader);
    if notice.class == Class::Critical {
        return Ok(Departure { at: now, with: bundle(about, notice, reader, now) });
    }
    if wishes.is_off(notice.reason) {
        return Err(SWITCHED_OFF);
    }
    if may_wait(notice, reader) {
        match wishes.digest_time().map(|time| next(time, notice.planned_at, zone)) {
            Some(at) if at < notice.not_after => return Ok(Departure { at, with: Bundle::Digest }),
            None if notice.class == Class::Info => return Err(SWITCHED_OFF),
            // What somebody must act on comes in any case, and what would come too late with the digest without it.
            Some(_) | None => {}
        }
    }
    let Some(at) = quiet_until(now, reader, zone) else {
        return Ok(Departure { at: now, with: bundle(about, notice, reader, now) });
    };
    if at < notice.not_after {
        Ok(Departure { at, with: bundle(about, notice, reader, at) })
    } else if has_successor(about, notice, reader) {
        Err(QUIET_HOURS)
    } else {
        Ok(Departure { at: now, with: bundle(about, notice, reader, now) })
    }
}

impl Departure {
    /// The same, if one was asked for an approval before: those whose time lies within 15 minutes after that leave
    /// together at the end of these.
    #[must_use]
    pub fn after(
        self,
        opened: Option<Opened>,
        notice: &Planned,
        reader: &DirectoryMember,
        about: &About<'_>,
    ) -> Self {
        let covers = |opened: &Opened| {
            let within = opened.at <= self.at && self.at < later(opened.at, MERGED_WITHIN);
            self.with == Bundle::Approvals && within
        };
        let Some(opened) = opened.filter(covers) else { return self };
        if opened.waits && opened.at == self.at {
            return self;
        }
        let at = later(opened.at, MERGED_WITHIN);
        let zone = zone_of(about, reader);
        let fits = at < notice.not_after && quiet_until(at, reader, zone).is_none();
        if fits { Self { at, ..self } } else { Self { with: Bundle::Alone, ..self } }
    }
}

/// Whether a message waits for the digest: what is for information only, as far as the person agrees.
fn may_wait(notice: &Planned, reader: &DirectoryMember) -> bool {
    let wishes = &reader.preferences;
    let is_news = notice.class == Class::Info && !wishes.wants_at_once(notice.reason);
    is_news || wishes.lets_wait(notice.reason)
}

/// When a message that was to leave before leaves for a person who sleeps now: when their quiet hours end, if it is still of
/// use by then. None if it leaves now.
#[must_use]
pub fn wakes_at(about: &About<'_>, notice: &Planned, reader: &DirectoryMember) -> Option<Timestamp> {
    let until = quiet_until(about.now(), reader, zone_of(about, reader))?;
    (notice.class != Class::Critical && until < notice.not_after).then_some(until)
}

fn zone_of<'z>(about: &About<'z>, reader: &'z DirectoryMember) -> &'z TimeZone {
    reader.time_zone.as_ref().unwrap_or(about.time_zone())
}

/// What a message shares with others that leaves at an instant.
fn bundle(about: &About<'_>, notice: &Planned, reader: &DirectoryMember, at: Timestamp) -> Bundle {
    if notice.reason == Reason::DeliveryFailed {
        return Bundle::Failures;
    }
    if notice.class != Class::Critical && about.now().duration_since(notice.planned_at) >= MERGED_WITHIN {
        return Bundle::Late;
    }
    let merged = notice.reason == Reason::ApprovalWanted
        && !reader.preferences.wants_at_once(notice.reason)
        && is_far_from_show(about, at);
    if merged { Bundle::Approvals } else { Bundle::Alone }
}

/// Whether approvals may wait for one another at an instant.
fn is_far_from_show(about: &About<'_>, at: Timestamp) -> bool {
    match about {
        About::Campaign(case, _) => case.go_live_at().duration_since(at) >= NOT_MERGED_BEFORE,
        About::Organization(_) => true,
    }
}

/// Whether another occurrence of the same follows that goes to this person, too.
fn has_successor(about: &About<'_>, notice: &Planned, reader: &DirectoryMember) -> bool {
    let follows = |other: &&Planned| {
        other.reason == notice.reason
            && other.subject == notice.subject
            && other.planned_at > notice.planned_at
    };
    let reaches = |other: &Planned| recipients(about, other).iter().any(|one| one.member == reader.id);
    about.wanted().iter().filter(follows).any(reaches)
}

/// The end of the quiet hours of a person, if they have them at the instant.
fn quiet_until(at: Timestamp, reader: &DirectoryMember, zone: &TimeZone) -> Option<Timestamp> {
    let (from, until) = reader.preferences.quiet();
    let local = zone.to_datetime(at).time();
    let is_quiet =
        if from <= until { from <= local && local < until } else { from <= local || local < until };
    is_quiet.then(|| next(until, at, zone))
}

/// The first instant from `after` on at which a clock of the zone shows the time. On a day on which clocks are put back it
/// may be there twice.
fn next(time: Time, after: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = zone.to_ambiguous_timestamp(zone.to_datetime(after).date().to_datetime(time));
    let mut today = [today.compatible(), today.later()].into_iter().flatten();
    today.find(|at| *at >= after).unwrap_or_else(|| wall_clock(after, zone, 1, time))
}
