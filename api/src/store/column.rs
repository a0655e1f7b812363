//! How values stand in columns, and how they are read back: instants as text whose order is that of time, closed
//! lists by their keys, structures as JSON.

use domain::gate::GateKey;
use domain::record;
use domain::record::Member;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::StoreError;

/// RFC 3339 in UTC with six decimals: `2027-03-20T12:00:00.000000Z`.
pub(super) fn instant_text(instant: Timestamp) -> String {
    DateTimePrinter::new().precision(Some(6)).timestamp_to_string(&instant)
}

/// The text of a structure.
pub(super) fn json_text(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|cause| StoreError::Corrupt {
        table: "new row",
        id: "-".to_owned(),
        why: cause.to_string(),
    })
}

/// The text of a structure that may be missing.
pub(super) fn json_text_of<T: Serialize>(value: Option<&T>) -> Result<Option<String>, StoreError> {
    value.map(json_text).transpose()
}

/// Names the row at hand in what is said about it.
#[derive(Copy, Clone)]
pub(super) struct Row<'r> {
    table: &'static str,
    id: &'r dyn std::fmt::Display,
}

impl<'r> Row<'r> {
    pub(super) const fn new(table: &'static str, id: &'r dyn std::fmt::Display) -> Self {
        Self { table, id }
    }

    /// Says what is wrong with it.
    pub(super) fn corrupt(&self, column: &str, why: impl std::fmt::Display) -> StoreError {
        StoreError::Corrupt { table: self.table, id: self.id.to_string(), why: format!("{column}: {why}") }
    }

    pub(super) fn instant(&self, column: &str, text: &str) -> Result<Timestamp, StoreError> {
        text.parse().map_err(|cause| self.corrupt(column, cause))
    }

    pub(super) fn instant_of(
        &self,
        column: &str,
        text: Option<&str>,
    ) -> Result<Option<Timestamp>, StoreError> {
        text.map(|text| self.instant(column, text)).transpose()
    }

    pub(super) fn zone(&self, name: &str) -> Result<TimeZone, StoreError> {
        TimeZone::get(name).map_err(|cause| self.corrupt("time_zone", cause))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|cause| self.corrupt(column, cause))
    }

    /// A record as it was written before.
    pub(super) fn record<T: Member>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        let written: Value = self.json(column, text)?;
        record::read(&written, "").map_err(|faults| self.corrupt(column, format!("{faults:?}")))
    }

    pub(super) fn json_of<T: DeserializeOwned>(
        &self,
        column: &str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.json(column, text)).transpose()
    }

    /// A value of a closed list; `of_key` is the list's own reader.
    pub(super) fn choice<T>(
        &self,
        column: &str,
        key: &str,
        of_key: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        of_key(key).ok_or_else(|| self.corrupt(column, format!("no such key: {key}")))
    }

    pub(super) fn gate_of(&self, column: &str, key: Option<&str>) -> Result<Option<GateKey>, StoreError> {
        key.map(|key| self.choice(column, key, GateKey::of_key)).transpose()
    }
}
