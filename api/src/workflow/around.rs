//! What surrounds a campaign beside its people: the other campaigns it shares rooms, people and goods with, and the
//! lexicon by which its words are judged.

use domain::Event;
use domain::claim::{Claim, claims, matter_after};
use domain::decide::{is_prepared, wording_found};
use domain::ids::{CampaignId, OrganizationId};
use domain::surroundings::Extract;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use sea_orm::ConnectionTrait;

use super::{Acted, UNKNOWN, caught_up};
use crate::failure::Failure;
use crate::service::Service;
use crate::store::{Tx, campaigns, claims as kept, lexicons};

/// Campaigns caught up with at once.
const BATCH: u64 = 100;

/// What a campaign takes that others may want too, and which others can matter to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken {
    claims: Vec<Claim>,
    ends_at: Timestamp,
    /// Others that end by then do not matter.
    matter_after: Timestamp,
}

impl Taken {
    pub(super) fn by(acted: &Acted) -> Self {
        let case = acted.case();
        let ends_at = case.profile().ends_at();
        Self { claims: claims(&case), ends_at, matter_after: matter_after(&case) }
    }

    /// The others that take some of the same.
    pub(super) async fn by_others(
        &self,
        c: &impl ConnectionTrait,
        acted: &Acted,
    ) -> Result<Vec<Extract>, Failure> {
        Ok(kept::others(c, acted.org, acted.campaign.id, &self.claims, self.matter_after).await?)
    }

    pub(super) async fn keep(&self, tx: &Tx, acted: &Acted) -> Result<(), Failure> {
        kept::replace(tx, acted.org, acted.campaign.id, &self.claims, self.ends_at).await
    }
}

/// Writes what campaigns take that a release without claims wrote last; the answer is how many. One that cannot be
/// read is logged and stops nobody.
///
/// # Errors
/// What the database says while it is asked which.
pub async fn catch_up_claims(service: &Service) -> Result<usize, Failure> {
    let mut all = 0;
    loop {
        let behind = kept::behind(service.store.reader(), BATCH).await?;
        let mut done = 0;
        for (org, id) in behind {
            match keep_again(service, org, id).await {
                Ok(()) => done += 1,
                Err(failure) => {
                    tracing::error!(%org, campaign = %id, %failure, "what a campaign takes could not be written");
                }
            }
        }
        all += done;
        if done == 0 || service.stopping.is_cancelled() {
            return Ok(all);
        }
    }
}

async fn keep_again(service: &Service, org: OrganizationId, id: CampaignId) -> Result<(), Failure> {
    let clock = service.clock.clone();
    let write = service.store.write(move |tx| {
        let now = clock.now();
        async move {
            let loaded = campaigns::hold(tx, org, id).await?.ok_or(UNKNOWN)?;
            let (_, acted, _) = caught_up(tx, org, loaded, now).await?;
            Taken::by(&acted).keep(tx, &acted).await?;
            kept::caught_up(tx, org, id).await
        }
        .boxed()
    });
    write.await
}

/// Adds what a lexicon finds that came into force since the campaign was judged; tells by which version it is judged now.
/// While nobody prepares it, it is not.
pub(super) async fn judge_words(
    tx: &Tx,
    acted: &mut Acted,
    events: &mut Vec<Event>,
    judged_by: i64,
) -> Result<i64, Failure> {
    let version = acted.lexicon.version;
    if version == judged_by || !is_prepared(acted.standing.status) {
        return Ok(judged_by);
    }
    let before = lexicons::of_version(tx, acted.org, judged_by).await?;
    if let Some(found) = wording_found(&acted.case(), &before, version) {
        acted.campaign = domain::apply::apply(acted.campaign.clone(), &found);
        events.push(found);
    }
    Ok(version)
}
