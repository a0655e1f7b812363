//! How messages leave: wording, building and handing over of mail. When something is sent, to whom, and what is
//! done about a failure is decided in `jobs`; nothing here reads or writes the database.

mod email;
mod folder;
mod outcome;
mod smtp;
mod text;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use lettre::message::{Mailbox, Message};

use crate::settings::Settings;

pub use email::{Email, message_id};
pub use folder::{Folder, file_name};
pub use outcome::{Fault, FaultKind, Outcome};
#[cfg(test)]
pub(crate) use smtp::scripted;
pub use smtp::{Smtp, SmtpError};
pub use text::{Enclosed, Letter, Lost, Occasion, bundle, letter};

/// How long nothing is sent after the mail server refused who we are.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// How mail leaves this process. Clones share connections and pause.
#[derive(Clone, Debug)]
pub struct Mailer {
    sender: Mailbox,
    way: Arc<Way>,
    /// Machine's time until which nothing is sent.
    paused_until: Arc<Mutex<Option<Timestamp>>>,
}

/// Where mail is handed over.
#[derive(Debug)]
enum Way {
    Smtp(Smtp),
    Folder(Folder),
}

/// Mail cannot be sent as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The mail server cannot be used.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// The sender is no address.
    #[error("mail_from: {0}")]
    Sender(#[from] lettre::address::AddressError),
}

impl Mailer {
    /// The mail server of the settings, or the folder where there is none. Nothing is connected yet.
    ///
    /// # Errors
    /// Settings that must not or cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, MailerError> {
        let way = match &settings.smtp {
            Some(server) => Way::Smtp(Smtp::new(server.clone())?),
            None => Way::Folder(Folder::new(settings.mail_dir.clone())),
        };
        let sender = settings.mail_from.parse()?;
        Ok(Self { sender, way: Arc::new(way), paused_until: Arc::default() })
    }

    /// The sender of every mail.
    #[must_use]
    pub const fn sender(&self) -> &Mailbox {
        &self.sender
    }

    /// Builds the mail and hands it over; `file` is its name where mails are files. This runs to its end or its time
    /// limit even if nobody waits for it any more, and a mail that breaks the builder fails alone.
    pub async fn send(&self, email: Email, file: String) -> Outcome {
        let (way, sender) = (Arc::clone(&self.way), self.sender.clone());
        let handed_over = tokio::spawn(async move { way.hand_over(&email.build(&sender)?, &file).await });
        match handed_over.await {
            Ok(Ok(())) => Outcome::Sent,
            Ok(Err(fault)) => Outcome::Failed(fault),
            Err(cause) => Outcome::Failed(Fault::permanent(format!("handing over broke off: {cause}"))),
        }
    }

    /// Leaves the mail server in peace for a while, counted on the machine's clock.
    pub fn pause(&self, real_now: Timestamp) {
        let until = real_now.saturating_add(PAUSE).unwrap_or(real_now);
        *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
    }

    /// Until when nothing is sent, if that is still ahead.
    #[must_use]
    pub fn paused(&self, real_now: Timestamp) -> Option<Timestamp> {
        let until = *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| real_now < *until)
    }

    /// Gives up mails that wait for the mail server to let us in; those it is already taking go on.
    pub fn end(&self) {
        match &*self.way {
            Way::Smtp(smtp) => smtp.end(),
            Way::Folder(_) => {}
        }
    }

    /// Says goodbye to the mail server.
    pub fn close(&self) {
        match &*self.way {
            Way::Smtp(smtp) => smtp.close(),
            Way::Folder(_) => {}
        }
    }
}

impl Way {
    async fn hand_over(&self, message: &Message, file: &str) -> Result<(), Fault> {
        match self {
            Self::Smtp(smtp) => smtp.hand_over(message).await,
            Self::Folder(folder) => folder.put(file, &message.formatted()).await,
        }
    }
}
