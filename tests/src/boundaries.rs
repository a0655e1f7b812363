//! Every limit the document states is the one the service enforces: values at a limit are not refused for their shape,
//! values beyond it are, at their place. The cases come from the document; each field is tried where the standard
//! campaign has it.

use std::collections::BTreeSet;

use harness::{Client, Setup, Spec, examples};
use serde_json::{Value, json};

/// Codes of faults that a reader of the schema could have foreseen.
const FORESEEABLE: [&str; 9] = [
    "field.unknown",
    "field.wrong_type",
    "text.forbidden_character",
    "text.empty",
    "text.too_long",
    "text.bad_format",
    "list.too_many",
    "number.out_of_range",
    "choice.unknown",
];

/// One value to try at one place.
struct Case {
    pointer: String,
    value: Value,
    fits: bool,
}

/// Finds cases in a document and its schema, each field of a record once.
struct Finder<'s> {
    spec: &'s Spec,
    seen: BTreeSet<String>,
    cases: Vec<Case>,
}

impl Finder<'_> {
    fn find(&mut self, schema: &Value, value: &Value, pointer: &str, record: &str) {
        let schema = self.own(schema);
        let name = schema["title"].as_str().unwrap_or(record).to_owned();
        self.try_limits(&schema, value, pointer);
        for (member, inside) in value.as_object().into_iter().flatten() {
            let Some(own) = schema["properties"].get(member) else { continue };
            let record = self.record(&schema, own);
            if self.seen.insert(format!("{name}/{}/{member}", place(pointer))) {
                self.find(&own.clone(), inside, &format!("{pointer}/{member}"), &record);
            }
        }
        if value.is_object() && schema["additionalProperties"] == false {
            self.push(&format!("{pointer}/nobody_knows_this"), json!(1), false);
        }
        if let (Some(first), true) = (value.get(0), schema["items"].is_object()) {
            let items = schema["items"].clone();
            self.find(&items, first, &format!("{pointer}/0"), &name);
            // Where a list has no duplicates, what it has already fits no second time.
            let others = &value.as_array().unwrap()[1..];
            let is_set = schema["uniqueItems"] == true;
            let first = format!("{pointer}/0");
            self.cases.retain(|case| !is_set || case.pointer != first || !others.contains(&case.value));
        }
    }

    /// The schema behind a reference, or behind the possibility that is not `null`.
    fn own(&self, schema: &Value) -> Value {
        let possible = schema["oneOf"].as_array().into_iter().flatten();
        let named = possible.chain([schema]).find(|one| one["$ref"].is_string()).unwrap_or(schema);
        self.spec.resolved(named).clone()
    }

    fn record(&self, schema: &Value, own: &Value) -> String {
        own["$ref"].as_str().or(schema["description"].as_str()).unwrap_or_default().to_owned()
    }

    fn push(&mut self, pointer: &str, value: Value, fits: bool) {
        self.cases.push(Case { pointer: pointer.to_owned(), value, fits });
    }

    fn try_limits(&mut self, schema: &Value, value: &Value, pointer: &str) {
        let keys = schema["enum"].as_array();
        if let Some(keys) = keys {
            keys.iter().filter(|key| !key.is_null()).for_each(|key| self.push(pointer, key.clone(), true));
            self.push(pointer, json!("nobody_knows_this"), false);
        } else if value.is_string() {
            self.try_text(schema, pointer);
        } else if value.is_number() {
            self.try_number(schema, pointer);
        } else if let (Some(list), Some(most)) = (value.as_array(), schema["maxItems"].as_u64()) {
            let most = usize::try_from(most).unwrap();
            let one = list.first().cloned().unwrap_or(json!("x"));
            self.push(pointer, vec![one; most + 1].into(), false);
            self.push(pointer, json!([]), true);
        } else if value.is_boolean() {
            [true, false].iter().for_each(|fits| self.push(pointer, json!(fits), true));
            self.push(pointer, json!("true"), false);
        }
        let wrong = if value.is_string() { json!(7) } else { json!("7") };
        self.push(pointer, wrong, false);
    }

    fn try_text(&mut self, schema: &Value, pointer: &str) {
        if let (Some(most), true) = (schema["maxLength"].as_u64(), is_free(schema)) {
            let most = usize::try_from(most).unwrap();
            self.push(pointer, json!("字".repeat(most)), true);
            self.push(pointer, json!("字"), true);
            self.push(pointer, json!("字".repeat(most + 1)), false);
            for refused in ["", "  ", "\u{1}", "a\rb", "a\tb", "\u{85}b"] {
                self.push(pointer, json!(refused), false);
            }
            self.push(pointer, json!("\r\n 字\r\n字 \n"), most >= 10);
        } else {
            self.push(pointer, json!("no form of ours"), false);
        }
        if schema["format"] == "date-time" {
            self.push(pointer, json!("2027-03-20T20:00:00.5+08:00"), false);
            self.push(pointer, json!("2027-03-20T12:00:00Z"), true);
        }
    }

    fn try_number(&mut self, schema: &Value, pointer: &str) {
        let (Some(least), Some(most)) = (schema["minimum"].as_i64(), schema["maximum"].as_i64()) else {
            return;
        };
        let step = schema["multipleOf"].as_i64().unwrap_or(1);
        for (number, fits) in
            [(least, true), (most - most % step, true), (least - 1, false), (most + 1, false)]
        {
            self.push(pointer, json!(number), fits);
        }
        if schema["type"].as_array().is_some_and(|types| types[0] == "integer") {
            self.push(pointer, json!(0.5), false);
        }
    }
}

/// A text as people write it, rather than one with a form.
fn is_free(schema: &Value) -> bool {
    schema["format"].is_null() && schema["pattern"].as_str().is_none_or(|pattern| pattern.contains("u0000"))
}

/// A pointer without positions in lists.
fn place(pointer: &str) -> String {
    pointer.split('/').filter(|step| step.parse::<usize>().is_err()).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_limits_of_a_whole_campaign_are_those_of_the_document() {
    let server = Setup::sandbox("2027-03-19T18:00:00+08:00").start().await;
    let spec = Spec::committed();
    let schema = json!({ "$ref": "#/components/schemas/NewEvaluation" });
    let document = examples::standard();
    assert_eq!(spec.faults(&schema, &document), [""; 0], "the standard campaign itself");
    let mut finder = Finder { spec: &spec, seen: BTreeSet::new(), cases: Vec::new() };
    finder.find(&schema, &document, "", "");
    assert!(finder.cases.len() > 1_000, "{}", finder.cases.len());
    let validator = spec.validator(&schema);
    let mut faults = Vec::new();
    for case in &finder.cases {
        let mut body = document.clone();
        put(&mut body, &case.pointer, case.value.clone());
        if validator.is_valid(&body) != case.fits {
            faults.push(format!("{} {}: the document says {}", case.pointer, shown(&case.value), !case.fits));
        }
        if let Some(fault) = answer_differs(&server.admin, &body, case).await {
            faults.push(fault);
        }
    }
    assert!(faults.is_empty(), "{} of {}\n{}", faults.len(), finder.cases.len(), faults.join("\n"));
}

/// How the service disagrees with the document about a case.
async fn answer_differs(who: &Client, body: &Value, case: &Case) -> Option<String> {
    let answer = who.post("/v1/evaluations", body).send().await;
    assert!(matches!(answer.status, 200 | 422), "{answer}");
    let errors = if answer.status == 422 { answer.errors() } else { Vec::new() };
    let here = |(pointer, code): &&(String, String)| {
        pointer.starts_with(&case.pointer) && FORESEEABLE.contains(&code.as_str())
    };
    let foreseeable = errors.iter().find(here);
    // What does not fit is refused at its place; in a list that is there, or at the list itself.
    let refused_here = || errors.iter().any(|(pointer, _)| pointer.starts_with(&case.pointer));
    let agrees = if case.fits { foreseeable.is_none() } else { answer.status == 422 && refused_here() };
    (!agrees).then(|| format!("{} {}: {} {errors:?}", case.pointer, shown(&case.value), answer.status))
}

fn put(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", ""));
    match document.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => document.pointer_mut(parent).unwrap()[name] = value,
    }
}

fn shown(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}
