//! How long each host leads, and how long without a break.

use std::collections::{BTreeMap, BTreeSet};

use super::span::{Span, Timeline};
use crate::gate::script::Script;
use crate::params::ScriptParams;

/// What one host has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostLoad {
    /// Who.
    pub host: String,
    /// Seconds of all rows this host leads; rests do not count.
    pub seconds: i64,
    /// The longest stretch without a break, the first of equals.
    pub longest: Span,
}

/// Who leads rows, each with the place of the first, in list order.
pub(crate) fn leading_hosts(script: &Script) -> Vec<(usize, &str)> {
    let mut seen = BTreeSet::new();
    let rows = script.rows.as_deref().unwrap_or_default().iter().enumerate();
    rows.filter_map(|(i, row)| Some((i, row.led_by()?))).filter(|(_, host)| seen.insert(*host)).collect()
}

/// What each host has to do. A break is a rest, a row of somebody else, or a gap that is too long.
pub(crate) fn host_loads<'s>(timeline: &Timeline<'s>, params: &ScriptParams) -> BTreeMap<&'s str, HostLoad> {
    let mut loads: BTreeMap<&str, HostLoad> = BTreeMap::new();
    let mut before: Option<Stretch<'_>> = None;
    for (row, span) in &timeline.rows {
        before = row.led_by().map(|host| {
            let goes_on = before.filter(|before| {
                before.host == host && span.start_seconds - before.row_end_seconds <= params.max_gap_seconds
            });
            let whole = goes_on.map_or(*span, |before| Span {
                start_seconds: before.span.start_seconds,
                end_seconds: before.span.end_seconds.max(span.end_seconds),
            });
            let load = loads.entry(host).or_insert_with(|| HostLoad {
                host: host.to_owned(),
                seconds: 0,
                longest: whole,
            });
            load.seconds += span.seconds();
            if whole.seconds() > load.longest.seconds() {
                load.longest = whole;
            }
            Stretch { host, span: whole, row_end_seconds: span.end_seconds }
        });
    }
    loads
}

/// Rows of one host that follow one another without a break.
#[derive(Copy, Clone)]
struct Stretch<'s> {
    host: &'s str,
    span: Span,
    row_end_seconds: i64,
}
