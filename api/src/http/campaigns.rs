//! Campaigns: create, list, read, change their own fields. What happens at their gates is in `gates` and `review`.

use std::sync::LazyLock;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get, patch, post};
use domain::command::{Command, Expected, NewCampaign as Beginning};
use domain::document::GateContents;
use domain::fault::{At, Faults};
use domain::gate::GateKey;
use domain::metadata::Metadata;
use domain::profile::CampaignFields;
use domain::record::{Member, Record, member, object};
use domain::scalar::Text;
use domain::shape::{Field, RecordShape, Shape};
use domain::surroundings::CampaignStatus;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::body::Merge;
use super::caller::{Caller, Operator, Viewer};
use super::change::CampaignChange;
use super::etag::IfMatch;
use super::idempotency::Post;
use super::page::{CursorText, Limit, List, Paged};
use super::path::CampaignPath;
use super::query::{Query, query_parameters};
use super::refusals::{Reading, ReadingOne, Versioned, Writing};
use super::schema::record_schema;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::campaigns::{self, CampaignFilter, CampaignSort};
use crate::view::{CampaignView, ListedCampaign};
use crate::workflow::{self, Acted};

/// A campaign to be created: its own fields, of which only those without a default of the organization are
/// needed, optionally contents of gates and metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCampaign {
    fields: CampaignFields,
    gates: Option<GateContents>,
    metadata: Option<Metadata>,
}

impl Record for NewCampaign {
    const NAME: &'static str = "NewCampaign";

    fn fields() -> &'static [Field] {
        static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
            let label = domain::locale::both;
            let gates = Field {
                name: "gates",
                required: false,
                removable: true,
                label: label("Gates", "环节"),
                doc: "Contents of gates to begin with.",
                shape: GateContents::shape,
            };
            let metadata = Field {
                name: "metadata",
                required: false,
                removable: true,
                label: label("Metadata", "自定义字段"),
                doc: "The CRM's own members, kept as sent.",
                shape: Metadata::shape,
            };
            // The others have a default of the organization, or the caller; what is missing then is refused.
            let own = CampaignFields::fields().iter();
            own.map(|field| Field { required: matches!(field.name, "name" | "go_live_at"), ..*field })
                .chain([gates, metadata])
                .collect()
        });
        &FIELDS
    }
}

impl Member for NewCampaign {
    fn shape() -> Shape {
        Shape::Record(RecordShape {
            name: Self::NAME,
            doc: "A campaign to be created.",
            whole: true,
            fields: Self::fields(),
        })
    }

    fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
        let map = object(value, at, Self::fields(), faults)?;
        let is_own = |name: &str| CampaignFields::fields().iter().any(|field| field.name == name);
        let own: Map<String, Value> = map
            .iter()
            .filter(|(name, _)| is_own(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Some(Self {
            fields: CampaignFields::read(&Value::Object(own), at, faults)?,
            gates: member(map, "gates", at, faults),
            metadata: member(map, "metadata", at, faults),
        })
    }

    fn write(&self) -> Value {
        self.fields.write()
    }
}

record_schema! { NewCampaign, json!({
    "name": "禾颜春日樱花新品首发", "go_live_at": "2027-03-20T20:00:00+08:00", "time_zone": "Asia/Shanghai",
    "planned_minutes": 180, "platforms": ["douyin", "wechat_channels"], "currency": "CNY",
    "account_ref": "douyin:heyan_official", "room_ref": "杭州直播基地 3 号间", "owner": "ops.lead@heyan.example",
    "external_ref": "CRM-2027-0320", "playbook": "standard"
}); }

domain::record! {
    /// Which campaigns are wanted.
    pub struct CampaignQuery {
        /// Only campaigns with this status.
        status: CampaignStatus, no, "Status", "状态";
        /// Only campaigns whose first gate that has not passed is this.
        current_gate: GateKey, no, "Current gate", "当前关卡";
        /// Only campaigns of this owner (e-mail or member id).
        owner: Text<120>, no, "Owner", "负责人";
        /// Only campaigns that go live at this instant or later.
        go_live_from: Timestamp, no, "From", "开播不早于";
        /// Only campaigns that go live before this instant.
        go_live_to: Timestamp, no, "To", "开播早于";
        /// Only the campaign with this key of the CRM.
        external_ref: Text<120>, no, "External reference", "外部编号";
        /// Words in the name.
        q: Text<80>, no, "Search", "搜索";
        /// Order; a minus turns it around.
        sort: CampaignSort, no, "Sort", "排序";
        /// Rows on a page.
        limit: Limit, no, "Limit", "每页条数";
        /// Where the next page begins.
        cursor: CursorText, no, "Cursor", "游标";
    }
}

query_parameters!(CampaignQuery);

/// Create a campaign.
///
/// Fields that the organization has a default for may be left out; the owner is you where nobody is named.
#[utoipa::path(tag = "campaigns", request_body = NewCampaign,
    responses((status = 201, description = "The campaign.", body = CampaignView), Writing))]
#[post("/v1/campaigns")]
pub(super) async fn create_campaign(
    service: Data<Service>,
    who: Operator,
    post: Post<NewCampaign>,
) -> Result<Reply, Problem> {
    let NewCampaign { fields, gates, metadata } = post.body;
    let new = Beginning {
        fields,
        metadata: metadata.unwrap_or_default().0,
        contents: gates.unwrap_or_default().into(),
        now: service.clock.now(),
        by: who.actor.member(),
    };
    let caller = who.0.clone();
    let answer = move |acted: &Acted| {
        let location = format!("/v1/campaigns/{}", acted.campaign.id);
        Reply::created(&location, &CampaignView::of(acted, caller.reader())).version(acted.campaign.version)
    };
    Ok(workflow::create(&service, &who.request(post.idempotency), new, answer).await?)
}

/// List campaigns.
///
/// Statuses are those of each campaign's last write or scheduled wake-up.
#[utoipa::path(tag = "campaigns", params(CampaignQuery),
    responses((status = 200, description = "A page of campaigns.", body = Paged<ListedCampaign>), Reading))]
#[get("/v1/campaigns")]
pub(super) async fn list_campaigns(
    service: Data<Service>,
    who: Viewer,
    query: Query<CampaignQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let CampaignQuery {
        status,
        current_gate,
        owner,
        go_live_from,
        go_live_to,
        external_ref,
        q,
        sort,
        limit,
        cursor,
    } = query.0;
    let sort = sort.unwrap_or(CampaignSort::GoLive);
    let list = List { org: who.org, order: sort.key() };
    let page = list.page(&service.secrets, limit, cursor.as_ref())?;
    let (owner, external_ref, q) = (owner.map(Into::into), external_ref.map(Into::into), q.map(Into::into));
    let filter = CampaignFilter { status, current_gate, owner, go_live_from, go_live_to, external_ref, q };
    let listed = campaigns::list(service.store.reader(), who.org, &filter, sort, &page).await?;
    Ok(list.reply(&request, &service.secrets, listed, ListedCampaign::from))
}

/// Read a campaign.
///
/// Its `ETag` is what `PATCH` needs in `If-Match`.
#[utoipa::path(tag = "campaigns", params(CampaignPath),
    responses((status = 200, description = "The campaign.", body = CampaignView), ReadingOne))]
#[get("/v1/campaigns/{campaign}")]
pub(super) async fn read_campaign(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
) -> Result<Reply, Problem> {
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    Ok(campaign_reply(&who)(&acted))
}

/// Change a campaign's own fields.
///
/// A merge patch (RFC 7396) of the campaign's fields and `metadata`. Another go-live re-plans every reminder.
#[utoipa::path(tag = "campaigns", params(CampaignPath),
    request_body(content = CampaignChange, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The campaign.", body = CampaignView), Versioned))]
#[patch("/v1/campaigns/{campaign}")]
pub(super) async fn change_campaign(
    service: Data<Service>,
    who: Operator,
    path: Path<CampaignPath>,
    if_match: IfMatch,
    body: Merge,
) -> Result<Reply, Problem> {
    let command = profile_edit(body.0, if_match.0)?;
    Ok(workflow::act(&service, &who.request(None), path.campaign, command, campaign_reply(&who)).await?)
}

fn profile_edit(patch: Map<String, Value>, expected: Expected) -> Result<Command, Problem> {
    let read = domain::record::read::<CampaignChange>(&Value::Object(patch), "");
    let mut patch = read.map_err(|faults| Problem::from(domain::Refusal::Invalid { faults }))?.0;
    let metadata = patch.shift_remove("metadata");
    Ok(Command::EditProfile { patch: Value::Object(patch), metadata, expected })
}

/// Answers with the campaign as this caller sees it.
pub(super) fn campaign_reply(
    caller: &Caller,
) -> impl Fn(&Acted) -> Reply + Clone + Send + Sync + 'static + use<> {
    let caller = caller.clone();
    move |acted| Reply::ok(&CampaignView::of(acted, caller.reader())).version(acted.campaign.version)
}
