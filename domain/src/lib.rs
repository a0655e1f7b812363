//! The rules of Greenroom: what a campaign is, what its seven gates demand, who may do what, and what follows.
//! Deliberately absent: clocks, input and output, threads, databases, HTTP. Every function here is a pure
//! function of facts, the pinned playbook and [`Surroundings`].

pub mod actor;
pub mod apply;
pub mod campaign;
pub mod canonical;
pub mod character;
pub mod claim;
pub mod command;
pub mod complete;
pub mod data;
pub mod decide;
pub mod digest;
pub mod document;
pub mod effect;
pub mod evaluate;
pub mod event;
pub mod fault;
pub mod finding;
pub mod gate;
pub mod ids;
pub mod locale;
pub mod metadata;
pub mod notice;
pub mod offset;
pub mod params;
pub mod playbook;
pub mod policy;
pub mod portfolio;
pub mod preferences;
pub mod profile;
pub mod readiness;
pub mod record;
pub mod refusal;
pub mod rule;
pub mod run_sheet;
pub mod scalar;
pub mod schedule;
pub mod shape;
pub mod shown;
pub mod standing;
pub mod surroundings;
pub mod word;
pub mod wording;

pub use actor::{Actor, Role};
pub use campaign::Campaign;
pub use command::Command;
pub use event::Event;
pub use gate::GateKey;
pub use locale::{Bilingual, Locale};
pub use playbook::Playbook;
pub use refusal::Refusal;
pub use surroundings::Surroundings;
pub use wording::Lexicon;
