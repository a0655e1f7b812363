//! Messages about an organization itself: keys about to expire, and its reminders.

use jiff::civil::{Time, time};

use super::recipients::{admins, everybody, managers};
use super::undelivered::reached;
use super::{Audience, Class, Planned, Reason, Subject, remind};
use crate::office::{ExpiringKey, Office};
use crate::offset::wall_clock;
use crate::surroundings::DirectoryMember;

/// So many days before a key stops to work its holder is told.
const DAYS_BEFORE: [i64; 3] = [14, 3, 1];
/// The time of day, as with gates that are due (domain page, §g).
const TOLD_AT: Time = time(10, 0, 0, 0);

/// Every message the organization wants to send, past and future.
pub(super) fn notices(office: &Office<'_>) -> Vec<Planned> {
    let keys = office.keys.iter().flat_map(|key| expiring(office, key));
    let reminders = office.reminders.iter().flat_map(|reminder| remind::of_organization(office, reminder));
    keys.chain(reminders).filter(|notice| notice.planned_at < notice.not_after).collect()
}

fn expiring(office: &Office<'_>, key: &ExpiringKey) -> Vec<Planned> {
    let at = |days: i64| wall_clock(key.expires_at, office.time_zone, -days, TOLD_AT);
    let ends = DAYS_BEFORE.iter().skip(1).map(|days| at(*days)).chain([key.expires_at]);
    let of = |(days, not_after): (&i64, _)| Planned {
        reason: Reason::KeyExpiring,
        subject: Subject::Key(key.id),
        occurrence: format!("d{days}"),
        generation: key.expires_at.to_string(),
        class: Class::Action,
        planned_at: at(*days),
        not_after,
        audience: vec![Audience::KeyHolder, Audience::Admins],
    };
    DAYS_BEFORE.iter().zip(ends).map(of).collect()
}

/// Why a message no longer applies, replanning aside.
pub(super) fn void(office: &Office<'_>, notice: &Planned) -> Option<&'static str> {
    match (notice.reason, &notice.subject) {
        (Reason::KeyExpiring, Subject::Key(id)) => office.key(*id).is_none().then_some("key_revoked"),
        (Reason::Reminder, _) => {
            let is_set = office.reminders.iter().any(|reminder| reminder.id.to_string() == notice.generation);
            (!is_set).then_some(super::obsolete::REMINDER_REMOVED)
        }
        _ => None,
    }
}

/// The members an audience stands for; those of campaigns stand for the admins here.
pub(super) fn resolve<'o>(
    office: &Office<'o>,
    notice: &Planned,
    audience: Audience,
) -> Vec<&'o DirectoryMember> {
    let directory = office.directory;
    match audience {
        Audience::Everybody => everybody(directory),
        Audience::Managers => managers(directory),
        Audience::KeyHolder => holders(office, notice),
        Audience::Caretaker => reached(notice, admins(directory)),
        Audience::Admins
        | Audience::GateOwner
        | Audience::CampaignOwner
        | Audience::Approvers
        | Audience::ApproversInReview
        | Audience::ApproversAway
        | Audience::StandIn
        | Audience::Reviewers
        | Audience::Submitter
        | Audience::Asked
        | Audience::Roster => admins(directory),
    }
}

/// Whom the key acts as; whoever made it where it is a service's.
fn holders<'o>(office: &Office<'o>, notice: &Planned) -> Vec<&'o DirectoryMember> {
    let Subject::Key(id) = notice.subject else { return Vec::new() };
    let holder = office.key(id).and_then(|key| key.member.or(key.made_by));
    let holder = holder.and_then(|id| office.directory.member(id)).filter(|member| member.active);
    holder.into_iter().collect()
}
