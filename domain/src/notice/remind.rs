//! Reminders of people's own, as messages.

use jiff::{SignedDuration, Timestamp};

use super::{DAY, Planned, Reason, Subject};
use crate::campaign::later;
use crate::office::Office;
use crate::reminder::{Frame, Reminder};
use crate::rule::Case;

/// So many are planned ahead; the others once these have come.
const AHEAD: usize = 3;
/// How long ago one may have come due that is still to be sent: as long as it is of use.
const OF_USE: SignedDuration = DAY;

/// The last and the next messages of every reminder of a campaign.
pub(super) fn of(case: &Case<'_>) -> Vec<Planned> {
    let frame = Frame::of_campaign(case.campaign);
    let each = |reminder| occurrences(&frame, reminder, case.now(), &Subject::Campaign);
    case.campaign.reminders.iter().flat_map(each).collect()
}

/// The last and the next messages of a reminder of an organization.
pub(super) fn of_organization(office: &Office<'_>, reminder: &Reminder) -> Vec<Planned> {
    let frame = Frame::of_organization(office.time_zone);
    occurrences(&frame, reminder, office.now, &Subject::Organization)
}

fn occurrences(frame: &Frame<'_>, reminder: &Reminder, now: Timestamp, subject: &Subject) -> Vec<Planned> {
    let ago = now.saturating_sub(OF_USE).unwrap_or(now);
    let mut next = reminder.next(frame, ago);
    let (mut planned, mut ahead) = (Vec::new(), 0);
    while let Some(at) = next.next().filter(|_| ahead < AHEAD) {
        ahead += usize::from(at > now);
        planned.push(Planned {
            reason: Reason::Reminder,
            subject: subject.clone(),
            occurrence: at.to_string(),
            generation: reminder.id.to_string(),
            class: reminder.class.class(),
            planned_at: at,
            not_after: later(at, OF_USE),
            audience: reminder.audience.iter().map(|reminded| reminded.audience()).collect(),
        });
    }
    planned
}
