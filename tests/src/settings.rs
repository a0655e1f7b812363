//! Starting the real binary: the first start, settings, and databases that are not to be touched.

use std::sync::Arc;

use harness::{Client, Folder, Setup};
use serde_json::json;

/// What a start that must fail says.
pub(crate) fn refused(setup: &Setup, folder: &Folder) -> String {
    let run = setup.command(folder).output().unwrap();
    assert!(!run.status.success(), "it started");
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

fn keys_in(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| word.starts_with("gr_")).collect()
}

#[tokio::test]
async fn a_first_start_on_an_empty_folder_prints_the_admin_key_once() {
    let mut server = Setup::new(&[]).with("GREENROOM_ADMIN_KEY", "").start().await;
    let printed = server.folder.read("stdout.log");
    let [key] = keys_in(&printed)[..] else { panic!("{printed}") };
    let admin = Client::new(server.admin.base()).with_key(key);
    let me = admin.get("/v1/me").expect(200).await;
    assert_eq!(me.body["role"], "admin");
    assert_eq!(admin.get("/v1/organization").expect(200).await.body["name"], "default");
    assert!(server.stop().await.success());
    server.start().await;
    assert_eq!(keys_in(&server.log()).len(), 1, "a second start shows no key");
    admin.get("/v1/me").expect(200).await;
    assert!(server.folder.holds("secret_fingerprint"), "the test sees what the database holds");
    assert!(!server.folder.holds(key), "the key is in the database");
}

#[tokio::test]
async fn the_sandbox_clock_exists_only_in_a_sandbox() {
    let server = Setup::new(&["serve"]).start().await;
    server.admin.get("/v1/sandbox/clock").refused(404, "resource.not_found").await;
    let later = json!({ "now": "2037-01-01T00:00:00Z" });
    server.admin.put("/v1/sandbox/clock", &later).refused(404, "resource.not_found").await;
}

#[tokio::test]
async fn the_sandbox_clock_moves_forward_only_and_is_kept() {
    let mut server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let reading = |answer: harness::Answer| answer.text_at("/now").parse::<jiff::Timestamp>().unwrap();
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let now = server.admin.get("/v1/sandbox/clock").expect(200).await;
    assert_eq!(reading(now), at("2027-02-27T02:00:00Z"));
    server.move_clock("2027-02-28T10:00:00+08:00").await;
    let back = json!({ "now": "2027-02-27T10:00:00+08:00" });
    server.admin.put("/v1/sandbox/clock", &back).refused(409, "sandbox.backwards").await;
    server.kill();
    server.start().await;
    assert_eq!(reading(server.admin.get("/v1/sandbox/clock").expect(200).await), at("2027-02-28T02:00:00Z"));
}

#[tokio::test]
async fn an_unknown_setting_is_named_with_the_nearest_known_one() {
    let folder = Folder::new();
    let said = refused(&Setup::new(&["serve"]).with("GREENROOM_LISTN", "127.0.0.1:1"), &folder);
    assert!(said.contains("GREENROOM_LISTN") && said.contains("GREENROOM_LISTEN"), "{said}");
    std::fs::write(folder.path().join("room.toml"), "databse_url = \"sqlite://x.db\"\n").unwrap();
    let said = refused(&Setup::new(&["serve", "--config", "room.toml"]), &folder);
    assert!(said.contains("databse_url") && said.contains("database_url"), "{said}");
    let said = refused(&Setup::new(&["serve"]).with("GREENROOM_ADMIN_KEY", "short"), &folder);
    assert!(said.contains("admin_key") && !said.contains("short"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a refused start leaves nothing behind");
}

#[tokio::test]
async fn a_sandbox_and_real_use_never_share_a_database() {
    let mut sandbox = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    sandbox.stop().await;
    let said = refused(&Setup::new(&["serve"]).with("GREENROOM_LISTEN", "127.0.0.1:0"), &sandbox.folder);
    assert!(said.contains("sandbox"), "{said}");
    let mut real = Setup::new(&["serve"]).start().await;
    real.stop().await;
    let said =
        refused(&Setup::new(&["serve", "--sandbox"]).with("GREENROOM_LISTEN", "127.0.0.1:0"), &real.folder);
    assert!(said.contains("sandbox"), "{said}");
}

#[tokio::test]
async fn another_secret_key_is_noticed_at_the_start() {
    let mut server = Setup::new(&["serve"]).start().await;
    server.stop().await;
    let other = Setup::new(&["serve"])
        .with("GREENROOM_LISTEN", "127.0.0.1:0")
        .with("GREENROOM_SECRET_KEY", &"ab".repeat(32));
    let said = refused(&other, &server.folder);
    assert!(said.contains("greenroom.secret"), "{said}");
}

#[tokio::test]
async fn a_lost_admin_key_is_replaced_and_doctor_tells_what_to_mend() {
    let mut server = Setup::new(&["serve"]).start().await;
    server.stop().await;
    let run = |arguments: &[&str]| {
        let run = Setup::new(arguments).command(&server.folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    };
    let printed = run(&["admin", "new-admin-key"]);
    let [key] = keys_in(&printed)[..] else { panic!("{printed}") };
    let said = run(&["doctor"]);
    assert!(said.contains("GREENROOM_SMTP_URL"), "{said}");
    let document: serde_json::Value = serde_json::from_str(&run(&["openapi"])).unwrap();
    assert!(document["paths"]["/v1/campaigns"].is_object());
    let key = key.to_owned();
    server.start().await;
    server.admin.with_key(key).get("/v1/me").expect(200).await;
}

#[tokio::test]
async fn asked_to_stop_it_ends_well_and_keeps_everything() {
    let folder = Arc::new(Folder::new());
    let mut server = Setup::sandbox("2027-02-27T10:00:00+08:00").start_in(Arc::clone(&folder)).await;
    let body = json!({ "name": "Li", "email": "li@heyan.example", "role": "viewer" });
    server.admin.post("/v1/members", &body).expect(201).await;
    assert!(server.stop().await.success());
    let wal = std::fs::metadata(folder.path().join("greenroom.db-wal")).map_or(0, |file| file.len());
    assert_eq!(wal, 0, "the log was not moved into the file");
    server.start().await;
    assert!(server.admin.get("/v1/members").expect(200).await.text.contains("li@heyan.example"));
}
