//! A row of the ledger.

use domain::ids::{CampaignId, OrganizationId};
use domain::notice::{Class, Ledger, Planned, Reason, Subject};
use jiff::Timestamp;
use sea_orm::ActiveValue::Set;

use super::super::column::{Row, instant_text, json_text};
use super::super::entity::notice;
use super::{Notice, NoticeId, StoreError};

/// A new row.
pub(super) fn to_insert(
    org: OrganizationId,
    campaign: Option<CampaignId>,
    planned: &Planned,
    now: Timestamp,
) -> Result<notice::ActiveModel, StoreError> {
    let key = campaign.map_or_else(|| planned.key(org), |campaign| planned.key(campaign));
    let Planned { reason, subject, occurrence, generation, class, planned_at, not_after, audience } = planned;
    Ok(notice::ActiveModel {
        org_id: Set(org.0),
        id: Set(NoticeId::new().0),
        campaign_id: Set(campaign.map(|campaign| campaign.0)),
        key: Set(key),
        reason: Set(reason.key().to_owned()),
        subject: Set(subject.to_string()),
        occurrence: Set(occurrence.clone()),
        generation: Set(generation.clone()),
        class: Set(class.key().to_owned()),
        planned_at: Set(instant_text(*planned_at)),
        not_after: Set(instant_text(*not_after)),
        audience: Set(json_text(audience)?),
        status: Set(Ledger::Planned.key().to_owned()),
        outcome: Set(None),
        created_at: Set(instant_text(now)),
        settled_at: Set(None),
    })
}

/// What of a waiting row can read differently after planning again; the rest is its key.
pub(super) fn to_update(planned: &Planned) -> Result<notice::ActiveModel, StoreError> {
    let Planned {
        reason: _,
        subject: _,
        occurrence: _,
        generation: _,
        class,
        planned_at,
        not_after,
        audience,
    } = planned;
    Ok(notice::ActiveModel {
        class: Set(class.key().to_owned()),
        planned_at: Set(instant_text(*planned_at)),
        not_after: Set(instant_text(*not_after)),
        audience: Set(json_text(audience)?),
        status: Set(Ledger::Planned.key().to_owned()),
        outcome: Set(None),
        settled_at: Set(None),
        ..Default::default()
    })
}

/// What of a row under way can read differently.
pub(super) fn to_renew(planned: &Planned) -> notice::ActiveModel {
    notice::ActiveModel {
        class: Set(planned.class.key().to_owned()),
        not_after: Set(instant_text(planned.not_after)),
        ..Default::default()
    }
}

/// How a row ends.
pub(super) fn to_settle(status: Ledger, outcome: Option<&str>, now: Timestamp) -> notice::ActiveModel {
    notice::ActiveModel {
        status: Set(status.key().to_owned()),
        outcome: Set(outcome.map(str::to_owned)),
        settled_at: Set(Some(instant_text(now))),
        ..Default::default()
    }
}

/// The notice of a row.
pub(super) fn from_row(row: notice::Model) -> Result<Notice, StoreError> {
    let notice::Model {
        org_id: _,
        id,
        campaign_id,
        key,
        reason,
        subject,
        occurrence,
        generation,
        class,
        planned_at,
        not_after,
        audience,
        status,
        outcome,
        created_at,
        settled_at,
    } = row;
    let at = Row::new("notice", &id);
    Ok(Notice {
        id: NoticeId(id),
        campaign: campaign_id.map(CampaignId),
        key,
        planned: Planned {
            reason: at.choice("reason", &reason, Reason::of_key)?,
            subject: at.choice("subject", &subject, Subject::of_key)?,
            occurrence,
            generation,
            class: at.choice("class", &class, Class::of_key)?,
            planned_at: at.instant("planned_at", &planned_at)?,
            not_after: at.instant("not_after", &not_after)?,
            audience: at.json("audience", &audience)?,
        },
        status: at.choice("status", &status, Ledger::of_key)?,
        outcome,
        created_at: at.instant("created_at", &created_at)?,
        settled_at: at.instant_of("settled_at", settled_at.as_deref())?,
    })
}
