//! Gate script 策略与脚本: what is said and shown when, and what is done when something goes wrong.

mod content;
mod rules;
mod wording;

pub use content::*;
pub use rules::RULES;
