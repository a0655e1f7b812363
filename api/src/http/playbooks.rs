//! Playbooks: what gates require, when they are due, who approves them.

use actix_web::get;
use actix_web::web::Path;
use domain::Playbook;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::caller::Viewer;
use super::page::Paged;
use super::refusals::{Reading, ReadingOne};
use crate::problem::Problem;
use crate::reply::Reply;

/// A text in both languages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BothView {
    /// English.
    #[schema(example = "Standard: 21 days")]
    pub en: String,
    /// Simplified Chinese.
    #[schema(example = "标准:21 天")]
    pub zh: String,
}

/// A version of a playbook, by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedPlaybook {
    /// What campaigns pin.
    #[schema(example = "standard@1")]
    pub reference: String,
    /// Its key; alone it means the newest version.
    #[schema(example = "standard")]
    pub key: String,
    /// Its version.
    pub version: i64,
    /// What people call it.
    pub title: BothView,
    /// The lowest role that may take a campaign live.
    #[schema(value_type = super::schema::Role)]
    pub go_live_by: &'static str,
}

/// A version of a playbook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlaybookView {
    /// Its names.
    #[serde(flatten)]
    pub listed: ListedPlaybook,
    /// The whole playbook as data: parameters, rules, reminders, and for each gate what it requires, when it is
    /// due, who approves it and what must be ticked.
    #[schema(value_type = Map<String, Value>, example = json!({"gates": {"goal": {"requires": [], "due": {"at": "T-21d 18:00"}}}}))]
    pub playbook: Value,
}

/// `…/playbooks/{playbook}`
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PlaybookPath {
    /// `key@version`, or a key for its newest version.
    #[param(min_length = 1, max_length = 80, example = "standard@1")]
    pub playbook: String,
}

impl ListedPlaybook {
    fn of(playbook: &Playbook) -> Self {
        Self {
            reference: playbook.reference(),
            key: playbook.key.clone(),
            version: playbook.version,
            title: BothView { en: playbook.title.en.clone(), zh: playbook.title.zh.clone() },
            go_live_by: playbook.go_live_by.key(),
        }
    }
}

/// List playbooks.
///
/// Every version of every playbook that campaigns of your organization can pin.
#[utoipa::path(tag = "playbooks", responses(
    (status = 200, description = "All of them; there is no further page.", body = Paged<ListedPlaybook>),
    Reading
))]
#[get("/v1/playbooks")]
pub(super) async fn list_playbooks(_who: Viewer) -> Reply {
    Reply::ok(&Paged::all(Playbook::all_built_in().iter().map(ListedPlaybook::of)))
}

/// Read a playbook.
///
/// One version with everything it says. A bare key reads its newest version.
#[utoipa::path(tag = "playbooks", params(PlaybookPath), responses((status = 200, description = "It.", body = PlaybookView), ReadingOne))]
#[get("/v1/playbooks/{playbook}")]
pub(super) async fn read_playbook(_who: Viewer, path: Path<PlaybookPath>) -> Result<Reply, Problem> {
    let playbook = Playbook::built_in(&path.playbook).ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(&PlaybookView { listed: ListedPlaybook::of(playbook), playbook: playbook.source.clone() }))
}
