//! The processes that serve one database, each with its clients.

use std::sync::Arc;
use std::time::{Duration, Instant};

use harness::{Cast, Client, Cluster, Database, Folder, MailServer, Server, Setup};
use serde_json::json;

use super::log::Log;

/// Longest wait for the first write after the database came back.
const PATIENCE: Duration = Duration::from_secs(30);

/// One process on a SQLite file, or replicas on a PostgreSQL.
pub(super) struct Ring {
    servers: Vec<Server>,
    cluster: Option<Cluster>,
    pub(super) smtp: MailServer,
    pub(super) cast: Cast,
}

/// The people, calling one of the processes.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) lead: Client,
    pub(super) managers: [Client; 2],
}

impl Ring {
    pub(super) async fn of_one(setup: Setup) -> Self {
        Self::start(setup, Folder::new(), None, 1).await
    }

    /// Three replicas on a PostgreSQL of their own, which may crash without harm to other tests.
    pub(super) async fn of_three(setup: Setup) -> Self {
        let cluster = Cluster::start();
        let folder = Folder::with(Database::new(cluster.url()));
        Self::start(setup, folder, Some(cluster), 3).await
    }

    async fn start(setup: Setup, folder: Folder, cluster: Option<Cluster>, replicas: usize) -> Self {
        let smtp = MailServer::start();
        smtp.delay(3);
        let setup = setup.with("GREENROOM_SMTP_URL", &smtp.url());
        let folder = Arc::new(folder);
        let starts = (0..replicas).map(|_| setup.clone().start_in(Arc::clone(&folder)));
        // All at once: one migrates, the others wait for it.
        let servers = futures_util::future::join_all(starts).await;
        let cast = Cast::join(&servers[0]).await;
        Self { servers, cluster, smtp, cast }
    }

    pub(super) fn size(&self) -> usize {
        self.servers.len()
    }

    /// The people at a process; numbers go round.
    pub(super) fn seat(&self, number: usize) -> Seat {
        let server = &self.servers[number % self.servers.len()];
        let at = |who: &Client| Client::new(server.admin.base()).with_key(who.key().unwrap());
        let Cast { lead, bo, su, .. } = &self.cast;
        Seat { lead: at(&lead.client), managers: [at(&bo.client), at(&su.client)] }
    }

    /// The processes that run.
    pub(super) fn pids(&self) -> Vec<u32> {
        self.servers.iter().map(Server::pid).collect()
    }

    pub(super) fn kill(&mut self, victim: usize) {
        let victim = victim % self.servers.len();
        self.servers[victim].kill();
    }

    /// Starts the killed one again; the answer is how many milliseconds that took.
    pub(super) async fn restart(&mut self, victim: usize) -> u128 {
        let (since, victim) = (Instant::now(), victim % self.servers.len());
        self.servers[victim].start().await;
        since.elapsed().as_millis()
    }

    /// Crashes the database; the answer is after how many milliseconds every process wrote again. Until then they
    /// may say only that they cannot.
    pub(super) async fn crash_database(&self, log: &Log) -> u128 {
        self.cluster.as_ref().expect("a PostgreSQL of its own").crash();
        let since = Instant::now();
        for number in 0..self.servers.len() {
            while !writes(&self.servers[number].admin, log).await {
                assert!(since.elapsed() < PATIENCE, "replica {number} does not come back");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        since.elapsed().as_millis()
    }

    /// Everything the processes printed.
    pub(super) fn log(&self) -> String {
        self.servers[0].log()
    }
}

/// Whether a write succeeds; one that is not acknowledged may say only that it cannot be done now.
async fn writes(admin: &Client, log: &Log) -> bool {
    let answer = admin.patch("/v1/organization", &json!({ "planned_minutes": 240 })).send().await;
    if answer.status == 503 {
        log.unavailable(&answer);
    } else {
        assert_eq!(answer.status, 200, "{answer}");
    }
    answer.status == 200
}
