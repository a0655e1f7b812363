//! How much is worked on at once. What is too much is turned away before it costs anything; a request that waits for
//! its own client is not worked on, so slow clients take nobody's place. What all bodies hold together is bounded too.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most bytes of bodies that are held at once: eight of the largest, or a thousand usual ones.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The requests that are being worked on and what their bodies hold, and how much of both there may be.
#[derive(Debug)]
pub struct Work {
    requests: Arc<Bounded>,
    bytes: Arc<Bounded>,
}

/// A number that does not pass its bound.
#[derive(Debug)]
struct Bounded {
    most: usize,
    now: AtomicUsize,
}

/// The place of one request among them.
#[derive(Debug)]
pub(super) struct Place {
    requests: Arc<Bounded>,
    bytes: Arc<Bounded>,
    is_taken: Cell<bool>,
    /// Bytes of its body that are held.
    held: Cell<usize>,
    /// Whether it was turned away after it had begun.
    is_turned_away: Cell<bool>,
}

impl Bounded {
    fn at_most(most: usize) -> Arc<Self> {
        Arc::new(Self { most, now: AtomicUsize::new(0) })
    }

    /// Takes so many, if that many are left.
    fn take(&self, count: usize) -> bool {
        let more = |now: usize| now.checked_add(count).filter(|then| *then <= self.most);
        self.now.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn give_back(&self, count: usize) {
        self.now.fetch_sub(count, Ordering::Relaxed);
    }
}

impl Work {
    /// No work yet, and this many requests at most.
    #[must_use]
    pub fn at_most(requests: usize) -> Self {
        Self { requests: Bounded::at_most(requests), bytes: Bounded::at_most(MOST_BYTES) }
    }

    /// Takes a place, if there is one.
    pub(super) fn begin(&self) -> Option<Place> {
        self.requests.take(1).then(|| Place {
            requests: Arc::clone(&self.requests),
            bytes: Arc::clone(&self.bytes),
            is_taken: Cell::new(true),
            held: Cell::new(0),
            is_turned_away: Cell::new(false),
        })
    }
}

impl Place {
    /// Gives the place to others while the client is waited for.
    pub(super) fn leave(&self) {
        if self.is_taken.replace(false) {
            self.requests.give_back(1);
        }
    }

    /// Comes back, unless the house is full by now.
    pub(super) fn come_back(&self) -> bool {
        if !self.is_taken.get() {
            self.is_taken.set(self.requests.take(1));
        }
        self.is_taken.get() || self.turn_away()
    }

    /// Holds so many bytes more of the body, unless there is no room for them.
    pub(super) fn hold(&self, bytes: usize) -> bool {
        if self.bytes.take(bytes) {
            self.held.set(self.held.get() + bytes);
            return true;
        }
        self.turn_away()
    }

    /// Whether there was no room any more.
    pub(super) const fn is_turned_away(&self) -> bool {
        self.is_turned_away.get()
    }

    /// The request is answered: place and room are free.
    pub(super) fn end(&self) {
        self.leave();
        self.bytes.give_back(self.held.replace(0));
    }

    fn turn_away(&self) -> bool {
        self.is_turned_away.set(true);
        false
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.end();
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
        assert!(!first.come_back() && first.is_turned_away(), "their place is taken");
        drop((second, third));
        assert!(first.come_back());
        let _fourth = work.begin().unwrap();
        assert!(work.begin().is_none(), "the first came back");
        drop(first);
        assert!(work.begin().is_some());
    }

    #[test]
    fn bodies_are_held_until_there_is_no_room_and_again_once_one_is_answered() {
        let work = Work::at_most(3);
        let (first, second) = (work.begin().unwrap(), work.begin().unwrap());
        assert!(first.hold(MOST_BYTES - 10) && second.hold(10));
        assert!(!second.hold(1) && second.is_turned_away());
        assert!(!first.is_turned_away());
        first.end();
        let third = work.begin().unwrap();
        assert!(third.hold(MOST_BYTES - 10) && !third.hold(1), "the second still holds its own");
    }
}
