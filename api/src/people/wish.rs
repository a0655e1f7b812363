//! What a person wants no more of, said in one click.

use domain::ids::{MemberId, OrganizationId};
use domain::preferences::{Dispensable, Preferences};
use domain::record::Member as _;
use jiff::Timestamp;
use serde_json::{Map, json};

use super::change_member;
use crate::failure::Failure;
use crate::links::Unwanted;
use crate::store::members::Member;
use crate::store::{Tx, members, organizations};

/// Whether a person gets such mails.
#[must_use]
pub fn gets(preferences: &Preferences, what: Unwanted) -> bool {
    match what {
        Unwanted::Digest => preferences.digest_time().is_some(),
        Unwanted::Kind(reason) => !preferences.is_off(reason),
    }
}

/// Writes down whether a person wants such mails. A kind that nobody can do without stays as it is.
///
/// # Errors
/// What the database says, or that there is no such person.
pub async fn wish(
    tx: &Tx,
    org: OrganizationId,
    id: MemberId,
    what: Unwanted,
    wanted: bool,
    now: Timestamp,
) -> Result<Member, Failure> {
    organizations::hold(tx, org).await?;
    let member = members::find(tx, org, id).await?.ok_or(Failure::NotFound { what: "member" })?;
    if gets(&member.preferences, what) == wanted {
        return Ok(member);
    }
    let wishes = match what {
        Unwanted::Digest => json!({"digest": wanted}),
        Unwanted::Kind(reason) => match Dispensable::of(reason) {
            None => return Ok(member),
            Some(kind) if wanted => member.preferences.with(kind).write(),
            Some(kind) => member.preferences.without(kind).write(),
        },
    };
    change_member(tx, org, id, &Map::from_iter([("preferences".to_owned(), wishes)]), now).await
}
