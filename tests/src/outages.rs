//! A database that is away, silent, overrun or full: whoever asks is told so in time and may come again, nothing is
//! half written, and the process recovers by itself.

use std::time::{Duration, Instant};

use harness::{Cast, Client, Folder, Server, Setup, Show};
use serde_json::{Value, json};

const NOW: &str = "2027-02-27T10:00:00+08:00";
/// A request must have been answered by then, and so long after the trouble all must be well (promises).
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
const WELL_WITHIN: Duration = Duration::from_secs(5);

/// A campaign whose goal is edited during the trouble.
struct Scene {
    cast: Cast,
    show: Show,
    tag: String,
    before: Value,
}

impl Scene {
    async fn set(server: &Server) -> Self {
        let cast = Cast::join(server).await;
        let goal = json!({ "gates": { "goal": harness::examples::content("goal") } });
        let show = Show::standard(&cast.lead.client, &goal).await;
        let tag = show.tag(&cast.lead.client, "goal").await;
        let before = show.gate(&cast.lead.client, "goal").await;
        Self { cast, show, tag, before }
    }

    fn lead(&self) -> &Client {
        &self.cast.lead.client
    }

    /// An edit and a creation, which must be answered in time.
    async fn write(&self) -> [(u16, Duration); 2] {
        let edit =
            self.lead().patch(&self.show.gate_path("goal", "/content"), &json!({ "stop_loss": "none" }));
        let create = self.lead().post("/v1/campaigns", &another());
        [timed(edit.if_match(&self.tag)).await, timed(create.once("during-the-trouble")).await]
    }

    /// Nothing was half written: the gate is as it was, and the creation under its key has one effect now.
    async fn is_as_before(&self) {
        assert_eq!(self.show.gate(self.lead(), "goal").await, self.before);
        let events = self.show.events(self.lead()).await;
        assert_eq!(events.len(), 1, "{events:#?}");
        let create = || self.lead().post("/v1/campaigns", &another());
        let created = create().once("during-the-trouble").expect(201).await;
        assert_eq!(create().once("during-the-trouble").expect(201).await.text, created.text);
        let all = harness::show::all(self.lead(), "/v1/campaigns").await;
        assert_eq!(all.len(), 2, "{all:#?}");
        let edit =
            self.lead().patch(&self.show.gate_path("goal", "/content"), &json!({ "stop_loss": "some" }));
        edit.if_match(&self.tag).expect(200).await;
    }
}

/// A campaign beside the standard one.
fn another() -> Value {
    let mut body = harness::examples::campaign();
    body.as_object_mut().unwrap().remove("external_ref");
    body
}

/// Sends a call; a refusal must be a problem that says when to come again.
async fn timed(call: harness::client::Call) -> (u16, Duration) {
    let since = Instant::now();
    let answer = call.send().await;
    if answer.status >= 500 {
        assert!(matches!(answer.status, 503 | 507), "{answer}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer}");
        assert!(!answer.header("retry-after").is_empty(), "{answer}");
    }
    (answer.status, since.elapsed())
}

/// Everything that needs the database says in time that it cannot; the process itself lives.
async fn everybody_is_told(scene: &Scene, server: &Server) {
    let reads = timed(scene.lead().get(&scene.show.path(""))).await;
    let ready = until_not_ready(server).await;
    for (status, took) in scene.write().await.into_iter().chain([reads, ready]) {
        assert_eq!(status, 503);
        assert!(took <= ANSWERED_WITHIN, "{took:?}");
    }
    assert_eq!(timed(server.admin.get("/livez")).await.0, 200);
}

/// What `/readyz` says once it has looked again, which it does once a second, and after how long.
async fn until_not_ready(server: &Server) -> (u16, Duration) {
    let since = Instant::now();
    let mut status = 200;
    while status == 200 && since.elapsed() <= ANSWERED_WITHIN {
        status = timed(server.admin.get("/readyz")).await.0;
    }
    (status, since.elapsed())
}

/// The process that ran before the trouble serves again, soon.
async fn it_recovers(scene: &Scene, server: &Server, pid: u32) {
    let since = Instant::now();
    while timed(scene.lead().get(&scene.show.path(""))).await.0 != 200
        || timed(server.admin.get("/readyz")).await.0 != 200
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = since.elapsed();
    println!("well again after {} ms", took.as_millis());
    assert!(took <= WELL_WITHIN, "{took:?}");
    assert_eq!(server.pid(), pid, "no process was restarted");
    scene.is_as_before().await;
}

mod postgres_only {
    use std::process::{Command, Stdio};
    use std::sync::Arc;

    use futures_util::future::join_all;
    use harness::database::SECRET_KEY;
    use harness::proxy::Proxy;
    use harness::tmpfs::Tmpfs;
    use harness::{Cluster, Database};

    use super::*;

    #[tokio::test]
    async fn a_database_that_is_away_is_told_of_in_time_and_found_again() {
        let cluster = Cluster::start();
        let folder = Folder::with(Database::new(cluster.url()));
        let server = Setup::sandbox(NOW).start_in(Arc::new(folder)).await;
        let (scene, pid) = (Scene::set(&server).await, server.pid());
        cluster.end();
        everybody_is_told(&scene, &server).await;
        cluster.again();
        it_recovers(&scene, &server, pid).await;
        drop(server);
    }

    /// A server whose database is behind a proxy.
    async fn behind_a_proxy() -> (Server, Proxy) {
        let database = Database::of_the_tests().expect("PostgreSQL");
        let url = database.url();
        let (before, name) = url.rsplit_once('/').unwrap();
        let port: u16 = before.rsplit_once(':').unwrap().1.parse().unwrap();
        let proxy = Proxy::to(port).await;
        let through = url.replace(&format!(":{port}/{name}"), &format!(":{}/{name}", proxy.port()));
        let setup = Setup::sandbox(NOW)
            .with("GREENROOM_DATABASE_URL", &through)
            .with("GREENROOM_SECRET_KEY", SECRET_KEY);
        (setup.start_in(Arc::new(Folder::with(database))).await, proxy)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_link_that_swallows_everything_is_given_up_in_time_and_replaced() {
        let (server, proxy) = behind_a_proxy().await;
        let (scene, pid) = (Scene::set(&server).await, server.pid());
        proxy.swallow();
        everybody_is_told(&scene, &server).await;
        proxy.heal();
        it_recovers(&scene, &server, pid).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn connections_that_are_reset_cost_at_most_an_answer_503() {
        let (server, proxy) = behind_a_proxy().await;
        let (scene, pid) = (Scene::set(&server).await, server.pid());
        proxy.reset();
        it_recovers(&scene, &server, pid).await;
    }

    #[tokio::test]
    async fn when_no_connection_is_free_everybody_is_answered_in_time() {
        let server = Setup::sandbox(NOW).start().await;
        let (scene, pid) = (Scene::set(&server).await, server.pid());
        let url = server.folder.database().expect("PostgreSQL").url();
        let mut locking = Command::new("psql");
        locking.args(["-X", "-c", "BEGIN; LOCK TABLE gate; SELECT pg_sleep(60)"]).arg(url);
        let mut lock = locking.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let path = scene.show.path("");
        // Until the lock is there, reads are answered at once.
        while timed(scene.lead().get(&path)).await.0 == 200 {}
        let answers = join_all((0..64).map(|_| timed(scene.lead().get(&path)))).await;
        for (status, took) in answers {
            assert_eq!(status, 503);
            assert!(took <= ANSWERED_WITHIN, "{took:?}");
        }
        assert_eq!(timed(server.admin.get("/livez")).await.0, 200);
        lock.kill().unwrap();
        lock.wait().unwrap();
        let database = server.folder.database().expect("PostgreSQL");
        database.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE query LIKE '%LOCK TABLE%' AND pid <> pg_backend_pid()",
        );
        it_recovers(&scene, &server, pid).await;
    }

    /// Waits until somebody at this database is in such a state.
    async fn until(database: &Database, state: &str) {
        let asked =
            format!("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {state}");
        while database.ask(&asked).trim() == "0" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn commands_that_wait_for_one_campaign_hold_up_nobody_else() {
        let server = Setup::sandbox(NOW).start().await;
        let scene = Scene::set(&server).await;
        let other = Show::create(scene.lead(), &another()).await;
        let database = server.folder.database().expect("PostgreSQL");
        let mut locking = Command::new("psql");
        let hold = format!(
            "BEGIN; SELECT 1 FROM campaign WHERE id = '{}' FOR UPDATE; SELECT pg_sleep(60)",
            scene.show.id
        );
        locking.args(["-X", "-c", &hold]).arg(database.url()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut lock = locking.spawn().unwrap();
        until(database, "wait_event = 'PgSleep'").await;
        let amend = json!({ "stop_loss": "none" });
        let waiting = join_all((0..48).map(|_| {
            let edit = scene.lead().patch(&scene.show.gate_path("goal", "/content"), &amend);
            timed(edit.if_match(&scene.tag))
        }));
        let others = async {
            let mut slowest = Duration::ZERO;
            until(database, "wait_event_type = 'Lock'").await;
            for _ in 0..20 {
                let (status, took) = timed(scene.lead().get(&other.path(""))).await;
                assert_eq!(status, 200);
                slowest = slowest.max(took);
            }
            slowest
        };
        let (answers, slowest) = tokio::join!(waiting, others);
        println!("beside 48 that wait for another campaign, a read took {slowest:?} at most");
        assert!(slowest <= Duration::from_secs(1), "{slowest:?}");
        for (status, took) in answers {
            assert_eq!(status, 503);
            assert!(took <= ANSWERED_WITHIN, "{took:?}");
        }
        lock.kill().unwrap();
        lock.wait().unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_under_the_tables_is_told_of_and_recovered_from() {
        let disk = Tmpfs::new(160);
        let cluster = Cluster::start_with_tables_in(disk.path());
        let folder = Folder::with(Database::new(cluster.url()));
        let server = Setup::sandbox(NOW).start_in(Arc::new(folder)).await;
        full_disk(&server, &disk).await;
    }
}

mod sqlite_only {
    use std::sync::Arc;

    use harness::tmpfs::Tmpfs;

    use super::*;

    #[tokio::test]
    async fn a_full_disk_under_the_file_is_told_of_and_recovered_from() {
        let disk = Tmpfs::new(16);
        let url = format!("sqlite://{}", disk.path().join("greenroom.db").display());
        let setup = Setup::sandbox(NOW).with("GREENROOM_DATABASE_URL", &url);
        let server = setup.start_in(Arc::new(Folder::new())).await;
        full_disk(&server, &disk).await;
    }
}

/// Fills the disk, writes until somebody says that it is full, and makes room again.
async fn full_disk(server: &Server, disk: &harness::tmpfs::Tmpfs) {
    let (scene, pid) = (Scene::set(server).await, server.pid());
    disk.fill();
    let mut full = 0;
    // What fits into pages that are there already may still be written.
    for number in 0..400 {
        let mut body = another();
        body["metadata"] = json!({ "note": "x".repeat(400), "number": number });
        let (status, took) = timed(scene.lead().post("/v1/campaigns", &body)).await;
        assert!(matches!(status, 201 | 503 | 507), "{status}");
        assert!(took <= ANSWERED_WITHIN, "{status} after {took:?}");
        full += usize::from(status == 507);
        if full == 5 {
            break;
        }
    }
    assert_eq!(full, 5, "the disk does not get full");
    let read = scene.lead().get(&scene.show.path("")).expect(200).await;
    assert_eq!(read.body["id"], scene.show.id.as_str(), "reading goes on");
    let counted = harness::show::all(scene.lead(), "/v1/campaigns?limit=200").await;
    for one in &counted {
        // Each campaign that is listed is whole.
        let show = Show { id: one["id"].as_str().unwrap().to_owned() };
        assert_eq!(show.statuses(scene.lead()).await.len(), 7);
        assert_eq!(show.events(scene.lead()).await.len(), 1);
    }
    disk.make_room();
    let since = Instant::now();
    while timed(scene.lead().post("/v1/campaigns", &another())).await.0 != 201 {
        assert!(since.elapsed() <= WELL_WITHIN, "it does not recover");
    }
    println!("writing again after {} ms", since.elapsed().as_millis());
    assert_eq!(server.pid(), pid);
    assert!(!server.log().contains("panicked"), "{}", server.log());
    let after = harness::show::all(scene.lead(), "/v1/campaigns?limit=200").await;
    assert_eq!(after.len(), counted.len() + 1);
}
