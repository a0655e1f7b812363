//! Turns at one campaign, within this process: only who has it takes a connection to the server. Else those who
//! wait for the campaign's row would hold every connection, and nobody could do anything about another campaign.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use domain::ids::CampaignId;
use tokio::sync::OwnedMutexGuard;

use super::StoreError;
use super::budget::{budget, too_late};

/// The campaigns at which somebody has or awaits a turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<CampaignId, Arc<tokio::sync::Mutex<()>>>>>);

/// A turn at one campaign; it ends when this goes.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    campaign: CampaignId,
    held: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits for a turn, as long as the asker's budget lasts.
    pub(super) async fn wait(&self, campaign: CampaignId) -> Result<Turn, StoreError> {
        let place = Arc::clone(self.lock().entry(campaign).or_default());
        let (since, budget) = (Instant::now(), budget());
        let held = match &budget {
            Some(budget) => tokio::time::timeout(budget.left(), place.lock_owned()).await.ok(),
            None => Some(place.lock_owned().await),
        };
        if let Some(budget) = budget {
            budget.spend(since.elapsed());
        }
        // Also who gave up leaves nothing behind.
        let turn = Turn { turns: self.clone(), campaign, held };
        if turn.held.is_some() { Ok(turn) } else { Err(too_late().into()) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CampaignId, Arc<tokio::sync::Mutex<()>>>> {
        // Nothing can go wrong halfway while the table is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut table = self.turns.lock();
        drop(self.held.take());
        // Whoever waits counts too, and gets their place while the table is held.
        if table.get(&self.campaign).is_some_and(|place| Arc::strong_count(place) == 1) {
            table.remove(&self.campaign);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::store::within;

    #[tokio::test]
    async fn one_campaign_takes_turns_others_do_not_and_nothing_is_left_behind() {
        let (turns, one, other) = (Turns::default(), CampaignId(Uuid::now_v7()), CampaignId(Uuid::now_v7()));
        let first = turns.wait(one).await.unwrap();
        let beside = turns.wait(other).await.unwrap();
        let refused = within(Duration::from_millis(20), turns.wait(one)).await;
        assert!(refused.is_err_and(|error| error.is_temporary()));
        let (turn, ()) = tokio::join!(turns.wait(one), async { drop(first) });
        drop((turn.unwrap(), beside));
        assert_eq!(turns.lock().len(), 0);
    }
}
