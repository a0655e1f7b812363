//! Stand-ins of the domain's types in the document: its records with their examples, and its closed lists.

use domain::gate::{self, GateKey};
use domain::notice::{Ledger, Reason};
use domain::record::Choice as _;
use serde_json::{Value, json};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{RefOr, Schema};

use super::shape::of_shape;
use super::{Named, choice_schema, choices_schema, collect, record_schema};
use crate::http::run_sheet::SheetFormat;
use crate::store::campaigns::CampaignSort;

record_schema! {
    /// The fields of a campaign, as views show them.
    pub ShownCampaign = domain::profile::CampaignFields, Shown, campaign_example();
    /// The content of gate goal.
    pub Goal = gate::Goal, AsDraft, json!({"primary_goal": "sales", "gmv_target": 50_000_000, "viewers_target": 120_000});
    /// The content of gate audience.
    pub Audience = gate::Audience, AsDraft, json!({});
    /// The content of gate products.
    pub Products = gate::Products, AsDraft, json!({"skus": []});
    /// The content of gate script.
    pub Script = gate::Script, AsDraft, json!({});
    /// The content of gate team.
    pub Team = gate::Team, AsDraft, json!({});
    /// The content of gate `warm_up`.
    pub WarmUp = gate::WarmUp, AsDraft, json!({});
    /// The content of gate `equipment_test`.
    pub EquipmentTest = gate::EquipmentTest, AsDraft, json!({"ups_minutes": 30});
}

fn campaign_example() -> Value {
    json!({
        "name": "618 返场", "go_live_at": "2027-03-20T20:00:00+08:00", "time_zone": "Asia/Shanghai",
        "planned_minutes": 240, "platforms": ["douyin"], "currency": "CNY", "account_ref": "shop-01",
        "room_ref": "studio-a", "owner": "mu.li@example.com", "playbook": "standard@1"
    })
}

choices_schema! {
    /// A gate.
    pub Gate = GateKey;
    /// Where a gate stands.
    pub GateStatus = domain::standing::GateStatus;
    /// Where a campaign is in its life.
    pub CampaignStatus = domain::surroundings::CampaignStatus;
    /// What somebody may do.
    pub Role = domain::actor::Role;
    /// A reader's language.
    pub Locale = domain::Locale;
    /// What a finding does to a submission.
    pub Severity = domain::playbook::Severity;
    /// What a playbook makes of a rule.
    pub RuleSetting = domain::playbook::RuleSetting;
    /// How a finding came about.
    pub FindingStatus = domain::finding::FindingStatus;
    /// What a reviewer says.
    pub Verdict = domain::campaign::Verdict;
    /// How a submission ended.
    pub Outcome = domain::campaign::Outcome;
    /// What a changed facet does to an approval.
    pub Effect = domain::effect::Effect;
    /// Why a term is looked for.
    pub TermCategory = domain::wording::TermCategory;
    /// What kind of thing points of readiness are missing for.
    pub LossKind = domain::readiness::LossKind;
    /// What a row of the run sheet is for.
    pub RowKind = gate::script::RowKind;
    /// What a product does for the show.
    pub ProductRole = gate::products::ProductRole;
    /// What to watch in a run sheet.
    pub CautionKind = domain::run_sheet::CautionKind;
    /// What proof a tick needs.
    pub EvidenceKind = domain::playbook::EvidenceKind;
}

/// The closed lists that are asked for in a query and never sent or shown.
pub fn asked_for() -> [Named; 4] {
    let asked_for = [CampaignSort::CHOICE, SheetFormat::CHOICE, Ledger::CHOICE, Reason::CHOICE];
    asked_for.map(|choice| (choice.name.to_owned(), choice_schema(&choice)))
}

/// The content of a gate: one of the seven, as the address says.
#[derive(Debug)]
pub struct GateContent;

impl utoipa::PartialSchema for GateContent {
    fn schema() -> RefOr<Schema> {
        let of_gate = |gate: &GateKey| of_shape(&gate.shape(), "");
        let any = GateKey::ALL.iter().fold(AnyOfBuilder::new(), |any, gate| any.item(of_gate(gate)));
        any.description(Some("The content of a gate; its address says which of these it is."))
            .examples([json!({"primary_goal": "sales", "gmv_target": 50_000_000})])
            .into()
    }
}

impl utoipa::ToSchema for GateContent {
    fn schemas(schemas: &mut Vec<Named>) {
        for gate in GateKey::ALL {
            collect(&gate.shape(), schemas);
        }
    }
}
