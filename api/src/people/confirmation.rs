//! Codes: how somebody shows that the mail of a member reaches them. A link can be passed on; a code that was asked for a
//! moment ago goes to the member's address and nowhere else.

use domain::gate::GateKey;
use domain::ids::{CampaignId, MemberId, OrganizationId};
use domain::notice::{CODE_LASTS, code};
use jiff::{SignedDuration, Timestamp};

use crate::failure::Failure;
use crate::secret::Secrets;
use crate::store::confirmations::{self, Confirmation};
use crate::store::{ConfirmationId, Tx, notices, organizations};

/// Codes that one member can ask for within [`WITHIN`].
const MOST_CODES: usize = 5;
/// The time in which they are counted.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Whoever asks again within this time gets no second code: somebody pressed twice.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(30);
/// Tries that a code has: with six digits and [`MOST_CODES`], 25 guesses an hour at a million.
const MOST_TRIES: i64 = 5;

/// What became of the wish for a code.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum AskedForCode {
    /// It is on its way.
    OnItsWay,
    /// There were too many; the next one can be asked for then.
    TooMany { again_at: Timestamp },
}

/// What became of a code that was typed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TypedCode {
    /// It is the right one.
    Right,
    /// It is not; so many tries are left.
    Wrong { left: i64 },
    /// None is waited for: it is too old, used, or was tried too often.
    NoneWaits,
}

/// The code of a confirmation, six digits.
#[must_use]
pub fn code_of(secrets: &Secrets, org: OrganizationId, id: ConfirmationId) -> String {
    secrets.code(&[b"confirmation", org.0.as_bytes(), id.0.as_bytes()])
}

/// Whether a code is waited for, so that it can be typed.
///
/// # Errors
/// What the database says.
pub async fn is_waited_for(
    c: &impl sea_orm::ConnectionTrait,
    org: OrganizationId,
    member: MemberId,
    real_now: Timestamp,
) -> Result<bool, Failure> {
    Ok(waiting(c, org, member, real_now).await?.is_some())
}

/// Sends a member a code, which they want to type on a page about a gate.
///
/// # Errors
/// What the database says.
pub async fn ask_for_code(
    tx: &Tx,
    org: OrganizationId,
    (campaign, gate): (CampaignId, GateKey),
    member: MemberId,
    (now, real_now): (Timestamp, Timestamp),
) -> Result<AskedForCode, Failure> {
    // Two who ask at once take turns.
    organizations::hold(tx, org).await?;
    let asked = confirmations::since(tx, org, member, before(real_now, WITHIN)).await?;
    if let Some(newest) = asked.first()
        && newest.used_at.is_none()
        && newest.asked_at > before(real_now, AGAIN_AFTER)
    {
        return Ok(AskedForCode::OnItsWay);
    }
    if let Some(oldest) = asked.get(MOST_CODES - 1) {
        let again_at = oldest.asked_at.saturating_add(WITHIN).unwrap_or(Timestamp::MAX);
        return Ok(AskedForCode::TooMany { again_at });
    }
    let id = ConfirmationId::new();
    confirmations::insert(tx, org, &Confirmation { id, member, asked_at: real_now, used_at: None }).await?;
    notices::insert_many(tx, org, Some(campaign), &[code(gate, member, id.0, now)], now).await?;
    Ok(AskedForCode::OnItsWay)
}

/// Compares what was typed with the newest code. Every comparison costs a try, also where it fails.
///
/// # Errors
/// What the database says.
pub async fn try_code(
    tx: &Tx,
    secrets: &Secrets,
    org: OrganizationId,
    member: MemberId,
    typed: &str,
    real_now: Timestamp,
) -> Result<TypedCode, Failure> {
    let Some(waiting) = waiting(tx, org, member, real_now).await? else { return Ok(TypedCode::NoneWaits) };
    let Some(left) = confirmations::take_try(tx, org, waiting.id, MOST_TRIES).await? else {
        return Ok(TypedCode::NoneWaits);
    };
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if typed != code_of(secrets, org, waiting.id) {
        return Ok(TypedCode::Wrong { left });
    }
    confirmations::mark_used(tx, org, waiting.id, real_now).await?;
    Ok(TypedCode::Right)
}

/// The newest code, while it is good and was not used.
async fn waiting(
    c: &impl sea_orm::ConnectionTrait,
    org: OrganizationId,
    member: MemberId,
    real_now: Timestamp,
) -> Result<Option<Confirmation>, Failure> {
    let asked = confirmations::since(c, org, member, before(real_now, CODE_LASTS)).await?;
    Ok(asked.into_iter().next().filter(|newest| newest.used_at.is_none()))
}

fn before(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.saturating_sub(by).unwrap_or(Timestamp::MIN)
}
