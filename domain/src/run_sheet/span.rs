//! Stretches of the show, and the whole of its rows in time.

use crate::gate::script::{Row, Script};
use crate::need;
use crate::rule::Lack;

/// A half-open stretch of time, in seconds from go-live.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first second.
    pub start_seconds: i64,
    /// The first second after it.
    pub end_seconds: i64,
}

impl Span {
    /// How long it is.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.end_seconds - self.start_seconds
    }

    /// How many seconds both have in common.
    #[must_use]
    pub fn overlap_seconds(self, other: Self) -> i64 {
        let end = self.end_seconds.min(other.end_seconds);
        (end - self.start_seconds.max(other.start_seconds)).max(0)
    }
}

/// The rows of a script in time, once none of them misses its start or duration.
#[derive(Clone, Debug)]
pub(crate) struct Timeline<'s> {
    /// Each row with the time it runs, in list order.
    pub(crate) rows: Vec<(&'s Row, Span)>,
    /// When the last of them ends.
    pub(crate) end_seconds: i64,
}

impl<'s> Timeline<'s> {
    pub(crate) fn of(script: &'s Script) -> Result<Self, Lack> {
        let rows = need!(script.rows).iter();
        let rows: Vec<(&Row, Span)> = rows.map(|row| Ok((row, row.span()?))).collect::<Result<_, Lack>>()?;
        let end_seconds = rows.iter().map(|(_, span)| span.end_seconds).max().unwrap_or_default();
        Ok(Self { rows, end_seconds })
    }

    /// The rows with their places, by start; of equals the earlier row first.
    pub(crate) fn by_start(&self) -> Vec<(usize, &'s Row, Span)> {
        let rows = self.rows.iter().enumerate();
        let mut rows: Vec<_> = rows.map(|(i, (row, span))| (i, *row, *span)).collect();
        rows.sort_by_key(|(_, _, span)| span.start_seconds);
        rows
    }
}
