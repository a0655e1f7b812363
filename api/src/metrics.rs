//! What operators measure: every name, unit and help text is here. Labels are few and never come from callers, so
//! no name, address or content can get in. Read in `http/metrics.rs`.

mod process;

use std::time::Duration;

use jiff::SignedDuration;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::delivery::{FaultKind, Outcome};
use crate::store::Load;

/// The media type of the exposition.
pub const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds for answers, in seconds: from the smallest answer to the longest body.
const ANSWER_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 15.0];
/// Upper bounds for lateness, in seconds; 2 s and 75 s are promised.
const LATE_SECONDS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 75.0, 300.0, 3600.0];

/// The measurements of one running service.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_seconds: Family<Operation, Histogram, fn() -> Histogram>,
    requests_in_flight: Gauge,
    requests_shed: Counter,
    notices_pending: Gauge,
    notice_lateness: Histogram,
    attempts: Family<Attempt, Counter>,
    connections: Family<Connections, Gauge>,
    writes_waiting: Gauge,
}

/// One operation of the service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempt {
    channel: &'static str,
    result: Came,
}

/// What came of an attempt.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
enum Came {
    Sent,
    Failed(FaultKind),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Connections {
    pool: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let own = Self {
            registry: Registry::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(|| Histogram::new(ANSWER_SECONDS)),
            requests_in_flight: Gauge::default(),
            requests_shed: Counter::default(),
            notices_pending: Gauge::default(),
            notice_lateness: Histogram::new(LATE_SECONDS),
            attempts: Family::default(),
            connections: Family::default(),
            writes_waiting: Gauge::default(),
        };
        own.named()
    }
}

impl Metrics {
    /// Gives everything its name; `_total` and units are added by the exposition.
    fn named(mut self) -> Self {
        let all = &mut self.registry;
        all.register("http_requests", "Requests answered", self.requests.clone());
        let help = "Time from a request's head to its answer";
        all.register_with_unit("http_request_duration", help, Unit::Seconds, self.request_seconds.clone());
        let help = "Requests whose answer is not out yet";
        all.register("http_requests_in_flight", help, self.requests_in_flight.clone());
        let help = "Requests turned away with 503 because too many were worked on";
        all.register("http_requests_shed", help, self.requests_shed.clone());
        let help = "Messages whose time has come and that have not ended, in the whole database";
        all.register("greenroom_notices_pending", help, self.notices_pending.clone());
        let help = "Time between a message's planned time, or its making if that was later, and the first attempt to deliver it";
        all.register_with_unit(
            "greenroom_notice_lateness",
            help,
            Unit::Seconds,
            self.notice_lateness.clone(),
        );
        let help = "Attempts to deliver a message";
        all.register("greenroom_delivery_attempts", help, self.attempts.clone());
        let help = "Connections to the database";
        all.register("greenroom_database_pool_connections", help, self.connections.clone());
        let help = "Writes that wait for the one writer of SQLite";
        all.register("greenroom_database_writes_waiting", help, self.writes_waiting.clone());
        let build = Info::new(Build { version: env!("CARGO_PKG_VERSION") });
        all.register("greenroom_build", "This release", build);
        all.register_collector(Box::new(process::Process));
        self
    }

    /// A request came in; what it answers is dropped when its answer is out.
    pub fn request_begins(&self) -> InFlight {
        self.requests_in_flight.inc();
        InFlight(self.requests_in_flight.clone())
    }

    /// A request was answered. `route` is a pattern of ours, `none` where no operation is.
    pub fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.request_seconds
            .get_or_create(&Operation { method, route: route.clone() })
            .observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { method, route, status }).inc();
    }

    /// A request was turned away.
    pub fn shed(&self) {
        self.requests_shed.inc();
    }

    /// A message is about to be handed over the first time, so long after it should have left.
    pub fn first_attempt(&self, late: SignedDuration) {
        self.notice_lateness.observe(late.as_secs_f64().max(0.0));
    }

    /// A message was handed over, or not.
    pub fn attempted(&self, channel: &'static str, outcome: &Outcome) {
        let result = match outcome {
            Outcome::Sent => Came::Sent,
            Outcome::Failed(fault) => Came::Failed(fault.kind),
        };
        self.attempts.get_or_create(&Attempt { channel, result }).inc();
    }

    /// Everything in the text form of OpenMetrics. `pending` is absent while the database does not tell.
    ///
    /// # Errors
    /// Nothing that happens: writing to a text does not fail.
    pub fn exposition(&self, load: &Load, pending: Option<u64>) -> Result<String, std::fmt::Error> {
        for (pool, used, idle) in &load.connections {
            for (state, count) in [("used", *used), ("idle", *idle)] {
                self.connections.get_or_create(&Connections { pool, state }).set(whole(count));
            }
        }
        self.writes_waiting.set(whole(load.writes_waiting));
        if let Some(pending) = pending {
            self.notices_pending.set(whole(pending));
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// A request whose answer is not out yet.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl EncodeLabelValue for Came {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>,
    ) -> Result<(), std::fmt::Error> {
        let name = match self {
            Self::Sent => "sent",
            Self::Failed(FaultKind::Transient) => "transient",
            Self::Failed(FaultKind::Permanent) => "permanent",
            Self::Failed(FaultKind::Network) => "network",
            Self::Failed(FaultKind::NotBegun) => "not_begun",
            Self::Failed(FaultKind::Authentication) => "authentication",
        };
        EncodeLabelValue::encode(&name, encoder)
    }
}

fn whole(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
