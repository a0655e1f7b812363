//! Gate audience 受众: who the show is made for, and on which data that rests.

mod content;
mod region;
mod rules;

pub use content::*;
pub use region::Region;
pub use rules::RULES;
pub(crate) use rules::largest_segment;
