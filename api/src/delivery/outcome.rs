//! What can come of handing a mail over, and what each means for the delivery: tried again, given up, or a reason
//! to leave the mail server in peace.

use lettre::transport::smtp::Error;

/// How much of a server's words is kept in the ledger, in characters.
const SAID_MAX: usize = 300;

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has taken the mail.
    Sent,
    /// It has not, or nobody knows.
    Failed(Fault),
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Fault {
    /// What follows from it.
    pub kind: FaultKind,
    /// What was said, for whoever looks after the mail server.
    pub said: String,
}

/// What follows from a failed attempt.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The server asks to try later (4xx).
    Transient,
    /// The server will never take this mail (5xx), or it cannot be built.
    Permanent,
    /// The server does not accept who we are: no other mail will fare better.
    Authentication,
    /// Nobody answered, or not in time, or not as a mail server does. The mail may have been taken.
    Network,
    /// The service ended before the server had let us in: nothing was tried.
    NotBegun,
}

/// How far a connection had come when it failed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Connecting, greeting, TLS, signing in: what fails here says nothing about the mail.
    Opening,
    /// Sender, recipient, content.
    Handing,
}

impl Fault {
    /// A fault in a mail that cannot be built or never be taken.
    pub fn permanent(said: impl Into<String>) -> Self {
        Self::new(FaultKind::Permanent, said)
    }

    /// A fault on the way.
    pub(super) fn network(said: impl Into<String>) -> Self {
        Self::new(FaultKind::Network, said)
    }

    /// What the end of the service leaves to others.
    pub(super) fn not_begun() -> Self {
        Self::new(FaultKind::NotBegun, "the service ended before")
    }

    /// What an error of the mail client means.
    pub(super) fn of(phase: Phase, error: &Error) -> Self {
        let kind = kind(phase, error.status().map(u16::from), error.is_client());
        let mut said = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            let words = inner.to_string();
            if !said.contains(&words) {
                said = format!("{said}: {words}");
            }
            cause = inner.source();
        }
        Self::new(kind, said)
    }

    fn new(kind: FaultKind, said: impl Into<String>) -> Self {
        let said: String = said.into();
        let plain = said.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self { kind, said: plain.take(SAID_MAX).collect() }
    }
}

/// The meaning of a reply's code, or of an error of the client itself where there is no reply.
fn kind(phase: Phase, code: Option<u16>, of_client: bool) -> FaultKind {
    match (phase, code) {
        // RFC 4954: no, wrong, too weak or missing credentials, in whatever phase the server says so.
        (Phase::Opening | Phase::Handing, Some(530 | 534 | 535 | 538)) => FaultKind::Authentication,
        (Phase::Opening | Phase::Handing, Some(400..=499)) => FaultKind::Transient,
        (Phase::Handing, Some(500..=599)) => FaultKind::Permanent,
        // A server that turns everybody away may be another one tomorrow.
        (Phase::Opening, Some(_)) | (Phase::Handing, Some(_)) => FaultKind::Network,
        // Such as an address that this server has no means to take.
        (Phase::Handing, None) if of_client => FaultKind::Permanent,
        (Phase::Opening | Phase::Handing, None) => FaultKind::Network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_means_what_the_ledger_does_about_it() {
        let table = [
            (Phase::Handing, Some(421), false, FaultKind::Transient),
            (Phase::Handing, Some(450), false, FaultKind::Transient),
            (Phase::Handing, Some(451), false, FaultKind::Transient),
            (Phase::Handing, Some(452), false, FaultKind::Transient),
            (Phase::Handing, Some(550), false, FaultKind::Permanent),
            (Phase::Handing, Some(552), false, FaultKind::Permanent),
            (Phase::Handing, Some(554), false, FaultKind::Permanent),
            (Phase::Handing, Some(530), false, FaultKind::Authentication),
            (Phase::Handing, None, true, FaultKind::Permanent),
            (Phase::Handing, None, false, FaultKind::Network),
            (Phase::Opening, Some(421), false, FaultKind::Transient),
            (Phase::Opening, Some(454), false, FaultKind::Transient),
            (Phase::Opening, Some(534), false, FaultKind::Authentication),
            (Phase::Opening, Some(535), false, FaultKind::Authentication),
            (Phase::Opening, Some(538), false, FaultKind::Authentication),
            (Phase::Opening, Some(554), false, FaultKind::Network),
            (Phase::Opening, None, true, FaultKind::Network),
            (Phase::Opening, None, false, FaultKind::Network),
        ];
        for (phase, code, of_client, expected) in table {
            assert_eq!(kind(phase, code, of_client), expected, "{phase:?} {code:?} client: {of_client}");
        }
    }

    #[test]
    fn what_a_server_said_is_kept_on_one_line_and_short() {
        let fault = Fault::permanent(format!("550\r\n{}", "x".repeat(1_000)));
        assert!(!fault.said.contains(['\r', '\n']));
        assert_eq!(fault.said.chars().count(), 300);
    }
}
