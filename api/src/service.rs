//! What every part of the running service shares.

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::delivery::{Mailer, MailerError};
use crate::http::{Glance, Work};
use crate::jobs::Rounds;
use crate::metrics::Metrics;
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
    /// What operators measure.
    pub metrics: Metrics,
    /// Requests that are being worked on.
    pub work: Work,
    /// Whether the database answered when it was last asked for its health.
    pub is_reached: Glance<bool>,
    /// How many messages were due when they were last counted.
    pub pending: Glance<Option<u64>>,
    /// Cancelled once the process shall end: nothing new is begun, and nobody should send anything more.
    pub stopping: CancellationToken,
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
        let work = Work::at_most(settings.max_requests);
        Ok(Self {
            settings,
            store,
            clock,
            secrets,
            mailer,
            nudge: Notify::new(),
            rounds: Rounds::default(),
            metrics: Metrics::default(),
            work,
            is_reached: Glance::default(),
            pending: Glance::default(),
            stopping: CancellationToken::new(),
        })
    }

    /// Measures how late a message is that should have left at `due_at`, before its first attempt. A sandbox's clock
    /// says nothing about that.
    pub fn measure_lateness(&self, attempts: i64, due_at: Timestamp) {
        if attempts == 1 && !self.clock.is_sandbox() {
            self.metrics.first_attempt(self.clock.now().duration_since(due_at));
        }
    }
}
