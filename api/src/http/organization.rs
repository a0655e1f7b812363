//! The organization itself: its name, and what its campaigns need not say.

use actix_web::web::Data;
use actix_web::{get, patch};
use domain::fault::{Fault, FaultKind};
use domain::record;
use domain::record::Member as _;
use domain::scalar::Text;
use domain::{Playbook, Refusal};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::body::Merge;
use super::caller::{Admin, Viewer};
use super::change::OrganizationChange;
use super::refusals::{ReadingOne, Writing};
use crate::failure::Failure;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::organizations::{self, ClosedDays, Defaults, Organization};
use crate::store::{Tx, campaigns};
use crate::view::Moment;
use crate::workflow;

/// The organization of the key.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationView {
    /// Its id.
    pub id: uuid::Uuid,
    /// What people call it.
    #[schema(example = "禾颜")]
    pub name: String,
    /// What a campaign gets where it says nothing itself: `time_zone`, `currency`, `locale`, `playbook`,
    /// `planned_minutes`, `platforms`, `account_ref`, `room_ref`.
    #[serde(flatten)]
    #[schema(value_type = OrganizationDefaults)]
    pub defaults: Map<String, Value>,
    /// Counts its changes.
    pub version: i64,
    /// Days on which it does not work, beside weekends and public holidays; the make-up working days of the country that
    /// are named here are closed, too.
    #[schema(value_type = Vec<String>, example = json!(["2027-02-22", "2027-02-23"]), max_items = 400)]
    pub closed_days: Value,
    /// When it was made.
    pub created_at: Moment,
}

super::schema::record_schema! {
    /// Defaults of an organization.
    pub OrganizationDefaults = Defaults, Shown, json!({"time_zone": "Asia/Shanghai", "currency": "CNY", "playbook": "standard"});
}

impl From<Organization> for OrganizationView {
    fn from(organization: Organization) -> Self {
        let Organization { id, name, defaults, version, created_at, closed_days } = organization;
        let defaults = defaults.write().as_object().cloned().unwrap_or_default();
        let closed_days = closed_days.write();
        Self { id: id.0, name, defaults, version, closed_days, created_at: Moment::utc(created_at) }
    }
}

/// Read the organization.
///
/// The one the key belongs to; others cannot be seen.
#[utoipa::path(tag = "organization",
    responses((status = 200, description = "The organization.", body = OrganizationView), ReadingOne))]
#[get("/v1/organization")]
pub(super) async fn read_organization(service: Data<Service>, who: Viewer) -> Result<Reply, Problem> {
    let found = organizations::find(service.store.reader(), who.org).await?;
    let organization = found.ok_or(Failure::NotFound { what: "organization" })?;
    Ok(Reply::ok(&OrganizationView::from(organization)))
}

/// Change the organization.
///
/// A merge patch of its name, its defaults and its closed days. Campaigns that exist keep what they were created with;
/// closed days count for them at once, and what is due a number of working days before is planned anew.
#[utoipa::path(tag = "organization",
    request_body(content = OrganizationChange, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The organization.", body = OrganizationView), Writing))]
#[patch("/v1/organization")]
pub(super) async fn change_organization(
    service: Data<Service>,
    who: Admin,
    body: Merge,
) -> Result<Reply, Problem> {
    let invalid = |faults| Problem::from(Refusal::Invalid { faults });
    let OrganizationChange(patch) = record::read(&Value::Object(body.0), "").map_err(invalid)?;
    let (org, clock) = (who.org, service.clock.clone());
    let job = workflow::job(move |tx| {
        let (patch, now) = (patch.clone(), clock.now());
        async move { Ok(Reply::ok(&OrganizationView::from(change(tx, org, patch, now).await?))) }.boxed()
    });
    let changed = workflow::change(&service, &who.request(None), job).await?;
    service.nudge.notify_one();
    Ok(changed)
}

async fn change(
    tx: &Tx,
    org: domain::ids::OrganizationId,
    mut patch: Map<String, Value>,
    now: Timestamp,
) -> Result<Organization, Failure> {
    let found = organizations::hold(tx, org).await?;
    let mut organization = found.ok_or(Failure::NotFound { what: "organization" })?;
    let invalid = |faults| Failure::from(Refusal::Invalid { faults });
    if let Some(name) = patch.shift_remove("name") {
        let name: Text<120> = record::read(&name, "/name").map_err(invalid)?;
        organization.name = name.into();
    }
    if let Some(days) = patch.shift_remove("closed_days") {
        let days = if days.is_null() {
            ClosedDays::default()
        } else {
            record::read(&days, "/closed_days").map_err(invalid)?
        };
        if days != organization.closed_days {
            organization.closed_days = days;
            campaigns::wake_all(tx, org, now).await?;
        }
    }
    let mut defaults = organization.defaults.write();
    json_patch::merge(&mut defaults, &Value::Object(patch));
    let defaults: Defaults = record::read(&defaults, "").map_err(invalid)?;
    if defaults.playbook.as_ref().is_some_and(|playbook| Playbook::built_in(playbook).is_none()) {
        let kind = FaultKind::NotFound { what: "playbook" };
        return Err(invalid(vec![Fault { pointer: "/playbook".to_owned(), kind }]));
    }
    let has_moved = organization.defaults.time_zone != defaults.time_zone;
    organization.defaults = defaults;
    organizations::update(tx, &organization).await?;
    if has_moved {
        workflow::office::plan(tx, org, now).await?;
    }
    Ok(Organization { version: organization.version + 1, ..organization })
}
