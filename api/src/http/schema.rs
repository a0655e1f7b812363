//! The published schema of the domain's records, made from the one description that also reads them.

mod json_patch;
mod published;
mod shape;

use domain::record::Record;
use domain::shape::{Field, RecordShape, Shape};
use serde_json::{Value, json};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Required, Schema};

pub use json_patch::JsonPatch;
pub use published::*;
use shape::of_shape;
pub(super) use shape::{choice_schema, reference};

/// A schema with the name it is published under.
pub type Named = (String, RefOr<Schema>);

/// Which members of a record there must be, and whether there may be others.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Sent whole: without its required fields it is refused.
    Whole,
    /// Sent as part of a draft: required fields may come later.
    AsDraft,
    /// Shown by a view: what is missing is left out, and later releases may add members.
    Shown,
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
/// of this crate, `record_schema! { pub Goal = domain::gate::Goal, AsDraft, json!({…}); }` for a stand-in of the
/// domain's.
macro_rules! record_schema {
    ($( $name:ident, $example:expr; )+) => {
        $( $crate::http::schema::record_schema!(
            @publish $name, <$name as domain::record::Record>::NAME, $name, Whole, $example
        ); )+
    };
    ($( $(#[doc = $doc:literal])* pub $name:ident = $record:ty, $sent:ident, $example:expr; )+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        $crate::http::schema::record_schema!(@publish $name, stringify!($name), $record, $sent, $example);
    )+};
    (@publish $name:ident, $published:expr, $record:ty, $sent:ident, $example:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::schema::of_record::<$record>($crate::http::schema::Sent::$sent, $example)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($published)
            }

            fn schemas(schemas: &mut Vec<$crate::http::schema::Named>) {
                $crate::http::schema::nested::<$record>(schemas);
            }
        }
    };
}

/// Publishes closed lists of the domain under their own names: `choices_schema! { pub Role = domain::actor::Role; }`.
macro_rules! choices_schema {
    ($( $(#[doc = $doc:literal])* pub $name:ident = $choice:ty; )+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::http::schema::choice_schema(&<$choice as domain::record::Choice>::CHOICE)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(<$choice as domain::record::Choice>::CHOICE.name)
            }
        }
    )+};
}

use choices_schema;
pub(crate) use record_schema;

fn collect(shape: &Shape, schemas: &mut Vec<Named>) {
    match shape {
        Shape::Record(record) => {
            if schemas.iter().any(|(name, _)| name == record.name) {
                return;
            }
            let sent = if record.whole { Sent::Whole } else { Sent::AsDraft };
            schemas.push((record.name.to_owned(), object_schema(record, sent, None)));
            for field in record.fields {
                collect(&(field.shape)(), schemas);
            }
        }
        Shape::List { of, .. } | Shape::Set { of, .. } => collect(&of(), schemas),
        Shape::Choice(choice) => {
            if !schemas.iter().any(|(name, _)| name == choice.name) {
                schemas.push((choice.name.to_owned(), choice_schema(choice)));
            }
        }
        Shape::Text { .. }
        | Shape::Integer { .. }
        | Shape::Decimal { .. }
        | Shape::Bool
        | Shape::Instant
        | Shape::Date
        | Shape::Id
        | Shape::Map(_)
        | Shape::Free => {}
    }
}

fn object_schema(record: &RecordShape, sent: Sent, example: Option<Value>) -> RefOr<Schema> {
    let object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(record.doc.trim()))
        .examples(example)
        .additional_properties((sent != Sent::Shown).then_some(AdditionalProperties::FreeForm(false)));
    let object = record.fields.iter().fold(object, |object, field| {
        let is_there = field.required && sent != Sent::AsDraft;
        let may_be_null = !is_there && sent != Sent::Shown && field.removable;
        let object = object.property(field.name, field_schema(field, may_be_null));
        if is_there { object.required(field.name) } else { object }
    });
    object.into()
}

/// The schema of a field: what people call it, whether a gate needs it, and `null` where that means missing.
fn field_schema(field: &Field, may_be_null: bool) -> RefOr<Schema> {
    let schema = of_shape(&(field.shape)(), field.doc.trim());
    // One extension, since several would be written in any order.
    let about = json!({"en": field.label.en, "zh": field.label.zh, "needed": field.required});
    let extension = Some(Extensions::from_iter([("x-field", about)]));
    if let RefOr::T(Schema::Object(mut object)) = schema {
        object.extensions = extension;
        if may_be_null {
            allow_null(&mut object);
        }
        RefOr::T(Schema::Object(object))
    } else if let RefOr::T(Schema::Array(mut array)) = schema {
        array.extensions = extension;
        if may_be_null {
            array.schema_type = [Type::Array, Type::Null].into_iter().collect();
        }
        RefOr::T(Schema::Array(array))
    } else if may_be_null {
        let either = OneOfBuilder::new().item(of_shape(&(field.shape)(), "")).item(null());
        either.description(Some(field.doc.trim())).extensions(extension).into()
    } else {
        schema
    }
}

fn allow_null(object: &mut Object) {
    if let SchemaType::Type(own) = object.schema_type.clone() {
        object.schema_type = [own, Type::Null].into_iter().collect();
    }
}

fn null() -> Schema {
    ObjectBuilder::new().schema_type(Type::Null).into()
}
