//! The only place that asks the system for the time. Domain time may be a sandbox's; leases never are.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// What time it is, in whole microseconds so that every database keeps it exactly.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Microseconds since 1970; shared by every clone.
    Sandbox(Arc<AtomicI64>),
}

/// The sandbox clock was told to go back.
#[derive(Copy, Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sandbox clock stands at {now} and only moves forward")]
pub struct Backwards {
    /// Where it stands.
    pub now: Timestamp,
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `now` until it is told to move.
    pub fn sandbox(now: Timestamp) -> Self {
        Self(Source::Sandbox(Arc::new(AtomicI64::new(now.as_microsecond()))))
    }

    /// Domain time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => self.real_now(),
            Source::Sandbox(stands) => instant(stands.load(Ordering::SeqCst)),
        }
    }

    /// The machine's time, whatever the sandbox says: for leases, timeouts and the expiry of keys.
    pub fn real_now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
        let now = Timestamp::now();
        instant(now.as_microsecond())
    }

    /// Whether domain time moves only when told.
    pub const fn is_sandbox(&self) -> bool {
        matches!(self.0, Source::Sandbox(_))
    }

    /// Moves a sandbox clock forward; the machine's clock is left alone.
    ///
    /// # Errors
    /// [`Backwards`] when `to` is before the clock.
    pub fn move_to(&self, to: Timestamp) -> Result<(), Backwards> {
        let Source::Sandbox(stands) = &self.0 else { return Ok(()) };
        let wanted = to.as_microsecond();
        let before = stands.fetch_max(wanted, Ordering::SeqCst);
        if before > wanted { Err(Backwards { now: instant(before) }) } else { Ok(()) }
    }
}

fn instant(microseconds: i64) -> Timestamp {
    // The number came from a timestamp, so it is within the range of time.
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_sandbox_clock_stands_until_told_and_never_goes_back() {
        let clock = Clock::sandbox(at("2027-02-27T02:00:00.1234567Z"));
        let other = clock.clone();
        assert_eq!(clock.now(), at("2027-02-27T02:00:00.123456Z"));
        clock.move_to(at("2027-02-28T00:00:00Z")).unwrap();
        assert_eq!(other.now(), at("2027-02-28T00:00:00Z"));
        let refused = clock.move_to(at("2027-02-27T00:00:00Z")).unwrap_err();
        assert_eq!(refused.now, at("2027-02-28T00:00:00Z"));
        assert_eq!(clock.now(), at("2027-02-28T00:00:00Z"));
    }

    #[test]
    fn the_machines_time_has_whole_microseconds() {
        let clock = Clock::system();
        assert_eq!(clock.now().subsec_nanosecond() % 1_000, 0);
        assert!(!clock.is_sandbox());
        assert!(clock.now() <= clock.real_now());
    }
}
