//! Readiness as its reader sees it: the score, why points are missing, and what stops go-live.

use domain::campaign::Profile;
use domain::decide::Desk;
use domain::playbook::Severity;
use domain::readiness::{Cause, Loss, readiness, status_sentence};
use domain::standing::GateStatus;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Figure, FindingView, Reader};
use crate::workflow::Acted;

/// How ready a campaign is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadinessView {
    /// From 0 to 100, exact to the hundredth: 100 less the points of all losses.
    #[schema(value_type = f64, minimum = 0, maximum = 100, example = 62.9)]
    pub score: Figure,
    /// Everything that costs points, in the order of the gates.
    pub losses: Vec<LossView>,
    /// At most five things that stop go-live, those of the gate that is due first before others.
    pub top_blockers: Vec<LossView>,
    /// The gate with the least time left; `null` when all have passed.
    #[schema(value_type = Option<crate::http::schema::Gate>)]
    pub critical_gate: Option<&'static str>,
    /// Hours left until that gate is due, negative when it is overdue.
    #[schema(value_type = Option<f64>, example = 32)]
    pub slack_hours: Option<Figure>,
    /// Gates that have passed, of seven.
    pub gates_passed: usize,
    /// Gates in all.
    pub gates_total: usize,
    /// Open blockers.
    pub blockers: usize,
    /// Open warnings.
    pub warnings: usize,
    /// Every open finding, in the order of the gates.
    pub findings: Vec<FindingView>,
}

/// Points that are missing, and why.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "gate": "audience", "points": 1, "kind": "finding",
    "what": "The segments add up to 105.01 %.", "rule": "audience.shares_sum",
    "path": "/gates/audience/segments", "item": null, "status": null
}))]
pub struct LossView {
    /// The gate it belongs to.
    #[schema(value_type = crate::http::schema::Gate)]
    pub gate: &'static str,
    /// How many points, exact to the hundredth.
    #[schema(value_type = f64, minimum = 0, maximum = 100)]
    pub points: Figure,
    /// What they are missing for.
    #[schema(value_type = crate::http::schema::LossKind)]
    pub kind: &'static str,
    /// The same in one sentence, in the reader's language.
    pub what: String,
    /// For a finding, its rule.
    pub rule: Option<&'static str>,
    /// For a finding, its place: RFC 6901 pointer into `{"campaign": …, "gates": …}`.
    pub path: Option<String>,
    /// For an item of a checklist, its key.
    pub item: Option<String>,
    /// For a gate that has not passed, where it stands.
    #[schema(value_type = Option<crate::http::schema::GateStatus>)]
    pub status: Option<&'static str>,
}

impl ReadinessView {
    /// How ready an acted-on campaign is, for this reader.
    #[must_use]
    pub fn of(acted: &Acted, reader: Reader<'_>) -> Self {
        Self::of_desk(&acted.desk(reader.actor), reader)
    }

    /// How ready the campaign at hand is, for this reader.
    #[must_use]
    pub fn of_desk(desk: &Desk<'_>, reader: Reader<'_>) -> Self {
        let (findings, profile) = (desk.findings(), desk.case.profile());
        let readiness = readiness(&desk.case, &desk.standing, findings);
        let passed = desk.standing.gates.iter().filter(|(_, gate)| gate.status == GateStatus::Passed);
        let open =
            |severity| findings.iter().filter(move |finding| finding.severity == severity && !finding.waived);
        let losses =
            |losses: &[Loss<'_>]| losses.iter().map(|loss| LossView::of(loss, profile, reader)).collect();
        Self {
            score: Figure::of(readiness.score.number()),
            losses: losses(&readiness.losses),
            top_blockers: losses(&readiness.top_blockers),
            critical_gate: readiness.critical_gate.map(domain::GateKey::key),
            slack_hours: readiness.slack_hours.map(Figure::of),
            gates_passed: passed.count(),
            gates_total: domain::GateKey::ALL.len(),
            blockers: open(Severity::Blocker).count(),
            warnings: open(Severity::Warning).count(),
            findings: findings.iter().map(|finding| FindingView::of(finding, profile, reader)).collect(),
        }
    }
}

impl LossView {
    fn of(loss: &Loss<'_>, profile: &Profile, reader: Reader<'_>) -> Self {
        let Loss { gate, points, cause } = loss;
        let of_kind = |what: String| Self {
            gate: gate.key(),
            points: Figure::of(points.number()),
            kind: cause.kind().key(),
            what,
            rule: None,
            path: None,
            item: None,
            status: None,
        };
        match cause {
            Cause::Finding(finding) => {
                // What a finding may not tell this reader, it does not tell here either.
                let FindingView { rule, path, message, .. } = FindingView::of(finding, profile, reader);
                Self { rule: Some(rule), path: Some(path), ..of_kind(message) }
            }
            Cause::Item(item) => {
                Self { item: Some(item.key.clone()), ..of_kind(item.title.to(reader.locale).to_owned()) }
            }
            Cause::Status(status, effect) => {
                let sentence = status_sentence(*status, *effect).to(reader.locale);
                Self { status: Some(status.key()), ..of_kind(sentence.to_owned()) }
            }
        }
    }
}
