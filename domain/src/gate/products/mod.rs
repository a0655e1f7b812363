//! Gate products 选品与供应链: what is sold, at which price, from which stock, under which papers.

mod content;
mod law;
mod lineup;
mod rules;
mod sku;

pub use content::*;
pub use lineup::Lineup;
pub use rules::RULES;
