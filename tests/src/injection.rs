//! 1,000 strings that mean something to a database, a shell, a template, a page, a header or a reader, at every place
//! of every operation: nothing falls over, nothing is carried out, and what is kept comes back as it was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use harness::binary::root;
use harness::{Answer, Cast, Client, Server, Setup, Show};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::places::{Operation, Place, Spot, every_operation};

/// Strings that every place meets at least; every string meets every kind of place.
const LEAST_STRINGS: usize = 50;
/// Requests at once.
const AT_ONCE: usize = 16;
/// Headers that the service reads beside those of the contract.
const HEADERS: [&str; 7] = [
    "Authorization",
    "Accept-Language",
    "If-None-Match",
    "X-Request-Id",
    "Content-Type",
    "Content-Encoding",
    "Accept",
];

/// `tests/examples/injections.txt`: a JSON string a line, under headings of classes.
fn corpus() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("tests/examples/injections.txt")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("# "));
    let strings: Vec<String> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(strings.len(), 1_000);
    assert_eq!(strings.iter().collect::<BTreeSet<_>>().len(), 1_000, "a string is there twice");
    strings
}

struct Scene {
    server: Server,
    cast: Cast,
    /// A campaign that must stay as it is.
    kept: Show,
    /// A campaign on which everything is tried.
    tried: Show,
    document: Value,
}

impl Scene {
    async fn begin() -> Self {
        let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
        let cast = Cast::join(&server).await;
        // In a room of its own: others in its room would show in it.
        let alone = json!({ "room_ref": "room of its own", "account_ref": "account of its own" });
        let kept = Show::standard(&cast.lead.client, &alone).await;
        let tried = Show::standard(&cast.lead.client, &json!({ "external_ref": null })).await;
        let document = server.admin.get("/openapi.json").expect(200).await.body;
        Self { server, cast, kept, tried, document }
    }

    fn fill(&self, name: &str) -> String {
        match name {
            "campaign" => self.tried.id.clone(),
            "member" => self.cast.viewer.id.clone(),
            "api_key" | "delegation" | "delivery" | "reminder" | "organization_reminder" => {
                "00000000-0000-7000-8000-000000000000".to_owned()
            }
            "gate" => "goal".to_owned(),
            "item" => "one_goal_shared".to_owned(),
            "playbook" => "standard@1".to_owned(),
            "rule" => "goal.complete".to_owned(),
            "code" => "auth.key_needed".to_owned(),
            other => panic!("say what stands for {other}"),
        }
    }

    /// What nobody asked to change.
    async fn untouched(&self) -> Value {
        let admin = &self.server.admin;
        let content = admin.get(&self.kept.gate_path("goal", "/content")).expect(200).await.body;
        let mut seen = vec![self.kept.view(admin).await, content];
        seen.extend(self.kept.events(admin).await);
        for person in [&self.cast.lead, &self.cast.bo, &self.cast.su] {
            seen.push(admin.get(&format!("/v1/members/{}", person.id)).expect(200).await.body);
        }
        seen.into()
    }

    fn is_well(&self) {
        let log = self.server.log();
        assert!(!log.contains("panicked"), "{log}");
        assert!(!self.server.folder.path().join("greenroom-was-here").exists(), "a command was run");
    }
}

/// Every place, and the strings that are sent to it: all strings over the places of a kind, and enough for each.
fn rounds(places: &[(Operation, Place)], strings: usize) -> Vec<(usize, usize)> {
    let of_kind = |spot: Spot| (0..places.len()).filter(move |at| places[*at].1.spot == spot);
    let mut rounds = Vec::new();
    for spot in [Spot::Path, Spot::Query, Spot::Header, Spot::Body] {
        let kind: Vec<usize> = of_kind(spot).collect();
        let each = LEAST_STRINGS.max(strings.div_ceil(kind.len()));
        // Neighbours get neighbouring strings, so that the whole corpus is met; 7,919 is prime to its length.
        let string = |number: usize| (number * 7_919) % strings;
        rounds.extend(
            kind.iter()
                .enumerate()
                .flat_map(|(nth, at)| (0..each).map(move |one| (*at, string(nth * each + one)))),
        );
    }
    rounds
}

fn places(operations: &[Operation]) -> Vec<(Operation, Place)> {
    let mut places = Vec::new();
    for operation in operations {
        let own = operation.places.iter().filter(|place| place.spot != Spot::Body);
        // One text of each body; what the others do with texts is the same reader's work.
        let text = operation.places.iter().filter(|place| place.spot == Spot::Body).take(1);
        places.extend(own.chain(text).map(|place| (operation.clone(), place.clone())));
    }
    let header = |(nth, name): (usize, &&str)| {
        let operation = operations[nth * 5 % operations.len()].clone();
        (operation, Place { spot: Spot::Header, name: (*name).to_owned() })
    };
    places.extend(HEADERS.iter().enumerate().map(header));
    places
}

/// The string with nothing in it that cannot be sent in a header at all.
fn in_a_header(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

async fn send(
    client: Client,
    operation: Operation,
    place: Place,
    text: String,
    fill: BTreeMap<String, String>,
) -> Answer {
    let text = if place.spot == Spot::Header { in_a_header(&text) } else { text };
    let at_path = place.spot == Spot::Path;
    let asking = operation
        .asking(|name| if at_path && name == place.name { text.clone() } else { fill[name].clone() });
    asking.with(&place, &text).send(&client).await
}

#[tokio::test]
async fn strings_that_mean_something_elsewhere_mean_nothing_here() {
    let scene = Scene::begin().await;
    let strings = Arc::new(corpus());
    let operations = every_operation(&scene.document, "goal");
    let places = places(&operations);
    let names =
        operations.iter().flat_map(|operation| &operation.places).filter(|place| place.spot == Spot::Path);
    let fill: BTreeMap<String, String> =
        names.map(|place| (place.name.clone(), scene.fill(&place.name))).collect();
    let before = scene.untouched().await;
    let rounds = rounds(&places, strings.len());
    let (mut running, mut faults, mut statuses) = (JoinSet::new(), Vec::new(), BTreeMap::<u16, usize>::new());
    let mut judge = |answer: Answer| {
        *statuses.entry(answer.status).or_default() += 1;
        if answer.status >= 500
            || answer.headers.contains_key("x-injected")
            || answer.headers.contains_key("set-cookie")
        {
            faults.push(answer.to_string());
        }
    };
    for (place, string) in &rounds {
        let (operation, place) = places[*place].clone();
        running.spawn(send(
            scene.server.admin.clone(),
            operation,
            place,
            strings[*string].clone(),
            fill.clone(),
        ));
        if running.len() >= AT_ONCE {
            judge(running.join_next().await.unwrap().unwrap());
        }
    }
    while let Some(answer) = running.join_next().await {
        judge(answer.unwrap());
    }
    println!("{} places, {} requests: {statuses:?}", places.len(), rounds.len());
    assert!(faults.is_empty(), "{} fell over:\n{}", faults.len(), faults.join("\n"));
    let met: BTreeSet<(Spot, usize)> =
        rounds.iter().map(|(place, string)| (places[*place].1.spot, *string)).collect();
    assert_eq!(met.len(), 4 * strings.len(), "a string did not meet every kind of place");
    assert_eq!(scene.untouched().await, before, "something changed that nobody asked to change");
    scene.is_well();
}

/// What is kept of a text: CR LF is one line break, and the ends are trimmed. Nothing where it is refused, as for a
/// control character anywhere, the ends included.
fn kept(text: &str, most: usize) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let plain = text.chars().all(|c| !c.is_control() || c == '\n');
    let text = text.trim();
    let fits = plain && (1..=most).contains(&text.chars().count());
    fits.then(|| text.to_owned())
}

#[tokio::test]
async fn what_is_kept_comes_back_as_it_was_sent_and_is_found() {
    let scene = Scene::begin().await;
    let (admin, path) = (&scene.server.admin, scene.tried.gate_path("goal", "/content"));
    let before = scene.untouched().await;
    let (mut stored, mut refused) = (0, 0);
    for (number, text) in corpus().iter().enumerate() {
        let expected = kept(text, 300);
        let body = json!({ "stop_loss": text }).to_string();
        let call = admin.call(Method::PATCH, &path).raw("application/merge-patch+json", body).if_match("*");
        let answer = call.send().await;
        match expected {
            Some(expected) => {
                assert_eq!(answer.status, 200, "{text:?}: {answer}");
                assert_eq!(answer.body["content"]["stop_loss"], expected, "{text:?}");
                stored += 1;
            }
            None => {
                assert_eq!(answer.status, 422, "{text:?}: {answer}");
                refused += 1;
            }
        }
        if number % 10 == 0 && kept(text, 80).is_some() {
            let read = admin.get(&path).expect(200).await;
            assert_eq!(read.body["stop_loss"], kept(text, 80).unwrap(), "{read}");
            a_name_is_found(&scene, text).await;
        }
    }
    println!("{stored} kept, {refused} refused");
    assert!(stored > 850 && refused > 50, "{stored} kept, {refused} refused");
    assert_eq!(scene.untouched().await, before, "something changed that nobody asked to change");
    scene.is_well();
}

/// A campaign with this name is found by it, and no other one is.
async fn a_name_is_found(scene: &Scene, text: &str) {
    let named = scene.tried.amend(&scene.server.admin, &json!({ "name": text })).await;
    let name = named.text_at("/name").to_owned();
    assert_eq!(Some(&name), kept(text, 80).as_ref());
    let query = format!("/v1/campaigns?q={}", crate::places::encoded(&name));
    let found = scene.server.admin.get(&query).expect(200).await;
    let rows = found.body["data"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["id"] == scene.tried.id), "{name:?} is not found: {found}");
    // The other campaign is called otherwise; only a text that is part of its name may find it.
    let other = scene.kept.view(&scene.server.admin).await;
    let names_other = other["name"].as_str().unwrap().contains(name.as_str())
        || other["external_ref"].as_str().unwrap().contains(name.as_str());
    assert_eq!(rows.iter().any(|row| row["id"] == scene.kept.id), names_other, "{name:?}: {found}");
}
