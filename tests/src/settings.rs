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
    let bring_back = match server.folder.database() {
        Some(_) => "set GREENROOM_SECRET_KEY to the value that the other replicas have",
        None => "bring back greenroom.secret",
    };
    for said in [refused(&other, &server.folder), refused(&other.asked(&["doctor"]), &server.folder)] {
        assert!(said.contains(bring_back), "{said}");
    }
}

#[tokio::test]
async fn a_secret_key_that_is_none_is_refused_before_anything_is_made() {
    let folder = Folder::new();
    let unreadable =
        Setup::new(&["serve"]).with("GREENROOM_LISTEN", "127.0.0.1:0").with("GREENROOM_SECRET_KEY", "abc");
    let mut wrong = vec![unreadable];
    if folder.database().is_some() {
        wrong.push(
            Setup::new(&["serve"]).with("GREENROOM_LISTEN", "127.0.0.1:0").with("GREENROOM_SECRET_KEY", ""),
        );
    }
    for setup in wrong {
        for said in [refused(&setup, &folder), refused(&setup.asked(&["doctor"]), &folder)] {
            assert!(said.contains("secret"), "{said}");
        }
        match folder.database() {
            Some(database) => assert_eq!(
                database.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").trim(),
                "0"
            ),
            None => assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0),
        }
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_told_of_once_and_without_the_password() {
    let folder = Folder::beside();
    let start = |url: &str| {
        let setup = Setup::new(&["serve"])
            .with("GREENROOM_LISTEN", "127.0.0.1:0")
            .with("GREENROOM_SECRET_KEY", &"ab".repeat(32))
            .with("GREENROOM_DATABASE_URL", url);
        refused(&setup, &folder)
    };
    let said = start("postgres://greenroom:hunter2@127.0.0.1:1/room");
    assert_eq!(said, "greenroom: database: 127.0.0.1:1/room: Connection refused (os error 111)\n");
    let said = start("postgres://greenroom:hunter#2@127.0.0.1/room");
    assert!(said.contains("%23") && !said.contains("hunter"), "{said}");
    std::fs::create_dir(folder.path().join("taken.db")).unwrap();
    let said = start("sqlite://taken.db");
    assert_eq!(said, "greenroom: database: taken.db: (code: 14) unable to open database file\n");
}

#[tokio::test]
async fn organizations_are_made_under_the_rules_of_the_api_and_listed_with_their_ids() {
    let mut server = Setup::new(&["serve"]).start().await;
    for name in ["", " ", &"长".repeat(121)] {
        let adding = ["admin", "create-organization", name, "--admin-email", "li@heyan.example"];
        refused(&server.setup().asked(&adding), &server.folder);
    }
    server.another_organization("禾颜", "li@heyan.example");
    let listed = server.run(&["admin", "list-organizations"]);
    let [first, second] = listed.lines().collect::<Vec<_>>()[..] else { panic!("{listed}") };
    assert!(first.ends_with("  default") && second.ends_with("  禾颜"), "{listed}");
    let id = second.split(' ').next().unwrap();
    let printed = server.run(&["admin", "new-admin-key", "--organization", id]);
    let key = keys_in(&printed)[0].to_owned();
    let found = server.admin.with_key(key).get("/v1/organization").expect(200).await;
    assert_eq!(found.body["name"], "禾颜");
    server.stop().await;
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

mod postgres_only {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_start_that_waits_for_another_process_says_so_and_goes_on_after_it() {
        let folder = Folder::new();
        let database = folder.database().expect("PostgreSQL");
        let mut locking = Command::new("psql");
        locking
            .args(["-X", "-c", "SELECT pg_advisory_lock(7454131819570687855), pg_sleep(60)"])
            .arg(database.url());
        let mut lock = locking.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let sleeping = "SELECT count(*) FROM pg_stat_activity \
                        WHERE datname = current_database() AND wait_event = 'PgSleep'";
        while database.ask(sleeping).trim() == "0" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let setup = Setup::new(&["migrate"]);
        let log = folder.path().join("migrate.log");
        let mut command = setup.command(&folder);
        command.stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
        let mut migrating = command.spawn().unwrap();
        while !folder.read("migrate.log").contains("waiting for our turn") {
            assert!(migrating.try_wait().unwrap().is_none(), "it did not wait");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        lock.kill().unwrap();
        lock.wait().unwrap();
        database.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE query LIKE '%pg_advisory_lock%' AND application_name = 'psql' AND pid <> pg_backend_pid()",
        );
        assert!(migrating.wait().unwrap().success());
    }
}
