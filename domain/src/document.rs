//! A whole campaign as one document: its own fields and the contents of its gates, as people send them to have
//! a campaign checked that is not stored. What was ticked, submitted or decided is no part of it.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::campaign::{Campaign, Life};
use crate::fault::{At, Fault, FaultKind, Faults};
use crate::gate::{
    Audience, Contents, EquipmentTest, GateKey, Goal, PerGate, Products, Script, Team, WarmUp,
};
use crate::ids::CampaignId;
use crate::profile::CampaignFields;
use crate::record;

record! {
    /// A whole campaign.
    pub struct CampaignDocument {
        /// The campaign's own fields.
        campaign: CampaignFields, yes, "Campaign", "活动";
        /// The contents of its gates; a gate that is left out is empty.
        gates: GateContents, no, "Gates", "环节";
    }

    /// The contents of all gates.
    pub struct GateContents checked by sizes {
        /// Aim and figures.
        goal: Goal, no, "Goal", "目标与定位";
        /// Who the show is made for.
        audience: Audience, no, "Audience", "受众";
        /// What is sold.
        products: Products, no, "Products", "选品与供应链";
        /// What is said and when.
        script: Script, no, "Script", "策略与脚本";
        /// Who works.
        team: Team, no, "Team", "主播与团队";
        /// What is published before.
        warm_up: WarmUp, no, "Warm-up", "预热引流";
        /// What the show runs on.
        equipment_test: EquipmentTest, no, "Equipment test", "设备与技术测试";
    }
}

/// Most bytes of one gate's content (domain page, §a).
pub(crate) const MOST_BYTES: usize = 1024 * 1024;

/// The contents of all gates come in one body, which is larger than one content may be.
fn sizes(gates: &GateContents, at: &At<'_>, faults: &mut Faults) {
    let contents = Contents::from(gates.clone());
    for gate in GateKey::ALL {
        let found = contents.write(*gate).to_string().len();
        if found > MOST_BYTES {
            faults.add(&at.member(gate.key()), FaultKind::TooLarge { max: MOST_BYTES, found });
        }
    }
}

impl CampaignDocument {
    /// The campaign of the document. It has no id of its own and nobody has worked on it yet.
    ///
    /// # Errors
    /// Every campaign field that is missing.
    pub fn campaign(self) -> Result<Campaign, Vec<Fault>> {
        let gates = self.gates.unwrap_or_default();
        Ok(Campaign {
            id: CampaignId(Uuid::nil()),
            profile: self.campaign.unwrap_or_default().profile("/campaign")?,
            metadata: Map::new(),
            version: 1,
            life: Life::Open,
            contents: gates.into(),
            gates: PerGate::default(),
            wording: Vec::new(),
            turn: None,
            reminders: Vec::new(),
        })
    }
}

/// The campaign of a document `{"campaign": …, "gates": {"goal": …, …}}`.
///
/// # Errors
/// The first shape error, or every violated limit and missing campaign field.
pub fn campaign(document: &Value) -> Result<Campaign, Vec<Fault>> {
    record::read::<CampaignDocument>(document, "")?.campaign()
}

impl From<GateContents> for Contents {
    fn from(gates: GateContents) -> Self {
        let GateContents { goal, audience, products, script, team, warm_up, equipment_test } = gates;
        Self {
            goal: goal.unwrap_or_default(),
            audience: audience.unwrap_or_default(),
            products: products.unwrap_or_default(),
            script: script.unwrap_or_default(),
            team: team.unwrap_or_default(),
            warm_up: warm_up.unwrap_or_default(),
            equipment_test: equipment_test.unwrap_or_default(),
        }
    }
}
