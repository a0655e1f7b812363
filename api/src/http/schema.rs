//! The published schema of the domain's records, made from the one description that also reads them.

use domain::gate::{self, GateKey};
use domain::record::{Member, Record};
use domain::shape::{Field, RecordShape, Shape};
use serde_json::{Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, KnownFormat, Object, ObjectBuilder, OneOfBuilder,
    SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Required, Schema};

/// A schema with the name it is published under.
pub type Named = (String, RefOr<Schema>);

/// The schema of one value; records are referred to by name.
pub fn of<T: Member>() -> RefOr<Schema> {
    of_shape(&T::shape(), "")
}

/// Whether a record must be whole when it is sent.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A body: without its required fields it is refused.
    Whole,
    /// Part of a draft: required fields may come later.
    AsDraft,
}

/// The schema of a record, with an example of it.
pub fn of_record<T: Record>(sent: Sent, example: Value) -> RefOr<Schema> {
    let shape = T::shape();
    if let Shape::Record(record) = &shape {
        object_schema(record, sent, Some(example))
    } else {
        of_shape(&shape, "")
    }
}

/// The records inside a record, at any depth, in the form utoipa collects them.
pub fn nested<T: Record>(schemas: &mut Vec<Named>) {
    for field in T::fields() {
        collect(&(field.shape)(), schemas);
    }
}

/// The fields of a record as query parameters.
pub fn query_parameters(fields: &[Field]) -> Vec<Parameter> {
    let parameter = |field: &Field| {
        ParameterBuilder::new()
            .name(field.name)
            .parameter_in(ParameterIn::Query)
            .required(if field.required { Required::True } else { Required::False })
            .description(Some(field.doc.trim()))
            .schema(Some(of_shape(&(field.shape)(), "")))
            .explode(matches!((field.shape)(), Shape::List { .. } | Shape::Set { .. }).then_some(false))
            .build()
    };
    fields.iter().map(parameter).collect()
}

/// Publishes a record, here or in the domain, with an example: `record_schema! { NewMember, json!({…}); }` for one
/// of this crate, `record_schema! { pub Goal = domain::gate::Goal, json!({…}); }` for a stand-in of the domain's.
macro_rules! record_schema {
    ($( $name:ident, $example:expr; )+) => {
        $( $crate::http::schema::record_schema!(@publish $name, $name, Whole, $example); )+
    };
    ($( $(#[doc = $doc:literal])* pub $name:ident = $record:ty, $example:expr; )+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        $crate::http::schema::record_schema!(@publish $name, $record, AsDraft, $example);
    )+};
    (@publish $name:ident, $record:ty, $sent:ident, $example:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::schema::of_record::<$record>($crate::http::schema::Sent::$sent, $example)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(<$record as domain::record::Record>::NAME)
            }

            fn schemas(schemas: &mut Vec<$crate::http::schema::Named>) {
                $crate::http::schema::nested::<$record>(schemas);
            }
        }
    };
}

pub(crate) use record_schema;

record_schema! {
    /// The fields of a campaign.
    pub CampaignFields = domain::profile::CampaignFields, campaign_example();
    /// The content of gate goal.
    pub Goal = gate::Goal, json!({"primary_goal": "sales", "gmv_target": 50_000_000, "viewers_target": 120_000});
    /// The content of gate audience.
    pub Audience = gate::Audience, json!({});
    /// The content of gate products.
    pub Products = gate::Products, json!({"skus": []});
    /// The content of gate script.
    pub Script = gate::Script, json!({});
    /// The content of gate team.
    pub Team = gate::Team, json!({});
    /// The content of gate `warm_up`.
    pub WarmUp = gate::WarmUp, json!({});
    /// The content of gate `equipment_test`.
    pub EquipmentTest = gate::EquipmentTest, json!({"ups_minutes": 30});
}

fn campaign_example() -> Value {
    json!({
        "name": "618 返场", "go_live_at": "2027-03-20T20:00:00+08:00", "time_zone": "Asia/Shanghai",
        "planned_minutes": 240, "platforms": ["douyin"], "currency": "CNY", "account_ref": "shop-01",
        "room_ref": "studio-a", "owner": "mu.li@example.com", "playbook": "standard"
    })
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

fn collect(shape: &Shape, schemas: &mut Vec<Named>) {
    match shape {
        Shape::Record(record) => {
            if schemas.iter().any(|(name, _)| name == record.name) {
                return;
            }
            schemas.push((record.name.to_owned(), object_schema(record, Sent::AsDraft, None)));
            for field in record.fields {
                collect(&(field.shape)(), schemas);
            }
        }
        Shape::List { of, .. } | Shape::Set { of, .. } => collect(&of(), schemas),
        Shape::Text { .. }
        | Shape::Integer { .. }
        | Shape::Decimal { .. }
        | Shape::Bool
        | Shape::Instant
        | Shape::Date
        | Shape::Choice { .. }
        | Shape::Id
        | Shape::Map { .. }
        | Shape::Free => {}
    }
}

fn object_schema(record: &RecordShape, sent: Sent, example: Option<Value>) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(record.doc.trim()))
        .examples(example)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)));
    let object = record.fields.iter().fold(object, |object, field| {
        let must_be_sent = field.required && sent == Sent::Whole;
        let object = object.property(field.name, field_schema(field, must_be_sent));
        if must_be_sent { object.required(field.name) } else { object }
    });
    object.into()
}

/// The schema of a field: what people call it, whether a gate needs it, and `null` where it may be missing.
fn field_schema(field: &Field, must_be_sent: bool) -> RefOr<Schema> {
    let schema = of_shape(&(field.shape)(), field.doc.trim());
    // One extension, since several would be written in any order.
    let about = json!({"en": field.label.en, "zh": field.label.zh, "needed": field.required});
    let extension = Some(Extensions::from_iter([("x-field", about)]));
    if let RefOr::T(Schema::Object(mut object)) = schema {
        object.extensions = extension;
        if !must_be_sent {
            allow_null(&mut object);
        }
        RefOr::T(Schema::Object(object))
    } else if let RefOr::T(Schema::Array(mut array)) = schema {
        array.extensions = extension;
        if !must_be_sent {
            array.schema_type = [Type::Array, Type::Null].into_iter().collect();
        }
        RefOr::T(Schema::Array(array))
    } else if must_be_sent {
        schema
    } else {
        OneOfBuilder::new().item(null()).item(schema).into()
    }
}

fn allow_null(object: &mut Object) {
    if let SchemaType::Type(own) = object.schema_type.clone() {
        object.schema_type = [own, Type::Null].into_iter().collect();
    }
    if let Some(values) = &mut object.enum_values {
        values.push(Value::Null);
    }
}

fn null() -> Schema {
    ObjectBuilder::new().schema_type(Type::Null).into()
}

fn of_shape(shape: &Shape, doc: &str) -> RefOr<Schema> {
    let described = |object: ObjectBuilder| {
        let described = if doc.is_empty() { object } else { object.description(Some(doc)) };
        RefOr::from(described)
    };
    let plain = |own: Type| ObjectBuilder::new().schema_type(own);
    let text = |format: KnownFormat| plain(Type::String).format(Some(SchemaFormat::KnownFormat(format)));
    let list = |of: fn() -> Shape, max: usize| {
        let array = ArrayBuilder::new().items(of_shape(&of(), "")).max_items(Some(max));
        if doc.is_empty() { array } else { array.description(Some(doc)) }
    };
    match shape {
        Shape::Text { max } => described(plain(Type::String).min_length(Some(1)).max_length(Some(*max))),
        Shape::Integer { min, max, step } => {
            let integer = plain(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
            let integer = integer.minimum(Some(*min)).maximum(Some(*max));
            described(if *step > 1 { integer.multiple_of(Some(*step)) } else { integer })
        }
        Shape::Decimal { min, max, scale } => {
            let number = plain(Type::Number).minimum(Some(*min)).maximum(Some(*max));
            let decimals = format!("{doc} At most {scale} decimals.");
            number.description(Some(decimals.trim())).into()
        }
        Shape::Bool => described(plain(Type::Boolean)),
        Shape::Instant => described(text(KnownFormat::DateTime)),
        Shape::Date => described(text(KnownFormat::Date)),
        Shape::Choice { keys } => described(plain(Type::String).enum_values(Some(keys.iter().copied()))),
        Shape::Id => described(text(KnownFormat::Uuid)),
        Shape::List { of, max } => list(*of, *max).into(),
        Shape::Set { of, max } => list(*of, *max).unique_items(true).into(),
        Shape::Record(record) => Ref::from_schema_name(record.name).into(),
        Shape::Map { max } => {
            let any = AdditionalProperties::FreeForm(true);
            described(plain(Type::Object).max_properties(Some(*max)).additional_properties(Some(any)))
        }
        Shape::Free => {
            described(plain(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true))))
        }
    }
}
