//! One gate as its reader sees it: content, checklist, findings, review, and what the reader can do.

use domain::campaign::{Evidence, Submission};
use domain::decide::{self, Desk};
use domain::digest::Digest;
use domain::gate::GateKey;
use domain::playbook::Item;
use domain::policy::Policy;
use domain::shown::shown;
use domain::surroundings::DirectoryMember;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ActorView, AllowedAction, FindingView, Moment, PersonView, Reader, ReasonView};
use crate::workflow::Acted;

/// A gate with everything needed to work on it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GateView {
    /// Which gate.
    #[schema(value_type = crate::http::schema::Gate)]
    pub gate: &'static str,
    /// Where it stands.
    #[schema(value_type = crate::http::schema::GateStatus)]
    pub status: &'static str,
    /// Version of the content; its `ETag` is this in quotes.
    pub version: i64,
    /// Digest of what a reviewer signs; send it back with a decision.
    pub revision: String,
    /// Who looks after the gate; without one the campaign's owner does.
    pub assignee: Option<PersonView>,
    /// The content, instants in the campaign's zone.
    #[schema(value_type = Map<String, Value>)]
    pub content: Value,
    /// The checklist.
    pub checklist: Vec<ItemView>,
    /// Rule results that are not a pass, those of this gate.
    pub findings: Vec<FindingView>,
    /// The newest submission.
    pub submission: Option<SubmissionView>,
    /// Decisions on it, oldest first.
    pub decisions: Vec<DecisionView>,
    /// Who can decide, and why others who fit the policy cannot.
    pub approvers: Vec<ApproverView>,
    /// When the gate is due.
    pub due_at: Moment,
    /// For an approved gate, the first instant at which its evidence is too old.
    pub expires_at: Option<Moment>,
    /// Gates that must pass first.
    #[schema(value_type = Vec<crate::http::schema::Gate>)]
    pub waiting_on: Vec<&'static str>,
    /// Why an approval no longer holds.
    pub stale: Option<StaleView>,
    /// Waivers in force.
    #[schema(value_type = Vec<Map<String, Value>>)]
    pub waivers: Vec<Value>,
    /// What the reader can do, and why not the rest.
    pub allowed_actions: Vec<AllowedAction>,
}

/// One item of a checklist.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemView {
    /// Its key.
    #[schema(example = "budget_confirmed")]
    pub key: String,
    /// The question, in the reader's language.
    pub title: String,
    /// Whether the gate cannot be submitted without it.
    pub required: bool,
    /// What proof a tick needs.
    #[schema(value_type = crate::http::schema::EvidenceKind)]
    pub evidence_required: &'static str,
    /// Whether it may be ticked as not applicable.
    pub may_be_na: bool,
    /// Whether it is done.
    pub done: bool,
    /// Whether it was ticked as not applicable.
    pub not_applicable: bool,
    /// The proof.
    pub evidence: Option<EvidenceView>,
    /// Who ticked it.
    pub done_by: Option<ActorView>,
    /// When.
    pub done_at: Option<Moment>,
}

/// What proves a tick.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    /// A sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// SHA-256 of a file, or a file reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_sha256: Option<String>,
    /// When it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Moment>,
    /// With what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
}

/// A submission of the gate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubmissionView {
    /// Its id.
    pub id: uuid::Uuid,
    /// What was submitted.
    pub revision: String,
    /// Who submitted.
    pub submitted_by: ActorView,
    /// When.
    pub submitted_at: Moment,
    /// What the submitter says.
    pub comment: Option<String>,
    /// What the approval needs, such as `role:manager`.
    pub slots: Vec<String>,
    /// Whether the gate is still as it was submitted; an edit makes this false, and undoing the edit true again.
    pub is_current: bool,
    /// How it ended; `null` while undecided, also where an edit has voided it.
    #[schema(value_type = Option<crate::http::schema::Outcome>)]
    pub outcome: Option<&'static str>,
}

/// One person's verdict.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// What was said.
    #[schema(value_type = crate::http::schema::Verdict)]
    pub verdict: &'static str,
    /// Who decided.
    pub decided_by: PersonView,
    /// Who is away and in whose place they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonView>,
    /// When.
    pub decided_at: Moment,
    /// What they saw.
    pub revision: String,
    /// Why.
    pub comment: Option<String>,
}

/// A member who fits the gate's policy, or stands in for one who does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApproverView {
    /// The member.
    pub member: PersonView,
    /// Whether they could decide on what is or would be submitted.
    pub can_decide: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonView>,
    /// Who stands in while they are away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stand_in: Option<PersonView>,
}

/// Why an approval no longer holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaleView {
    /// `revoke`: a new review is needed; `reconfirm`: one approver confirms.
    #[schema(value_type = crate::http::schema::Effect)]
    pub effect: &'static str,
    /// Facets that differ from what was signed.
    pub facets: Vec<StaleFacet>,
}

/// A facet that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaleFacet {
    /// The facet.
    #[schema(example = "products.price")]
    pub facet: String,
    /// What its change does to this gate.
    #[schema(value_type = crate::http::schema::Effect)]
    pub effect: &'static str,
}

impl GateView {
    /// The gate of an acted-on campaign for this reader.
    #[must_use]
    pub fn of(acted: &Acted, gate: GateKey, reader: Reader<'_>) -> Self {
        let (campaign, zone) = (&acted.campaign, &acted.campaign.profile.time_zone);
        let (facts, standing) = (&campaign.gates[gate], &acted.standing.gates[gate]);
        let plan = &acted.playbook.gates[gate];
        let desk = acted.desk(reader.actor);
        let findings = desk.findings().iter().filter(|finding| finding.rule.gate == gate);
        let submission = facts.submission.as_ref();
        Self {
            gate: gate.key(),
            status: standing.status.key(),
            version: facts.version,
            revision: standing.revision.to_string(),
            assignee: facts.assignee.map(|id| PersonView::of(id, &acted.directory)),
            content: content(acted, gate, reader),
            checklist: plan.checklist.iter().map(|item| item_view(acted, gate, item, reader)).collect(),
            findings: findings.map(|finding| FindingView::of(finding, &campaign.profile, reader)).collect(),
            submission: submission.map(|submission| submission_view(submission, &standing.revision, zone)),
            decisions: submission.map_or_else(Vec::new, |submission| decisions(submission, acted)),
            approvers: approvers(&desk, acted, gate, &plan.policy, reader),
            due_at: Moment::of(standing.due_at, zone),
            expires_at: standing.expires_at.map(|at| Moment::of(at, zone)),
            waiting_on: standing.waiting_on.iter().map(|gate| gate.key()).collect(),
            stale: standing.stale.as_ref().map(|stale| StaleView {
                effect: stale.effect.key(),
                facets: stale
                    .facets
                    .iter()
                    .map(|(facet, effect)| StaleFacet { facet: facet.clone(), effect: effect.key() })
                    .collect(),
            }),
            waivers: Vec::new(),
            allowed_actions: AllowedAction::list(decide::gate_actions(&desk, gate), reader.locale),
        }
    }
}

/// A gate's content as this reader sees it; viewers do not see what goods cost.
#[must_use]
pub fn content(acted: &Acted, gate: GateKey, reader: Reader<'_>) -> Value {
    let mut content = acted.campaign.contents.write(gate);
    shown(&gate.shape(), &mut content, &acted.campaign.profile.time_zone);
    if gate == GateKey::Products && !reader.knows_cost() {
        let skus = content.get_mut("skus").and_then(Value::as_array_mut);
        for sku in skus.into_iter().flatten().filter_map(Value::as_object_mut) {
            sku.shift_remove("cost");
        }
    }
    content
}

fn item_view(acted: &Acted, gate: GateKey, item: &Item, reader: Reader<'_>) -> ItemView {
    let zone = &acted.campaign.profile.time_zone;
    let tick = acted.campaign.gates[gate].ticks.get(&item.key);
    ItemView {
        key: item.key.clone(),
        title: item.title.to(reader.locale).to_owned(),
        required: item.required,
        evidence_required: item.evidence.key(),
        may_be_na: item.may_be_na,
        done: tick.is_some(),
        not_applicable: tick.is_some_and(|tick| tick.not_applicable),
        evidence: tick.and_then(|tick| tick.evidence.as_ref()).map(|evidence| evidence_view(evidence, zone)),
        done_by: tick.map(|tick| tick.done_by.into()),
        done_at: tick.map(|tick| Moment::of(tick.done_at, zone)),
    }
}

fn evidence_view(evidence: &Evidence, zone: &TimeZone) -> EvidenceView {
    let Evidence { note, url, file_sha256, measured_at, tool } = evidence.clone();
    EvidenceView { note, url, file_sha256, measured_at: measured_at.map(|at| Moment::of(at, zone)), tool }
}

fn submission_view(submission: &Submission, now: &Digest, zone: &TimeZone) -> SubmissionView {
    SubmissionView {
        id: submission.id.0,
        revision: submission.revision.to_string(),
        submitted_by: submission.by.into(),
        submitted_at: Moment::of(submission.at, zone),
        comment: submission.comment.clone(),
        slots: slots(&submission.policy),
        is_current: submission.revision == *now,
        outcome: submission.outcome.map(|outcome| outcome.key()),
    }
}

fn slots(policy: &Policy) -> Vec<String> {
    policy.slots.iter().map(|slot| slot.from.clone().into()).collect()
}

fn decisions(submission: &Submission, acted: &Acted) -> Vec<DecisionView> {
    let zone = &acted.campaign.profile.time_zone;
    let view = |decision: &domain::campaign::Decision| DecisionView {
        verdict: decision.verdict.key(),
        decided_by: PersonView::of(decision.by, &acted.directory),
        on_behalf_of: decision.on_behalf_of.map(|away| PersonView::of(away, &acted.directory)),
        decided_at: Moment::of(decision.at, zone),
        revision: decision.revision.to_string(),
        comment: decision.comment.clone(),
    };
    submission.decisions.iter().map(view).collect()
}

fn approvers(
    desk: &Desk<'_>,
    acted: &Acted,
    gate: GateKey,
    policy: &Policy,
    reader: Reader<'_>,
) -> Vec<ApproverView> {
    let waiting = acted.campaign.gates[gate].submission.as_ref().filter(|newest| newest.outcome.is_none());
    let fits = |member: &DirectoryMember| {
        policy.fits(member) || waiting.is_some_and(|submission| submission.policy.fits(member))
    };
    let asked = |member: &DirectoryMember| {
        fits(member) || acted.directory.represented_by(member.id, acted.now).any(fits)
    };
    let person = |member: &DirectoryMember| PersonView { id: member.id.0, name: member.name.clone() };
    let fitting = acted.directory.active().filter(|member| asked(member));
    fitting
        .map(|member| {
            let refusal = decide::cannot_decide(desk, gate, member);
            ApproverView {
                member: person(member),
                stand_in: acted
                    .directory
                    .stand_in(member.id, acted.now)
                    .map(|(_, delegate)| person(delegate)),
                can_decide: refusal.is_none(),
                reason: refusal.map(|refusal| ReasonView {
                    code: refusal.code(),
                    detail: refusal.detail(reader.locale),
                }),
            }
        })
        .collect()
}
