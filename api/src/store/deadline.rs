//! By when whoever asks must have been answered. It travels with the task, so that no function has to carry it, and
//! follows a write into the task that carries it out.

use std::time::Duration;

use tokio::time::Instant;

tokio::task_local! {
    static DEADLINE: Option<Instant>;
}

/// Does something whose statements, all together, may wait for the database this long and no longer.
pub async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    until(Some(Instant::now() + limit), work).await
}

/// Does something under a deadline that was set elsewhere.
pub(super) async fn until<T>(deadline: Option<Instant>, work: impl Future<Output = T>) -> T {
    DEADLINE.scope(deadline, work).await
}

/// The deadline of this task; jobs have none.
pub(super) fn deadline() -> Option<Instant> {
    DEADLINE.try_with(|deadline| *deadline).unwrap_or(None)
}
