//! Gate goal 目标与定位: what the show is for, its figures and its budget.

mod content;
mod rules;

pub use content::*;
pub use rules::RULES;
