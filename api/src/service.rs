//! What every part of the running service shares.

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::delivery::{Mailer, MailerError};
use crate::jobs::Rounds;
use crate::secret::Secrets;
use crate::settings::Settings;
use crate::store::Store;

/// The running service: settings, store, clock, secrets, mail.
pub struct Service {
    /// How it was configured.
    pub settings: Settings,
    /// Where facts are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Hashing of keys and sealing of stored secrets.
    pub secrets: Secrets,
    /// How mail leaves.
    pub mailer: Mailer,
    /// Wakes the jobs as soon as a command planned something.
    pub nudge: Notify,
    /// Keeps two rounds of one job from running at once; begins as its default.
    pub rounds: Rounds,
}

impl Service {
    /// A service of these parts; mail leaves as the settings say.
    ///
    /// # Errors
    /// Mail settings that cannot work.
    pub fn new(
        settings: Settings,
        store: Store,
        clock: Clock,
        secrets: Secrets,
    ) -> Result<Self, MailerError> {
        let mailer = Mailer::of(&settings)?;
        Ok(Self { settings, store, clock, secrets, mailer, nudge: Notify::new(), rounds: Rounds::default() })
    }
}
