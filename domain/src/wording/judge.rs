//! What the wording rules of script and warm-up share: how they are told, and how they judge the texts of a gate.

use std::collections::BTreeSet;

use serde_json::Value;

use super::allowed::Allowed;
use super::lexicon::{Match, Scope};
use super::term::Term;
use crate::gate::GateKey;
use crate::gate::products::Category;
use crate::gate::script::AllowedPhrase;
use crate::playbook::Severity;
use crate::rule::{Case, Failure, Outcome, Rule, Verdict, each, found, whole};
use crate::word::Word;

/// A text of a gate.
#[derive(Clone, Debug)]
pub struct Passage<'t> {
    /// RFC 6901 pointer to it.
    pub path: String,
    /// The text.
    pub text: &'t str,
    /// The categories of the goods it belongs to; empty where it belongs to none we know.
    pub categories: Vec<Category>,
}

/// The rule that no text of a gate holds a term that may not be said.
#[must_use]
pub const fn forbidden(id: &'static str, gate: GateKey, check: fn(&Case<'_>) -> Vec<Outcome>) -> Rule {
    Rule::blocker(id, gate, check)
        .of_wording()
        .law("cn")
        .says("\"{term}\" may not be said: {note}.", "\"{term}\"为禁用表述:{note}。")
        .fix("rephrase", "改写")
}

/// The rule that no text of a gate holds a term that is risky.
#[must_use]
pub const fn risky(id: &'static str, gate: GateKey, check: fn(&Case<'_>) -> Vec<Outcome>) -> Rule {
    Rule::warning(id, gate, check)
        .of_wording()
        .says("\"{term}\" is risky: {note}.", "\"{term}\"存在风险:{note}。")
        .fix("rephrase or explain", "改写或说明")
}

/// One failure for each text in which a term of this severity is found; a pass if there is none.
#[must_use]
pub fn judge<'t>(
    case: &Case<'_>,
    gate: GateKey,
    severity: Severity,
    passages: impl IntoIterator<Item = Passage<'t>>,
    phrases: Option<&[AllowedPhrase]>,
) -> Vec<Outcome> {
    let allowed = Allowed::of(phrases.unwrap_or_default());
    let told: Vec<(String, Failure)> = passages
        .into_iter()
        .filter_map(|Passage { path, text, categories }| {
            let jurisdictions = &case.params().jurisdictions;
            let scope = Scope { jurisdictions, categories: &categories, allowed: &allowed };
            let mut matches = case.surroundings.lexicon.matches(text, &scope);
            matches.retain(|found| found.term.severity == severity);
            failure(&matches).map(|failure| (path, failure))
        })
        .collect();
    if told.is_empty() {
        return whole(&format!("/gates/{gate}"), || Ok(Verdict::Pass));
    }
    each(told, |(path, _)| path.clone(), |(_, failure)| Ok(Verdict::Fail(failure.clone())))
}

/// Tells every term that was found: the first with the sentence, each further one once with its own note.
fn failure(matches: &[Match<'_>]) -> Option<Failure> {
    let first = matches.first()?.term;
    let mut told = BTreeSet::from([first.term.as_str()]);
    let (mut en, mut zh) = (first.note.en.clone(), first.note.zh.clone());
    for Term { term, note, .. } in matches.iter().map(|found| found.term) {
        if told.insert(term) {
            en.push_str(&format!("; \"{term}\": {}", note.en));
            zh.push_str(&format!(";\"{term}\":{}", note.zh));
        }
    }
    let observed = Word::List(matches.iter().map(observed).collect());
    let failure = found(observed, Word::List(Vec::new()));
    Some(failure.with("term", Word::text(&first.term)).with("note", Word::Translated { en, zh }))
}

fn observed(found: &Match<'_>) -> Word {
    let Match { term, span } = found;
    Word::fields([
        ("term", Word::text(&term.term)),
        ("from", Word::Json(Value::from(span.from))),
        ("to", Word::Json(Value::from(span.to))),
        ("category", term.category.into()),
    ])
}
