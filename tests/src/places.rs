//! Every place of the served contract where a caller can put something: in addresses, queries, headers and bodies.
//! The tests that try them all take them from here, so that a new operation is tried without being asked for.

use harness::{Answer, Client, examples};
use reqwest::Method;
use serde_json::{Value, json};

use crate::contract::{body_of, operations};

/// Where a place is.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spot {
    /// Between two slashes of the address.
    Path,
    /// A parameter behind the question mark.
    Query,
    /// A header.
    Header,
    /// A text in the body, by pointer.
    Body,
}

/// A place of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) spot: Spot,
    /// The parameter's name, or the pointer into the body.
    pub(crate) name: String,
}

/// An operation of the contract.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Its `operationId`.
    pub(crate) id: String,
    pub(crate) method: Method,
    /// Its address with names in braces.
    pub(crate) path: String,
    /// Its parameters, and the texts of its body.
    pub(crate) places: Vec<Place>,
    /// The content type it wants, where it takes a body.
    pub(crate) media: Option<String>,
    /// The members of its body, where it is a record.
    pub(crate) members: Vec<String>,
    example: Value,
}

/// A request to an operation, not sent yet.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    media: Option<String>,
    pub(crate) body: Value,
}

/// Every operation of the document. The bodies of gate contents are those of `gate`.
pub(crate) fn every_operation(document: &Value, gate: &str) -> Vec<Operation> {
    let read = |(path, method, spec): (String, Method, Value)| operation(document, gate, path, method, &spec);
    operations(document).into_iter().map(read).collect()
}

fn operation(document: &Value, gate: &str, path: String, method: Method, spec: &Value) -> Operation {
    let id = spec["operationId"].as_str().unwrap().to_owned();
    let parameters = spec["parameters"].as_array().into_iter().flatten();
    let mut places: Vec<Place> = parameters.map(|parameter| place(resolved(document, parameter))).collect();
    let (media, example) = body_of(document, spec);
    let has_body = spec.get("requestBody").is_some();
    let mut schema = &spec["requestBody"]["content"][media]["schema"];
    if schema["$ref"].as_str().is_some_and(|name| name.ends_with("/GateContent")) {
        schema = &document["components"]["schemas"]["GateContents"]["properties"][gate];
    }
    let mut pointers = Vec::new();
    texts(document, schema, "", &mut pointers, 0);
    pointers.sort();
    pointers.dedup();
    places.extend(pointers.into_iter().map(|name| Place { spot: Spot::Body, name }));
    let members = resolved(document, schema)["properties"].as_object();
    let members = members.into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let example = valid(&id, gate, example);
    Operation { id, method, path, places, media: has_body.then(|| media.to_owned()), members, example }
}

/// The example of the contract, where it would be refused for what else there is in the database.
fn valid(id: &str, gate: &str, mut example: Value) -> Value {
    match id {
        "create_campaign" => json_patch::merge(&mut example, &json!({ "owner": null, "external_ref": null })),
        "assign_gate" => example = json!({}),
        "replace_content" | "change_content" => example = examples::content(gate),
        "change_campaign" => example = json!({ "planned_minutes": 200 }),
        "create_member" => {
            json_patch::merge(&mut example, &json!({ "email": null, "mobile": "13800138000" }))
        }
        "change_member" => example = json!({ "locale": "en" }),
        _ => {}
    }
    example
}

fn place(parameter: &Value) -> Place {
    let spot = match parameter["in"].as_str().unwrap() {
        "path" => Spot::Path,
        "query" => Spot::Query,
        "header" => Spot::Header,
        other => panic!("no parameter is known in a {other}"),
    };
    Place { spot, name: parameter["name"].as_str().unwrap().to_owned() }
}

pub(crate) fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => {
            let variants = schema["oneOf"].as_array().into_iter().flatten();
            let one = variants.filter(|variant| variant["type"] != "null").collect::<Vec<_>>();
            if let [one] = one[..] { resolved(document, one) } else { schema }
        }
    }
}

/// Pointers to every free text a schema allows; lists and maps have one member for all.
fn texts(document: &Value, schema: &Value, at: &str, found: &mut Vec<String>, depth: usize) {
    assert!(depth < 20, "{at} has no end");
    let schema = resolved(document, schema);
    let mut deeper = |schema: &Value, at: String| texts(document, schema, &at, found, depth + 1);
    for variants in ["oneOf", "anyOf", "allOf"] {
        schema[variants].as_array().into_iter().flatten().for_each(|variant| deeper(variant, at.to_owned()));
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        deeper(member, format!("{at}/{name}"));
    }
    if let Some(items) = schema.get("items") {
        deeper(items, format!("{at}/0"));
    }
    let is = |name: &str| {
        schema["type"] == name || schema["type"].as_array().is_some_and(|all| all.contains(&json!(name)))
    };
    let is_map = schema.get("additionalProperties").is_some_and(|more| more != false) && is("object");
    if is_map {
        found.push(format!("{at}/note"));
    }
    let closed = schema.get("enum").is_some() || schema.get("const").is_some();
    let format = schema["format"].as_str().unwrap_or_default();
    if is("string") && !closed && !matches!(format, "date-time" | "date") {
        found.push(at.to_owned());
    }
}

impl Operation {
    /// The usual request: places of the address filled by `fill`, the example as body, any version.
    pub(crate) fn asking(&self, fill: impl Fn(&str) -> String) -> Asking {
        let mut path = self.path.clone();
        for place in self.places.iter().filter(|place| place.spot == Spot::Path) {
            path = path.replace(&format!("{{{}}}", place.name), &encoded(&fill(&place.name)));
        }
        let versioned = self.has(Spot::Header, "If-Match");
        let headers = versioned.then(|| ("If-Match".to_owned(), "*".to_owned())).into_iter().collect();
        let body = if self.media.is_some() { self.example.clone() } else { Value::Null };
        Asking {
            method: self.method.clone(),
            path,
            query: Vec::new(),
            headers,
            media: self.media.clone(),
            body,
        }
    }

    pub(crate) fn has(&self, spot: Spot, name: &str) -> bool {
        self.places.iter().any(|place| place.spot == spot && place.name == name)
    }

    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.method != Method::GET
    }
}

impl Asking {
    /// With this text in a place. Places of the address are filled when the request is made.
    #[must_use]
    pub(crate) fn with(mut self, place: &Place, text: &str) -> Self {
        match place.spot {
            Spot::Path => {}
            Spot::Query => self.query.push((place.name.clone(), text.to_owned())),
            Spot::Header => {
                self.headers.retain(|(name, _)| *name != place.name);
                self.headers.push((place.name.clone(), text.to_owned()));
            }
            Spot::Body => put(&mut self.body, &place.name, text.into()),
        }
        self
    }

    /// Sends it.
    pub(crate) async fn send(self, who: &Client) -> Answer {
        let query: Vec<String> =
            self.query.iter().map(|(name, text)| format!("{name}={}", encoded(text))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let mut call = who.call(self.method, &format!("{}{mark}{}", self.path, query.join("&")));
        for (name, text) in &self.headers {
            call = call.header(name, text);
        }
        match self.media {
            Some(media) => call.raw(&media, self.body.to_string()).send().await,
            None => call.send().await,
        }
    }
}

/// Sets a member of a document, with everything on the way to it.
pub(crate) fn put(document: &mut Value, pointer: &str, value: Value) {
    let mut at = document;
    for step in pointer.split('/').skip(1) {
        if step == "0" {
            if at.as_array().is_none_or(Vec::is_empty) {
                *at = json!([null]);
            }
            at = &mut at[0];
        } else {
            if !at.is_object() {
                *at = json!({});
            }
            at = &mut at[step];
        }
    }
    *at = value;
}

/// A text as part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_~.@".contains(byte);
    let encode = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}
