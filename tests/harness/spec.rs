//! The published document, and what it says of a value: its schemas as validators, its references followed.

use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::binary::root;

/// The document of this release, as it is committed.
#[derive(Clone, Debug)]
pub struct Spec(pub Value);

/// One operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its address, with places in braces.
    pub path: String,
    /// Its method.
    pub method: Method,
    /// What the document says about it.
    pub said: Value,
}

impl Spec {
    /// Reads the committed document; another test compares it with the served one.
    pub fn committed() -> Self {
        Self::read("openapi/openapi.json")
    }

    /// Reads a document of the repository.
    pub fn read(path: &str) -> Self {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// Every operation.
    pub fn operations(&self) -> Vec<Operation> {
        let paths = self.0["paths"].as_object().unwrap();
        let of_path = |(path, item): (&String, &Value)| {
            let methods = item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters");
            let operation = |(name, said): (&String, &Value)| Operation {
                path: path.clone(),
                method: name.to_uppercase().parse().unwrap(),
                said: said.clone(),
            };
            methods.map(operation).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<Operation> {
        self.operations().into_iter().find(|operation| operation.said["operationId"] == id)
    }

    /// What a reference leads to, or the value itself.
    pub fn resolved<'s>(&'s self, value: &'s Value) -> &'s Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// A validator of JSON Schema 2020-12 for a schema of the document.
    pub fn validator(&self, schema: &Value) -> Validator {
        let mut whole = schema.clone();
        whole["components"] = json!({ "schemas": self.0["components"]["schemas"] });
        jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap()
    }

    /// What is wrong with a value, a line for each place.
    pub fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(schema);
        let line = |error: jsonschema::ValidationError<'_>| {
            let place = error.instance_path().to_string();
            format!("{place}: {}", error.to_string().chars().take(200).collect::<String>())
        };
        validator.iter_errors(value).map(line).collect()
    }
}
