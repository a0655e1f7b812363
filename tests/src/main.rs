//! Tests of the whole service: the real binary, real HTTP, a real mail server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails the test")]

mod access;
mod bad_input;
mod clients;
mod concurrency;
mod contract;
mod crash;
mod evaluations;
mod journey;
mod limits;
mod mails;
mod outage;
mod overdue;
mod people;
mod readme;
mod settings;
mod sqlite_only;
mod staleness;
