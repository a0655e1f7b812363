//! Tests of the whole service: the real binary, real HTTP, a real mail server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails the test")]

mod access;
mod bad_input;
mod bodies;
mod boundaries;
mod breaking;
mod concurrency;
mod conformance;
mod contract;
mod crash;
mod evaluations;
mod flood;
mod framework_errors;
mod hostile;
mod injection;
mod isolation;
mod journey;
mod limits;
mod lists;
mod mails;
mod mass_assignment;
mod metrics;
mod outages;
mod overdue;
mod people;
mod places;
mod readme;
mod roles;
mod schemathesis;
mod secrecy;
mod settings;
mod shutdown;
mod slow_clients;
mod specification;
mod sqlite_only;
mod staleness;
