//! What campaigns take that others of their organization may want too. It is kept beside each campaign, so that the few
//! others which matter to one are found by look-ups, and not by reading them all.

use std::collections::BTreeMap;

use domain::claim::{Claim, ClaimKind};
use domain::ids::{CampaignId, OrganizationId};
use domain::record;
use domain::surroundings::Extract;
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use uuid::Uuid;

use super::column::{Row, instant_text};
use super::entity::{campaign, claim};
use super::{StoreError, Tx};
use crate::failure::Failure;

/// Writes what a campaign takes in place of what it took: two statements.
///
/// # Errors
/// What the database says.
pub async fn replace(
    tx: &Tx,
    org: OrganizationId,
    id: CampaignId,
    claims: &[Claim],
    ends_at: Timestamp,
) -> Result<(), Failure> {
    let own = Condition::all().add(claim::Column::OrgId.eq(org.0)).add(claim::Column::CampaignId.eq(id.0));
    claim::Entity::delete_many().filter(own).exec(tx).await?;
    let rows = claims.iter().map(|claim| to_row(org, id, claim, ends_at));
    claim::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The other campaigns that take some of the same and end after `after`, each with what it takes of the same: one
/// statement, and a second one where there are any.
///
/// # Errors
/// What the database says.
pub async fn others(
    c: &impl ConnectionTrait,
    org: OrganizationId,
    id: CampaignId,
    claims: &[Claim],
    after: Timestamp,
) -> Result<Vec<Extract>, StoreError> {
    let rows = claim::Entity::find()
        .filter(claim::Column::OrgId.eq(org.0))
        .filter(claim::Column::CampaignId.ne(id.0))
        .filter(claim::Column::EndsAt.gt(instant_text(after)))
        .filter(same(claims))
        .order_by_asc(claim::Column::CampaignId)
        .order_by_asc(claim::Column::Key)
        .all(c)
        .await?;
    let mut taken: BTreeMap<Uuid, Vec<claim::Model>> = BTreeMap::new();
    for row in rows {
        taken.entry(row.campaign_id).or_default().push(row);
    }
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let campaigns = campaign::Entity::find()
        .filter(campaign::Column::OrgId.eq(org.0))
        .filter(campaign::Column::Id.is_in(taken.keys().copied()))
        .order_by_asc(campaign::Column::GoLiveAt)
        .order_by_asc(campaign::Column::Id)
        .all(c)
        .await?;
    campaigns.iter().map(|row| extract(row, taken.get(&row.id).map_or(&[], Vec::as_slice))).collect()
}

/// Campaigns of every organization whose claims are behind, because a release without claims wrote them last.
///
/// # Errors
/// What the database says.
pub async fn behind(
    c: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<(OrganizationId, CampaignId)>, StoreError> {
    let ids: Vec<(Uuid, Uuid)> = campaign::Entity::find()
        .select_only()
        .columns([campaign::Column::OrgId, campaign::Column::Id])
        .filter(Expr::col(campaign::Column::ClaimsVersion).ne(Expr::col(campaign::Column::RowVersion)))
        .limit(limit)
        .into_tuple()
        .all(c)
        .await?;
    Ok(ids.into_iter().map(|(org, id)| (OrganizationId(org), CampaignId(id))).collect())
}

/// Notes that the claims of a campaign, which this transaction holds, are those of its last write.
///
/// # Errors
/// What the database says.
pub async fn caught_up(tx: &Tx, org: OrganizationId, id: CampaignId) -> Result<(), Failure> {
    let of = Expr::col(campaign::Column::RowVersion);
    campaign::Entity::update_many()
        .col_expr(campaign::Column::ClaimsVersion, of)
        .filter(campaign::Column::OrgId.eq(org.0))
        .filter(campaign::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Rows that claim one of these things.
fn same(claims: &[Claim]) -> Condition {
    ClaimKind::ALL.iter().fold(Condition::any(), |any, kind| {
        let keys = claims.iter().filter(|claim| claim.kind == *kind).map(|claim| claim.key.as_str());
        any.add(claim::Column::Kind.eq(kind.key()).and(claim::Column::Key.is_in(keys)))
    })
}

fn to_row(org: OrganizationId, id: CampaignId, taken: &Claim, ends_at: Timestamp) -> claim::ActiveModel {
    let Claim { kind, key, locked_units, live_price } = taken;
    claim::ActiveModel {
        org_id: Set(org.0),
        campaign_id: Set(id.0),
        kind: Set(kind.key().to_owned()),
        key: Set(key.clone()),
        locked_units: Set(*locked_units),
        live_price: Set(live_price.map(|price| price.get())),
        ends_at: Set(instant_text(ends_at)),
    }
}

/// What the rules see of a campaign that takes some of the same.
fn extract(row: &campaign::Model, taken: &[claim::Model]) -> Result<Extract, StoreError> {
    let of_kind = |kind: ClaimKind| taken.iter().filter(move |claim| claim.kind == kind.key());
    let people: Vec<&str> = of_kind(ClaimKind::Person).map(|claim| claim.key.as_str()).collect();
    let sku = |claim: &claim::Model| json!({ "sku_id": claim.key, "locked_units": claim.locked_units, "live_price": claim.live_price });
    let skus: Vec<Value> = of_kind(ClaimKind::Sku).map(sku).collect();
    let at = Row::new("campaign", &row.id);
    let go_live_at = at.instant("go_live_at", &row.go_live_at)?.to_string();
    let written = json!({
        "ref": row.id.to_string(), "name": row.name, "status": row.status, "go_live_at": go_live_at,
        "planned_minutes": row.planned_minutes, "account_ref": row.account_ref, "room_ref": row.room_ref,
        "people": people, "skus": skus,
    });
    record::read(&written, "").map_err(|faults| at.corrupt("as others see it", format!("{faults:?}")))
}
