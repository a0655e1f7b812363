//! No release breaks the clients of the one before: today's document is compared with the released one. A change that
//! had to break is listed in `openapi/released/accepted.txt` with its reason, until the next release.

use std::collections::BTreeSet;

use harness::Spec;
use harness::binary::root;
use serde_json::{Value, json};

/// The document of the last release.
const RELEASED: &str = "openapi/released/0.1.0.json";

/// Which way a value travels: that decides what may be added or taken away.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Sent,
    Answered,
}

/// Finds what breaks between two documents.
struct Comparison<'s> {
    before: &'s Spec,
    after: &'s Spec,
    seen: BTreeSet<(Way, String, String)>,
    found: Vec<String>,
}

fn breaking(before: &Spec, after: &Spec) -> Vec<String> {
    let mut comparison = Comparison { before, after, seen: BTreeSet::new(), found: Vec::new() };
    for old in before.operations() {
        let name = format!("{} {}", old.method, old.path);
        let new =
            after.operations().into_iter().find(|new| (&new.path, &new.method) == (&old.path, &old.method));
        match new {
            Some(new) => comparison.operation(&name, &old.said, &new.said),
            None => comparison.found.push(format!("{name}: the operation is gone")),
        }
    }
    comparison.found
}

impl Comparison<'_> {
    fn say(&mut self, at: &str, what: &str) {
        self.found.push(format!("{at}: {what}"));
    }

    fn operation(&mut self, name: &str, old: &Value, new: &Value) {
        if old["operationId"] != new["operationId"] {
            self.say(name, "another operationId");
        }
        self.parameters(name, old, new);
        self.contents(&format!("{name} body"), &old["requestBody"], &new["requestBody"], Way::Sent);
        for (status, old) in old["responses"].as_object().into_iter().flatten() {
            let at = format!("{name} {status}");
            let Some(new) = new["responses"].get(status) else {
                self.say(&at, "the answer is gone");
                continue;
            };
            let (old, new) = (self.before.resolved(old).clone(), self.after.resolved(new).clone());
            self.contents(&at, &old, &new, Way::Answered);
            for (header, _) in old["headers"].as_object().into_iter().flatten() {
                if new["headers"].get(header).is_none() {
                    self.say(&at, &format!("the header {header} is gone"));
                }
            }
        }
    }

    fn parameters(&mut self, name: &str, old: &Value, new: &Value) {
        let list = |said: &Value| said["parameters"].as_array().cloned().unwrap_or_default();
        let key = |own: &Value| (own["in"].clone(), own["name"].clone());
        let (old, new) = (list(old), list(new));
        for own in &old {
            let at = format!("{name} {}", own["name"].as_str().unwrap());
            match new.iter().find(|new| key(new) == key(own)) {
                Some(new) => {
                    if new["required"] == true && own["required"] != true {
                        self.say(&at, "is required now");
                    }
                    self.schema(&at, &own["schema"], &new["schema"], Way::Sent);
                }
                None => self.say(&at, "the parameter is gone"),
            }
        }
        for own in new.iter().filter(|new| new["required"] == true) {
            if !old.iter().any(|old| key(old) == key(own)) {
                self.say(&format!("{name} {}", own["name"].as_str().unwrap()), "a new parameter is required");
            }
        }
    }

    fn contents(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        if way == Way::Sent && new["required"] == true && old["required"] != true {
            self.say(at, "is required now");
        }
        for (media, old) in old["content"].as_object().into_iter().flatten() {
            match new["content"].get(media) {
                Some(new) => self.schema(at, &old["schema"], &new["schema"], way),
                None => self.say(at, &format!("{media} is gone")),
            }
        }
    }

    fn schema(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        let names = [old, new].map(|schema| schema["$ref"].as_str().unwrap_or_default().to_owned());
        let [old_name, new_name] = names;
        if !old_name.is_empty() && !self.seen.insert((way, old_name, new_name)) {
            return;
        }
        let (old, new) = (flat(self.before, old), flat(self.after, new));
        self.variants(at, &old, &new, way);
        self.types(at, &old, &new, way);
        self.values(at, &old, &new, way);
        self.limits(at, &old, &new, way);
        let required = |schema: &Value, name: &str| {
            schema["required"].as_array().is_some_and(|names| names.iter().any(|own| own == name))
        };
        for (name, old_member) in old["properties"].as_object().into_iter().flatten() {
            let at = format!("{at}/{name}");
            match new["properties"].get(name) {
                Some(new_member) => {
                    if way == Way::Answered && required(&old, name) && !required(&new, name) {
                        self.say(&at, "may be absent now");
                    }
                    self.schema(&at, old_member, new_member, way);
                }
                None => self.say(&at, "the member is gone"),
            }
        }
        for name in new["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if way == Way::Sent && !required(&old, name) {
                self.say(&format!("{at}/{name}"), "is required now");
            }
        }
        if old["items"].is_object() && new["items"].is_object() {
            self.schema(&format!("{at}/items"), &old["items"], &new["items"], way);
        }
    }

    /// The possibilities of a schema that is one of several, by the names of theirs.
    fn variants(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        let [old, new] = [old, new].map(variants);
        for (name, old_variant) in &old {
            match new.iter().find(|(other, _)| other == name) {
                Some((_, new_variant)) => self.schema(&format!("{at}/{name}"), old_variant, new_variant, way),
                None if way == Way::Sent => self.say(at, &format!("{name} is not taken any more")),
                None => {}
            }
        }
        let added = new.iter().filter(|(name, _)| !old.iter().any(|(other, _)| other == name));
        for (name, _) in added.filter(|_| way == Way::Answered && !old.is_empty()) {
            self.say(at, &format!("{name} can be answered now"));
        }
    }

    fn types(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        let (old, new) = (types(old), types(new));
        let (from, to) = if way == Way::Sent { (&old, &new) } else { (&new, &old) };
        if !to.is_empty() && !from.is_empty() && !from.is_subset(to) {
            let lost: Vec<_> = from.difference(to).cloned().collect();
            let what = if way == Way::Sent { "is not taken any more" } else { "can be answered now" };
            self.say(at, &format!("{} {what}", lost.join(", ")));
        }
    }

    fn values(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        let (Some(old), Some(new)) = (old["enum"].as_array(), new["enum"].as_array()) else { return };
        let (from, to) = if way == Way::Sent { (old, new) } else { (new, old) };
        for value in from.iter().filter(|value| !value.is_null() && !to.contains(value)) {
            let what = if way == Way::Sent { "is gone" } else { "is a new answer" };
            self.say(at, &format!("{value} {what}"));
        }
    }

    fn limits(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        if way == Way::Answered {
            return;
        }
        for word in ["maxLength", "maximum", "maxItems", "maxProperties"] {
            if let Some(now) = new[word].as_f64()
                && old[word].as_f64().is_none_or(|then| now < then)
            {
                self.say(at, &format!("{word} is {now} now"));
            }
        }
        for word in ["minLength", "minimum", "minItems", "minProperties"] {
            if let Some(now) = new[word].as_f64()
                && old[word].as_f64().map_or(now > 0.0, |then| now > then)
            {
                self.say(at, &format!("{word} is {now} now"));
            }
        }
        for word in ["pattern", "format", "multipleOf"] {
            if !new[word].is_null() && new[word] != old[word] {
                self.say(at, &format!("{word} is {} now", new[word]));
            }
        }
        if !new["enum"].is_null() && old["enum"].is_null() {
            self.say(at, "is a closed list now");
        }
        if new["additionalProperties"] == false && old["additionalProperties"] != false {
            self.say(at, "is closed now");
        }
    }
}

/// The possibilities a schema lists, each with the end of its reference, else its position.
fn variants(schema: &Value) -> Vec<(String, Value)> {
    let listed = schema["oneOf"].as_array().or(schema["anyOf"].as_array()).into_iter().flatten();
    let name = |(position, variant): (usize, &Value)| {
        let named = variant["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        (named.map_or_else(|| position.to_string(), str::to_owned), variant.clone())
    };
    listed.enumerate().map(name).collect()
}

/// The types a value may have; none where the schema says nothing.
fn types(schema: &Value) -> BTreeSet<String> {
    let listed = schema["type"].as_array().into_iter().flatten().chain([&schema["type"]]);
    listed.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A schema with its references followed, the parts of `allOf` put together, and `null` as a type.
fn flat(spec: &Spec, schema: &Value) -> Value {
    let mut own = spec.resolved(schema).clone();
    let possible = own["oneOf"].as_array().cloned().unwrap_or_default();
    if let [one, other] = possible.as_slice()
        && (one["type"] == "null" || other["type"] == "null")
    {
        let mut named = flat(spec, if one["type"] == "null" { other } else { one });
        let types: Vec<String> = types(&named).into_iter().chain(["null".to_owned()]).collect();
        named["type"] = json!(types);
        return named;
    }
    for part in own["allOf"].as_array().cloned().unwrap_or_default() {
        let part = flat(spec, &part);
        for (name, member) in part["properties"].as_object().into_iter().flatten() {
            own["properties"][name] = member.clone();
        }
        let required = part["required"].as_array().cloned().unwrap_or_default();
        let mut all = own["required"].as_array().cloned().unwrap_or_default();
        all.extend(required);
        own["required"] = Value::Array(all);
        own["type"] = json!("object");
    }
    own
}

#[test]
fn nothing_breaks_the_clients_of_the_last_release() {
    let accepted = std::fs::read_to_string(root().join("openapi/released/accepted.txt")).unwrap();
    let accepted: Vec<&str> =
        accepted.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let found = breaking(&Spec::read(RELEASED), &Spec::committed());
    let new: Vec<&str> = found.iter().map(String::as_str).filter(|line| !accepted.contains(line)).collect();
    assert!(new.is_empty(), "{} changes break clients:\n{}", new.len(), new.join("\n"));
    for line in accepted {
        assert!(found.iter().any(|own| own == line), "accepted, but it does not occur: {line}");
    }
}

/// What is found after one change of a small document.
fn after(pointer: &str, value: Option<Value>) -> Vec<String> {
    let member = json!({"type": "string", "maxLength": 9, "enum": ["a", "b"]});
    let body = json!({"type": "object", "required": ["a"], "properties": {"a": member, "b": {"type": ["integer", "null"], "minimum": 1}, "w": {"anyOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]}}});
    let one = json!({"type": "object", "required": ["o"], "properties": {"o": {"type": "string"}}});
    let before = json!({
        "components": {"schemas": {"Body": body, "One": one, "Two": {"type": "object"}}},
        "paths": {"/x": {"post": {
            "operationId": "x",
            "parameters": [{"in": "query", "name": "q", "schema": {"type": "string", "maxLength": 9}}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}},
            "responses": {"200": {
                "headers": {"ETag": {}},
                "content": {"application/json": {"schema": {"type": "object", "required": ["r"], "properties": {
                    "r": {"type": "string", "enum": ["a"]},
                    "v": {"anyOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}]}
                }}}}
            }}
        }}}
    });
    let mut after = before.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = &name.replace("~1", "/");
    let parent = after.pointer_mut(parent).unwrap();
    match (value, parent.as_array_mut(), name.parse::<usize>()) {
        (Some(value), Some(list), Ok(_)) => list.push(value),
        (Some(value), _, _) => parent[name] = value,
        (None, Some(list), Ok(place)) => drop(list.remove(place)),
        (None, _, _) => drop(parent.as_object_mut().unwrap().remove(name)),
    }
    breaking(&Spec(before), &Spec(after))
}

#[test]
fn every_kind_of_break_is_found() {
    let body = "/components/schemas/Body";
    let x = "/paths/~1x/post";
    let answer = format!("{x}/responses/200/content/application~1json/schema");
    let cases: [(String, Option<Value>, &str); 22] = [
        ("/paths/~1x".into(), None, "the operation is gone"),
        (format!("{x}/operationId"), Some(json!("y")), "another operationId"),
        (format!("{x}/parameters/0"), None, "the parameter is gone"),
        (format!("{x}/parameters/0/required"), Some(json!(true)), "is required now"),
        (
            format!("{x}/parameters/1"),
            Some(json!({"in": "query", "name": "p", "required": true})),
            "a new parameter is required",
        ),
        (format!("{x}/parameters/0/schema/maxLength"), Some(json!(8)), "maxLength is 8 now"),
        (format!("{x}/requestBody/required"), Some(json!(true)), "is required now"),
        (format!("{x}/requestBody/content/application~1json"), None, "application/json is gone"),
        (format!("{body}/properties/a"), None, "the member is gone"),
        (format!("{body}/properties/a/enum/0"), None, "\"a\" is gone"),
        (format!("{body}/properties/a/pattern"), Some(json!("x")), "pattern is \"x\" now"),
        (format!("{body}/properties/b/type"), Some(json!("integer")), "null is not taken any more"),
        (format!("{body}/properties/b/minimum"), Some(json!(2)), "minimum is 2 now"),
        (format!("{body}/required/1"), Some(json!("b")), "is required now"),
        (format!("{x}/responses/200"), None, "the answer is gone"),
        (format!("{x}/responses/200/headers/ETag"), None, "the header ETag is gone"),
        (format!("{answer}/required/0"), None, "may be absent now"),
        (format!("{answer}/properties/r/enum/1"), Some(json!("b")), "\"b\" is a new answer"),
        ("/components/schemas/One/required/0".into(), None, "v/One/o: may be absent now"),
        ("/components/schemas/One/properties/o".into(), None, "v/One/o: the member is gone"),
        (format!("{body}/properties/w/anyOf/0"), None, "One is not taken any more"),
        (format!("{answer}/properties/v/anyOf/2"), Some(json!({"type": "null"})), "2 can be answered now"),
    ];
    for (pointer, value, expected) in cases {
        let found = after(&pointer, value);
        assert!(found.iter().any(|line| line.ends_with(expected)), "{pointer}: {found:?} lacks {expected}");
    }
}

#[test]
fn what_breaks_nobody_is_let_through() {
    let x = "/paths/~1x/post";
    let answer = format!("{x}/responses/200/content/application~1json/schema");
    for (pointer, value) in [
        ("/paths/~1y".to_owned(), Some(json!({"get": {}}))),
        (format!("{x}/summary"), Some(json!("Other words."))),
        (format!("{x}/parameters/1"), Some(json!({"in": "query", "name": "p"}))),
        (format!("{x}/parameters/0/schema/maxLength"), Some(json!(10))),
        ("/components/schemas/Body/properties/c".to_owned(), Some(json!({"type": "string"}))),
        ("/components/schemas/Body/properties/a/enum/2".to_owned(), Some(json!("c"))),
        ("/components/schemas/Body/required/0".to_owned(), None),
        (format!("{answer}/properties/s"), Some(json!({"type": "string"}))),
    ] {
        assert_eq!(after(&pointer, value), [""; 0], "{pointer}");
    }
}
