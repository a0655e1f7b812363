//! Organizations cannot see each other: at every place of every operation, what belongs to another organization is
//! answered exactly as what never was, nothing of it is told, and nothing of it changes.

mod search;
mod victim;

use std::sync::atomic::{AtomicUsize, Ordering};

use harness::examples::GATES;
use harness::{Answer, Client, Person, Setup, Show};
use serde_json::{Value, json};

use crate::places::{Operation, Spot, every_operation};
use search::Search;
use victim::{Victim, secrets};

const NOW: &str = "2027-02-27T10:00:00+08:00";

/// Parameters behind the question mark, and what of another organization could stand there; `None` where only words
/// of the contract can.
const QUERY: [(&str, Option<&str>); 18] = [
    ("owner", Some("member")),
    ("external_ref", Some("external_ref")),
    ("q", Some("name")),
    ("cursor", Some("cursor")),
    ("limit", None),
    ("status", None),
    ("current_gate", None),
    ("gate", None),
    ("go_live_from", None),
    ("go_live_to", None),
    ("sort", None),
    ("format", None),
    ("campaign", Some("campaign")),
    ("member", Some("member")),
    ("reason", None),
    ("from", None),
    ("to", None),
    ("until", None),
];

/// Places of addresses, likewise.
const PATH: [(&str, Option<&str>); 12] = [
    ("campaign", Some("campaign")),
    ("member", Some("member")),
    ("api_key", Some("api_key")),
    ("delegation", Some("delegation")),
    ("delivery", Some("delivery")),
    ("reminder", Some("reminder")),
    ("organization_reminder", Some("organization_reminder")),
    ("gate", None),
    ("item", None),
    ("playbook", None),
    ("rule", None),
    ("code", None),
];

/// Members of bodies that name something stored, and how another organization's is refused: with the code and this
/// pointer. Every other text of every body is tried too, and must make no difference.
const REFERENCES: [(&str, &str); 6] = [
    ("create_campaign", "/owner"),
    ("change_campaign", "/owner"),
    ("assign_gate", "/assignee"),
    ("create_api_key", "/member_id"),
    ("create_delegation", "/member_id"),
    ("create_delegation", "/delegate_id"),
];

/// The organization that looks, and its people, one of each role, and a service with the highest.
struct Attacker {
    people: Vec<(&'static str, Client)>,
    show: Show,
    member: String,
}

impl Attacker {
    async fn settle(admin: Client) -> Self {
        let mut people = Vec::new();
        let mut member = String::new();
        for role in ["viewer", "operator", "manager", "admin"] {
            let person = Person::join(&admin, &format!("{role}@rival.example"), role, &[]).await;
            member.clone_from(&person.id);
            people.push((role, person.client));
        }
        let service = harness::people::key(&admin, &json!({ "name": "rival crm", "role": "admin" })).await;
        people.push(("service", service));
        let show = Show::create(&people[3].1, &begin()).await;
        Self { people, show, member }
    }

    fn admin(&self) -> &Client {
        &self.people[3].1
    }

    /// Something of its own for a place of an address. What a command would change is new each time.
    async fn own(&self, operation: &Operation) -> (String, String) {
        let addresses_campaign = operation.has(Spot::Path, "campaign");
        let is_repeatable = operation.id.ends_with("_content") || operation.id == "tick_item";
        let show = if addresses_campaign && operation.writes() && !is_repeatable {
            Show::create(self.admin(), &begin()).await
        } else {
            self.show.clone()
        };
        (show.id, self.member.clone())
    }
}

fn begin() -> Value {
    let mut body = harness::examples::campaign();
    // Each in a room of its own, or they would be in each other's way.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let room = format!("rival room {}", NEXT.fetch_add(1, Ordering::Relaxed));
    let own = json!({ "owner": null, "external_ref": null, "name": "rival show", "room_ref": room, "account_ref": room });
    json_patch::merge(&mut body, &own);
    body
}

/// What stands at a place of an address where a request asks for its own.
fn own(name: &str, show: &str, member: &str) -> String {
    match name {
        "campaign" => show,
        "member" => member,
        // No key of its own is taken back: it is asked for one that never was.
        "api_key" | "delegation" | "delivery" | "reminder" | "organization_reminder" => {
            "00000000-0000-7000-8000-000000000000"
        }
        "gate" => "goal",
        "item" => "one_goal_shared",
        "playbook" => "standard@1",
        "rule" => "goal.complete",
        "code" => "auth.key_needed",
        other => panic!("say in PATH what can stand for {other}"),
    }
    .to_owned()
}

/// A text of the same form that names nothing.
fn never_was(text: &str) -> String {
    let turn = |byte: u8| match byte {
        b'0'..=b'9' => (byte - b'0' + 3) % 10 + b'0',
        b'a'..=b'f' => (byte - b'a' + 3) % 6 + b'a',
        b'g'..=b'z' => (byte - b'g' + 7) % 20 + b'g',
        b'A'..=b'Z' => (byte - b'A' + 11) % 26 + b'A',
        other => other,
    };
    // The head of an id tells its version, the end of an address its host.
    let end = text.find('@').unwrap_or(text.len());
    let start = if uuid::Uuid::parse_str(text).is_ok() { 24 } else { 0 };
    let turned =
        text.bytes().enumerate().map(|(at, byte)| if (start..end).contains(&at) { turn(byte) } else { byte });
    String::from_utf8(turned.collect()).unwrap()
}

#[tokio::test]
async fn an_organization_finds_nothing_of_another_at_any_place_of_any_operation() {
    let server = Setup::sandbox(NOW).start().await;
    let document = server.admin.get("/openapi.json").expect(200).await.body;
    let victim = Victim::settle(server.admin.clone(), &document).await;
    let rival = server.another_organization("Rival", "boss@rival.example");
    let attacker = Attacker::settle(rival).await;
    // Whatever is due is sent, so that nothing changes by itself meanwhile.
    server.move_clock("2027-02-27T10:01:00+08:00").await;
    let before = victim.dump().await;
    let harmless = harmless(&attacker, &document).await;
    let secrets = secrets(&before, &harmless);
    assert!(secrets.len() > 100, "only {} secrets: {secrets:?}", secrets.len());
    let operations = every_operation(&document, "goal");
    let mut search = Search::new(secrets);
    let cursors = victim.cursors().await;
    for operation in operations.iter().filter(|operation| operation.path.starts_with("/v1/")) {
        search.paths(&victim, &attacker, operation).await;
        search.queries(&victim, &attacker, operation, &cursors).await;
        search.headers(&victim, &attacker, operation).await;
    }
    // From here on the attacker keeps what they write themselves, so it is no secret to them.
    search.knows(&victim);
    for gate in GATES {
        for operation in every_operation(&document, gate) {
            if gate == "goal" || operation.id.ends_with("_content") {
                search.bodies(&victim, &attacker, &operation, gate).await;
            }
        }
    }
    unchanged(&before, &victim.dump().await);
    println!("{} operations, {} places, {} requests", operations.len(), search.places.len(), search.requests);
    assert!(search.faults.is_empty(), "{} faults:\n{}", search.faults.len(), search.faults.join("\n"));
    assert!(operations.len() >= 45 && search.places.len() >= 250, "{} places", search.places.len());
}

/// What the attacker reads of itself before it begins: words and digests both organizations have.
async fn harmless(attacker: &Attacker, document: &Value) -> Vec<Answer> {
    let mut read = vec![attacker.admin().get("/openapi.json").expect(200).await];
    for operation in every_operation(document, "goal").iter().filter(|operation| !operation.writes()) {
        for gate in GATES {
            let asking = operation.asking(|name| {
                if name == "gate" { gate.to_owned() } else { own(name, &attacker.show.id, &attacker.member) }
            });
            read.push(asking.send(attacker.admin()).await);
        }
    }
    read
}

fn unchanged(before: &[Answer], after: &[Answer]) {
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before.text, after.text, "{}", before.what);
        assert_eq!(before.headers, after.headers, "{}", before.what);
    }
}
