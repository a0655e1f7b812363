//! How long whoever asks may still wait for the database, over all their statements together. It travels with the
//! task, so that no function has to carry it, and follows a write into the task that carries it out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::ConnAcquireErr::Timeout;
use sea_orm::DbErr;

tokio::task_local! {
    static BUDGET: Option<Budget>;
}

/// What is left, shared by everything done for one asker.
#[derive(Clone, Debug)]
pub(super) struct Budget(Arc<AtomicU64>);

impl Budget {
    /// What is left.
    pub(super) fn left(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    /// Takes what was spent away.
    pub(super) fn spend(&self, spent: Duration) {
        let spent = u64::try_from(spent.as_micros()).unwrap_or(u64::MAX);
        let less = |left: u64| Some(left.saturating_sub(spent));
        // It cannot fail: there is always something to put in its place.
        let _before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }
}

/// Does something whose statements, all together, may wait for a shared database this long and no longer.
pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    let limit = u64::try_from(limit.as_micros()).unwrap_or(u64::MAX);
    spending(Some(Budget(Arc::new(AtomicU64::new(limit)))), work).await
}

/// Does something for an asker whose budget was set elsewhere.
pub(super) async fn spending<T>(budget: Option<Budget>, work: impl Future<Output = T>) -> T {
    BUDGET.scope(budget, work).await
}

/// The budget of this task; jobs have none.
pub(super) fn budget() -> Option<Budget> {
    BUDGET.try_with(Clone::clone).unwrap_or(None)
}

/// Whether whoever asks has no time left at all.
pub(super) fn is_spent() -> bool {
    budget().is_some_and(|budget| budget.left().is_zero())
}

/// What is said to who waited too long, perhaps for others before them.
pub(super) const fn too_late() -> DbErr {
    DbErr::ConnectionAcquire(Timeout)
}
