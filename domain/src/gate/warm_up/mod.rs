//! Gate `warm_up` 预热引流: what is published before the show, where, and for how much.

mod content;
mod message;
mod rules;
mod wording;

pub use content::*;
pub use rules::RULES;
