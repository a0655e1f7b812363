//! What is demanded of trainings and rehearsals. They age by content, not by time: one that was held on something
//! else than today's products or run sheet counts no more.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::roster::{ROSTER, list, people_on_air, roster};
use super::stamps::Today;
use super::{IssueSeverity, Rehearsal, Topic, Training};
use crate::locale::both;
use crate::need;
use crate::params::TeamParams;
use crate::rule::{Case, Outcome, Verdict, each, found, hold, whole};
use crate::word::Word;

const REHEARSALS: &str = "/gates/team/rehearsals";

/// Whoever is on air has a training that counts in every required topic.
pub(super) fn training_complete(case: &Case<'_>) -> Vec<Outcome> {
    let team = &case.contents().team;
    let required = &case.params().team.required_topics;
    let passed = passed_topics(case);
    each(
        people_on_air(case),
        |(i, _)| format!("{ROSTER}/{i}"),
        |(_, person)| {
            need!(team.trainings);
            let has = |topic: &&Topic| passed.get(person).is_some_and(|topics| topics.contains(*topic));
            let (has, missing): (Vec<&Topic>, Vec<&Topic>) = required.iter().partition(has);
            hold(missing.is_empty(), || {
                let missing = list(missing.iter().copied());
                found(list(has), list(required)).with("person", Word::text(person)).with("missing", missing)
            })
        },
    )
}

/// The topics in which each person has a training that counts.
fn passed_topics<'c>(case: &Case<'c>) -> BTreeMap<&'c str, BTreeSet<Topic>> {
    let today = Today::of(case);
    let mut passed: BTreeMap<&str, BTreeSet<Topic>> = BTreeMap::new();
    for training in case.contents().team.trainings.as_deref().unwrap_or_default() {
        if let Some((person, topic)) = counts(training, case)
            && !today.finds_outdated(training)
        {
            passed.entry(person).or_default().insert(topic);
        }
    }
    passed
}

/// Whom a training taught what, if it was held, scored by somebody else and well enough.
fn counts<'c>(training: &'c Training, case: &Case<'_>) -> Option<(&'c str, Topic)> {
    let (person, topic) = (training.person.as_ref()?, training.topic?);
    let well = training.score?.get() >= case.params().team.min_score;
    let held = training.trained_at? <= case.now();
    (well && held && training.scored_by.as_ref()? != person).then_some((person.as_str(), topic))
}

/// Some rehearsal went through today's run sheet, long enough and with the whole team.
pub(super) fn full_rehearsal(case: &Case<'_>) -> Vec<Outcome> {
    let team = &case.contents().team;
    whole(REHEARSALS, || {
        let rehearsals = need!(team.rehearsals);
        need!(team.roster);
        let wanted = Wanted::of(case);
        let of_kind = rehearsals.iter().filter(|rehearsal| wanted.is_of_kind(rehearsal));
        let judged = of_kind.map(|rehearsal| (rehearsal, wanted.met_by(rehearsal)));
        // Of equals the later one in the list is the better candidate.
        let best = judged.max_by_key(|(_, met)| met.iter().filter(|met| **met).count());
        hold(best.is_some_and(|(_, met)| met == [true; 4]), || {
            let minutes = Word::Number(wanted.min_hundredfold / Decimal::ONE_HUNDRED);
            let kinds = list(&wanted.params.rehearsal_kinds);
            let people = Word::List(wanted.team.iter().map(|person| Word::text(person)).collect());
            let required =
                [("kinds", kinds), ("min_minutes", minutes.clone()), ("attendees", people.clone())];
            let nobody = wanted.team.is_empty();
            let people = if nobody { Word::Label("team", both("the whole team", "全员")) } else { people };
            found(best.map_or(Word::Nothing, |(best, _)| wanted.shown(best)), Word::fields(required))
                .with("min_minutes", minutes)
                .with("attendees", people)
        })
    })
}

/// What a rehearsal must be to count.
struct Wanted<'c> {
    params: &'c TeamParams,
    now: Timestamp,
    min_hundredfold: Decimal,
    /// Who must take part: everybody in a required role but the stand-ins.
    team: Vec<&'c str>,
    today: Today<'c>,
}

impl<'c> Wanted<'c> {
    fn of(case: &Case<'c>) -> Self {
        let params = &case.params().team;
        let mut seen = BTreeSet::new();
        let needed = roster(case)
            .iter()
            .filter(|entry| params.required_roles.iter().any(|role| entry.is_primary(*role)));
        let team = needed.filter_map(|entry| entry.person.as_deref());
        let team = team.filter(|person| seen.insert(*person)).collect();
        let min_hundredfold = *params.min_rehearsal_pct * Decimal::from(case.profile().planned_minutes);
        Self { params, now: case.now(), min_hundredfold, team, today: Today::of(case) }
    }

    fn is_of_kind(&self, rehearsal: &Rehearsal) -> bool {
        rehearsal.kind.is_some_and(|kind| self.params.rehearsal_kinds.contains(&kind))
    }

    fn is_held(&self, rehearsal: &Rehearsal) -> bool {
        rehearsal.held_at.is_some_and(|held_at| held_at <= self.now)
    }

    fn is_long_enough(&self, rehearsal: &Rehearsal) -> bool {
        let minutes = rehearsal.duration_minutes.map(|minutes| minutes.exact());
        minutes.is_some_and(|minutes| Decimal::ONE_HUNDRED * minutes >= self.min_hundredfold)
    }

    fn absent<'w>(&'w self, rehearsal: &'w Rehearsal) -> impl Iterator<Item = &'w str> {
        let attendees = rehearsal.attendees.as_deref().unwrap_or_default().iter();
        let attendees: BTreeSet<&str> = attendees.map(|person| person.as_str()).collect();
        self.team.iter().copied().filter(move |person| !attendees.contains(person))
    }

    /// Which of the demands beside its kind a rehearsal meets.
    fn met_by(&self, rehearsal: &Rehearsal) -> [bool; 4] {
        [
            self.is_held(rehearsal),
            self.is_long_enough(rehearsal),
            self.absent(rehearsal).next().is_none(),
            !self.today.finds_outdated(rehearsal),
        ]
    }

    fn shown(&self, rehearsal: &Rehearsal) -> Word {
        let minutes = rehearsal.duration_minutes.map(|minutes| Word::number(minutes.get()));
        Word::fields([
            ("kind", rehearsal.kind.map_or(Word::Nothing, Word::from)),
            ("held_at", rehearsal.held_at.map_or(Word::Nothing, Word::Instant)),
            ("duration_minutes", minutes.unwrap_or(Word::Nothing)),
            ("absent", Word::List(self.absent(rehearsal).map(Word::text).collect())),
            ("outdated", Word::truth(self.today.finds_outdated(rehearsal))),
        ])
    }
}

/// What went badly wrong in a rehearsal is solved.
pub(super) fn no_open_high_issue(case: &Case<'_>) -> Vec<Outcome> {
    let rehearsals = case.contents().team.rehearsals.as_deref().unwrap_or_default();
    let issues = rehearsals.iter().enumerate().flat_map(|(i, rehearsal)| {
        let issues = rehearsal.issues.as_deref().unwrap_or_default();
        issues.iter().enumerate().map(move |(j, issue)| (i, j, issue))
    });
    each(
        issues,
        |(i, j, _)| format!("{REHEARSALS}/{i}/issues/{j}/resolved"),
        |(_, _, issue)| {
            if issue.severity != Some(IssueSeverity::High) {
                return Ok(Verdict::NotApplicable);
            }
            let resolved = *need!(issue.resolved);
            hold(resolved, || {
                let untitled = || Word::Label("issue", both("an issue without a title", "未命名问题"));
                let title = issue.title.as_ref().map_or_else(untitled, |title| Word::text(title));
                found(Word::truth(resolved), Word::truth(true)).with("title", title)
            })
        },
    )
}
