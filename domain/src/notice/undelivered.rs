//! Somebody is told of what did not arrive: whoever looks after the campaign, unless it is they who could not be reached.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::recipients::{admins, managers, owner};
use super::{Audience, Class, DAY, Planned, Reason};
use crate::campaign::later;
use crate::ids::MemberId;
use crate::rule::Case;
use crate::surroundings::DirectoryMember;

/// Losses of the same quarter of an hour are told together.
pub(super) const TOLD_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// The message that tells of one that did not arrive, found out now. `id` is that of the delivery, or of the message where
/// none was made of it, so that each loss is told once; `recipient` is whoever was to get it. None of a message that tells
/// of a loss itself, and of a code, which whoever waits for it misses soonest.
#[must_use]
pub fn undelivered(lost: &Planned, id: Uuid, recipient: Option<MemberId>, now: Timestamp) -> Option<Planned> {
    if matches!(lost.reason, Reason::DeliveryFailed | Reason::ConfirmationCode) {
        return None;
    }
    Some(Planned {
        reason: Reason::DeliveryFailed,
        subject: lost.subject.clone(),
        occurrence: recipient.map_or_else(|| NOBODY.to_owned(), |member| member.to_string()),
        generation: id.to_string(),
        class: Class::Action,
        planned_at: now,
        not_after: later(now, DAY),
        audience: vec![Audience::Caretaker],
    })
}

/// The occurrence where the message lost was made for nobody yet.
const NOBODY: &str = "nobody";

/// Whoever looks after the campaign and can be reached: its owner, else the managers, else the admins.
pub(super) fn caretakers<'c>(case: &Case<'c>, notice: &Planned) -> Vec<&'c DirectoryMember> {
    let directory = case.surroundings.directory;
    let each: [&dyn Fn() -> _; 3] = [&|| owner(case), &|| managers(directory), &|| admins(directory)];
    let reached = each.into_iter().map(|of| reached(notice, of()));
    reached.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Those of them who can be reached and are not who was to get the lost message.
pub(super) fn reached<'c>(notice: &Planned, members: Vec<&'c DirectoryMember>) -> Vec<&'c DirectoryMember> {
    let unreached: Option<MemberId> = notice.occurrence.parse().ok();
    let others = members.into_iter().filter(|member| Some(member.id) != unreached);
    others.filter(|member| member.email.is_some()).collect()
}

/// When losses that are found out at an instant are told: at the end of its quarter of an hour.
pub(super) fn told_at(now: Timestamp) -> Timestamp {
    let quarter = TOLD_EVERY.as_secs();
    let next = now.as_second().div_euclid(quarter) * quarter + quarter;
    Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_of_a_quarter_of_an_hour_are_told_at_its_end() {
        for (found, told) in [
            ("2027-03-09T10:00:00Z", "2027-03-09T10:15:00Z"),
            ("2027-03-09T10:00:00.000001Z", "2027-03-09T10:15:00Z"),
            ("2027-03-09T10:14:59.999999Z", "2027-03-09T10:15:00Z"),
            ("2027-03-09T23:59:00Z", "2027-03-10T00:00:00Z"),
        ] {
            assert_eq!(told_at(found.parse().unwrap()), told.parse().unwrap(), "{found}");
        }
    }
}
