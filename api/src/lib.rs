//! The service: HTTP, pages, jobs and mail around the domain, and the store beneath.
//! `http`, `jobs` → `workflow` → `store`; only `problem` and `http` know HTTP statuses; only `clock` asks the
//! system for the time. What a campaign is and what follows from it is decided in the crate `domain`.

pub mod cli;
pub mod clock;
pub mod delivery;
pub mod failure;
pub mod first_start;
pub mod html;
pub mod http;
pub mod jobs;
pub mod links;
pub mod logging;
pub mod metrics;
pub mod people;
pub mod problem;
pub mod reply;
pub mod secret;
pub mod service;
pub mod settings;
pub mod shutdown;
pub mod store;
pub mod view;
pub mod workflow;
