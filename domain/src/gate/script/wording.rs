//! The wording rules of gate script: what is said on air, sentence by sentence.

use super::{Beats, Row, Script};
use crate::gate::GateKey;
use crate::gate::products::Lineup;
use crate::playbook::Severity;
use crate::rule::{Case, Outcome};
use crate::wording::{Passage, judge};

/// Nothing is said that may not be said.
pub(super) fn wording_forbidden(case: &Case<'_>) -> Vec<Outcome> {
    wording(case, Severity::Blocker)
}

/// Nothing is said that is risky.
pub(super) fn wording_risky(case: &Case<'_>) -> Vec<Outcome> {
    wording(case, Severity::Warning)
}

fn wording(case: &Case<'_>, severity: Severity) -> Vec<Outcome> {
    let script = &case.contents().script;
    let line_up = case.contents().products.lineup();
    judge(case, GateKey::Script, severity, passages(script, &line_up), script.allowed_phrases.as_deref())
}

/// Every text of the gate that viewers hear or read, in the order of the domain page.
fn passages<'s>(script: &'s Script, line_up: &Lineup<'_>) -> Vec<Passage<'s>> {
    let of_gate = |member: String, text: &'s str| Passage {
        path: format!("/gates/script/{member}"),
        text,
        categories: Vec::new(),
    };
    let theme = script.theme.iter().map(|theme| of_gate("theme".to_owned(), theme));
    let highlights = script.highlights.iter().flatten().enumerate();
    let highlights = highlights.map(|(i, highlight)| of_gate(format!("highlights/{i}"), highlight));
    let rows = script.rows.iter().flatten().enumerate();
    let rows = rows.flat_map(|(i, row)| {
        let sku = line_up.sku(row.sku_id.as_deref());
        let categories: Vec<_> = sku.and_then(|sku| sku.category).into_iter().collect();
        row_texts(row).map(move |(member, text)| Passage {
            path: format!("/gates/script/rows/{i}/{member}"),
            text,
            categories: categories.clone(),
        })
    });
    let closing = script.closing_tactics.iter().map(|text| of_gate("closing_tactics".to_owned(), text));
    let plans = script.emergency_plans.iter().flatten().enumerate();
    let lines = plans.filter_map(|(i, plan)| {
        plan.line.as_ref().map(|line| of_gate(format!("emergency_plans/{i}/line"), line))
    });
    theme.chain(highlights).chain(rows).chain(closing).chain(lines).collect()
}

/// The texts of a row with the pointers of their members.
fn row_texts(row: &Row) -> impl Iterator<Item = (&'static str, &str)> {
    let talk_track = ("talk_track", row.talk_track.as_deref());
    let beats = row.beats.iter().flat_map(beat_texts);
    let rules_text = row.interaction.as_ref().and_then(|interaction| interaction.rules_text.as_deref());
    let texts = [talk_track].into_iter().chain(beats).chain([("interaction/rules_text", rules_text)]);
    texts.filter_map(|(member, text)| Some((member, text?)))
}

fn beat_texts(beats: &Beats) -> [(&'static str, Option<&str>); 6] {
    [
        ("beats/pain", beats.pain.as_deref()),
        ("beats/show", beats.show.as_deref()),
        ("beats/advantage", beats.advantage.as_deref()),
        ("beats/scene", beats.scene.as_deref()),
        ("beats/price", beats.price.as_deref()),
        ("beats/order", beats.order.as_deref()),
    ]
}
