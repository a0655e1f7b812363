//! What every operation owes to those who read the document.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;

fn served() -> Value {
    serde_json::from_str(&contract().json).unwrap()
}

/// Every operation as (method and path, operation).
fn all(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    operations.collect()
}

fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| references(element, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_name_means_one_schema() {
    let (_, schemas) = super::super::documented();
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    for (name, schema) in schemas.into_iter().chain(refusals::problem_schemas()) {
        let schema = without_examples(serde_json::to_value(schema).unwrap());
        if let Some(earlier) = known.insert(name.clone(), schema.clone()) {
            assert_eq!(earlier, schema, "two schemas are called {name}");
        }
    }
    assert!(known.len() > 5);
}

/// A record is published with its example only where an operation takes it itself.
fn without_examples(mut schema: Value) -> Value {
    schema.as_object_mut().unwrap().shift_remove("examples");
    schema
}

#[test]
fn every_reference_leads_somewhere() {
    let document = served();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_explains_itself() {
    let document = served();
    for (name, operation) in all(&document) {
        for member in ["summary", "description", "operationId"] {
            let text = operation[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{name} has no {member}");
        }
        let tags = operation["tags"].as_array().unwrap();
        let known = |tag: &Value| TAGS.iter().any(|(name, _)| tag == name);
        assert!(tags.len() == 1 && tags.iter().all(known), "{name} has tags {tags:?}");
    }
}

#[test]
fn no_parameter_is_named_twice() {
    let document = served();
    for (name, operation) in all(&document) {
        let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut names: Vec<(&Value, &Value)> =
            parameters.iter().map(|own| (&own["in"], &own["name"])).collect();
        names.sort_by_key(|(place, name)| (place.to_string(), name.to_string()));
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{name}: {names:?}");
        for own in parameters.iter().filter(|own| own["in"] == "path") {
            assert_eq!(own["required"], true, "{name}: {}", own["name"]);
        }
        let in_path = names.iter().filter(|(place, _)| *place == "path").count();
        assert_eq!(in_path, name.matches('{').count(), "{name} leaves parts of its address unexplained");
    }
}

#[test]
fn every_answer_with_a_body_has_an_example() {
    let document = served();
    for (name, operation) in all(&document) {
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name} never succeeds");
        for (status, response) in responses.iter().filter(|(status, _)| status.starts_with('2')) {
            for content in response["content"].as_object().into_iter().flat_map(|contents| contents.values())
            {
                assert!(content.get("example").is_some(), "{name} {status} has no example");
            }
        }
    }
}

#[test]
fn every_operation_documents_refusals_and_its_key() {
    let document = served();
    for (name, operation) in all(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let refusals = responses.keys().filter(|status| status.starts_with('4')).count();
        assert!(refusals > 0, "{name} documents no refusal");
        let secured = operation["security"][0].get(BEARER).is_some();
        assert_eq!(secured, name.contains(" /v1/"), "{name}: security");
        assert_eq!(responses.contains_key("401"), secured, "{name}: 401");
    }
}

#[test]
fn operation_ids_are_unique() {
    let document = served();
    let mut ids: Vec<&str> =
        all(&document).iter().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn the_document_is_the_same_every_time() {
    let again = || {
        let (paths, schemas) = super::super::documented();
        serde_json::to_string_pretty(&document(paths, schemas)).unwrap() + "\n"
    };
    assert_eq!(again(), contract().json);
    assert_eq!(again(), again());
}
