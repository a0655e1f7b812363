//! The data files that are compiled in: facets, effects, public holidays, parameters, playbooks and lexicons as people
//! maintain them.

/// Facet name → paths of the fields it covers.
pub const FACETS: &str = include_str!("../data/facets.json");

/// What a change of each facet does to the approval of each gate.
pub const EFFECTS: &str = include_str!("../data/effects.csv");

/// Days off and make-up working days of mainland China, as the State Council announced them.
pub const HOLIDAYS_CN: &str = include_str!("../data/holidays/cn.csv");

/// Parameters of playbook `standard`.
pub const PARAMS: &str = include_str!("../playbooks/params.json");

/// The playbooks that ship with Greenroom; those that extend another are merge patches over it.
pub const PLAYBOOKS: [&str; 3] = [
    include_str!("../playbooks/standard.json"),
    include_str!("../playbooks/fast.json"),
    include_str!("../playbooks/daily.json"),
];

/// Terms of the wording check, one file for each jurisdiction.
pub const LEXICON: [&str; 2] = [include_str!("../lexicon/cn.csv"), include_str!("../lexicon/any.csv")];

/// What each note of the lexicon says in Chinese.
pub const LEXICON_NOTES: &str = include_str!("../lexicon/notes.csv");
