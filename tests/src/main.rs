//! Tests of the whole service: the real binary, real HTTP, a real mail server.

mod access;
mod bad_input;
mod evaluations;
mod journey;
mod mails;
mod staleness;
