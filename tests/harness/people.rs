//! The people of the standard campaign, each with a key of their own.

use serde_json::{Value, json};

use crate::client::Client;
use crate::server::Server;

/// A member and their key.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their e-mail.
    pub email: String,
    /// They, calling the API.
    pub client: Client,
}

/// Who takes part: an operator who leads, two managers, a viewer.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Operator; owner of the standard campaign.
    pub lead: Person,
    /// Manager.
    pub bo: Person,
    /// Another manager.
    pub su: Person,
    /// Viewer.
    pub viewer: Person,
}

/// Wishes of people whom every message reaches at once and alone, whatever the clock of the machine says.
fn always_awake() -> Value {
    let at_once = ["approval_wanted", "facet_changed", "countdown", "campaign_ready", "campaign_not_ready"];
    json!({ "quiet_hours": { "from": "00:00", "until": "00:00" }, "at_once": at_once })
}

impl Person {
    /// A new member who reads English in Shanghai, and whom every message reaches at once.
    pub async fn join(admin: &Client, email: &str, role: &str, duties: &[&str]) -> Self {
        let person = Self::join_as_usual(admin, email, role, duties).await;
        person.wish(&always_awake()).await;
        person
    }

    /// Says what they want of messages.
    pub async fn wish(&self, preferences: &Value) {
        self.client.patch("/v1/me", &json!({ "preferences": preferences })).expect(200).await;
    }

    /// A new member who reads English in Shanghai and has said nothing of messages.
    pub async fn join_as_usual(admin: &Client, email: &str, role: &str, duties: &[&str]) -> Self {
        let name = email.split('@').next().unwrap().replace('.', " ");
        let body = json!({
            "name": name, "email": email, "role": role, "duties": duties,
            "locale": "en", "time_zone": "Asia/Shanghai",
        });
        let member = admin.post("/v1/members", &body).expect(201).await;
        let id = member.text_at("/id").to_owned();
        let client = key(admin, &json!({ "name": format!("key of {name}"), "member_id": id })).await;
        Self { id, email: email.to_owned(), client }
    }
}

/// A caller with a new key of this kind.
pub async fn key(admin: &Client, body: &Value) -> Client {
    let made = admin.post("/v1/api-keys", body).expect(201).await;
    admin.with_key(made.text_at("/key"))
}

impl Cast {
    /// Lets them join the first organization.
    pub async fn join(server: &Server) -> Self {
        Self::join_as(&server.admin).await
    }

    /// Lets them join the organization of this admin.
    pub async fn join_as(admin: &Client) -> Self {
        admin.patch("/v1/me", &json!({ "preferences": always_awake() })).expect(200).await;
        Self {
            lead: Person::join(admin, "ops.lead@heyan.example", "operator", &[]).await,
            bo: Person::join(admin, "bo@heyan.example", "manager", &[]).await,
            su: Person::join(admin, "su@heyan.example", "manager", &[]).await,
            viewer: Person::join(admin, "viewer@heyan.example", "viewer", &[]).await,
        }
    }
}
