//! A look at something dear that many ask for: whoever asks within a second of the last look gets what was seen then,
//! and whoever asks during one waits for it. So a flood of probes is one question a second to the database.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long what was seen is good for.
const FRESH: Duration = Duration::from_secs(1);
/// How long a look may take, and how long one is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was seen last, and when; nothing if it took too long.
#[derive(Debug)]
pub struct Glance<T> {
    fresh: Duration,
    seen: Mutex<Option<(Instant, Option<T>)>>,
}

impl<T> Default for Glance<T> {
    fn default() -> Self {
        Self { fresh: FRESH, seen: Mutex::new(None) }
    }
}

impl<T: Clone> Glance<T> {
    /// What was seen within the last second, else what `look` sees now; nothing where it takes too long.
    pub(super) async fn or(&self, look: impl Future<Output = T>) -> Option<T> {
        let mut seen = timeout(PATIENCE, self.seen.lock()).await.ok()?;
        if let Some((at, what)) = seen.as_ref()
            && at.elapsed() < self.fresh
        {
            return what.clone();
        }
        let what = timeout(PATIENCE, look).await.ok();
        *seen = Some((Instant::now(), what.clone()));
        what
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;

    use futures_util::future::join_all;

    use super::*;

    async fn questions(fresh: Duration) -> usize {
        let (glance, asked) = (Glance { fresh, ..Glance::default() }, Cell::new(0));
        let look = || async {
            asked.set(asked.get() + 1);
            tokio::task::yield_now().await;
            asked.get()
        };
        let answers = join_all((0..100).map(|_| glance.or(look()))).await;
        assert!(answers.iter().all(Option::is_some));
        asked.get()
    }

    #[tokio::test]
    async fn many_who_ask_within_a_second_are_one_question() {
        assert_eq!(questions(Duration::from_secs(60)).await, 1);
        assert_eq!(questions(Duration::ZERO).await, 100, "what is old is looked at again");
    }

    #[tokio::test]
    async fn who_waits_for_what_never_comes_gives_up_and_so_do_those_behind() {
        let glance = Glance::<()>::default();
        let began = Instant::now();
        let answers = join_all((0..10).map(|_| glance.or(pending()))).await;
        assert_eq!(answers, vec![None; 10]);
        assert!(began.elapsed() < 2 * PATIENCE, "{:?}", began.elapsed());
    }
}
