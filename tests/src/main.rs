//! Tests of the whole service: the real binary, real HTTP, a real mail server.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails the test")]

mod access;
mod bad_input;
mod bodies;
mod concurrency;
mod contract;
mod crash;
mod evaluations;
mod flood;
mod injection;
mod isolation;
mod journey;
mod limits;
mod lists;
mod mails;
mod mass_assignment;
mod outages;
mod overdue;
mod people;
mod places;
mod readme;
mod roles;
mod settings;
mod sqlite_only;
mod staleness;
