//! schemathesis makes thousands of requests out of the document, fitting and not, alone and along its links, and holds
//! the answers against it. `tests/contract/schemathesis.toml` says what it may overlook, and why.

use std::process::Command;

use harness::binary::root;
use harness::show::COMMENT;
use harness::{Cast, Server, Setup, Show, examples, python};
use serde_json::{Value, json};

const EVE: &str = "2027-03-19T18:00:00+08:00";

/// A gate that waits for its decision, among whatever else there is.
async fn seed(server: &Server) -> Value {
    let cast = Cast::join(server).await;
    let lead = &cast.lead.client;
    let gates: Value = examples::standard()["gates"].clone();
    let show = Show::standard(lead, &json!({ "gates": gates })).await;
    show.pass(&cast, "goal").await;
    show.tick_all(lead, "audience").await;
    lead.post(&show.gate_path("audience", "/submission"), &json!({ "comment": COMMENT })).expect(200).await;
    let other = Show::standard(lead, &json!({ "external_ref": "CRM-other" })).await;
    let spare =
        server.admin.post("/v1/api-keys", &json!({ "name": "spare", "role": "viewer" })).expect(201).await;
    let absence =
        json!({ "member_id": cast.viewer.id, "delegate_id": cast.su.id, "ends_at": "2027-05-01T00:00:00Z" });
    let absence = server.admin.post("/v1/delegations", &absence).expect(201).await;
    json!({
        "campaign": [show.id, show.id, other.id],
        "member": [cast.viewer.id, cast.su.id],
        "delegation": [absence.text_at("/id")],
        "delivery": [show.delivery(&server.admin).await],
        "organization_reminder": [harness::show::remind(&server.admin, "Stock").await],
        "reminder": [show.remind(&server.admin, "Stock").await],
        "api_key": [spare.text_at("/id")],
    })
}

#[tokio::test]
async fn schemathesis_finds_nothing() {
    let server = Setup::sandbox(EVE).start().await;
    let seed = seed(&server).await;
    let file = server.folder.path().join("seed.json");
    std::fs::write(&file, seed.to_string()).unwrap();
    let folder = root().join("tests/contract");
    let mut command = Command::new(python::tool("schemathesis"));
    command.arg("--config-file").arg(folder.join("schemathesis.toml")).arg("run");
    command.arg(root().join("openapi/openapi.json")).args(["--url", server.admin.base(), "--no-color"]);
    command.envs([
        ("SCHEMATHESIS_HOOKS", "hooks"),
        ("PYTHONHASHSEED", "0"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ]);
    command
        .env("PYTHONPATH", folder)
        .env("GREENROOM_SEED", file)
        .env("GREENROOM_KEY", harness::server::ADMIN_KEY);
    let run = command.current_dir(server.folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("Stateful") && !server.log().contains("panicked"), "{said}");
    println!(
        "{}",
        said.lines().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    );
}
