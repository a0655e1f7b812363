//! What surrounds a campaign beside its people: the other campaigns it shares rooms, people and goods with, and the
//! lexicon by which its words are judged.

use domain::Event;
use domain::claim::{Claim, claims, matter_after};
use domain::decide;
use domain::surroundings::Extract;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use sea_orm::ConnectionTrait;

use super::{Acted, UNKNOWN, caught_up};
use crate::failure::Failure;
use crate::store::{Store, Tx, campaigns, claims as kept, lexicons};

/// Campaigns looked for at once whose claims were never written.
const CLAIMS_AT_ONCE: u64 = 100;

/// Writes down what campaigns take that were begun before this was kept.
///
/// # Errors
/// Why it could not be written.
pub async fn write_claims(store: &Store, now: Timestamp) -> Result<(), Failure> {
    loop {
        let unwritten = kept::unwritten(store.reader(), CLAIMS_AT_ONCE).await?;
        if unwritten.is_empty() {
            return Ok(());
        }
        for (org, id) in unwritten {
            let write = store.write(move |tx| {
                async move {
                    let loaded = campaigns::hold(tx, org, id).await?.ok_or(UNKNOWN)?;
                    let (_, acted, _) = caught_up(tx, org, loaded, now).await?;
                    keep_claims(tx, &acted, &claims(&acted.case())).await
                }
                .boxed()
            });
            write.await?;
        }
    }
}

/// The other campaigns that matter to one with these claims.
pub(super) async fn others(
    c: &impl ConnectionTrait,
    acted: &Acted,
    claims: &[Claim],
) -> Result<Vec<Extract>, Failure> {
    let after = matter_after(&acted.case());
    Ok(kept::others(c, acted.org, acted.campaign.id, claims, after).await?)
}

pub(super) async fn keep_claims(tx: &Tx, acted: &Acted, claims: &[Claim]) -> Result<(), Failure> {
    let ends_at = acted.campaign.profile.ends_at();
    kept::replace(tx, acted.org, acted.campaign.id, claims, ends_at).await
}

/// What a lexicon that changed since the campaign was written finds in it.
pub(super) async fn worded(tx: &Tx, acted: &Acted, judged_by: i64) -> Result<Option<Event>, Failure> {
    if acted.lexicon.version == judged_by {
        return Ok(None);
    }
    let before = lexicons::of_version(tx, acted.org, judged_by).await?;
    Ok(decide::wording_found(&acted.case(), &acted.standing, &before, acted.lexicon.version))
}
