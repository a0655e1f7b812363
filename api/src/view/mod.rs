//! What people and machines see of a campaign: views made from facts and derivations, for one reader.
//! Shared by the API and the pages; nothing here reads or writes a database.

mod campaign;
mod event;
mod finding;
mod gate;
pub mod leaf;
mod notice;
mod outlook;
mod readiness;
mod reminder;
pub mod review;
pub mod run_sheet;
mod schedule;
pub mod wall_clock;

use std::borrow::Cow;

use domain::Locale;
use domain::actor::Role;
use domain::decide::Allowed;
use domain::locale::{Bilingual, both};
use domain::record::Record;
use domain::shape::json_number;
use domain::shown::on_wall_clock;
use domain::word::rounded;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

pub use campaign::{CampaignView, GateSummaryView, GoLiveView, ListedCampaign};
pub use event::EventView;
pub use finding::FindingView;
pub use gate::{
    ApproverView, DecisionView, EvidenceView, GateView, ItemView, StaleView, SubmissionView,
    content as gate_content,
};
pub use notice::{DeliveryView, NoticeView};
pub use outlook::{ExpectedView, OutlookView};
pub use readiness::{LossView, ReadinessView};
pub use reminder::ReminderView;
pub use schedule::{ScheduleView, ScheduledGate};

/// Who reads a view: decides language, possibilities and what is withheld.
#[derive(Copy, Clone, Debug)]
pub struct Reader<'r> {
    /// The reader as an actor.
    pub actor: &'r domain::Actor,
    /// The reader's language.
    pub locale: Locale,
}

impl Reader<'_> {
    /// Whether the reader may know what goods cost; viewers may not.
    #[must_use]
    pub fn knows_cost(&self) -> bool {
        self.actor.role > Role::Viewer
    }
}

/// What people call a member of a record.
fn label<R: Record>(name: &'static str) -> Bilingual {
    let field = R::fields().iter().find(|field| field.name == name);
    field.map_or(both(name, name), |field| field.label)
}

/// A label as it begins a line.
fn capitalized(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An instant as people see it: RFC 3339 with the offset of the campaign's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Moment(String);

impl Moment {
    /// The instant on the wall clock of `zone`.
    #[must_use]
    pub fn of(instant: Timestamp, zone: &TimeZone) -> Self {
        Self(on_wall_clock(instant, zone))
    }

    /// The instant in UTC, for what belongs to no campaign.
    #[must_use]
    pub fn utc(instant: Timestamp) -> Self {
        Self(instant.to_string())
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant, RFC 3339 with an offset."))
            .examples([serde_json::json!("2027-03-20T20:00:00+08:00")])
            .into()
    }
}

impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Moment")
    }
}

/// A number, exact to two decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Figure(Value);

impl Figure {
    /// The number, rounded half up as every shown number.
    #[must_use]
    pub fn of(number: Decimal) -> Self {
        Self(json_number(rounded(number)))
    }
}

/// Whether the reader can do something, and why not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AllowedAction {
    /// The action.
    #[schema(example = "submit")]
    pub action: &'static str,
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonView>,
}

/// Why something is not possible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonView {
    /// Stable code; the same as in the problem that trying it would answer.
    #[schema(example = "gate.requirements_open")]
    pub code: &'static str,
    /// The same in words, in the reader's language.
    pub detail: String,
}

impl AllowedAction {
    /// Actions as their reader sees them.
    #[must_use]
    pub fn list(allowed: Vec<Allowed>, locale: Locale) -> Vec<Self> {
        allowed
            .into_iter()
            .map(|Allowed { action, refusal }| Self {
                action: action.key(),
                allowed: refusal.is_none(),
                reason: refusal
                    .map(|refusal| ReasonView { code: refusal.code(), detail: refusal.detail(locale) }),
            })
            .collect()
    }
}

/// A member as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonView {
    /// Member id.
    pub id: uuid::Uuid,
    /// What people call them; empty for somebody nobody knows any more.
    #[schema(example = "李牧")]
    pub name: String,
}

impl PersonView {
    /// The member with this id; somebody who is gone keeps the id alone.
    #[must_use]
    pub fn of(id: domain::ids::MemberId, directory: &domain::surroundings::Directory) -> Self {
        let name = directory.member(id).map_or_else(String::new, |member| member.name.clone());
        Self { id: id.0, name }
    }
}

/// Who did something: a member, a service key, or Greenroom itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActorView {
    /// `member`, `service` or `system`.
    #[schema(example = "member")]
    pub kind: &'static str,
    /// Id of the member or key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<uuid::Uuid>,
}

impl From<domain::actor::Who> for ActorView {
    fn from(who: domain::actor::Who) -> Self {
        use domain::actor::Who;
        match who {
            Who::Member(id) => Self { kind: "member", id: Some(id.0) },
            Who::Service(id) => Self { kind: "service", id: Some(id.0) },
            Who::System => Self { kind: "system", id: None },
        }
    }
}
