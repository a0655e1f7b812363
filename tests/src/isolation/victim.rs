//! The organization that is looked for: every text it can write holds a canary.

use std::collections::BTreeSet;

use harness::{Answer, Client, Person, Show, examples};
use reqwest::Method;
use serde_json::{Value, json};

use crate::places::{Operation, Place, Spot, encoded, every_operation, put};

/// What no answer to anybody else may contain.
pub(super) const CANARY: &str = "canary";
/// A figure that no answer to anybody else may contain.
const CANARY_FIGURE: u64 = 987_654_321;

/// The idempotency key that both organizations use for an operation.
pub(super) fn shared_key(operation: &str) -> String {
    format!("spring-launch.{operation}")
}

/// The organization, with something of everything.
pub(super) struct Victim {
    pub(super) admin: Client,
    /// Ids and other names by which something of it could be asked for: what it is, and the name.
    pub(super) references: Vec<(&'static str, String)>,
    /// The tag of the content of its goal: another version than a content that was written once.
    pub(super) tag: String,
    /// Addresses of all that can be read of it.
    addresses: Vec<String>,
}

impl Victim {
    pub(super) async fn settle(admin: Client, document: &Value) -> Self {
        admin
            .patch("/v1/organization", &json!({ "name": "canary organization", "room_ref": "canary room" }))
            .ok()
            .await;
        let lead = person(&admin, "lead", "operator").await;
        let chief = person(&admin, "chief", "manager").await;
        let service = json!({ "name": "canary service", "role": "viewer" });
        let service = admin.post("/v1/api-keys", &service).expect(201).await;
        for operation in every_operation(document, "goal") {
            if operation.has(Spot::Header, "Idempotency-Key") {
                // With the very body of the contract, so that an answer that is given again would be given.
                let used = Place { spot: Spot::Header, name: "Idempotency-Key".to_owned() };
                let create = every_operation(document, "goal")
                    .into_iter()
                    .find(|one| one.id == "create_api_key")
                    .unwrap();
                let asking = create.asking(|_| String::new()).with(&used, &shared_key(&operation.id));
                assert_eq!(asking.send(&admin).await.status, 201);
            }
        }
        let show = busy_show(&lead, &chief, document).await;
        let idle = json!({ "name": "canary idle", "external_ref": "canary-idle", "owner": chief.id });
        let idle = Show::standard(&lead.client, &idle).await;
        chief.client.post(&idle.path("/hold"), &json!({ "reason": "canary pause" })).expect(200).await;
        let absence = json!({
            "member_id": lead.id, "delegate_id": chief.id, "reason": "canary holiday",
            "starts_at": "2027-04-01T00:00:00Z", "ends_at": "2027-04-02T00:00:00Z",
        });
        let delegation = admin.post("/v1/delegations", &absence).expect(201).await;
        let told = show.delivery(&admin).await;
        let reminder = show.remind(&admin, "canary stock").await;
        let weekly = harness::show::remind(&admin, "canary count").await;
        let made = [
            ("delegation", delegation.text_at("/id")),
            ("delivery", &told),
            ("reminder", &reminder),
            ("organization_reminder", &weekly),
        ];
        let addresses = addresses(document, &[&show, &idle], &[&lead, &chief], &made);
        let goal = show.gate(&admin, "goal").await;
        let me = admin.get("/v1/me").expect(200).await;
        let references = vec![
            ("campaign", show.id.clone()),
            ("member", lead.id.clone()),
            ("api_key", service.text_at("/id").to_owned()),
            ("delegation", delegation.text_at("/id").to_owned()),
            ("delivery", told.clone()),
            ("reminder", reminder.clone()),
            ("organization_reminder", weekly.clone()),
            ("e-mail", lead.email.clone()),
            ("external_ref", "canary-ref".to_owned()),
            ("revision", goal["revision"].as_str().unwrap().to_owned()),
            ("organization", me.text_at("/organization/id").to_owned()),
            ("name", "canary idle".to_owned()),
        ];
        let content = admin.get(&show.gate_path("goal", "/content")).expect(200).await;
        let tag = content.header("etag").to_owned();
        Self { admin, references, tag, addresses }
    }

    /// The name by which something of it could be asked for.
    pub(super) fn reference(&self, what: &str) -> &str {
        let found = self.references.iter().find(|(name, _)| *name == what);
        &found.unwrap_or_else(|| panic!("the victim has no {what}")).1
    }

    /// Everything that can be read of it, as it was answered, with the tags.
    pub(super) async fn dump(&self) -> Vec<Answer> {
        let mut read = Vec::new();
        for address in &self.addresses {
            let mut answer = self.admin.get(address).expect(200).await;
            assert!(answer.body["next_cursor"].is_null(), "{address} has more than a page");
            if let Some(keys) =
                answer.body["data"].as_array_mut().filter(|_| address.starts_with("/v1/api-keys"))
            {
                // When a key was used last is no state of anything; nor is the tag that covers it.
                keys.iter_mut().for_each(|key| key["last_used_at"] = Value::Null);
                answer.text = answer.body.to_string();
                answer.headers.remove("etag");
            }
            for name in ["date", "x-request-id"] {
                answer.headers.remove(name);
            }
            read.push(answer);
        }
        read
    }

    /// A cursor of each of its lists.
    pub(super) async fn cursors(&self) -> Vec<String> {
        let mut cursors = Vec::new();
        for address in self.addresses.iter().filter(|address| address.ends_with("limit=200")) {
            let page = self.admin.get(&address.replace("limit=200", "limit=1")).expect(200).await;
            cursors.extend(page.body["next_cursor"].as_str().map(str::to_owned));
        }
        cursors
    }
}

/// Every text and long figure of a dump that only this organization can have written, or was given: canaries, ids,
/// digests. What is in `others` is no secret.
pub(super) fn secrets(dump: &[Answer], others: &[Answer]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for answer in dump {
        collect(&answer.body, &mut found);
    }
    found.retain(|secret| !others.iter().any(|answer| answer.text.contains(secret.as_str())));
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|member| collect(member, found)),
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, found)),
        Value::String(text) => {
            let is_digest = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_id = uuid::Uuid::parse_str(text).is_ok();
            if is_digest || is_id || text.contains(CANARY) {
                found.insert(text.clone());
            }
        }
        Value::Number(number) if number.as_u64() == Some(CANARY_FIGURE) => {
            found.insert(number.to_string());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A person whose every word is a canary.
async fn person(admin: &Client, name: &str, role: &str) -> Person {
    let person = Person::join(admin, &format!("canary.{name}@victim.example"), role, &["canary duty"]).await;
    let more = json!({ "mobile": format!("canary {name} 138"), "handles": { "dingtalk": "canary handle" } });
    admin.patch(&format!("/v1/members/{}", person.id), &more).ok().await;
    person
}

/// A campaign with everything that can be written about one: contents, ticks, a decision, a submission, an assignee.
async fn busy_show(lead: &Person, chief: &Person, document: &Value) -> Show {
    let begun = json!({
        "name": "canary show", "external_ref": "canary-ref", "account_ref": "canary account", "room_ref": "canary studio",
        "owner": lead.email, "metadata": { "stage": "canary stage" },
    });
    let mut body = examples::campaign();
    json_patch::merge(&mut body, &begun);
    let created = lead.client.post("/v1/campaigns", &body).expect(201).await;
    let show = Show { id: created.text_at("/id").to_owned() };
    for gate in examples::GATES {
        canary_content(&show, &lead.client, gate, document).await;
    }
    show.tick_all(&lead.client, "goal").await;
    let tick = json!({ "done": true, "evidence": { "note": "canary note", "url": "https://canary.example/", "tool": "canary tool" } });
    lead.client.put(&show.gate_path("goal", "/checklist/budget_confirmed"), &tick).expect(200).await;
    lead.client
        .post(&show.gate_path("goal", "/submission"), &json!({ "comment": "canary submission" }))
        .expect(200)
        .await;
    let revision = show.gate(&lead.client, "goal").await["revision"].clone();
    let decision = json!({ "verdict": "approve", "revision": revision, "comment": "canary decision" });
    chief.client.post(&show.gate_path("goal", "/decisions"), &decision).expect(200).await;
    let assignee = json!({ "assignee": chief.id });
    lead.client.patch(&show.gate_path("audience", ""), &assignee).ok().await;
    show
}

/// Writes the standard content with a canary in every text that may be any text.
async fn canary_content(show: &Show, lead: &Client, gate: &str, document: &Value) {
    let operations = every_operation(document, gate);
    let replace = operations.iter().find(|operation| operation.id == "replace_content").unwrap();
    let places: Vec<&str> = replace
        .places
        .iter()
        .filter(|place| place.spot == Spot::Body)
        .map(|place| place.name.as_str())
        .collect();
    assert!(places.len() >= 2, "{gate} has texts");
    let mut content = examples::content(gate);
    for (number, place) in places.iter().enumerate() {
        put(&mut content, place, format!("canary {number}").into());
    }
    if gate == "products" {
        content["skus"][0]["cost"] = CANARY_FIGURE.into();
    }
    let path = show.gate_path(gate, "/content");
    // A few texts follow a rule, such as excluding another one: the answer names them, and they stay as they were.
    let write = |content: &Value| lead.call(Method::PUT, &path).json(content).if_match("*").send();
    let refused = write(&content).await;
    let errors = if refused.status == 422 { refused.errors() } else { Vec::new() };
    let ruled: Vec<String> = errors.into_iter().map(|(pointer, _)| pointer).collect();
    for pointer in &ruled {
        let before = examples::content(gate).pointer(pointer).cloned();
        put(&mut content, pointer, before.unwrap_or(Value::Null));
    }
    assert!(ruled.len() <= 4, "{gate}: {ruled:?} follow a rule");
    let written = write(&content).await;
    assert_eq!(written.status, 200, "{written}");
}

/// Addresses of everything that can be read of these.
fn addresses(document: &Value, shows: &[&Show], people: &[&Person], made: &[(&str, &str)]) -> Vec<String> {
    let reads = every_operation(document, "goal").into_iter().filter(|operation| !operation.writes());
    let mut found = Vec::new();
    for operation in reads.filter(|operation| operation.path.starts_with("/v1/")) {
        found.extend(filled(&operation, shows, people, made));
    }
    found
}

fn filled(operation: &Operation, shows: &[&Show], people: &[&Person], made: &[(&str, &str)]) -> Vec<String> {
    let mut paths = vec![operation.path.clone()];
    for place in operation.places.iter().filter(|place| place.spot == Spot::Path) {
        let values: Vec<String> = match place.name.as_str() {
            // The reminder is that of the first.
            "campaign" if operation.has(Spot::Path, "reminder") => vec![shows[0].id.clone()],
            "campaign" => shows.iter().map(|show| show.id.clone()).collect(),
            "member" => people.iter().map(|person| person.id.clone()).collect(),
            "gate" => examples::GATES.map(str::to_owned).to_vec(),
            "playbook" => vec!["standard@1".to_owned()],
            "rule" => vec!["goal.complete".to_owned()],
            other => match made.iter().find(|(what, _)| *what == other) {
                Some((_, id)) => vec![(*id).to_owned()],
                None => panic!("{}: say what stands for {other}", operation.id),
            },
        };
        let fill = |path: &String| {
            values
                .iter()
                .map(|value| path.replace(&format!("{{{}}}", place.name), &encoded(value)))
                .collect::<Vec<_>>()
        };
        paths = paths.iter().flat_map(fill).collect();
    }
    let is_list = operation.has(Spot::Query, "limit");
    paths.into_iter().map(|path| if is_list { format!("{path}?limit=200") } else { path }).collect()
}
