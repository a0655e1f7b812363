//! Gate `equipment_test` 设备与技术测试: what the show runs on, and what its tests measured.

mod content;
mod rules;

pub use content::*;
pub use rules::RULES;
