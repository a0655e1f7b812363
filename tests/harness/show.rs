//! A campaign, and what people do with it.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::client::{Answer, Client};
use crate::examples::{self, GATES};
use crate::people::Cast;

/// What a submitter says about open warnings.
pub const COMMENT: &str = "Every warning is known and accepted.";

/// A campaign by its id.
#[derive(Clone, Debug)]
pub struct Show {
    /// Its id.
    pub id: String,
}

impl Show {
    /// Creates a campaign from this body.
    pub async fn create(who: &Client, body: &Value) -> Self {
        let created = who.post("/v1/campaigns", body).expect(201).await;
        Self { id: created.text_at("/id").to_owned() }
    }

    /// Creates the standard campaign without contents, with changed members. One that is not called as in the example
    /// has a room and an account of its own, so that it is in nobody's way.
    pub async fn standard(who: &Client, changes: &Value) -> Self {
        let mut body = examples::campaign();
        if let Some(other) = changes.get("external_ref") {
            let own = other.as_str().map_or_else(unique, str::to_owned);
            json_patch::merge(&mut body, &json!({ "room_ref": own, "account_ref": own }));
        }
        json_patch::merge(&mut body, changes);
        Self::create(who, &body).await
    }

    /// Its address, with something after it.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/campaigns/{}{rest}", self.id)
    }

    /// The address of a gate, with something after it.
    pub fn gate_path(&self, gate: &str, rest: &str) -> String {
        self.path(&format!("/gates/{gate}{rest}"))
    }

    /// The campaign as this reader sees it.
    pub async fn view(&self, who: &Client) -> Value {
        who.get(&self.path("")).expect(200).await.body
    }

    /// The gate as this reader sees it.
    pub async fn gate(&self, who: &Client, gate: &str) -> Value {
        who.get(&self.gate_path(gate, "")).expect(200).await.body
    }

    /// The status of a gate.
    pub async fn status(&self, who: &Client, gate: &str) -> String {
        self.gate(who, gate).await["status"].as_str().unwrap().to_owned()
    }

    /// The status of every gate, in order.
    pub async fn statuses(&self, who: &Client) -> Vec<String> {
        let view = self.view(who).await;
        let gates = view["gates"].as_array().unwrap();
        assert_eq!(gates.iter().map(|gate| gate["gate"].as_str().unwrap()).collect::<Vec<_>>(), GATES);
        gates.iter().map(|gate| gate["status"].as_str().unwrap().to_owned()).collect()
    }

    /// The tag of a gate's content.
    pub async fn tag(&self, who: &Client, gate: &str) -> String {
        who.get(&self.gate_path(gate, "/content")).expect(200).await.tag()
    }

    /// Writes a gate's whole content.
    pub async fn fill(&self, who: &Client, gate: &str, content: &Value) -> Value {
        let tag = self.tag(who, gate).await;
        who.put(&self.gate_path(gate, "/content"), content).if_match(&tag).expect(200).await.body
    }

    /// Changes a gate's content by merge patch.
    pub async fn change(&self, who: &Client, gate: &str, patch: &Value) -> Value {
        let tag = self.tag(who, gate).await;
        who.patch(&self.gate_path(gate, "/content"), patch).if_match(&tag).expect(200).await.body
    }

    /// Changes the campaign's own fields by merge patch.
    pub async fn amend(&self, who: &Client, patch: &Value) -> Answer {
        let tag = who.get(&self.path("")).expect(200).await.tag();
        who.patch(&self.path(""), patch).if_match(&tag).expect(200).await
    }

    /// Ticks every required item that is open, with the evidence it asks for.
    pub async fn tick_all(&self, who: &Client, gate: &str) {
        let view = self.gate(who, gate).await;
        let items = view["checklist"].as_array().unwrap();
        for item in items.iter().filter(|item| item["required"] == true && item["done"] == false) {
            let path = self.gate_path(gate, &format!("/checklist/{}", item["key"].as_str().unwrap()));
            who.put(&path, &tick(item["evidence_required"].as_str().unwrap())).expect(200).await;
        }
    }

    /// Asks for review.
    pub async fn submit(&self, who: &Client, gate: &str) -> Value {
        let body = json!({ "comment": COMMENT });
        let view = who.post(&self.gate_path(gate, "/submission"), &body).expect(200).await.body;
        assert_eq!(view["status"], "in_review", "{view:#}");
        view
    }

    /// Decides on the revision that the gate shows.
    pub async fn decide(&self, who: &Client, gate: &str, verdict: &str) -> Value {
        let revision = self.gate(who, gate).await["revision"].clone();
        let body = json!({ "verdict": verdict, "revision": revision, "comment": "I read it." });
        who.post(&self.gate_path(gate, "/decisions"), &body).expect(200).await.body
    }

    /// Fills a gate as in the standard example, ticks, submits and approves it.
    pub async fn pass(&self, cast: &Cast, gate: &str) {
        self.fill(&cast.lead.client, gate, &examples::content(gate)).await;
        self.tick_all(&cast.lead.client, gate).await;
        self.submit(&cast.lead.client, gate).await;
        let view = self.decide(&cast.bo.client, gate, "approve").await;
        assert_eq!(view["status"], "passed", "{view:#}");
    }

    /// Passes every gate, in order.
    pub async fn pass_all(&self, cast: &Cast) {
        for gate in GATES {
            self.pass(cast, gate).await;
        }
    }

    /// Its whole ledger, in pages.
    pub async fn notices(&self, who: &Client) -> Vec<Value> {
        all(who, &self.path("/notices?limit=200")).await
    }

    /// Sets a reminder that comes every quarter of an hour; answers its id.
    pub async fn remind(&self, who: &Client, text: &str) -> String {
        let reminder = json!({ "cron": "*/15 * * * *", "text": text });
        who.post(&self.path("/reminders"), &reminder).expect(201).await.text_at("/id").to_owned()
    }

    /// The first delivery there is of a message about it.
    pub async fn delivery(&self, who: &Client) -> String {
        let ledger = self.notices(who).await;
        let first = ledger.iter().find_map(|notice| notice["deliveries"][0]["id"].as_str());
        first.expect("somebody was told something").to_owned()
    }

    /// Everything that happened to it, in pages.
    pub async fn events(&self, who: &Client) -> Vec<Value> {
        all(who, &self.path("/events?limit=200")).await
    }
}

/// A name that nobody else in this process has.
fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("room {}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Every element of a list, page by page.
pub async fn all(who: &Client, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = Value::Null;
    loop {
        let cursor = next.as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = who.get(&format!("{path}{cursor}")).expect(200).await.body;
        found.extend(page["data"].as_array().unwrap().iter().cloned());
        next = page["next_cursor"].clone();
        if next.is_null() {
            return found;
        }
    }
}

/// A tick with the evidence an item asks for.
pub fn tick(evidence: &str) -> Value {
    match evidence {
        "none" => json!({ "done": true }),
        "note" => json!({ "done": true, "evidence": { "note": "Agreed at the Monday meeting." } }),
        "link" => json!({ "done": true, "evidence": { "url": "https://docs.heyan.example/checked" } }),
        "file" => json!({ "done": true, "evidence": { "file_sha256": "ab".repeat(32) } }),
        other => panic!("no evidence is called {other}"),
    }
}

/// Sets a reminder of the organization that comes every morning; answers its id.
pub async fn remind(who: &Client, text: &str) -> String {
    let reminder = json!({ "cron": "0 10 * * *", "text": text });
    who.post("/v1/reminders", &reminder).expect(201).await.text_at("/id").to_owned()
}
