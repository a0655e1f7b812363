//! What somebody would get if nothing else happened: planned messages as the jobs would take them up at their times.

use super::departure::departure;
use super::{About, Departure, Planned, obsolete, recipients};
use crate::ids::MemberId;

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
pub fn outlook(about: &About<'_>, notice: &Planned, member: MemberId) -> Option<Outlook> {
    let then = about.at(notice.planned_at.max(about.now()));
    let recipients = recipients(&then, notice);
    recipients.iter().find(|recipient| recipient.member == member)?;
    let reader = about.directory().member(member)?;
    if let Some(why) = obsolete(&then, notice) {
        return Some(Outlook::Withheld(why));
    }
    if reader.email.is_none() {
        return Some(Outlook::Withheld(NO_ADDRESS.to_owned()));
    }
    Some(match departure(&then, notice, reader) {
        Ok(leaves) => Outlook::Leaves(leaves),
        Err(why) => Outlook::Withheld(why.to_owned()),
    })
}

const NO_ADDRESS: &str = "no_address";
