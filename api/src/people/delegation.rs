//! Absences: who is away from when until when, and who stands in.

use domain::actor::{Role, Who};
use domain::delegation::Delegation;
use domain::fault::FaultKind;
use domain::ids::{DelegationId, MemberId, OrganizationId};
use domain::record;
use domain::scalar::Text;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{MemberRef, fault};
use crate::failure::{Conflict, Failure};
use crate::store::delegations::{self, StoredDelegation};
use crate::store::members::{self, Member};
use crate::store::{Tx, campaigns, organizations};

/// How far ahead a delegation may end.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Delegations of one person that are not over yet; every judgement of the rules reads them.
const MOST: usize = 20;

record! {
    /// An absence, and who stands in.
    pub struct NewDelegation {
        /// Who is away; whoever asks, if nobody is named. Others only by an admin.
        member_id: MemberRef, no, "Away", "休假成员";
        /// Who gets their messages and may decide in their place.
        delegate_id: MemberRef, yes, "Stands in", "代理人";
        /// From when on; at once, if it is left out or past.
        starts_at: Timestamp, no, "From", "开始时间";
        /// Until when; at most 366 days ahead.
        ends_at: Timestamp, yes, "Until", "结束时间";
        /// Why; everybody in the organization can read it.
        reason: Text<200>, no, "Reason", "原因";
    }
}

/// Lets somebody stand in for a member.
///
/// # Errors
/// Faults of the input, or that either of them is away in that time already.
pub async fn delegate(
    tx: &Tx,
    org: OrganizationId,
    new: &NewDelegation,
    away: MemberId,
    made_by: Who,
    now: Timestamp,
) -> Result<StoredDelegation, Failure> {
    // Two who would overlap take turns.
    organizations::hold(tx, org).await?;
    let away = active(tx, org, away, Role::Viewer, "/member_id", "active member").await?;
    let wanted = new.delegate_id.ok_or_else(|| fault("/delegate_id", FaultKind::Required))?.0;
    if wanted == away.id {
        return Err(fault("/delegate_id", FaultKind::Duplicate { first: "/member_id".to_owned() }));
    }
    let able = "active member with the role operator or a higher one";
    let delegate = active(tx, org, wanted, Role::Operator, "/delegate_id", able).await?;
    let (starts_at, ends_at) = span(new, now)?;
    let id = DelegationId(Uuid::now_v7());
    let delegation = Delegation { id, member: away.id, delegate: delegate.id, starts_at, ends_at };
    is_free(&delegation, &delegate, &delegations::ahead(tx, org, now).await?)?;
    let reason = new.reason.clone().map(Into::into);
    let made = StoredDelegation { delegation, reason, made_by, created_at: now, ended_at: None };
    delegations::insert(tx, org, &made).await?;
    campaigns::wake_in_review(tx, org, now).await?;
    Ok(made)
}

/// Ends a delegation before its time; what is over already stays as it was.
///
/// # Errors
/// What the database says.
pub async fn end_delegation(
    tx: &Tx,
    org: OrganizationId,
    id: DelegationId,
    now: Timestamp,
) -> Result<(), Failure> {
    organizations::hold(tx, org).await?;
    if delegations::end(tx, org, id, now).await? {
        campaigns::wake_in_review(tx, org, now).await?;
    }
    Ok(())
}

async fn active(
    tx: &Tx,
    org: OrganizationId,
    id: MemberId,
    least: Role,
    pointer: &str,
    what: &'static str,
) -> Result<Member, Failure> {
    let found = members::find(tx, org, id).await?;
    let found = found.filter(|member| member.active && member.role >= least);
    found.ok_or_else(|| fault(pointer, FaultKind::NotFound { what }))
}

/// From when until when; never from the past.
fn span(new: &NewDelegation, now: Timestamp) -> Result<(Timestamp, Timestamp), Failure> {
    let starts_at = new.starts_at.map_or(now, |starts_at| starts_at.max(now));
    let ends_at = new.ends_at.ok_or_else(|| fault("/ends_at", FaultKind::Required))?;
    let latest = now.saturating_add(AHEAD_MAX).unwrap_or(Timestamp::MAX);
    if ends_at <= now || ends_at > latest {
        let [min, max] = [now, latest].map(|instant| instant.strftime("%FT%TZ").to_string());
        return Err(fault("/ends_at", FaultKind::OutOfRange { min, max, found: ends_at.to_string() }));
    }
    if starts_at >= ends_at {
        return Err(fault("/starts_at", FaultKind::Crossed { upper: "ends_at" }));
    }
    Ok((starts_at, ends_at))
}

/// Whether nobody of the two is away in that time, as far as is known.
fn is_free(new: &Delegation, delegate: &Member, others: &[Delegation]) -> Result<(), Failure> {
    let of = |member: MemberId| others.iter().filter(move |other| other.member == member);
    if let Some(Delegation { starts_at, ends_at, .. }) = of(new.member).find(|other| other.overlaps(new)) {
        return Err(Conflict::AwayAlready { starts_at: *starts_at, ends_at: *ends_at }.into());
    }
    if let Some(Delegation { starts_at, ends_at, .. }) = of(new.delegate).find(|other| other.overlaps(new)) {
        let name = delegate.name.clone();
        return Err(Conflict::DelegateAway { name, starts_at: *starts_at, ends_at: *ends_at }.into());
    }
    let found = of(new.member).count() + 1;
    if found > MOST { Err(fault("", FaultKind::TooMany { max: MOST, found })) } else { Ok(()) }
}
