//! How much is worked on at once. What is too much is turned away before it costs anything; a request that waits for
//! its own client is not worked on, so slow clients take nobody's place.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The requests that are being worked on, and how many may be.
#[derive(Debug)]
pub struct Work {
    most: usize,
    now: Arc<AtomicUsize>,
}

/// The place of one request among them.
#[derive(Debug)]
pub(super) struct Place {
    now: Arc<AtomicUsize>,
    is_taken: Cell<bool>,
}

impl Work {
    /// No work yet, and this much at most.
    #[must_use]
    pub fn at_most(most: usize) -> Self {
        Self { most, now: Arc::default() }
    }

    /// Takes a place, if there is one.
    pub(super) fn begin(&self) -> Option<Place> {
        let one_more = |now: usize| (now < self.most).then_some(now + 1);
        self.now.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Place { now: Arc::clone(&self.now), is_taken: Cell::new(true) })
    }
}

impl Place {
    /// Gives the place to others while the client is waited for.
    pub(super) fn leave(&self) {
        if self.is_taken.replace(false) {
            self.now.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Comes back, even to a full house: what was begun is ended.
    pub(super) fn come_back(&self) {
        if !self.is_taken.replace(true) {
            self.now.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_house_turns_away_until_somebody_leaves_or_waits_for_their_client() {
        let work = Work::at_most(2);
        let (first, second) = (work.begin().unwrap(), work.begin().unwrap());
        assert!(work.begin().is_none());
        first.leave();
        let third = work.begin().unwrap();
        first.come_back();
        drop((second, third));
        let _fourth = work.begin().unwrap();
        assert!(work.begin().is_none(), "the first came back");
        drop(first);
        assert!(work.begin().is_some());
    }
}
