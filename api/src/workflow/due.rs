//! Whether a command planned something that is due at once, so that the jobs are woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Acted;
use crate::reply::Answer;
use crate::service::Service;

/// Remembers, over the tries of a change, whether it planned something that is due at once. The jobs are woken
/// only then; what is due later they find by themselves.
#[derive(Clone)]
pub(super) struct Due(Arc<AtomicBool>);

impl Due {
    pub(super) fn pair() -> (Self, Self) {
        let due = Self(Arc::new(AtomicBool::new(false)));
        (due.clone(), due)
    }

    pub(super) fn note(&self, acted: &Acted) {
        self.0.fetch_or(acted.is_due, Ordering::Relaxed);
    }

    pub(super) async fn nudge_after(
        self,
        service: &Service,
        changed: impl Future<Output = Answer>,
    ) -> Answer {
        let answer = changed.await;
        if self.0.load(Ordering::Relaxed) {
            service.nudge.notify_one();
        }
        answer
    }
}
