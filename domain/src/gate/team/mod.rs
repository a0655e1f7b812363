//! Gate team 主播与团队: who works when, trained in what, rehearsed how.

mod content;
mod rules;

pub use content::*;
pub use rules::RULES;
