//! Tests of the whole service: the real binary, real HTTP, a real mail server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails the test")]

mod access;
mod bad_input;
mod concurrency;
mod contract;
mod crash;
mod evaluations;
mod hostile;
mod journey;
mod limits;
mod mails;
mod metrics;
mod outage;
mod overdue;
mod people;
mod readme;
mod secrecy;
mod settings;
mod shutdown;
mod slow_clients;
mod sqlite_only;
mod staleness;
