//! One golden vector as the rules see it.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

use domain::digest::digests;
use domain::document::campaign;
use domain::evaluate::evaluate;
use domain::finding::Finding;
use domain::gate::GateKey;
use domain::gate::team::{Stamps, Team};
use domain::rule::Case;
use domain::surroundings::{Directory, Extract, Surroundings};
use domain::{Calendar, Campaign, Lexicon, Playbook};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{patched, standard};

/// A campaign with everything its rules look at.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) campaign: Campaign,
    playbook: Playbook,
    now: Timestamp,
    directory: Directory,
    others: Vec<Extract>,
}

impl Scene {
    /// The scene of `{patch, now, params?, rules?, others?, recorded?}` over the standard campaign.
    pub(crate) fn of(vector: &Value) -> Self {
        let campaign = campaign(&patched(standard(), &vector["patch"])).unwrap();
        let playbook = Playbook::built_in(&campaign.profile.playbook).unwrap();
        let overlay = |name: &str| vector.get(name).cloned().unwrap_or_else(|| json!({}));
        let playbook = playbook.overlaid(&overlay("params"), overlay("rules").as_object().unwrap()).unwrap();
        let others = vector.get("others").and_then(Value::as_array).into_iter().flatten();
        let scene = Self {
            campaign,
            playbook,
            now: vector["now"].as_str().unwrap().parse().unwrap(),
            directory: Directory::default(),
            others: others.map(|other| domain::record::read(other, "").unwrap()).collect(),
        };
        vector.get("recorded").map_or_else(|| scene.clone(), |recorded| scene.stamped(recorded))
    }

    /// With the stamps that all trainings and rehearsals got when the standard campaign was as `recorded` patches it.
    fn stamped(&self, recorded: &Value) -> Self {
        let then = Self { campaign: campaign(&patched(standard(), recorded)).unwrap(), ..self.clone() };
        let stamps =
            Stamps::default().after(&Team::default(), &then.campaign.contents.team, &digests(&then.case()));
        let mut scene = self.clone();
        scene.campaign.gates[GateKey::Team].stamps = stamps;
        scene
    }

    /// What the rules look at.
    pub(crate) fn case(&self) -> Case<'_> {
        let Self { now, directory, others, .. } = self;
        Case::of(
            &self.campaign,
            &self.playbook,
            Surroundings {
                now: *now,
                directory,
                others,
                lexicon: Lexicon::built_in(),
                calendar: Calendar::cn(),
            },
        )
    }

    /// The findings of every rule, in order.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        evaluate(&self.case())
    }
}

/// A finding as vectors compare it.
pub(crate) fn key(finding: &Finding) -> String {
    let Finding { rule, status, severity, path, .. } = finding;
    format!("{} {status} {severity} {path}", rule.id)
}
