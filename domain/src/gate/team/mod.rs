//! Gate team 主播与团队: who works when, trained in what, rehearsed how.

mod content;
mod preparation;
mod roster;
mod rules;
mod stamps;

pub use content::*;
pub use rules::RULES;
pub use stamps::Stamps;
