//! What every test of the whole service uses: the real binary in a folder of its own, clients that say what
//! they expect, a mail server that keeps what it gets, people, and the standard campaign.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails the test")]

pub mod binary;
pub mod client;
pub mod cluster;
pub mod database;
pub mod examples;
pub mod folder;
pub mod mail;
pub mod people;
pub mod proxy;
pub mod python;
pub mod seed;
pub mod server;
pub mod show;
pub mod sink;
pub mod spec;
pub mod time;
pub mod tmpfs;
pub mod wire;

pub use client::{Answer, Client};
pub use cluster::Cluster;
pub use database::Database;
pub use folder::Folder;
pub use mail::{Mail, MailServer};
pub use people::{Cast, Person};
pub use seed::Seed;
pub use server::{Server, Setup};
pub use show::Show;
pub use spec::Spec;
pub use time::machine_time;
pub use wire::Wire;
