//! One term of a lexicon: what is looked for, where it may stand after all, and what is wrong with it.

use crate::choices;
use crate::gate::products::Category;
use crate::playbook::Severity;

/// The jurisdiction of terms that are looked for everywhere.
pub const ANYWHERE: &str = "any";

choices! {
    /// Why a term is looked for.
    pub enum TermCategory {
        /// (superlatives and ranks)
        Absolute = "absolute", "absolute claim", "绝对化用语";
        Medical = "medical", "medical claim", "医疗宣称";
        /// (leads buyers away from the platform)
        OffPlatform = "off_platform", "off the platform", "站外引流";
        /// (false scarcity)
        Pressure = "pressure", "pressure", "施压促销";
        Price = "price", "price claim", "价格表述";
        Guarantee = "guarantee", "guarantee", "保证性表述";
    }
}

/// One term of a lexicon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The term, as people write it.
    pub term: String,
    /// Why it is looked for.
    pub category: TermCategory,
    /// Whether it may not be said at all, or is only risky.
    pub severity: Severity,
    /// Where it is looked for: a jurisdiction of playbooks, or [`ANYWHERE`].
    pub jurisdiction: String,
    /// It may be said of goods of these categories.
    pub exempt_categories: Vec<Category>,
    /// Phrases in which it may stand.
    pub exceptions: Vec<String>,
    /// What is wrong with it, in a few words.
    pub note: Note,
}

/// A short remark for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// English, or the language of the organization that wrote it.
    pub en: String,
    /// Simplified Chinese, or the language of the organization that wrote it.
    pub zh: String,
}

impl Note {
    /// A remark that is shown to everyone as somebody wrote it.
    #[must_use]
    pub fn as_written(text: &str) -> Self {
        Self { en: text.to_owned(), zh: text.to_owned() }
    }
}

impl Term {
    /// Whether it is looked for in these jurisdictions, in a text about goods of these categories. A text about
    /// no goods we know is never exempt.
    #[must_use]
    pub fn applies(&self, jurisdictions: &[String], categories: &[Category]) -> bool {
        let here = self.jurisdiction == ANYWHERE || jurisdictions.contains(&self.jurisdiction);
        let exempt = |category: &Category| self.exempt_categories.contains(category);
        here && (categories.is_empty() || !categories.iter().all(exempt))
    }
}
