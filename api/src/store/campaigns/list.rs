//! Lists of campaigns, read from summaries: nothing is derived, so a page costs two statements however many
//! campaigns there are.

use std::collections::HashMap;

use domain::choices;
use domain::gate::GateKey;
use domain::ids::{CampaignId, MemberId, OrganizationId};
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DerivePartialModel, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::super::column::{Row, instant_text};
use super::super::entity::{campaign, gate, member};
use super::super::page::{behind, cut};
use super::super::{Cursor, Listed, Page};
use super::StoreError;

/// Which campaigns are wanted; every given member narrows the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignFilter {
    /// In this status at their last write.
    pub status: Option<CampaignStatus>,
    /// Whose first open gate was this.
    pub current_gate: Option<GateKey>,
    /// Owned by the person with this e-mail or id.
    pub owner: Option<String>,
    /// Live at this instant or later.
    pub go_live_from: Option<Timestamp>,
    /// Live before this instant.
    pub go_live_to: Option<Timestamp>,
    /// With this key of the CRM.
    pub external_ref: Option<String>,
    /// With this text in name or key of the CRM, in any case.
    pub q: Option<String>,
}

choices! {
    /// The order of a list of campaigns.
    pub enum CampaignSort {
        GoLive = "go_live_at", "earliest first", "开播时间升序";
        GoLiveLatest = "-go_live_at", "latest first", "开播时间降序";
        Created = "created_at", "oldest first", "创建时间升序";
        CreatedLatest = "-created_at", "newest first", "创建时间降序";
        Name = "name", "by name", "按名称";
    }
}

impl CampaignSort {
    /// The column, and whether its order is reversed.
    const fn column(self) -> (campaign::Column, bool) {
        match self {
            Self::GoLive => (campaign::Column::GoLiveAt, false),
            Self::GoLiveLatest => (campaign::Column::GoLiveAt, true),
            Self::Created => (campaign::Column::CreatedAt, false),
            Self::CreatedLatest => (campaign::Column::CreatedAt, true),
            Self::Name => (campaign::Column::Name, false),
        }
    }

    fn key_of(self, row: &Listing) -> &str {
        match self {
            Self::GoLive | Self::GoLiveLatest => &row.go_live_at,
            Self::Created | Self::CreatedLatest => &row.created_at,
            Self::Name => &row.name,
        }
    }
}

/// A campaign in a list, as at its last write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignSummary {
    /// Its id.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// Where it is in its life.
    pub status: CampaignStatus,
    /// The first gate that has not passed.
    pub current_gate: Option<GateKey>,
    /// When it goes live.
    pub go_live_at: Timestamp,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// Its owner.
    pub owner: String,
    /// Its key in the CRM.
    pub external_ref: Option<String>,
    /// The pinned playbook.
    pub playbook: String,
    /// Version of its own fields.
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When anything of it was written last.
    pub updated_at: Timestamp,
    /// Its gates in order.
    pub gates: Vec<ListedGate>,
}

/// A gate of a campaign in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedGate {
    /// Which one.
    pub gate: GateKey,
    /// Where it stands.
    pub status: GateStatus,
    /// Who looks after it.
    pub assignee: Option<MemberId>,
    /// When it is due.
    pub due_at: Timestamp,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "campaign::Entity")]
struct Listing {
    id: Uuid,
    name: String,
    status: String,
    current_gate: Option<String>,
    go_live_at: String,
    time_zone: String,
    owner: String,
    external_ref: Option<String>,
    playbook: String,
    version: i64,
    created_at: String,
    updated_at: String,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "gate::Entity")]
struct GateListing {
    campaign_id: Uuid,
    gate: String,
    status: String,
    assignee: Option<Uuid>,
    due_at: String,
}

/// One page of the campaigns that pass the filter.
///
/// # Errors
/// What the database says.
pub async fn list(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &CampaignFilter,
    sort: CampaignSort,
    page: &Page,
) -> Result<Listed<CampaignSummary>, StoreError> {
    let (column, descending) = sort.column();
    let order = if descending { Order::Desc } else { Order::Asc };
    let rows = campaign::Entity::find()
        .filter(campaign::Column::OrgId.eq(org.0))
        .filter(condition(c, org, filter).await?)
        .filter(behind(page.after.as_ref(), column, campaign::Column::Id, descending))
        .order_by(column, order.clone())
        .order_by(campaign::Column::Id, order)
        .limit(page.limit.saturating_add(1))
        .into_partial_model::<Listing>()
        .all(c)
        .await?;
    let (rows, next) = cut(rows, page.limit, |row| Cursor::new(sort.key(), sort.key_of(row), row.id));
    let mut gates = gates_of(c, org, &rows).await?;
    let items = rows.into_iter().map(|row| from_row(row, &mut gates)).collect::<Result<_, _>>()?;
    Ok(Listed { items, next })
}

async fn condition(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &CampaignFilter,
) -> Result<Condition, StoreError> {
    use campaign::Column;
    let CampaignFilter { status, current_gate, owner, go_live_from, go_live_to, external_ref, q } = filter;
    let owners = match owner {
        Some(owner) => {
            let owner_text = Expr::expr(Func::lower(Expr::col(Column::Owner)));
            Some(owner_text.is_in(names_of(c, org, owner).await?))
        }
        None => None,
    };
    Ok(Condition::all()
        .add_option(status.map(|status| Column::Status.eq(status.key())))
        .add_option(current_gate.map(|gate| Column::CurrentGate.eq(gate.key())))
        .add_option(owners)
        .add_option(go_live_from.map(|from| Column::GoLiveAt.gte(instant_text(from))))
        .add_option(go_live_to.map(|to| Column::GoLiveAt.lt(instant_text(to))))
        .add_option(external_ref.as_ref().map(|key| Column::ExternalRef.eq(key)))
        .add_option(q.as_ref().map(|text| Column::Search.like(containing(text)))))
}

/// What campaigns may call this owner: the text itself, and e-mail and id of the member it names.
async fn names_of(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    owner: &str,
) -> Result<Vec<String>, StoreError> {
    let owner = owner.to_lowercase();
    let by_email = member::Column::Email.eq(owner.as_str());
    let by_id = owner.parse::<Uuid>().ok().map(|id| member::Column::Id.eq(id));
    let member = member::Entity::find()
        .filter(member::Column::OrgId.eq(org.0))
        .filter(Condition::any().add(by_email).add_option(by_id))
        .one(c)
        .await?;
    let mut names = vec![owner];
    if let Some(member) = member {
        names.push(member.id.to_string());
        names.extend(member.email);
    }
    Ok(names)
}

/// The pattern that finds a text anywhere; nothing in the text has a meaning of its own.
fn containing(text: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

async fn gates_of(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    campaigns: &[Listing],
) -> Result<HashMap<Uuid, Vec<ListedGate>>, StoreError> {
    let mut gates: HashMap<Uuid, Vec<ListedGate>> = HashMap::new();
    if campaigns.is_empty() {
        return Ok(gates);
    }
    let rows = gate::Entity::find()
        .filter(gate::Column::OrgId.eq(org.0))
        .filter(gate::Column::CampaignId.is_in(campaigns.iter().map(|campaign| campaign.id)))
        .into_partial_model::<GateListing>()
        .all(c)
        .await?;
    for GateListing { campaign_id, gate, status, assignee, due_at } in rows {
        let at = Row::new("gate", &campaign_id);
        gates.entry(campaign_id).or_default().push(ListedGate {
            gate: at.choice("gate", &gate, GateKey::of_key)?,
            status: at.choice("status", &status, GateStatus::of_key)?,
            assignee: assignee.map(MemberId),
            due_at: at.instant("due_at", &due_at)?,
        });
    }
    Ok(gates)
}

fn from_row(row: Listing, gates: &mut HashMap<Uuid, Vec<ListedGate>>) -> Result<CampaignSummary, StoreError> {
    let Listing {
        id,
        name,
        status,
        current_gate,
        go_live_at,
        time_zone,
        owner,
        external_ref,
        playbook,
        version,
        created_at,
        updated_at,
    } = row;
    let at = Row::new("campaign", &id);
    let mut gates = gates.remove(&id).unwrap_or_default();
    gates.sort_by_key(|gate| gate.gate);
    Ok(CampaignSummary {
        id: CampaignId(id),
        name,
        status: at.choice("status", &status, CampaignStatus::of_key)?,
        current_gate: at.gate_of("current_gate", current_gate.as_deref())?,
        go_live_at: at.instant("go_live_at", &go_live_at)?,
        time_zone,
        owner,
        external_ref,
        playbook,
        version,
        created_at: at.instant("created_at", &created_at)?,
        updated_at: at.instant("updated_at", &updated_at)?,
        gates,
    })
}
