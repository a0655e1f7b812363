//! The rule engine: what a rule is, what it looks at, and how its verdict becomes a finding.
//! The rules themselves stand beside their gates.

use jiff::Timestamp;
use jiff::civil;

use crate::campaign::{Campaign, Profile};
use crate::complete::missing;
use crate::finding::{Finding, FindingStatus};
use crate::gate::{Contents, GateKey};
use crate::locale::{Bilingual, both};
use crate::offset::Offset;
use crate::params::Params;
use crate::playbook::{Playbook, RuleSetting, Ruleset, Severity};
use crate::record::Record;
use crate::surroundings::Surroundings;
use crate::word::Word;

/// One rule of the catalogue. Thresholds come from the playbook, so a rule holds none.
#[derive(Debug)]
pub struct Rule {
    /// Stable id, `<gate or portfolio>.<name>`.
    pub id: &'static str,
    /// The gate it is shown at and blocks.
    pub gate: GateKey,
    /// Severity where the playbook says nothing else.
    pub severity: Severity,
    /// Whether a manager may waive a finding of it.
    pub waivable: bool,
    /// The jurisdiction whose law it helps to keep.
    pub law: Option<&'static str>,
    /// For rules that time alone can turn: the first instant that is too late, if they hold now.
    pub ages: Option<fn(&Case<'_>) -> Option<Timestamp>>,
    /// For such rules: the next instant at which something recorded ahead of its time comes to count.
    pub ripens: Option<fn(&Case<'_>) -> Option<Timestamp>>,
    /// Whether it looks for terms of the lexicon.
    pub of_wording: bool,
    /// Whether its figures tell a product's cost, which viewers do not see.
    pub tells_cost: bool,
    /// Names of the parameters it reads, as `gate.name`.
    pub params: &'static [&'static str],
    /// What a failure says.
    pub message: Bilingual,
    /// What to do about it.
    pub fix: Bilingual,
    /// What is said where `{field}`, which the rule needs, is missing.
    pub lack_message: Bilingual,
    /// What to do about a missing `{field}`.
    pub lack_fix: Bilingual,
    /// Looks at every subject.
    pub check: fn(&Case<'_>) -> Vec<Outcome>,
}

impl Rule {
    /// A rule that stops a submission.
    #[must_use]
    pub const fn blocker(id: &'static str, gate: GateKey, check: fn(&Case<'_>) -> Vec<Outcome>) -> Self {
        Self {
            id,
            gate,
            severity: Severity::Blocker,
            waivable: true,
            law: None,
            ages: None,
            ripens: None,
            of_wording: false,
            tells_cost: false,
            params: &[],
            message: both("", ""),
            fix: both("", ""),
            lack_message: both(
                "This cannot be checked yet: \"{field}\" is missing.",
                "暂时无法检查:缺少\"{field}\"。",
            ),
            lack_fix: both("fill in \"{field}\"", "填写\"{field}\""),
            check,
        }
    }

    /// The rule that no required field of a gate is missing; nobody may waive it.
    #[must_use]
    pub const fn complete(id: &'static str, gate: GateKey, check: fn(&Case<'_>) -> Vec<Outcome>) -> Self {
        let message = both("{field} is missing.", "缺少{field}。");
        let fix = both("fill it in", "补充填写");
        let rule = Self::blocker(id, gate, check).unwaivable();
        Self { message, fix, lack_message: message, lack_fix: fix, ..rule }
    }

    /// A rule that asks for an acknowledging comment.
    #[must_use]
    pub const fn warning(id: &'static str, gate: GateKey, check: fn(&Case<'_>) -> Vec<Outcome>) -> Self {
        Self { severity: Severity::Warning, ..Self::blocker(id, gate, check) }
    }

    /// With the texts of a failure.
    #[must_use]
    pub const fn says(self, en: &'static str, zh: &'static str) -> Self {
        Self { message: both(en, zh), ..self }
    }

    /// With what to do about it.
    #[must_use]
    pub const fn fix(self, en: &'static str, zh: &'static str) -> Self {
        Self { fix: both(en, zh), ..self }
    }

    /// With the parameters it reads.
    #[must_use]
    pub const fn reads(self, params: &'static [&'static str]) -> Self {
        Self { params, ..self }
    }

    /// Nobody may waive it.
    #[must_use]
    pub const fn unwaivable(self) -> Self {
        Self { waivable: false, ..self }
    }

    /// A rule of law: runs in its jurisdiction only and is never waived.
    #[must_use]
    pub const fn law(self, jurisdiction: &'static str) -> Self {
        Self { law: Some(jurisdiction), waivable: false, ..self }
    }

    /// A rule that time alone can turn.
    #[must_use]
    pub const fn ages(self, fresh_until: fn(&Case<'_>) -> Option<Timestamp>) -> Self {
        Self { ages: Some(fresh_until), ..self }
    }

    /// Where time alone can bring it back: what bears a later time than now counts from then on.
    #[must_use]
    pub const fn ripens(self, counts_from: fn(&Case<'_>) -> Option<Timestamp>) -> Self {
        Self { ripens: Some(counts_from), ..self }
    }

    /// A rule that looks for terms of the lexicon.
    #[must_use]
    pub const fn of_wording(self) -> Self {
        Self { of_wording: true, ..self }
    }

    /// Its figures tell a cost.
    #[must_use]
    pub const fn tells_cost(self) -> Self {
        Self { tells_cost: true, ..self }
    }

    /// The severity in force, `None` where the rule does not run.
    #[must_use]
    pub fn severity_in(&self, rules: &Ruleset) -> Option<Severity> {
        if self.law.is_some_and(|jurisdiction| !rules.applies_in(jurisdiction)) {
            return None;
        }
        match rules.setting(self.id) {
            None => Some(self.severity),
            Some(RuleSetting::Off) => None,
            Some(RuleSetting::Warning) => Some(Severity::Warning),
            Some(RuleSetting::Blocker) => Some(Severity::Blocker),
        }
    }

    /// The findings of this rule: one for each subject that fails or cannot be judged.
    pub fn findings(&'static self, case: &Case<'_>) -> impl Iterator<Item = Finding> + use<> {
        let severity = self.severity_in(case.rules);
        let outcomes = severity.map(|severity| (severity, (self.check)(case)));
        outcomes.into_iter().flat_map(move |(severity, outcomes)| {
            outcomes.into_iter().filter_map(move |outcome| outcome.finding(self, severity))
        })
    }
}

/// What rules look at: one campaign under its playbook in its surroundings.
#[derive(Copy, Clone, Debug)]
pub struct Case<'c> {
    /// The facts.
    pub campaign: &'c Campaign,
    /// The pinned playbook.
    pub playbook: &'c Playbook,
    /// Parameters and severities in force for the campaign's primary goal.
    pub rules: &'c Ruleset,
    /// Time, people, other campaigns, terms, working days.
    pub surroundings: Surroundings<'c>,
}

impl<'c> Case<'c> {
    /// The case of a campaign.
    #[must_use]
    pub fn of(campaign: &'c Campaign, playbook: &'c Playbook, surroundings: Surroundings<'c>) -> Self {
        let rules = playbook.rules(campaign.contents.goal.primary_goal);
        Self { campaign, playbook, rules, surroundings }
    }

    /// What people wrote in the gates.
    #[must_use]
    pub const fn contents(&self) -> &'c Contents {
        &self.campaign.contents
    }

    /// The campaign's own fields.
    #[must_use]
    pub const fn profile(&self) -> &'c Profile {
        &self.campaign.profile
    }

    /// The figures in force.
    #[must_use]
    pub const fn params(&self) -> &'c Params {
        &self.rules.params
    }

    /// T.
    #[must_use]
    pub const fn go_live_at(&self) -> Timestamp {
        self.campaign.profile.go_live_at
    }

    /// The moment of judging.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.surroundings.now
    }

    /// The instant this far from `anchor`, in the campaign's zone and by the organization's calendar.
    #[must_use]
    pub fn from(&self, anchor: Timestamp, offset: Offset) -> Timestamp {
        offset.from(anchor, &self.campaign.profile.time_zone, self.surroundings.calendar)
    }

    /// The local date and time of an instant.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> civil::DateTime {
        self.campaign.profile.time_zone.to_datetime(instant)
    }
}

/// What a rule says about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// RFC 6901 pointer to what the rule is about.
    pub path: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// A rule's verdict on one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule does not select it.
    NotApplicable,
    /// Something the rule needs is missing; never a pass.
    Incomplete(Lack),
    /// The condition holds.
    Pass,
    /// The condition does not hold.
    Fail(Failure),
}

/// What a rule needs and does not find, as people call it.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Lack(pub Bilingual);

/// Names the members that a record lacks; used by [`need!`](crate::need).
pub trait Lacking {
    /// The lack of one member of this record.
    fn lack(&self, member: &'static str) -> Lack;
}

impl<R: Record> Lacking for R {
    fn lack(&self, member: &'static str) -> Lack {
        let field = R::fields().iter().find(|field| field.name == member);
        Lack(field.map_or(both(member, member), |field| field.label))
    }
}

/// Why a condition does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was found.
    pub observed: Word,
    /// What is needed.
    pub required: Word,
    /// Further words of the message.
    pub words: Vec<(&'static str, Word)>,
}

/// The result of judging one subject; a missing need ends it early with `?`.
pub type Judged = Result<Verdict, Lack>;

/// Judges the gate as a whole.
pub fn whole(path: &str, judge: impl FnOnce() -> Judged) -> Vec<Outcome> {
    vec![Outcome::of(path.to_owned(), judge())]
}

/// Judges each subject by itself.
pub fn each<S>(
    subjects: impl IntoIterator<Item = S>,
    mut path: impl FnMut(&S) -> String,
    mut judge: impl FnMut(&S) -> Judged,
) -> Vec<Outcome> {
    subjects.into_iter().map(|subject| Outcome::of(path(&subject), judge(&subject))).collect()
}

/// One incomplete outcome for each required field of `gate` that is missing, in order; a pass if none is.
#[must_use]
pub fn required_fields(case: &Case<'_>, gate: GateKey) -> Vec<Outcome> {
    let pointer = format!("/gates/{gate}");
    let missing = missing(&gate.shape(), &case.contents().write(gate), &pointer);
    if missing.is_empty() {
        return whole(&pointer, || Ok(Verdict::Pass));
    }
    missing.into_iter().map(|missing| Outcome::of(missing.pointer, Err(Lack(missing.label)))).collect()
}

/// `Pass` if the condition holds, else the failure it is told.
///
/// # Errors
/// None; the type is that of a judgement.
pub fn hold(condition: bool, failure: impl FnOnce() -> Failure) -> Judged {
    Ok(if condition { Verdict::Pass } else { Verdict::Fail(failure()) })
}

/// A failure with what was found and what is needed.
#[must_use]
pub const fn found(observed: Word, required: Word) -> Failure {
    Failure { observed, required, words: Vec::new() }
}

impl Failure {
    /// With another word of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, word: Word) -> Self {
        self.words.push((name, word));
        self
    }

    /// With further words of the message.
    #[must_use]
    pub fn with_all<const N: usize>(mut self, words: [(&'static str, Word); N]) -> Self {
        self.words.extend(words);
        self
    }
}

/// The member that must be there, or an early end as incomplete: `need!(goal.gmv_target)`.
#[macro_export]
macro_rules! need {
    ($owner:ident . $field:ident) => {
        match $owner.$field.as_ref().filter(|value| $crate::record::Member::is_given(*value)) {
            Some(value) => value,
            None => {
                use $crate::rule::Lacking as _;
                return Err($owner.lack(stringify!($field)));
            }
        }
    };
}

impl Outcome {
    fn of(path: String, judged: Judged) -> Self {
        Self { path, verdict: judged.unwrap_or_else(Verdict::Incomplete) }
    }

    fn finding(self, rule: &'static Rule, severity: Severity) -> Option<Finding> {
        let finding = |status, Failure { observed, required, words }| Finding {
            rule,
            severity,
            status,
            path: self.path,
            observed,
            required,
            words,
            waived: false,
        };
        match self.verdict {
            Verdict::NotApplicable | Verdict::Pass => None,
            Verdict::Incomplete(Lack(label)) => {
                let lack = found(Word::Nothing, Word::Key("present")).with("field", Word::Label("", label));
                Some(finding(FindingStatus::Incomplete, lack))
            }
            Verdict::Fail(failure) => Some(finding(FindingStatus::Fail, failure)),
        }
    }
}
