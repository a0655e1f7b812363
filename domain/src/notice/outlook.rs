//! What somebody would get if nothing else happened: planned messages as the jobs would take them up at their times.

use super::departure::departure;
use super::{Departure, Planned, obsolete, recipients};
use crate::ids::MemberId;
use crate::rule::Case;
use crate::standing::Standing;
use crate::surroundings::Surroundings;

/// What would become of a planned message for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It would leave then, and with these.
    Leaves(Departure),
    /// It would not be sent, with the code that would stand with it.
    Withheld(String),
}

/// What would become of a planned message for a member at its time, as things stand now; none if it is not for them. Who is
/// away then, and the clock on their wall, count.
#[must_use]
pub fn outlook(case: &Case<'_>, standing: &Standing, notice: &Planned, member: MemberId) -> Option<Outlook> {
    let now = notice.planned_at.max(case.now());
    let then = Case { surroundings: Surroundings { now, ..case.surroundings }, ..*case };
    let recipients = recipients(&then, standing, notice);
    recipients.iter().find(|recipient| recipient.member == member)?;
    let reader = case.surroundings.directory.member(member)?;
    if let Some(why) = obsolete(&then, standing, notice) {
        return Some(Outlook::Withheld(why));
    }
    if reader.email.is_none() {
        return Some(Outlook::Withheld(NO_ADDRESS.to_owned()));
    }
    Some(match departure(&then, standing, notice, reader) {
        Ok(leaves) => Outlook::Leaves(leaves),
        Err(why) => Outlook::Withheld(why.to_owned()),
    })
}

const NO_ADDRESS: &str = "no_address";
