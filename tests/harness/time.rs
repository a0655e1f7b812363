//! The machine's clock, which kills, mails and real replicas follow.

use jiff::Timestamp;

/// The machine's time.
#[expect(clippy::disallowed_methods, reason = "what happens in real time is compared by the machine's clock")]
pub fn machine_time() -> Timestamp {
    Timestamp::now()
}
