//! Who may do what: every operation, asked by everybody, against a page written by hand.

use std::collections::BTreeSet;

use harness::binary::root;
use harness::examples::content;
use harness::people::key;
use harness::{Cast, Client, Person, Server, Setup, Show};
use serde_json::{Value, json};

use crate::places::{Asking, Operation, every_operation};

/// An instant at which the whole standard example holds.
const NOW: &str = "2027-03-19T18:00:00+08:00";
/// The roles, from the lowest.
pub(crate) const ROLES: [&str; 4] = ["viewer", "operator", "manager", "admin"];

/// The page `tests/roles.txt`.
pub(crate) struct Matrix(Vec<Row>);

/// What everybody is answered who asks for an operation.
struct Row {
    operation: String,
    nobody: u16,
    members: [u16; 4],
    /// What every service is answered; `None` where it is answered like a member of its role.
    services: Option<u16>,
}

impl Matrix {
    /// Reads it.
    pub(crate) fn read() -> Self {
        let page = std::fs::read_to_string(root().join("tests/roles.txt")).unwrap();
        let (_, table) = page.split_once("\noperation ").unwrap();
        let lines = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let rows = lines.filter(|words| words.get(1).is_some_and(|word| word.parse::<u16>().is_ok()));
        Self(rows.map(|words| row(&words)).collect())
    }

    /// What a member of this role is answered, or a service of the highest one.
    pub(crate) fn expects(&self, operation: &str, role: &str) -> u16 {
        let row = self.0.iter().find(|row| row.operation == operation);
        let row = row.unwrap_or_else(|| panic!("tests/roles.txt has no row for {operation}"));
        match ROLES.iter().position(|known| *known == role) {
            Some(at) => row.members[at],
            None => row.services.unwrap_or(row.members[3]),
        }
    }
}

fn row(words: &[&str]) -> Row {
    let [operation, nobody, members @ .., services] = words else { panic!("a row lacks cells: {words:?}") };
    let status = |word: &&str| word.parse().unwrap_or_else(|_| panic!("no status: {word} in {words:?}"));
    let members: Vec<u16> = members.iter().map(status).collect();
    Row {
        operation: (*operation).to_owned(),
        nobody: status(nobody),
        members: members.try_into().unwrap_or_else(|_| panic!("a cell too many or too few: {words:?}")),
        services: (*services != "=").then(|| status(services)),
    }
}

/// The organization in which everybody asks.
struct Stage {
    server: Server,
    cast: Cast,
    /// Somebody who is changed.
    spare: Person,
    /// A campaign that is read and written.
    show: Show,
    /// Campaigns that went live.
    live: Vec<Show>,
    /// The campaign whose gates have all passed; it needs the people and the goods for itself.
    whole: Option<Show>,
}

impl Stage {
    async fn begin() -> Self {
        let server = Setup::sandbox(NOW).start().await;
        let cast = Cast::join(&server).await;
        let spare = Person::join(&server.admin, "spare@heyan.example", "viewer", &[]).await;
        let show = Show::standard(&cast.lead.client, &json!({ "gates": { "goal": content("goal") } })).await;
        Self { server, cast, spare, show, live: Vec::new(), whole: None }
    }

    /// A campaign of its own whose goal only waits to be submitted.
    async fn ready(&self) -> Show {
        let changes = json!({ "external_ref": null, "gates": { "goal": content("goal") } });
        let show = Show::standard(&self.cast.lead.client, &changes).await;
        show.tick_all(&self.cast.lead.client, "goal").await;
        show
    }

    async fn submitted(&self) -> Show {
        let show = self.ready().await;
        show.submit(&self.cast.lead.client, "goal").await;
        show
    }

    async fn passed(&self) -> Show {
        let show = self.submitted().await;
        show.decide(&self.cast.bo.client, "goal", "approve").await;
        show
    }

    async fn all_passed(&mut self) -> Show {
        if let Some(before) = self.whole.take() {
            // It may have been completed meanwhile.
            self.cast.bo.client.post(&before.path("/cancel"), &json!({})).send().await;
            self.live.clear();
        }
        let show = Show::standard(&self.cast.lead.client, &json!({ "external_ref": null })).await;
        show.pass_all(&self.cast).await;
        self.whole = Some(show.clone());
        show
    }

    async fn live(&mut self) -> Show {
        if let Some(show) = self.live.pop() {
            return show;
        }
        let show = self.all_passed().await;
        self.cast.bo.client.post(&show.path("/go-live"), &overriding()).expect(200).await;
        show
    }

    /// A campaign in the state that the operation needs.
    async fn show_for(&mut self, operation: &str) -> Show {
        match operation {
            "submit_gate" => self.ready().await,
            "withdraw_submission" | "decide_gate" => self.submitted().await,
            "reopen_gate" => self.passed().await,
            "reconfirm_gate" => {
                let show = self.passed().await;
                show.change(&self.cast.lead.client, "goal", &json!({ "stop_loss": "Another limit." })).await;
                show
            }
            "hold_campaign" | "cancel_campaign" => self.ready().await,
            "resume_campaign" => {
                let show = self.ready().await;
                self.cast.bo.client.post(&show.path("/hold"), &json!({})).expect(200).await;
                show
            }
            "go_live" => self.all_passed().await,
            "complete_campaign" => self.live().await,
            _ => self.show.clone(),
        }
    }

    /// A delegation of somebody else, in force.
    async fn delegation(&self) -> String {
        let until = json!({ "member_id": self.cast.bo.id, "delegate_id": self.cast.su.id, "ends_at": "2027-12-01T00:00:00Z" });
        let made = self.server.admin.post("/v1/delegations", &until).send().await;
        if made.status == 201 {
            made.text_at("/id").to_owned()
        } else {
            let known = harness::show::all(&self.server.admin, "/v1/delegations?limit=200").await;
            let own = known.iter().rfind(|one| one["member_id"] == self.cast.bo.id.as_str()).unwrap();
            own["id"].as_str().unwrap().to_owned()
        }
    }

    /// A request that is right in everything but perhaps the one who asks.
    async fn asking(&self, operation: &Operation, show: &Show) -> Asking {
        let api_key = if operation.id == "revoke_api_key" {
            let made = json!({ "name": "short-lived", "role": "viewer" });
            self.server.admin.post("/v1/api-keys", &made).expect(201).await.text_at("/id").to_owned()
        } else {
            String::new()
        };
        let delegation = self.delegation().await;
        let delivery = self.show.delivery(&self.server.admin).await;
        let reminder = match operation.id.as_str() {
            "read_reminder" | "remove_reminder" => show.remind(&self.server.admin, "Stock").await,
            "read_organization_reminder" | "remove_organization_reminder" => {
                harness::show::remind(&self.server.admin, "Stock").await
            }
            _ => String::new(),
        };
        let fill = |name: &str| match name {
            "campaign" => show.id.clone(),
            "delegation" => delegation.clone(),
            "delivery" => delivery.clone(),
            "reminder" | "organization_reminder" => reminder.clone(),
            "member" => self.spare.id.clone(),
            "api_key" => api_key.clone(),
            "gate" => "goal".to_owned(),
            "item" => "one_goal_shared".to_owned(),
            "playbook" => "standard@1".to_owned(),
            "rule" => "goal.complete".to_owned(),
            "code" => "auth.key_needed".to_owned(),
            other => panic!("{}: say what stands for {other}", operation.id),
        };
        let mut asking = operation.asking(fill);
        match operation.id.as_str() {
            "create_delegation" => asking.body["delegate_id"] = self.cast.su.id.clone().into(),
            "create_campaign" => asking.body["owner"] = self.cast.lead.email.clone().into(),
            "decide_gate" | "reconfirm_gate" => {
                asking.body["revision"] = show.gate(&self.cast.lead.client, "goal").await["revision"].clone();
            }
            "submit_gate" => asking.body = json!({ "comment": harness::show::COMMENT }),
            "go_live" => asking.body = overriding(),
            // It is the evening of the show.
            "create_reminder" | "preview_reminder" => asking.body["cron"] = "*/15 * * * *".into(),
            "move_clock" => asking.body = json!({ "now": NOW }),
            _ => {}
        }
        asking
    }
}

fn overriding() -> Value {
    json!({ "override": true, "reason": "Everybody agreed." })
}

/// Who asks: the name of the cell, the caller, and what they are to be answered.
fn cells(row: &Row, nobody: &Client, members: &[Client], services: &[Client]) -> Vec<(String, Client, u16)> {
    let mut cells = vec![("nobody".to_owned(), nobody.clone(), row.nobody)];
    for (at, role) in ROLES.iter().enumerate() {
        cells.push(((*role).to_owned(), members[at].clone(), row.members[at]));
        cells.push((
            format!("service as {role}"),
            services[at].clone(),
            row.services.unwrap_or(row.members[at]),
        ));
    }
    cells
}

#[tokio::test]
async fn every_operation_answers_every_role_as_the_page_says() {
    let mut stage = Stage::begin().await;
    let nobody = Client::new(stage.server.admin.base());
    let (mut members, mut services) = (Vec::new(), Vec::new());
    for role in ROLES {
        members.push(
            Person::join(&stage.server.admin, &format!("{role}.asks@heyan.example"), role, &[]).await.client,
        );
        services.push(
            key(&stage.server.admin, &json!({ "name": format!("service {role}"), "role": role })).await,
        );
    }
    let document = nobody.get("/openapi.json").expect(200).await.body;
    let operations = every_operation(&document, "goal");
    let matrix = Matrix::read();
    let ids: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let rows: BTreeSet<&str> = matrix.0.iter().map(|row| row.operation.as_str()).collect();
    assert_eq!(rows, ids, "the rows of tests/roles.txt are not the operations of the contract");
    assert_eq!(matrix.0.len(), rows.len(), "an operation has two rows");
    let (mut faults, mut asked) = (Vec::new(), 0);
    for row in &matrix.0 {
        let operation = operations.iter().find(|operation| operation.id == row.operation).unwrap();
        let mut show = stage.show_for(&operation.id).await;
        let mut is_fresh = true;
        for (who, client, expected) in cells(row, &nobody, &members, &services) {
            if !is_fresh {
                show = stage.show_for(&operation.id).await;
                is_fresh = true;
            }
            let answer = stage.asking(operation, &show).await.send(&client).await;
            asked += 1;
            if answer.status != expected {
                faults.push(format!("{} by {who} is not {expected}: {answer}", operation.id));
            }
            if answer.status < 300 {
                is_fresh = !operation.writes();
                if operation.id == "go_live" {
                    stage.live.push(show.clone());
                }
            }
        }
    }
    println!("{} operations, {asked} cells", operations.len());
    assert!(faults.is_empty(), "{} cells differ:\n{}", faults.len(), faults.join("\n"));
}
