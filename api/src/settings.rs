//! What the service is told at start: defaults < TOML file < `GREENROOM_*` environment < flags.
//! A secret may also come from a file, named by the same setting with `_file` after it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::record::nearest;
use figment::providers::{Format as _, Serialized, Toml};
use figment::value::Dict;
use figment::{Figment, Provider as _};
use serde::{Deserialize, Serialize};

use crate::secret::Hidden;

mod smtp;
mod value;

pub use smtp::{SmtpServer, Transport};
use value::{admin_key, invalid, listen, log_form, metrics_for, number, number_or_text, public_url, sender};

/// What every environment variable of ours begins with.
const PREFIX: &str = "GREENROOM_";

/// Settings as the sources give them; what is absent keeps its default.
#[derive(Clone, Default, Serialize, Deserialize, clap::Args)]
#[serde(default, deny_unknown_fields)]
pub struct Given {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// Where the database is
    #[arg(long, help = "Database: sqlite://FILE or postgres://… [default: sqlite://greenroom.db]")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// Address people and CRMs reach the service at, for links in problems
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Mail server: `smtp://`, `smtp+starttls://` or `smtps://` with `user:password@host:port`
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<String>,
    /// Sender of every mail; `Greenroom <greenroom@localhost>` where nothing is said
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_from: Option<String>,
    /// Folder for .eml files while there is no mail server [default: mail]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_dir: Option<PathBuf>,
    /// API key of the first admin: 32 to 200 visible ASCII characters
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_key: Option<String>,
    /// Secret key of the service: 32 bytes as hexadecimal or base64url
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<String>,
    /// Form of the log: readable or json [default: readable]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Worker threads for HTTP [default: one a core]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "number_or_text")]
    pub workers: Option<String>,
    /// Who may read /metrics: open, admin or off [default: open]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<String>,
    /// Seconds of serving on after SIGTERM, while /readyz answers 503 already [default: 3]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "number_or_text")]
    pub drain_seconds: Option<String>,
    /// Connections at once; more wait to be accepted [default: 20000]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "number_or_text")]
    pub max_connections: Option<String>,
    /// Requests worked on at once; more are answered 503 [default: 1024]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "number_or_text")]
    pub max_requests: Option<String>,
    /// File with the database URL
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url_file: Option<PathBuf>,
    /// File with the mail server
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url_file: Option<PathBuf>,
    /// File with the first admin's API key
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_key_file: Option<PathBuf>,
    /// File with the secret key
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_file: Option<PathBuf>,
}

/// The name of every setting.
const NAMES: [&str; 18] = [
    "listen",
    "database_url",
    "public_url",
    "smtp_url",
    "mail_from",
    "mail_dir",
    "admin_key",
    "secret_key",
    "log",
    "workers",
    "metrics",
    "drain_seconds",
    "max_connections",
    "max_requests",
    "database_url_file",
    "smtp_url_file",
    "admin_key_file",
    "secret_key_file",
];

/// Settings in force, all checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: String,
    /// `sqlite://…` or `postgres://…`; may carry a password.
    pub database_url: Hidden,
    /// Where the service is reached, without a slash at the end.
    pub public_url: Option<String>,
    /// The mail server, if there is one.
    pub smtp: Option<SmtpServer>,
    /// Sender of every mail.
    pub mail_from: String,
    /// Folder for `.eml` files while there is no mail server.
    pub mail_dir: PathBuf,
    /// API key of the first admin.
    pub admin_key: Option<Hidden>,
    /// Secret key of the service.
    pub secret_key: Option<Hidden>,
    /// Form of the log.
    pub log: LogForm,
    /// Worker threads for HTTP; one a core where nothing is said.
    pub workers: Option<usize>,
    /// Who may read the metrics.
    pub metrics: MetricsFor,
    /// How long the service goes on after SIGTERM, so that whoever asks `/readyz` sends nothing more.
    pub drain: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// Requests worked on at once, those that wait for their own client not counted.
    pub max_requests: usize,
}

/// Who may read `/metrics`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum MetricsFor {
    /// Whoever reaches the service, as with `/livez` and `/readyz`.
    Anybody,
    /// Keys of admins.
    Admins,
    /// Nobody: there is no such address.
    Nobody,
}

/// Forms of the log.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// Lines for people.
    Readable,
    /// One JSON object a line.
    Json,
}

/// Why the settings cannot be used; each names the setting.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A setting we do not know.
    #[error("{from}: unknown setting \"{name}\"{hint}")]
    Unknown {
        /// Where it was given.
        from: String,
        /// As it was written there.
        name: String,
        /// The nearest known one, as a question.
        hint: String,
    },
    /// A value of another form than needed.
    #[error("{name}: {needed}")]
    Invalid {
        /// The setting.
        name: &'static str,
        /// What is needed.
        needed: String,
    },
    /// A setting and its file were both given.
    #[error("give either {0} or {0}_file, not both")]
    Twice(&'static str),
    /// A file that cannot be read.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The TOML file is no such file.
    #[error("{0}")]
    Unreadable(Box<figment::Error>),
}

impl Settings {
    /// Reads every source; `file` is a TOML file that must exist, `environment` the process's.
    ///
    /// # Errors
    /// The first setting that is unknown or wrong.
    pub fn read(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &Given,
    ) -> Result<Self, SettingsError> {
        let unreadable = |error: figment::Error| SettingsError::Unreadable(Box::new(error));
        let mut sources = Figment::new();
        if let Some(path) = file {
            let toml = Toml::file_exact(path);
            for dict in toml.data().map_err(unreadable)?.values() {
                known(&path.display().to_string(), dict.keys().map(|key| (key.clone(), key.clone())))?;
            }
            sources = sources.merge(toml);
        }
        let environment = of_environment(environment)?;
        let given: Given = sources
            .merge(Serialized::globals(environment))
            .merge(Serialized::globals(flags))
            .extract()
            .map_err(unreadable)?;
        Self::checked(given)
    }

    fn checked(given: Given) -> Result<Self, SettingsError> {
        let database_url = secret("database_url", given.database_url, given.database_url_file)?
            .unwrap_or_else(|| Hidden::new("sqlite://greenroom.db".to_owned()));
        if !["sqlite:", "postgres:", "postgresql:"]
            .iter()
            .any(|scheme| database_url.reveal().starts_with(scheme))
        {
            return Err(invalid("database_url", "sqlite://FILE or postgres://… is needed"));
        }
        let smtp = secret("smtp_url", given.smtp_url, given.smtp_url_file)?;
        let smtp = smtp.map(|url| SmtpServer::read(url.reveal())).transpose();
        Ok(Self {
            listen: given.listen.map_or_else(|| Ok("127.0.0.1:8080".to_owned()), listen)?,
            database_url,
            public_url: given.public_url.map(public_url).transpose()?,
            smtp: smtp.map_err(|needed| invalid("smtp_url", needed))?,
            mail_from: given
                .mail_from
                .map_or_else(|| Ok("Greenroom <greenroom@localhost>".to_owned()), sender)?,
            mail_dir: given.mail_dir.unwrap_or_else(|| PathBuf::from("mail")),
            admin_key: admin_key(secret("admin_key", given.admin_key, given.admin_key_file)?)?,
            secret_key: secret("secret_key", given.secret_key, given.secret_key_file)?,
            log: log_form(given.log.as_deref())?,
            workers: given.workers.map(|text| number("workers", &text, 1..=512)).transpose()?,
            metrics: metrics_for(given.metrics.as_deref())?,
            drain: Duration::from_secs(
                given.drain_seconds.map_or(Ok(3), |text| number("drain_seconds", &text, 0..=15))?,
            ),
            max_connections: given
                .max_connections
                .map_or(Ok(20_000), |text| number("max_connections", &text, 1..=1_000_000))?,
            max_requests: given
                .max_requests
                .map_or(Ok(1024), |text| number("max_requests", &text, 1..=100_000))?,
        })
    }
}

/// The variables that are ours, by setting; empty ones count as absent.
fn of_environment(environment: impl IntoIterator<Item = (String, String)>) -> Result<Dict, SettingsError> {
    let ours: Vec<(String, String, String)> = environment
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, value)| {
            let setting = name.strip_prefix(PREFIX)?.to_ascii_lowercase();
            (setting != "config").then_some((setting, name, value))
        })
        .collect();
    known("environment", ours.iter().map(|(setting, name, _)| (setting.clone(), name.clone())))?;
    Ok(ours.into_iter().map(|(setting, _, value)| (setting, value.into())).collect())
}

/// Refuses the first of the settings, each with its name as written, that nobody knows.
fn known(from: &str, settings: impl Iterator<Item = (String, String)>) -> Result<(), SettingsError> {
    for (setting, written) in settings {
        if !NAMES.contains(&setting.as_str()) {
            let mut hint = String::new();
            if let Some(near) = nearest(&setting, NAMES.into_iter()) {
                let near = if written == setting { near } else { format!("{PREFIX}{}", near.to_uppercase()) };
                // Writing to a text does not fail.
                let _ = write!(hint, "; did you mean \"{near}\"?");
            }
            return Err(SettingsError::Unknown { from: from.to_owned(), name: written, hint });
        }
    }
    Ok(())
}

fn secret(
    name: &'static str,
    text: Option<String>,
    file: Option<PathBuf>,
) -> Result<Option<Hidden>, SettingsError> {
    match (text, file) {
        (Some(_), Some(_)) => Err(SettingsError::Twice(name)),
        (Some(text), None) => Ok(Some(Hidden::new(text))),
        (None, Some(path)) => match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(Hidden::new(text.trim_end_matches(['\r', '\n']).to_owned()))),
            Err(cause) => Err(SettingsError::File { path: path.display().to_string(), cause }),
        },
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests;
