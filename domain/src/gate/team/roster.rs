//! What is demanded of the roster: every role is filled and has a stand-in, shifts cover the show, and the people on
//! air may be there.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{RosterEntry, TeamRole};
use crate::campaign::later;
use crate::locale::both;
use crate::need;
use crate::params::TeamParams;
use crate::rule::{Case, Judged, Outcome, Verdict, each, found, hold, whole};
use crate::word::Word;

pub(super) const ROSTER: &str = "/gates/team/roster";

impl RosterEntry {
    /// What findings call the person.
    #[must_use]
    pub fn called(&self) -> Word {
        let unnamed = || Word::Label("person", both("Somebody", "某人"));
        self.person.as_ref().map_or_else(unnamed, |person| Word::text(person))
    }

    /// Whether this is somebody in the role who is no stand-in for it.
    pub(super) fn is_primary(&self, role: TeamRole) -> bool {
        self.role == Some(role) && self.is_backup == Some(false)
    }

    fn is_on_air(&self, params: &TeamParams) -> bool {
        self.role.is_some_and(|role| params.on_air_roles.contains(&role))
    }
}

pub(super) fn roster<'c>(case: &Case<'c>) -> &'c [RosterEntry] {
    case.contents().team.roster.as_deref().unwrap_or_default()
}

/// Each person on air once, with the place of the first entry that puts them there.
pub(super) fn people_on_air<'c>(case: &Case<'c>) -> Vec<(usize, &'c str)> {
    let mut seen = BTreeSet::new();
    let on_air = roster(case).iter().enumerate().filter(|(_, entry)| entry.is_on_air(&case.params().team));
    let named = on_air.filter_map(|(i, entry)| Some((i, entry.person.as_deref()?)));
    named.filter(|(_, person)| seen.insert(*person)).collect()
}

/// Choices by name.
pub(super) fn list<'w, C: Copy + Into<Word> + 'w>(choices: impl IntoIterator<Item = &'w C>) -> Word {
    Word::List(choices.into_iter().map(|choice| (*choice).into()).collect())
}

/// Every required role has somebody who is no stand-in.
pub(super) fn roles_filled(case: &Case<'_>) -> Vec<Outcome> {
    let team = &case.contents().team;
    let required = &case.params().team.required_roles;
    whole(ROSTER, || {
        let roster = need!(team.roster);
        let is_filled = |role: &&TeamRole| roster.iter().any(|entry| entry.is_primary(**role));
        let (filled, missing): (Vec<&TeamRole>, Vec<&TeamRole>) = required.iter().partition(is_filled);
        hold(missing.is_empty(), || {
            found(list(filled), list(required)).with("missing", list(missing.iter().copied()))
        })
    })
}

/// Roles the show cannot do without have a stand-in, who is somebody else.
pub(super) fn backups_named(case: &Case<'_>) -> Vec<Outcome> {
    let team = &case.contents().team;
    let required = &case.params().team.backup_roles;
    whole(ROSTER, || {
        let roster = need!(team.roster);
        let stands_in = |entry: &RosterEntry, role: TeamRole| {
            let backs_up = entry.role == Some(role) && entry.is_backup == Some(true);
            let is_primary = |other: &RosterEntry| other.is_primary(role) && other.person == entry.person;
            backs_up && entry.person.is_some() && !roster.iter().any(is_primary)
        };
        let has_backup = |role: &&TeamRole| roster.iter().any(|entry| stands_in(entry, **role));
        let (named, missing): (Vec<&TeamRole>, Vec<&TeamRole>) = required.iter().partition(has_backup);
        hold(missing.is_empty(), || {
            found(list(named), list(required)).with("missing", list(missing.iter().copied()))
        })
    })
}

/// The shifts of each required role together cover the show, with time before and after it.
pub(super) fn shifts_cover_show(case: &Case<'_>) -> Vec<Outcome> {
    let team = &case.contents().team;
    let params = &case.params().team;
    let from = later(case.go_live_at(), SignedDuration::from_mins(-params.before_minutes));
    let to = later(case.profile().ends_at(), SignedDuration::from_mins(params.after_minutes));
    whole(ROSTER, || {
        let roster = need!(team.roster);
        let is_open = |role: &&TeamRole| {
            let primary = || roster.iter().filter(|entry| entry.is_primary(**role));
            let shifts = primary().filter_map(|entry| entry.shift_from_at.zip(entry.shift_to_at)).collect();
            primary().next().is_some() && !cover(shifts, from, to)
        };
        let open: Vec<&TeamRole> = params.required_roles.iter().filter(is_open).collect();
        hold(open.is_empty(), || {
            let bounds = [("from", Word::Instant(from)), ("to", Word::Instant(to))];
            let open = list(open.iter().copied());
            found(open.clone(), Word::fields(bounds.clone())).with_all(bounds).with("missing", open)
        })
    })
}

/// Whether shifts, ends included, leave no part of the time open.
fn cover(mut shifts: Vec<(Timestamp, Timestamp)>, from: Timestamp, to: Timestamp) -> bool {
    shifts.sort_unstable();
    let mut covered_until = from;
    for (shift_from, shift_to) in shifts {
        if shift_from > covered_until {
            break;
        }
        covered_until = covered_until.max(shift_to);
    }
    covered_until >= to
}

fn each_entry(case: &Case<'_>, field: &str, judge: impl Fn(&RosterEntry) -> Judged) -> Vec<Outcome> {
    each(roster(case).iter().enumerate(), |(i, _)| format!("{ROSTER}/{i}/{field}"), |(_, entry)| judge(entry))
}

/// Whoever is on air is old enough, minors with the consent of a guardian.
pub(super) fn hosts_of_age(case: &Case<'_>) -> Vec<Outcome> {
    let params = &case.params().team;
    each_entry(case, "age_years", |entry| {
        if !entry.is_on_air(params) {
            return Ok(Verdict::NotApplicable);
        }
        let age = need!(entry.age_years).get();
        let may_decide = age >= params.adult_age || entry.guardian_consent_ref.is_some();
        hold(age >= params.min_age && may_decide, || {
            let ages = [("min", Word::number(params.min_age)), ("adult", Word::number(params.adult_age))];
            let required = Word::fields(ages.clone());
            found(Word::number(age), required).with_all(ages).with("person", entry.called())
        })
    })
}

/// It is verified who speaks and who runs the room.
pub(super) fn identity_verified(case: &Case<'_>) -> Vec<Outcome> {
    let roles = &case.params().team.verified_roles;
    each_entry(case, "identity_verified", |entry| {
        if !entry.role.is_some_and(|role| roles.contains(&role)) {
            return Ok(Verdict::NotApplicable);
        }
        let verified = *need!(entry.identity_verified);
        hold(verified, || found(Word::truth(verified), Word::truth(true)).with("person", entry.called()))
    })
}

/// Whoever leads rows of the run sheet is on air.
pub(super) fn script_hosts_on_roster(case: &Case<'_>) -> Vec<Outcome> {
    let team = &case.contents().team;
    let on_air = people_on_air(case);
    let rows = case.contents().script.rows.as_deref().unwrap_or_default();
    let mut seen = BTreeSet::new();
    let led = rows.iter().enumerate().filter_map(|(i, row)| Some((i, row.host.as_deref()?)));
    each(
        led.filter(|(_, host)| seen.insert(*host)),
        |(i, _)| format!("/gates/script/rows/{i}/host"),
        |(_, host)| {
            need!(team.roster);
            hold(on_air.iter().any(|(_, person)| person == host), || {
                let people = on_air.iter().map(|(_, person)| Word::text(person)).collect();
                found(Word::text(host), Word::List(people))
            })
        },
    )
}
