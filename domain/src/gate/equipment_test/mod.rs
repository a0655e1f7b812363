//! Gate `equipment_test` 设备与技术测试: what the show runs on, and what its tests measured.

mod backup;
mod content;
mod freshness;
mod orders;
mod rules;
mod signal;
mod stream;

pub use content::*;
pub(crate) use freshness::recheck_lasts_until;
pub use rules::RULES;
