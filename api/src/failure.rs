//! Everything that can come of a wish but its fulfilment, told without a word about how it travels.

use domain::Refusal;
use domain::decide::Allowed;
use jiff::Timestamp;
use sea_orm::DbErr;

use crate::store::StoreError;

/// Why nothing was done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// The rules say no; `allowed` lists what the actor can do instead, and why not what they cannot.
    #[error("refused: {}", refusal.code())]
    Refused { refusal: Box<Refusal>, allowed: Vec<Allowed> },
    /// There is no such thing in the caller's organization.
    #[error("no such {what}")]
    NotFound { what: &'static str },
    /// Something that exists already stands in the way.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// An idempotency key came back with another body.
    #[error("the idempotency key was used with another body")]
    IdempotencyMismatch,
    /// Somebody else wrote between reading and writing; the store tries again before anybody hears of it.
    #[error("somebody else wrote in between")]
    Stale,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// We failed.
    #[error("internal: {0}")]
    Internal(String),
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Another campaign carries this key of the CRM.
    #[error("external_ref {external_ref} is taken")]
    ExternalRefTaken { external_ref: String },
    /// Another member has this address.
    #[error("e-mail {email} is taken")]
    EmailTaken { email: String },
    /// Nobody could administer the organization any more.
    #[error("the last admin cannot go")]
    LastAdmin,
    /// A person is away in that time already.
    #[error("away already from {starts_at} until {ends_at}")]
    AwayAlready { starts_at: Timestamp, ends_at: Timestamp },
    /// Whoever shall stand in is away in that time.
    #[error("{name} is away from {starts_at} until {ends_at}")]
    DelegateAway { name: String, starts_at: Timestamp, ends_at: Timestamp },
    /// The sandbox clock moves forward only.
    #[error("the sandbox clock stands at {now} and moves forward only")]
    SandboxBackwards { now: Timestamp },
    /// A delivery is tried again only after it failed.
    #[error("the delivery is {status}")]
    NotFailed { status: &'static str },
    /// A message is not sent any more.
    #[error("the message is of no use any more: {why}")]
    OfNoUse { why: String },
    /// The first request with this idempotency key has not been answered yet.
    #[error("the first request with this idempotency key is not answered yet")]
    KeyInFlight,
}

impl Failure {
    /// Whether the wish was understood and declined, so that trying again would end the same.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Conflict(Conflict::KeyInFlight) => false,
            Self::Refused { .. } | Self::NotFound { .. } | Self::Conflict(_) | Self::IdempotencyMismatch => {
                true
            }
            Self::Stale | Self::Store(_) | Self::Internal(_) => false,
        }
    }

    /// Whether another try in a new transaction may succeed: two writers met.
    #[must_use]
    pub fn is_contention(&self) -> bool {
        match self {
            Self::Stale | Self::Conflict(Conflict::KeyInFlight) => true,
            Self::Store(error) => error.is_contention(),
            Self::Refused { .. }
            | Self::NotFound { .. }
            | Self::Conflict(_)
            | Self::IdempotencyMismatch
            | Self::Internal(_) => false,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { refusal: Box::new(refusal), allowed: Vec::new() }
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}
