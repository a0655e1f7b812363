//! Wording: terms that may not be said on air or in warm-up assets, and those that are better explained. A text
//! is brought to a normal form that spacing, width and case cannot hide a term in; what is found is told by its
//! place in the text as somebody wrote it. Which texts a gate has stands beside that gate.

mod allowed;
mod built_in;
mod cover;
mod judge;
mod lexicon;
mod normal;
mod overlay;
mod term;

pub use allowed::Allowed;
pub use judge::{Passage, forbidden, judge, risky};
pub use lexicon::{Lexicon, Match, Scope};
pub use normal::{Normal, Span};
pub use overlay::{AddedTerm, DisabledTerm, Excuse, LexiconOverlay};
pub use term::{ANYWHERE, Note, Term, TermCategory};
