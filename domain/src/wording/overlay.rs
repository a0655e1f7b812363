//! What an organization makes of the built-in lexicon: terms of its own, terms it does not look for, and phrases
//! in which a term may stand. Each says why.

use aho_corasick::BuildError;

use super::lexicon::Lexicon;
use super::normal::Normal;
use super::term::{Note, Term, TermCategory};
use crate::complete::missing;
use crate::fault::{At, Fault, FaultKind, Faults};
use crate::gate::products::Category;
use crate::playbook::Severity;
use crate::record;
use crate::record::Member as _;
use crate::scalar::{List, Set, Text, unique};

record! {
    /// An organization's changes to the built-in lexicon.
    pub struct LexiconOverlay checked by terms_unique {
        /// Terms of the organization's own; they follow the built-in ones.
        add: List<AddedTerm, 500>, no, "Added terms", "新增词条";
        /// Built-in terms that are not looked for.
        disable: List<DisabledTerm, 200>, no, "Disabled terms", "停用词条";
        /// Phrases in which a term may stand.
        excuse: List<Excuse, 500>, no, "Excuses", "例外短语";
    }

    /// A term of an organization's own.
    pub struct AddedTerm sent whole checked by findable {
        /// What is looked for; to change a built-in term, disable it too.
        term: Text<40>, yes, "Term", "词条";
        /// Why it is looked for.
        category: TermCategory, yes, "Term category", "词条类别";
        /// Whether it may not be said at all, or is only risky.
        severity: Severity, yes, "Severity", "级别";
        /// A jurisdiction of the playbooks, such as `cn`, or `any`.
        jurisdiction: Text<20>, yes, "Jurisdiction", "法域";
        /// It may be said of goods of these categories.
        exempt_categories: Set<Category, 14>, no, "Exempt categories", "豁免类目";
        /// Phrases in which it may stand.
        exceptions: List<Text<40>, 10>, no, "Exceptions", "例外";
        /// What is wrong with it; shown to everyone as it is written.
        note: Text<200>, yes, "Note", "说明";
    }

    /// A built-in term that is not looked for.
    pub struct DisabledTerm sent whole {
        /// The term.
        term: Text<40>, yes, "Term", "词条";
        /// Why it may be said.
        reason: Text<200>, yes, "Reason", "理由";
    }

    /// A phrase in which a term may stand.
    pub struct Excuse sent whole {
        /// A term in force, built-in or added.
        term: Text<40>, yes, "Term", "词条";
        /// The phrase; the term occurs in it.
        phrase: Text<40>, yes, "Phrase", "短语";
        /// Why it may be said.
        reason: Text<200>, yes, "Reason", "理由";
    }
}

impl Lexicon {
    /// The built-in lexicon with an organization's changes. Built once for each overlay, never for a text.
    ///
    /// # Errors
    /// Every fault of the overlay: what is missing, terms that are not there or there already, phrases in which
    /// their term does not occur.
    pub fn overlaid(overlay: &LexiconOverlay) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        for missing in missing(&LexiconOverlay::shape(), &overlay.write(), "") {
            faults.add(&At::root(&missing.pointer), FaultKind::Required);
        }
        faults.or(())?;
        let terms = Self::built_in().terms().map(|term| (normal(&term.term), term.clone())).collect();
        let mut draft = Draft { terms, faults: Faults::default() };
        let root = At::root("");
        draft.disable(overlay.disable.as_deref().unwrap_or_default(), &root.member("disable"));
        draft.add(overlay.add.as_deref().unwrap_or_default(), &root.member("add"));
        draft.excuse(overlay.excuse.as_deref().unwrap_or_default(), &root.member("excuse"));
        let terms = draft.faults.or(draft.terms)?;
        Self::of(terms.into_iter().map(|(_, term)| term).collect())
            .map_err(|cause| vec![Fault { pointer: String::new(), kind: unfit(&cause) }])
    }
}

fn unfit(cause: &BuildError) -> FaultKind {
    FaultKind::Unfit { why: cause.to_string() }
}

fn normal(text: &str) -> String {
    Normal::of(text).text().to_owned()
}

/// A lexicon in the making: terms with their normal forms.
struct Draft {
    terms: Vec<(String, Term)>,
    faults: Faults,
}

impl Draft {
    fn disable(&mut self, disabled: &[DisabledTerm], at: &At<'_>) {
        for (i, entry) in disabled.iter().enumerate() {
            match self.place(entry.term.as_ref()) {
                Some(place) => drop(self.terms.remove(place)),
                None => self.no_such_term(&at.index(i)),
            }
        }
    }

    fn add(&mut self, added: &[AddedTerm], at: &At<'_>) {
        for (i, entry) in added.iter().enumerate() {
            if self.place(entry.term.as_ref()).is_some() {
                let how = "disable the built-in term too";
                self.faults.add(&at.index(i).member("term"), FaultKind::Fixed { how });
            }
            self.terms.extend(entry.term().map(|term| (normal(&term.term), term)));
        }
    }

    fn excuse(&mut self, excuses: &[Excuse], at: &At<'_>) {
        for (i, entry) in excuses.iter().enumerate() {
            let Some(place) = self.place(entry.term.as_ref()) else {
                self.no_such_term(&at.index(i));
                continue;
            };
            let phrase = entry.phrase.as_deref().unwrap_or_default();
            let (form, term) = &mut self.terms[place];
            if normal(phrase).contains(form.as_str()) {
                term.exceptions.push(phrase.to_owned());
            } else {
                let part = term.term.clone();
                self.faults.add(&at.index(i).member("phrase"), FaultKind::Lacks { part });
            }
        }
    }

    fn place(&self, term: Option<&Text<40>>) -> Option<usize> {
        let wanted = normal(term?);
        self.terms.iter().position(|(form, _)| *form == wanted)
    }

    fn no_such_term(&mut self, at: &At<'_>) {
        self.faults.add(&at.member("term"), FaultKind::NotFound { what: "term" });
    }
}

impl AddedTerm {
    /// The term of the lexicon; `None` while something is missing.
    fn term(&self) -> Option<Term> {
        let text = |exception: &Text<40>| exception.as_str().to_owned();
        Some(Term {
            term: text(self.term.as_ref()?),
            category: self.category?,
            severity: self.severity?,
            jurisdiction: self.jurisdiction.as_deref()?.to_owned(),
            exempt_categories: self.exempt_categories.as_deref().unwrap_or_default().to_vec(),
            exceptions: self.exceptions.as_deref().unwrap_or_default().iter().map(text).collect(),
            note: Note::as_written(self.note.as_deref()?),
        })
    }
}

/// Two terms are the same where their normal forms are.
fn terms_unique(overlay: &LexiconOverlay, at: &At<'_>, faults: &mut Faults) {
    let form = |term: Option<&Text<40>>| term.map(|term| normal(term));
    if let Some(added) = &overlay.add {
        unique(added, &at.member("add"), "term", faults, |entry| form(entry.term.as_ref()));
    }
    if let Some(disabled) = &overlay.disable {
        unique(disabled, &at.member("disable"), "term", faults, |entry| form(entry.term.as_ref()));
    }
}

/// The term has a visible character, and occurs in each of its exceptions.
fn findable(added: &AddedTerm, at: &At<'_>, faults: &mut Faults) {
    let Some(term) = &added.term else { return };
    let form = normal(term);
    if form.is_empty() {
        faults.add(&at.member("term"), FaultKind::EmptyText);
    }
    for (i, exception) in added.exceptions.iter().flatten().enumerate() {
        if !normal(exception).contains(&form) {
            let part = term.as_str().to_owned();
            faults.add(&at.member("exceptions").index(i), FaultKind::Lacks { part });
        }
    }
}
