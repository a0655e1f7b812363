//! What the published document owes its readers: every part is described, limited and shown by an example that fits,
//! and what can be done next is linked.

use std::collections::BTreeSet;

use harness::Spec;
use serde_json::Value;

/// Calls `visit` for a schema and everything in it, with its place.
fn walk(schema: &Value, at: &str, visit: &mut impl FnMut(&Value, &str)) {
    visit(schema, at);
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        walk(member, &format!("{at}/{name}"), visit);
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        for part in schema[word].as_array().into_iter().flatten() {
            walk(part, at, visit);
        }
    }
    for word in ["items", "additionalProperties", "propertyNames"] {
        if schema[word].is_object() {
            walk(&schema[word], &format!("{at}/{word}"), visit);
        }
    }
}

/// Whether a text says more than the name it stands at.
fn tells(text: &Value, name: &str) -> bool {
    let words =
        |text: &str| -> String { text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect() };
    let text = text.as_str().unwrap_or_default();
    !text.is_empty() && words(text) != words(name)
}

#[test]
fn every_schema_property_parameter_and_header_says_what_it_means() {
    let spec = Spec::committed();
    let mut faults = Vec::new();
    let schemas = spec.0["components"]["schemas"].as_object().unwrap();
    assert!(schemas.len() > 80);
    for (name, schema) in schemas {
        if !tells(&schema["description"], name) {
            faults.push(name.clone());
        }
        walk(schema, name, &mut |schema, at| {
            for (member, own) in schema["properties"].as_object().into_iter().flatten() {
                if !tells(&own["description"], member) {
                    faults.push(format!("{at}/{member}"));
                }
            }
        });
    }
    for operation in spec.operations() {
        for own in operation.said["parameters"].as_array().into_iter().flatten() {
            if !tells(&own["description"], own["name"].as_str().unwrap()) {
                faults.push(format!("{} {}: {}", operation.method, operation.path, own["name"]));
            }
        }
        for (status, answer) in operation.said["responses"].as_object().unwrap() {
            for (name, header) in spec.resolved(answer)["headers"].as_object().into_iter().flatten() {
                if !tells(&spec.resolved(header)["description"], name) {
                    faults.push(format!("{} {} {status}: {name}", operation.method, operation.path));
                }
            }
        }
    }
    assert!(faults.is_empty(), "nothing is said about:\n{}", faults.join("\n"));
}

/// Every schema that bodies and parameters of requests are made of, with its place.
fn sent(spec: &Spec) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next: Vec<(String, Value)> = Vec::new();
    for operation in spec.operations() {
        let name = operation.said["operationId"].as_str().unwrap().to_owned();
        for (media, body) in operation.said["requestBody"]["content"].as_object().into_iter().flatten() {
            next.push((format!("{name} {media}"), body["schema"].clone()));
        }
        for own in operation.said["parameters"].as_array().into_iter().flatten() {
            next.push((format!("{name} {}", own["name"]), own["schema"].clone()));
        }
    }
    while let Some((at, schema)) = next.pop() {
        walk(&schema, &at, &mut |schema, at| {
            found.push((at.to_owned(), schema.clone()));
            if let Some(reference) = schema["$ref"].as_str()
                && seen.insert(reference.to_owned())
            {
                next.push((reference.rsplit('/').next().unwrap().to_owned(), spec.resolved(schema).clone()));
            }
        });
    }
    found
}

fn is_a(schema: &Value, name: &str) -> bool {
    schema["type"] == name
        || schema["type"].as_array().is_some_and(|types| types.iter().any(|own| own == name))
}

/// Members whose inside is the caller's own or the domain's, and header texts that are read leniently.
const BOUNDLESS: [&str; 5] = ["results", "params", "rules", "Accept-Language", "If-None-Match"];

#[test]
fn what_is_sent_is_closed_and_limited() {
    let spec = Spec::committed();
    let sent = sent(&spec);
    assert!(sent.len() > 300, "{}", sent.len());
    let mut faults = Vec::new();
    for (at, schema) in sent {
        if BOUNDLESS.iter().any(|name| at.trim_end_matches('"').ends_with(name)) {
            continue;
        }
        let has = |words: &[&str]| words.iter().any(|word| !schema[*word].is_null());
        let is_patch = at.starts_with("JsonPatch") || at.contains("json-patch");
        if is_a(&schema, "object") && schema["additionalProperties"] == true
            || is_a(&schema, "object") && schema["additionalProperties"].is_null() && !is_patch
        {
            faults.push(format!("{at}: takes members nobody knows"));
        }
        if is_a(&schema, "string") && !has(&["maxLength", "enum", "format", "pattern"]) {
            faults.push(format!("{at}: a text without limit or form"));
        }
        if (is_a(&schema, "integer") || is_a(&schema, "number"))
            && !(has(&["minimum"]) && has(&["maximum"]))
            && !is_a(&schema, "string")
        {
            faults.push(format!("{at}: a number without limits"));
        }
        if is_a(&schema, "array") && !has(&["maxItems"]) && !is_patch {
            faults.push(format!("{at}: a list without end"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Examples at a place of the document, in either form.
fn examples(part: &Value) -> Vec<&Value> {
    let listed = part["examples"].as_array().into_iter().flatten();
    let named = part["examples"].as_object().into_iter().flat_map(|named| named.values());
    let named = named.map(|example| &example["value"]);
    part.get("example").into_iter().chain(listed).chain(named).collect()
}

#[test]
fn every_example_fits_its_schema() {
    let spec = Spec::committed();
    let (mut count, mut faults) = (0, Vec::new());
    let mut check = |at: &str, part: &Value, schema: &Value| {
        for example in examples(part) {
            count += 1;
            faults.extend(spec.faults(schema, example).into_iter().map(|fault| format!("{at}{fault}")));
        }
    };
    for (name, schema) in spec.0["components"]["schemas"].as_object().unwrap() {
        walk(schema, name, &mut |schema, at| check(at, schema, schema));
    }
    let shared = spec.0["components"]["responses"].as_object().unwrap();
    let mut answers: Vec<(String, &Value)> = shared.iter().map(|(name, own)| (name.clone(), own)).collect();
    let operations = spec.operations();
    for operation in &operations {
        let name = operation.said["operationId"].as_str().unwrap();
        for own in operation.said["parameters"].as_array().into_iter().flatten() {
            check(&format!("{name} {}", own["name"]), own, &own["schema"]);
            check(&format!("{name} {}", own["name"]), &own["schema"], &own["schema"]);
        }
        answers.push((format!("{name} body"), &operation.said["requestBody"]));
        let own = operation.said["responses"].as_object().unwrap().iter();
        answers.extend(own.map(|(status, answer)| (format!("{name} {status}"), answer)));
    }
    for (name, answer) in answers {
        for (media, content) in answer["content"].as_object().into_iter().flatten() {
            check(&format!("{name} {media}"), content, &content["schema"]);
        }
    }
    assert!(count > 150, "{count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_link_leads_to_an_operation_with_what_it_needs() {
    let spec = Spec::committed();
    let (mut count, mut faults) = (0, Vec::new());
    for operation in spec.operations() {
        for (status, answer) in operation.said["responses"].as_object().unwrap() {
            for (name, link) in answer["links"].as_object().into_iter().flatten() {
                count += 1;
                let at = format!("{} {status} {name}", operation.said["operationId"]);
                let faulty = broken(&spec, &operation.said, answer, link);
                faults.extend(faulty.into_iter().map(|fault| format!("{at}: {fault}")));
            }
        }
    }
    assert!(count > 40, "{count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is wrong with a link.
fn broken(spec: &Spec, from: &Value, answer: &Value, link: &Value) -> Vec<String> {
    let Some(to) = spec.operation(link["operationId"].as_str().unwrap_or_default()) else {
        return vec!["leads nowhere".to_owned()];
    };
    let takes: Vec<&Value> = to.said["parameters"].as_array().into_iter().flatten().collect();
    let given = link["parameters"].as_object();
    let mut faults = Vec::new();
    for (name, expression) in given.into_iter().flatten() {
        if !takes.iter().any(|own| own["name"] == name.as_str()) {
            faults.push(format!("{name} is no parameter there"));
        }
        if !resolves(from, answer, expression.as_str().unwrap_or_default()) {
            faults.push(format!("{expression} leads nowhere"));
        }
    }
    for own in takes.iter().filter(|own| own["in"] == "path") {
        if given.is_none_or(|given| !given.contains_key(own["name"].as_str().unwrap())) {
            faults.push(format!("{} is not given", own["name"]));
        }
    }
    for (name, value) in link["requestBody"].as_object().into_iter().flatten() {
        let text = value.as_str().unwrap_or_default();
        if text.starts_with('$') && !resolves(from, answer, text) {
            faults.push(format!("{name}: {text} leads nowhere"));
        }
    }
    faults
}

/// Whether a runtime expression finds something in the request or the example of its answer.
fn resolves(from: &Value, answer: &Value, expression: &str) -> bool {
    if let Some(name) = expression.strip_prefix("$request.path.") {
        return from["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .any(|own| own["in"] == "path" && own["name"] == name);
    }
    if let Some(name) = expression.strip_prefix("$response.header.") {
        return answer["headers"].get(name).is_some();
    }
    let example = &answer["content"]["application/json"]["example"];
    expression.strip_prefix("$response.body#").is_some_and(|pointer| example.pointer(pointer).is_some())
}

#[test]
fn the_linter_has_nothing_to_say() {
    let script = harness::binary::root().join("openapi/lint");
    let run = std::process::Command::new("bash").arg(script).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
}
