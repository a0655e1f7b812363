//! Reminders of people's own: add, remove.

use super::{Desk, WRITABLE};
use crate::actor::Role;
use crate::command::Action;
use crate::event::EventKind;
use crate::ids::ReminderId;
use crate::refusal::Refusal;
use crate::reminder::{Frame, NewReminder, Reminder};

pub(super) fn may_remind(desk: &Desk<'_>) -> Result<(), Refusal> {
    desk.need_role(Action::Remind, Role::Operator)?;
    desk.need_campaign(Action::Remind, WRITABLE)
}

pub(super) fn add(desk: &Desk<'_>, id: ReminderId, new: &NewReminder) -> Result<Vec<EventKind>, Refusal> {
    may_remind(desk)?;
    let invalid = |faults| Refusal::Invalid { faults };
    Reminder::one_more(desk.case.campaign.reminders.len()).map_err(invalid)?;
    let reminder =
        Reminder::of(new, &Frame::of_campaign(desk.case.campaign), id, desk.actor.who, desk.case.now());
    let reminder = Box::new(reminder.map_err(invalid)?);
    Ok(vec![EventKind::ReminderAdded { reminder }])
}

pub(super) fn remove(desk: &Desk<'_>, id: ReminderId) -> Result<Vec<EventKind>, Refusal> {
    may_remind(desk)?;
    let is_there = desk.case.campaign.reminders.iter().any(|reminder| reminder.id == id);
    Ok(is_there.then_some(EventKind::ReminderRemoved { id }).into_iter().collect())
}
