//! Merge patches of what has more members than one record: which members there are, for readers and for the document.

use std::sync::LazyLock;

use domain::fault::{At, Faults};
use domain::metadata::Metadata;
use domain::profile::CampaignFields;
use domain::record::{Member, Record, object};
use domain::scalar::Text;
use domain::shape::{Field, RecordShape, Shape};
use serde_json::{Map, Value, json};

use super::schema::record_schema;
use crate::store::organizations::{ClosedDays, Defaults};

/// A merge patch of a campaign: its own fields, and the CRM's own members in `metadata`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CampaignChange(pub(super) Map<String, Value>);

impl Record for CampaignChange {
    const NAME: &'static str = "CampaignChange";

    fn fields() -> &'static [Field] {
        static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
            let metadata = Field {
                name: "metadata",
                required: false,
                removable: true,
                label: domain::locale::both("Metadata", "自定义字段"),
                doc: "The CRM's own members, merged into those there are; `null` removes them all.",
                shape: Metadata::shape,
            };
            CampaignFields::fields().iter().copied().chain([metadata]).map(optional).collect()
        });
        &FIELDS
    }
}

/// A merge patch of the organization: its name, its defaults and its closed days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OrganizationChange(pub(super) Map<String, Value>);

impl Record for OrganizationChange {
    const NAME: &'static str = "OrganizationChange";

    fn fields() -> &'static [Field] {
        static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
            let name = Field {
                name: "name",
                required: true,
                removable: true,
                label: domain::locale::both("Name", "名称"),
                doc: "What people call it.",
                shape: Text::<120>::shape,
            };
            let closed_days = Field {
                name: "closed_days",
                required: false,
                removable: true,
                label: domain::locale::both("Closed days", "休息日"),
                doc: "Days on which it does not work, beside weekends and public holidays. All of them: the list replaces \
                      the one there is.",
                shape: ClosedDays::shape,
            };
            let own = [name, closed_days].into_iter();
            own.chain(Defaults::fields().iter().copied()).map(optional).collect()
        });
        &FIELDS
    }
}

/// Whatever a record needs, a change of it may leave out but not remove.
const fn optional(field: Field) -> Field {
    Field { required: false, removable: !field.required, ..field }
}

/// Reads the names of the members alone; their values are judged once they are merged.
macro_rules! change {
    ($( $name:ident, $doc:literal; )+) => {$(
        impl Member for $name {
            fn shape() -> Shape {
                Shape::Record(RecordShape { name: Self::NAME, doc: $doc, whole: false, fields: Self::fields() })
            }

            fn read(value: &Value, at: &At<'_>, faults: &mut Faults) -> Option<Self> {
                object(value, at, Self::fields(), faults).cloned().map(Self)
            }

            fn write(&self) -> Value {
                Value::Object(self.0.clone())
            }
        }
    )+};
}

change! {
    CampaignChange, "Changes of a campaign; what is left out stays.";
    OrganizationChange, "Changes of the organization; what is left out stays.";
}

record_schema! {
    CampaignChange, json!({
        "go_live_at": "2027-03-21T20:00:00+08:00", "planned_minutes": 240, "metadata": {"crm_stage": "confirmed"}
    });
    OrganizationChange, json!({"name": "禾颜", "time_zone": "Asia/Shanghai", "currency": "CNY"});
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example<T: utoipa::PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()["examples"][0].clone()
    }

    #[test]
    fn the_example_of_a_campaigns_change_is_accepted() {
        let change: CampaignChange = domain::record::read(&example::<CampaignChange>(), "").unwrap();
        let mut own = change.0;
        let metadata = own.shift_remove("metadata").unwrap();
        domain::record::read::<Metadata>(&metadata, "").unwrap();
        domain::record::read::<CampaignFields>(&Value::Object(own), "").unwrap();
    }

    #[test]
    fn the_example_of_an_organizations_change_is_accepted() {
        let change: OrganizationChange = domain::record::read(&example::<OrganizationChange>(), "").unwrap();
        let mut own = change.0;
        domain::record::read::<Text<120>>(&own.shift_remove("name").unwrap(), "").unwrap();
        domain::record::read::<Defaults>(&Value::Object(own), "").unwrap();
    }

    #[test]
    fn the_published_changes_name_what_can_be_sent() {
        let schema = |schema| serde_json::to_value(schema).unwrap()["properties"].clone();
        let campaign = schema(<CampaignChange as utoipa::PartialSchema>::schema());
        let organization = schema(<OrganizationChange as utoipa::PartialSchema>::schema());
        assert!(campaign["metadata"].is_object() && campaign["go_live_at"].is_object());
        assert!(organization["name"].is_object() && organization["currency"].is_object());
    }
}
