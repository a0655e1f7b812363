//! Reminders of people's own, as messages.

use jiff::SignedDuration;

use super::{Audience, DAY, Planned, Reason, Subject};
use crate::campaign::later;
use crate::reminder::Reminder;
use crate::rule::Case;

/// So many are planned ahead; the others once these have come.
const AHEAD: usize = 3;
/// How long ago one may have come due that is still to be sent: as long as it is of use.
const OF_USE: SignedDuration = DAY;

/// The last and the next messages of every reminder of a campaign.
pub(super) fn of(case: &Case<'_>) -> Vec<Planned> {
    case.campaign.reminders.iter().flat_map(|reminder| occurrences(case, reminder)).collect()
}

fn occurrences(case: &Case<'_>, reminder: &Reminder) -> Vec<Planned> {
    let ago = case.now().saturating_sub(OF_USE).unwrap_or(case.now());
    let mut next = reminder.next(case.campaign, ago).peekable();
    let (mut planned, mut ahead) = (Vec::new(), 0);
    while let Some(at) = next.next().filter(|_| ahead < AHEAD) {
        ahead += usize::from(at > case.now());
        planned.push(Planned {
            reason: Reason::Reminder,
            subject: Subject::Campaign,
            occurrence: at.to_string(),
            generation: reminder.id.to_string(),
            class: reminder.class.class(),
            planned_at: at,
            not_after: later(at, OF_USE),
            audience: reminder.audience.iter().map(|reminded| reminded.audience()).collect::<Vec<Audience>>(),
        });
    }
    planned
}
