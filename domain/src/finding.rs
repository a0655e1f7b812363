//! A finding: a rule result that is not a pass, with everything a person needs to act on it.

use crate::campaign::Profile;
use crate::choices;
use crate::locale::Locale;
use crate::playbook::Severity;
use crate::rule::Rule;
use crate::word::{Word, fill};

/// The rule that is not asked at go-live.
const NOT_ASKED_AT_GO_LIVE: &str = "goal.go_live_ahead";

choices! {
    /// How a finding came about.
    pub enum FindingStatus {
        Fail = "fail", "fail", "不通过";
        Incomplete = "incomplete", "incomplete", "信息不全";
    }
}

/// One rule result that is not a pass.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The severity in force.
    pub severity: Severity,
    /// Whether the condition fails or cannot be judged.
    pub status: FindingStatus,
    /// RFC 6901 pointer into `{"campaign": …, "gates": …}`.
    pub path: String,
    /// What was found.
    pub observed: Word,
    /// What is needed.
    pub required: Word,
    /// Further words of the message.
    pub words: Vec<(&'static str, Word)>,
    /// Whether a waiver covers it.
    pub waived: bool,
}

impl Finding {
    /// Whether it stops a submission.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.severity == Severity::Blocker && !self.waived
    }

    /// Whether it stops go-live. One that the start lies in the past does not: a punctual or late start is the
    /// manager's decision.
    #[must_use]
    pub fn stops_go_live(&self) -> bool {
        self.blocks() && self.rule.id != NOT_ASKED_AT_GO_LIVE
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self, locale: Locale, profile: &Profile) -> String {
        let template = match self.status {
            FindingStatus::Fail => self.rule.message,
            FindingStatus::Incomplete => self.rule.lack_message,
        };
        self.filled(template.to(locale), locale, profile)
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self, locale: Locale, profile: &Profile) -> String {
        let template = match self.status {
            FindingStatus::Fail => self.rule.fix,
            FindingStatus::Incomplete => self.rule.lack_fix,
        };
        self.filled(template.to(locale), locale, profile)
    }

    fn filled(&self, template: &str, locale: Locale, profile: &Profile) -> String {
        let mut words = self.words.clone();
        words.push(("observed", self.observed.clone()));
        words.push(("required", self.required.clone()));
        fill(template, locale, profile, &words)
    }
}
