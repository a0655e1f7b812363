//! JSON Patch (RFC 6902) in the document: a list of operations, each of one of three kinds.

use serde_json::{Value, json};
use utoipa::openapi::schema::{ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::{Named, reference};

/// An RFC 6901 pointer.
const POINTER: &str = "^(?:/(?:[^~/]|~[01])*)*$";

/// A list of operations on a document.
#[derive(Debug)]
pub struct JsonPatch;

impl utoipa::PartialSchema for JsonPatch {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(reference("JsonPatchOperation", ""))
            .description(Some("A JSON Patch (RFC 6902): all of its operations in order, or none."))
            .examples([json!([{"op": "replace", "path": "/gmv_target", "value": 60_000_000}])])
            .into()
    }
}

impl utoipa::ToSchema for JsonPatch {
    fn schemas(schemas: &mut Vec<Named>) {
        let kinds = ["JsonPatchWithValue", "JsonPatchRemoval", "JsonPatchTransfer"];
        let one = kinds.iter().fold(OneOfBuilder::new(), |one, kind| one.item(reference(kind, "")));
        let one = one.description(Some("One operation of a JSON Patch; `op` says which."));
        schemas.push(("JsonPatchOperation".to_owned(), one.into()));
        let with_value = operation(&["add", "replace", "test"], "An operation with a value.");
        let with_value = with_value.property("value", value()).required("value");
        schemas.push(("JsonPatchWithValue".to_owned(), with_value.into()));
        let removal = operation(&["remove"], "The end of what is there.");
        schemas.push(("JsonPatchRemoval".to_owned(), removal.into()));
        let transfer = operation(&["move", "copy"], "An operation with what is there already.");
        let transfer = transfer.property("from", pointer("Where it is taken from.")).required("from");
        schemas.push(("JsonPatchTransfer".to_owned(), transfer.into()));
    }
}

fn operation(names: &[&str], doc: &str) -> ObjectBuilder {
    let name = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied()));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(doc))
        .property("op", name.description(Some("What is done.")))
        .required("op")
        .property("path", pointer("Where it is done."))
        .required("path")
}

fn pointer(doc: &str) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(POINTER));
    text.description(Some(format!("{doc} An RFC 6901 pointer."))).examples([json!("/gmv_target")])
}

/// Any JSON.
fn value() -> Object {
    let any = ObjectBuilder::new().schema_type(utoipa::openapi::schema::SchemaType::AnyValue);
    any.description(Some("The value to write or to compare with.")).examples([Value::from(1)]).build()
}
