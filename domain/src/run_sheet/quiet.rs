//! How long viewers are left without interaction.

use super::span::{Span, Timeline};

/// The stretches of the show without interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// All of them, in order of time.
    pub spans: Vec<Span>,
    /// The longest, the first of equals; `None` where viewers are drawn in all the time.
    pub longest: Option<Span>,
}

impl Quiet {
    pub(crate) fn of(timeline: &Timeline<'_>) -> Self {
        let mut spans = Vec::new();
        let mut quiet_since = 0;
        let mut quiet_until = |start_seconds: i64, end_seconds: i64| {
            if start_seconds < end_seconds {
                spans.push(Span { start_seconds, end_seconds });
            }
        };
        for (_, _, span) in timeline.by_start().into_iter().filter(|(_, row, _)| row.interacts()) {
            quiet_until(quiet_since, span.start_seconds);
            quiet_since = quiet_since.max(span.end_seconds);
        }
        quiet_until(quiet_since, timeline.end_seconds);
        // The last of equals is taken, so the latest comes first.
        let longest = spans.iter().rev().copied().max_by_key(|span| span.seconds());
        Self { spans, longest }
    }

    /// How long the longest is.
    #[must_use]
    pub fn longest_seconds(&self) -> i64 {
        self.longest.map_or(0, Span::seconds)
    }
}
