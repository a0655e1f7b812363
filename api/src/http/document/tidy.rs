//! Schemas in the form that readers and generated clients understand best: one flat object for each name, what a
//! member means beside its name, and nothing that nobody refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::{ArrayItems, Object, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::example;
use crate::http::schema::reference;

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// How pages of a list are called, before the name of its rows.
const PAGE: &str = "Paged_";

/// The same schemas, flat and described.
pub(super) fn tidied(schemas: Schemas) -> Schemas {
    let flat = |(name, schema): (&String, &RefOr<Schema>)| (name.clone(), flattened(schema, &schemas));
    let mut tidied: Schemas = schemas.iter().map(flat).collect();
    let names: BTreeSet<String> = tidied.keys().cloned().collect();
    for (name, schema) in &mut tidied {
        if let RefOr::T(Schema::Object(object)) = schema {
            refer_to_rows(name, object, &names);
            object.properties.values_mut().for_each(describe);
        }
    }
    tidied
}

/// Drops the schemas that no operation speaks of.
pub(super) fn keep_what_is_used(paths: &Paths, schemas: &mut Schemas) {
    let mut used = BTreeSet::from(["Problem".to_owned()]);
    let mut next = names_in(paths);
    next.extend(schemas.get("Problem").map(names_in).unwrap_or_default());
    while let Some(name) = next.pop() {
        if used.insert(name.clone()) {
            next.extend(schemas.get(&name).map(names_in).unwrap_or_default());
        }
    }
    schemas.retain(|name, _| used.contains(name));
}

/// A view that carries the members of another has them itself.
fn flattened(schema: &RefOr<Schema>, schemas: &Schemas) -> RefOr<Schema> {
    let RefOr::T(Schema::AllOf(all)) = schema else { return schema.clone() };
    let mut whole =
        ObjectBuilder::new().schema_type(Type::Object).description(all.description.clone()).build();
    let mut shown = serde_json::Map::new();
    for part in &all.items {
        let part = match part {
            RefOr::Ref(reference) => {
                reference.ref_location.rsplit('/').next().and_then(|name| schemas.get(name))
            }
            RefOr::T(_) => Some(part),
        };
        let Some(RefOr::T(part)) = part else { continue };
        if let Schema::Object(part) = part {
            whole.properties.extend(part.properties.clone());
            whole.required.extend(part.required.clone());
        }
        let example = serde_json::to_value(part).ok().and_then(|part| example::of_json(&part, schemas));
        if let Some(Value::Object(example)) = example {
            shown.extend(example);
        }
    }
    whole.examples = vec![Value::Object(shown)];
    Schema::Object(whole).into()
}

/// A page names its rows, rather than describing them once more.
fn refer_to_rows(name: &str, page: &mut Object, names: &BTreeSet<String>) {
    let Some(row) = name.strip_prefix(PAGE).filter(|row| names.contains(*row)) else { return };
    if let Some(RefOr::T(Schema::Array(data))) = page.properties.get_mut("data") {
        data.items = ArrayItems::RefOrSchema(Box::new(reference(row, "")));
    }
    if !page.required.iter().any(|required| required == "next_cursor") {
        page.required.push("next_cursor".to_owned());
    }
}

/// A member that is something named or `null` is described itself, not its first possibility.
fn describe(member: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(one)) = member else { return };
    for possibility in &mut one.items {
        if let RefOr::Ref(reference) = possibility
            && one.description.is_none()
            && !reference.description.is_empty()
        {
            one.description = Some(std::mem::take(&mut reference.description));
        }
    }
}

/// The schemas that something refers to.
fn names_in(part: &impl serde::Serialize) -> Vec<String> {
    let mut names = Vec::new();
    collect(&serde_json::to_value(part).unwrap_or_default(), &mut names);
    names
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            names.extend(
                reference.and_then(|place| place.strip_prefix("#/components/schemas/")).map(str::to_owned),
            );
            members.values().for_each(|member| collect(member, names));
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
