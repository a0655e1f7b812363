//! What the value of each setting must look like.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::{LogForm, MetricsFor, SettingsError};
use crate::secret::Hidden;

pub(super) fn listen(text: String) -> Result<String, SettingsError> {
    let port =
        text.rsplit_once(':').and_then(|(host, port)| (!host.is_empty()).then(|| port.parse::<u16>().ok()));
    match port.flatten() {
        Some(_) => Ok(text),
        None => Err(invalid("listen", "an address and a port are needed, such as 127.0.0.1:8080")),
    }
}

pub(super) fn public_url(text: String) -> Result<String, SettingsError> {
    let url = text.trim_end_matches('/');
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && url.chars().all(|c| c.is_ascii_graphic() && c != '"') => {
            Ok(url.to_owned())
        }
        Some(_) | None => {
            Err(invalid("public_url", "a URL is needed, such as https://greenroom.example.com"))
        }
    }
}

pub(super) fn sender(text: String) -> Result<String, SettingsError> {
    let mailbox: Result<lettre::message::Mailbox, _> = text.parse();
    let plain = text.chars().all(|c| !c.is_control());
    match mailbox {
        Ok(_) if plain => Ok(text),
        Ok(_) | Err(_) => {
            Err(invalid("mail_from", "an address is needed, such as Greenroom <room@example.com>"))
        }
    }
}

pub(super) fn admin_key(key: Option<Hidden>) -> Result<Option<Hidden>, SettingsError> {
    let fits = |key: &Hidden| {
        (32..=200).contains(&key.reveal().len()) && key.reveal().bytes().all(|byte| byte.is_ascii_graphic())
    };
    match key {
        Some(key) if !fits(&key) => {
            Err(invalid("admin_key", "32 to 200 visible ASCII characters are needed"))
        }
        other => Ok(other),
    }
}

pub(super) fn log_form(text: Option<&str>) -> Result<LogForm, SettingsError> {
    match text {
        None | Some("readable") => Ok(LogForm::Readable),
        Some("json") => Ok(LogForm::Json),
        Some(_) => Err(invalid("log", "readable or json is needed")),
    }
}

pub(super) fn metrics_for(text: Option<&str>) -> Result<MetricsFor, SettingsError> {
    match text {
        None | Some("open") => Ok(MetricsFor::Anybody),
        Some("admin") => Ok(MetricsFor::Admins),
        Some("off") => Ok(MetricsFor::Nobody),
        Some(_) => Err(invalid("metrics", "open, admin or off is needed")),
    }
}

/// A whole number within its bounds.
pub(super) fn number<N: FromStr + PartialOrd + Display>(
    name: &'static str,
    text: &str,
    bounds: RangeInclusive<N>,
) -> Result<N, SettingsError> {
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    let needed = || format!("a number from {} to {} is needed", bounds.start(), bounds.end());
    number.ok_or_else(|| invalid(name, needed()))
}

pub(super) fn invalid(name: &'static str, needed: impl Into<String>) -> SettingsError {
    SettingsError::Invalid { name, needed: needed.into() }
}

pub(super) fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(u64),
        Text(String),
    }
    Ok(Some(match Either::deserialize(deserializer)? {
        Either::Number(number) => number.to_string(),
        Either::Text(text) => text,
    }))
}
