//! The search itself: what stands at a place, once another organization's and once what never was.

use std::collections::BTreeSet;

use harness::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};

use super::victim::{Victim, shared_key};
use super::{Attacker, PATH, QUERY, REFERENCES, never_was, own};
use crate::places::{Asking, Operation, Place, Spot, encoded};
use crate::roles::Matrix;

/// Everything tried so far, and what was found.
pub(super) struct Search {
    secrets: BTreeSet<String>,
    matrix: Matrix,
    pub(super) places: BTreeSet<String>,
    pub(super) requests: usize,
    pub(super) faults: Vec<String>,
}

impl Search {
    pub(super) fn new(secrets: BTreeSet<String>) -> Self {
        Self { secrets, matrix: Matrix::read(), places: BTreeSet::new(), requests: 0, faults: Vec::new() }
    }

    /// From now on the names of the victim's things are no secrets.
    pub(super) fn knows(&mut self, victim: &Victim) {
        let known = |secret: &String| victim.references.iter().any(|(_, name)| secret == name);
        self.secrets.retain(|secret| !known(secret));
    }

    /// Another organization's id in the address: nobody finds it. Whoever's role is too low is told that, as always.
    pub(super) async fn paths(&mut self, victim: &Victim, attacker: &Attacker, operation: &Operation) {
        for place in operation.places.iter().filter(|place| place.spot == Spot::Path) {
            let Some(what) = look_up(&PATH, operation, place) else { continue };
            let at = format!("{} {{{}}}", operation.id, place.name);
            let foreign = victim.reference(what).to_owned();
            for (role, who) in &attacker.people {
                let asking = |text: &str| {
                    let fill = |name: &str| {
                        if name == place.name {
                            text.to_owned()
                        } else {
                            own(name, &attacker.show.id, &attacker.member)
                        }
                    };
                    operation.asking(fill)
                };
                for tag in tags(operation, &victim.tag) {
                    let tagged = |text: &str| {
                        tag.iter().fold(asking(text), |asking, tag| asking.with(&if_match(), tag))
                    };
                    let ghost = never_was(&foreign);
                    let answer =
                        self.ask(who, &at, (&foreign, tagged(&foreign)), (&ghost, tagged(&ghost))).await;
                    let too_low = answer.status == 403 && self.matrix.expects(&operation.id, role) == 403;
                    self.expect(answer.status == 404 || too_low, &at, &answer);
                }
            }
            for (kind, name) in victim.references.iter().filter(|(kind, _)| *kind != what) {
                let ghost = never_was(name);
                let asking = |text: &str| {
                    operation.asking(|place_name| {
                        if place_name == place.name {
                            text.to_owned()
                        } else {
                            own(place_name, &attacker.show.id, &attacker.member)
                        }
                    })
                };
                let answer =
                    self.ask(attacker.admin(), &at, (name, asking(name)), (&ghost, asking(&ghost))).await;
                self.expect(answer.status == 404, &format!("{at} with a {kind}"), &answer);
            }
        }
    }

    /// Another organization's in a filter or cursor: the list is empty, the cursor no good.
    pub(super) async fn queries(
        &mut self,
        victim: &Victim,
        attacker: &Attacker,
        operation: &Operation,
        cursors: &[String],
    ) {
        for place in operation.places.iter().filter(|place| place.spot == Spot::Query) {
            let Some(what) = look_up(&QUERY, operation, place) else { continue };
            let at = format!("{} ?{}", operation.id, place.name);
            let names: Vec<String> = match what {
                "cursor" => cursors.to_vec(),
                _ => victim.references.iter().map(|(_, name)| name.clone()).collect(),
            };
            for (role, who) in &attacker.people {
                for name in &names {
                    let ghost = never_was(name);
                    let asking = |text: &str| {
                        operation
                            .asking(|name| own(name, &attacker.show.id, &attacker.member))
                            .with(place, text)
                    };
                    let answer = self.ask(who, &at, (name, asking(name)), (&ghost, asking(&ghost))).await;
                    let too_low = answer.status == 403 && self.matrix.expects(&operation.id, role) == 403;
                    // Where an id is asked for, a name is none.
                    let wants_id = ["campaign", "member"].contains(&place.name.as_str());
                    let is_none = wants_id && name.parse::<uuid::Uuid>().is_err();
                    let nothing = if what == "cursor" || is_none {
                        answer.status == 400
                    } else {
                        answer.body["data"] == json!([])
                    };
                    self.expect(nothing || too_low, &at, &answer);
                }
            }
        }
    }

    /// An idempotency key the other organization used, and tags of its answers: they mean nothing here.
    pub(super) async fn headers(&mut self, victim: &Victim, attacker: &Attacker, operation: &Operation) {
        for place in operation.places.iter().filter(|place| place.spot == Spot::Header) {
            match place.name.as_str() {
                "Idempotency-Key" => {
                    for (_, who) in &attacker.people {
                        let answer =
                            self.both(who, attacker, operation, place, &shared_key(&operation.id)).await;
                        let is_own = answer.header("idempotent-replayed").is_empty()
                            && answer.body["code"] != "idempotency.other_body";
                        self.expect(is_own, &operation.id, &answer);
                    }
                }
                // A tag names a version of what the address names; `paths` has tried the victim's own.
                "If-Match" | "If-None-Match" => {}
                // The language of the reader: nothing of an organization.
                "Accept-Language" => {}
                other => panic!("{}: say what of another organization can stand in {other}", operation.id),
            }
        }
        if operation.method == Method::GET {
            let place = Place { spot: Spot::Header, name: "If-None-Match".to_owned() };
            let theirs = operation
                .asking(|name| if name == "api_key" { String::new() } else { victim_of(victim, name) });
            let mine = operation.asking(|name| own(name, &attacker.show.id, &attacker.member));
            let (theirs, mine) = (theirs.send(&victim.admin).await, mine.send(attacker.admin()).await);
            // What is the same for everybody, such as a rule, has the same tag.
            if theirs.text != mine.text {
                let tag = theirs.header("etag").to_owned();
                self.both(attacker.admin(), attacker, operation, &place, &tag).await;
            }
        }
    }

    /// Another organization's names in every text of a body: they name nothing.
    pub(super) async fn bodies(
        &mut self,
        victim: &Victim,
        attacker: &Attacker,
        operation: &Operation,
        gate: &str,
    ) {
        for place in operation.places.iter().filter(|place| place.spot == Spot::Body) {
            let refers = REFERENCES.contains(&(operation.id.as_str(), place.name.as_str()));
            let last = place.name.rsplit('/').next().unwrap_or_default();
            assert!(
                refers || !last.ends_with("_id") || last == "sku_id",
                "{}: say in REFERENCES what {} names",
                operation.id,
                place.name
            );
            let is_content = operation.id.ends_with("_content") || place.name.starts_with("/gates/");
            let at = format!("{} {}{}", operation.id, if is_content { gate } else { "" }, place.name);
            for (kind, name) in &victim.references {
                // Nothing in a content names anything stored; ids and addresses are tried all the same.
                if is_content && !["member", "e-mail"].contains(kind) {
                    continue;
                }
                let answer = self.both(attacker.admin(), attacker, operation, place, name).await;
                if refers
                    && ["member", "e-mail"].contains(kind)
                    && !(last.ends_with("_id") && *kind == "e-mail")
                {
                    let errors = if answer.status == 422 { answer.errors() } else { Vec::new() };
                    let found = errors == [(place.name.clone(), "reference.not_found".to_owned())];
                    self.expect(found, &at, &answer);
                }
            }
        }
    }

    /// Asks for its own, with what belongs to the other organization at one place, and with what never was.
    async fn both(
        &mut self,
        who: &Client,
        attacker: &Attacker,
        operation: &Operation,
        place: &Place,
        foreign: &str,
    ) -> Answer {
        let ghost = never_was(foreign);
        let mut asked = Vec::new();
        for text in [foreign, &ghost] {
            let (show, member) = attacker.own(operation).await;
            let mut asking = operation.asking(|name| own(name, &show, &member));
            if operation.id == "create_api_key" && place.name == "/member_id" {
                asking.body = json!({ "name": "rival key" });
            }
            if operation.id == "create_delegation" {
                // Nobody stands in for themselves, so that none is made that would be in the way of the next.
                let away = if place.name == "/delegate_id" { Value::Null } else { json!(member) };
                asking.body =
                    json!({ "member_id": away, "delegate_id": member, "ends_at": asking.body["ends_at"] });
            }
            asked.push(asking.with(place, text));
        }
        let [first, second] = asked.try_into().unwrap_or_else(|_| unreachable!());
        let at = format!("{} {}", operation.id, place.name);
        self.ask(who, &at, (foreign, first), (&ghost, second)).await
    }

    /// Asks twice: with what belongs to the other organization, and with what never was. Both must be answered the
    /// same, and without a word of the other.
    async fn ask(
        &mut self,
        who: &Client,
        place: &str,
        foreign: (&str, Asking),
        ghost: (&str, Asking),
    ) -> Answer {
        self.places.insert(place.to_owned());
        self.requests += 2;
        let (answer, unknown) = (foreign.1.send(who).await, ghost.1.send(who).await);
        let (seen, expected) = (shown(&answer, foreign.0), shown(&unknown, ghost.0));
        if seen != expected {
            self.faults.push(format!("{place}: another organization's: {answer}\nwhat never was: {unknown}"));
        }
        let told = format!("{:?}\n{}", answer.headers, answer.text)
            .replace(foreign.0, "")
            .replace(&encoded(foreign.0), "");
        for secret in self.secrets.iter().filter(|secret| told.contains(secret.as_str())) {
            self.faults.push(format!("{place}: tells {secret}: {answer}"));
        }
        answer
    }

    fn expect(&mut self, holds: bool, place: &str, answer: &Answer) {
        if !holds {
            self.faults.push(format!("{place}: {answer}"));
        }
    }
}

/// What both answers must have in common: of a success its status and headers, of a refusal everything but the id of
/// the request.
fn shown(answer: &Answer, sent: &str) -> (u16, Vec<String>, Value) {
    // A connection whose body was not read to its end is closed, which depends on how fast it came.
    let fresh = ["date", "x-request-id", "etag", "location", "content-length", "link", "connection"];
    let sent_encoded = encoded(sent);
    let kept = answer.headers.iter().filter(|(name, _)| !fresh.contains(&name.as_str()));
    let mut headers: Vec<String> =
        kept.map(|(name, value)| format!("{name}: {value:?}").replace(sent, "…")).collect();
    headers.sort();
    let mut body = if answer.status < 400 { Value::Null } else { answer.body.clone() };
    let asked = answer.what.split([' ', '?']).nth(1).unwrap_or_default();
    if let Some(problem) = body.as_object_mut() {
        problem.remove("request_id");
        // The address that was asked for, and nothing else.
        assert_eq!(problem.remove("instance").unwrap_or_default(), asked, "{answer}");
    }
    let text = body.to_string().replace(sent, "…").replace(&sent_encoded, "…");
    (answer.status, headers, serde_json::from_str(&text).unwrap())
}

/// What can stand at a place, by the table of such places; a place nobody thought of fails.
fn look_up(
    table: &[(&'static str, Option<&'static str>)],
    operation: &Operation,
    place: &Place,
) -> Option<&'static str> {
    let known = table.iter().find(|(name, _)| *name == place.name);
    known
        .unwrap_or_else(|| {
            panic!("{}: say what of another organization can stand at {place:?}", operation.id)
        })
        .1
}

fn if_match() -> Place {
    Place { spot: Spot::Header, name: "If-Match".to_owned() }
}

/// The versions under which a versioned operation is tried: any, the first, one that is none, and the very version that
/// the victim's has.
fn tags<'t>(operation: &Operation, victims: &'t str) -> Vec<Option<&'t str>> {
    if operation.has(Spot::Header, "If-Match") {
        vec![Some("*"), Some("\"1\""), Some("\"x\""), Some(victims)]
    } else {
        vec![None]
    }
}

/// What the victim asks for at a place of an address.
fn victim_of(victim: &Victim, name: &str) -> String {
    match PATH.iter().find(|(known, _)| *known == name) {
        Some((_, Some(what))) => victim.reference(what).to_owned(),
        _ => own(name, "", ""),
    }
}
