//! What ages: measurements by time, trainings and rehearsals by content.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

mod freshness;
#[path = "../stage/mod.rs"]
mod stage;
mod stamps;
