//! Gate script 策略与脚本: what is said and shown when, and what is done when something goes wrong.

mod content;
mod pace;
mod row;
mod rules;
mod selling;
mod wording;

pub use content::*;
pub use rules::RULES;
