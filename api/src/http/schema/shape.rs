//! The schema of one value: its type, and every limit that its reader enforces.

use domain::shape::{ChoiceShape, Form, MapShape, Shape};
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};

/// Something that is no white space, among what is no control character; a line may end in LF or CR LF.
const TEXT: &str = r"^(?:[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]|\r\n)*[^\s\u0000-\u001F\u007F-\u009F](?:[^\u0000-\u0009\u000B-\u001F\u007F-\u009F]|\r\n)*$";
/// Names of zones as the IANA database writes them.
const ZONE: &str = "^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*$";
/// A currency as ISO 4217 writes it.
const CURRENCY: &str = "^[A-Z]{3}$";
/// Hours and minutes of a day.
const CLOCK: &str = "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$";
/// A region as ISO 3166-2 writes it.
const REGION: &str = "^[A-Z]{2}-[A-Z0-9]{1,3}$";
/// RFC 3339 in whole seconds.
const INSTANT: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})$";

/// The schema of a value that is described by `doc`; records and closed lists are referred to by name.
pub(super) fn of_shape(shape: &Shape, doc: &str) -> RefOr<Schema> {
    let described = |object: ObjectBuilder| {
        let described = if doc.is_empty() { object } else { object.description(Some(doc)) };
        RefOr::from(described)
    };
    let list = |of: fn() -> Shape, max: usize| {
        let array = ArrayBuilder::new().items(of_shape(&of(), "")).max_items(Some(max));
        if doc.is_empty() { array } else { array.description(Some(doc)) }
    };
    match shape {
        Shape::Text { max, form } => described(text(*max, *form)),
        Shape::Integer { min, max, step } => {
            let integer = plain(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
            let integer = integer.minimum(Some(*min)).maximum(Some(*max));
            described(if *step > 1 { integer.multiple_of(Some(*step)) } else { integer })
        }
        Shape::Decimal { min, max, scale } => {
            // Not `multipleOf`: validators divide in binary floating point and refuse 1.13 as a multiple of 0.01.
            let number = plain(Type::Number).minimum(Some(*min)).maximum(Some(*max));
            let decimals = format!("{doc} At most {scale} decimals.");
            number.description(Some(decimals.trim())).into()
        }
        Shape::Bool => described(plain(Type::Boolean)),
        Shape::Instant => described(formatted(KnownFormat::DateTime).pattern(Some(INSTANT))),
        Shape::Date => described(formatted(KnownFormat::Date)),
        Shape::Choice(choice) => reference(choice.name, doc),
        Shape::Id => described(formatted(KnownFormat::Uuid)),
        Shape::List { of, max } => list(*of, *max).into(),
        Shape::Set { of, max } => list(*of, *max).unique_items(true).into(),
        Shape::Record(record) => reference(record.name, doc),
        Shape::Map(map) => described(members(map)),
        Shape::Free => {
            described(plain(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true))))
        }
    }
}

/// The schema of a closed list, with what each key means.
pub(in crate::http) fn choice_schema(choice: &ChoiceShape) -> RefOr<Schema> {
    let meanings = choice.keys.iter().zip(choice.meanings);
    let meanings: Vec<String> = meanings.map(|(key, meaning)| format!("- `{key}`: {meaning}")).collect();
    let doc = format!("{}\n\n{}", choice.doc.trim(), meanings.join("\n"));
    plain(Type::String).enum_values(Some(choice.keys.iter().copied())).description(Some(doc)).into()
}

/// A schema by name, with what it means in this place.
pub(in crate::http) fn reference(name: &str, doc: &str) -> RefOr<Schema> {
    let mut reference = Ref::from_schema_name(name);
    doc.clone_into(&mut reference.description);
    reference.into()
}

fn text(max: usize, form: Form) -> ObjectBuilder {
    let text = plain(Type::String).min_length(Some(1)).max_length(Some(max));
    match form {
        Form::Free => text.pattern(Some(TEXT)),
        Form::Email => text.format(Some(SchemaFormat::Custom("email".to_owned()))),
        Form::Zone => text.pattern(Some(ZONE)),
        Form::Clock => text.min_length(Some(max)).pattern(Some(CLOCK)),
        Form::Region => text.pattern(Some(REGION)),
        Form::Currency => text.min_length(Some(max)).pattern(Some(CURRENCY)),
    }
}

fn members(map: &MapShape) -> ObjectBuilder {
    let name = text(map.max_name, Form::Free).build();
    let value = text(map.max_text, Form::Free);
    let any = [Type::String, Type::Number, Type::Boolean, Type::Null];
    let value = if map.any_scalar { value.schema_type(SchemaType::from_iter(any)) } else { value };
    plain(Type::Object)
        .max_properties(Some(map.max))
        .property_names(Some(Schema::Object(name)))
        .additional_properties(Some(AdditionalProperties::RefOr(value.into())))
}

fn plain(own: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(own)
}

fn formatted(format: KnownFormat) -> ObjectBuilder {
    plain(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
}
