//! The stateless check of a whole campaign: what the rules would say, without storing anything.

use actix_web::post;
use actix_web::web::Data;
use domain::actor::Actor;
use domain::decide::Desk;
use domain::document::{CampaignDocument, GateContents};
use domain::fault::{At, Fault, FaultKind, Faults};
use domain::profile::CampaignFields;
use domain::record::{Member, Record};
use domain::rule::Case;
use domain::scalar::List;
use domain::surroundings::{Directory, Extract};
use domain::{Calendar, Lexicon, Playbook, Refusal, Surroundings};
use domain::{
    record,
    shape::{RecordShape, Shape},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::caller::Viewer;
use super::free::AnyObject;
use super::idempotency::Post;
use super::refusals::Writing;
use super::schema::record_schema;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::{lexicons, organizations};
use crate::view::run_sheet::{RunSheetView, Simulation};
use crate::view::{FindingView, Reader, ReadinessView, ScheduleView};

/// Most other campaigns that an evaluation looks at.
const MOST_OTHERS: usize = 500;

record! {
    /// A campaign to be checked, and what to check it against.
    pub struct NewEvaluation {
        /// The campaign's own fields.
        campaign: WholeCampaign, yes, "Campaign", "活动";
        /// The contents of its gates; a gate that is left out is empty.
        gates: GateContents, no, "Gates", "环节";
        /// Other campaigns of the organization, for the rules that look at them.
        others: List<Extract, MOST_OTHERS>, no, "Others", "其他活动";
        /// A merge patch of the playbook's parameters, to try it.
        params: AnyObject, no, "Parameters", "参数";
        /// Rules to set to `off`, `warning` or `blocker`, to try it.
        rules: AnyObject, no, "Rules", "规则";
        /// The moment to judge at; now where nothing is said.
        now: Timestamp, no, "Now", "评估时间";
    }
}

record_schema! { NewEvaluation, json!({
    "campaign": {
        "name": "禾颜春日樱花新品首发", "go_live_at": "2027-03-20T20:00:00+08:00", "time_zone": "Asia/Shanghai",
        "planned_minutes": 180, "platforms": ["douyin"], "currency": "CNY", "account_ref": "douyin:heyan_official",
        "room_ref": "杭州直播基地 3 号间", "owner": "ops.lead@heyan.example", "playbook": "standard@1"
    },
    "gates": {"goal": {"primary_goal": "new_launch", "gmv_target": 120_000_000}},
    "now": "2027-03-01T12:00:00+08:00"
}); }

/// The fields of a campaign of which none may be missing that a campaign needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WholeCampaign(CampaignFields);

impl Member for WholeCampaign {
    fn shape() -> Shape {
        Shape::Record(RecordShape {
            name: CampaignFields::NAME,
            doc: "The fields of a campaign itself.",
            whole: true,
            fields: CampaignFields::fields(),
        })
    }

    /// What is missing is refused once the whole campaign is put together.
    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        CampaignFields::read(value, at, faults).map(Self)
    }

    fn write(&self) -> Value {
        self.0.write()
    }
}

/// What the rules say of a campaign that is not stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationView {
    /// Rule results that fail or cannot be judged; `path` points into the request body.
    pub findings: Vec<FindingView>,
    /// What they come to: score, losses, counts.
    pub readiness: ReadinessView,
    /// When each gate would be due.
    pub schedule: ScheduleView,
    /// What the script means in time, demand and load.
    pub run_sheet: RunSheetView,
}

/// Check a campaign.
///
/// Stateless: nothing is stored, nobody is told. Words are judged by your organization's lexicon. Answers every rule
/// result that is not a pass, with what was found, what is needed and what to do.
#[utoipa::path(tag = "evaluations", request_body = NewEvaluation,
    responses((status = 200, description = "The evaluation.", body = EvaluationView), Writing))]
#[post("/v1/evaluations")]
pub(super) async fn evaluate(
    service: Data<Service>,
    who: Viewer,
    post: Post<NewEvaluation>,
) -> Result<Reply, Problem> {
    let now = post.body.now.unwrap_or_else(|| service.clock.now());
    let reader = service.store.reader();
    let lexicon = lexicons::in_force(reader, who.org).await?.lexicon;
    let calendar = organizations::calendar(reader, who.org).await?;
    let evaluation = evaluation(post.body, now, who.reader(), (&lexicon, &calendar))?;
    Ok(Reply::ok(&evaluation))
}

fn evaluation(
    body: NewEvaluation,
    now: Timestamp,
    reader: Reader<'_>,
    (lexicon, calendar): (&Lexicon, &Calendar),
) -> Result<EvaluationView, Problem> {
    let NewEvaluation { campaign, gates, others, params, rules, now: _ } = body;
    let campaign = campaign.map(|WholeCampaign(fields)| fields);
    let campaign = CampaignDocument { campaign, gates }.campaign().map_err(invalid)?;
    let playbook = playbook(&campaign.profile.playbook, params, rules)?;
    let (others, directory) = (others.as_deref().unwrap_or_default(), Directory::default());
    let surroundings = Surroundings { now, directory: &directory, others, lexicon, calendar };
    let nobody = Actor::system();
    let desk = Desk::new(Case::of(&campaign, &playbook, surroundings), &nobody);
    let findings = desk.findings().iter().map(|finding| FindingView::of(finding, &campaign.profile, reader));
    Ok(EvaluationView {
        findings: findings.collect(),
        readiness: ReadinessView::of_desk(&desk, reader),
        schedule: ScheduleView::of_desk(&desk),
        run_sheet: Simulation::of(&campaign, desk.case.params()).view(reader.locale),
    })
}

/// The named playbook with the overlay on trial.
fn playbook(
    reference: &str,
    params: Option<AnyObject>,
    rules: Option<AnyObject>,
) -> Result<Playbook, Problem> {
    let unknown = || fault("/campaign/playbook", FaultKind::NotFound { what: "playbook" });
    let playbook = Playbook::built_in(reference).ok_or_else(unknown)?;
    if params.is_none() && rules.is_none() {
        return Ok(playbook.clone());
    }
    let (params, rules) = (params.unwrap_or_default().0, rules.map_or_else(Map::new, |rules| rules.0));
    let pointer = if rules.is_empty() { "/params" } else { "/rules" };
    playbook.overlaid(&Value::Object(params), &rules).map_err(|why| fault(pointer, FaultKind::Unfit { why }))
}

fn fault(pointer: &str, kind: FaultKind) -> Problem {
    invalid(vec![Fault { pointer: pointer.to_owned(), kind }])
}

fn invalid(faults: Vec<Fault>) -> Problem {
    Refusal::Invalid { faults }.into()
}
