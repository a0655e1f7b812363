//! The real binary, serving in a folder of its own: started, stopped, killed and started again.

use std::fs::File;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use crate::binary::greenroom;
use crate::client::Client;
use crate::database::SECRET_KEY;
use crate::folder::Folder;

/// The admin key every server of the tests starts with.
pub const ADMIN_KEY: &str = "gr_tests-only-0123456789abcdefghijklmnop";

/// Longest wait for a server to get ready, or to stop, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is to be started.
#[derive(Clone, Debug)]
pub struct Setup {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Its folder; the server's working directory.
    pub folder: Arc<Folder>,
    /// A caller with the admin key.
    pub admin: Client,
    setup: Setup,
    child: Option<Child>,
}

impl Setup {
    /// A server whose clock stands at `now` and moves only when told.
    pub fn sandbox(now: &str) -> Self {
        Self::new(&["serve", "--sandbox", "--now", now])
    }

    /// A server with these arguments.
    pub fn new(arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let setup = Self { arguments, environment: Vec::new() };
        // No test but those of the end itself waits for proxies to turn away.
        setup.with("GREENROOM_ADMIN_KEY", ADMIN_KEY).with("GREENROOM_DRAIN_SECONDS", "0")
    }

    /// With a variable of the environment; an empty one counts as absent.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Other arguments under the same settings, such as a command beside the server.
    #[must_use]
    pub fn asked(&self, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { arguments, ..self.clone() }
    }

    /// The command in a folder, without the variables of whoever runs the tests.
    pub fn command(&self, folder: &Folder) -> Command {
        let mut command = Command::new(greenroom());
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("GREENROOM_")) {
            command.env_remove(name);
        }
        if let Some(database) = folder.database() {
            command.env("GREENROOM_DATABASE_URL", database.url()).env("GREENROOM_SECRET_KEY", SECRET_KEY);
        }
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(folder.path()).stdin(Stdio::null()).env("NO_COLOR", "1");
        command
    }

    /// Starts in a new folder and waits until it is ready.
    pub async fn start(self) -> Server {
        self.start_in(Arc::new(Folder::new())).await
    }

    /// Starts in a folder that may have a database and waits until it is ready.
    pub async fn start_in(self, folder: Arc<Folder>) -> Server {
        let port = free_port();
        let setup = self.with("GREENROOM_LISTEN", &format!("127.0.0.1:{port}"));
        let admin = Client::new(format!("http://127.0.0.1:{port}")).with_key(ADMIN_KEY);
        let mut server = Server { folder, admin, setup, child: None };
        server.start().await;
        server
    }
}

impl Server {
    /// Starts the stopped server on the same folder and port, and waits until it is ready.
    pub async fn start(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = |name: &str| {
            let path = self.folder.path().join(name);
            File::options().create(true).append(true).open(path).unwrap()
        };
        let mut command = self.setup.command(&self.folder);
        self.child = Some(command.stdout(log("stdout.log")).stderr(log("stderr.log")).spawn().unwrap());
        self.until_ready().await;
    }

    async fn until_ready(&mut self) {
        let (since, ready) = (Instant::now(), Client::new(self.admin.base()));
        loop {
            if let Ok(answer) = ready.get("/readyz").try_send().await
                && answer.status == 200
            {
                return;
            }
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                self.child = None;
                panic!("the server ended with {status} before it was ready:\n{}", self.log());
            }
            assert!(since.elapsed() < PATIENCE, "the server does not get ready:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Everything it printed.
    pub fn log(&self) -> String {
        format!("{}{}", self.folder.read("stdout.log"), self.folder.read("stderr.log"))
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.admin.base().trim_start_matches("http://")
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// How it is started.
    pub const fn setup(&self) -> &Setup {
        &self.setup
    }

    /// What another command prints that works on the same settings while the server runs.
    pub fn run(&self, arguments: &[&str]) -> String {
        let run = self.setup.asked(arguments).command(&self.folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap()
    }

    /// Another organization in the same database: its admin.
    pub fn another_organization(&self, name: &str, admin_email: &str) -> Client {
        let printed = self.run(&["admin", "create-organization", name, "--admin-email", admin_email]);
        let key = printed.split_whitespace().find(|word| word.starts_with("gr_"));
        self.admin.with_key(key.expect("the key, shown once"))
    }

    /// The domain's time, moved; everything due until then has happened when this returns.
    pub async fn move_clock(&self, now: &str) {
        self.admin.put("/v1/sandbox/clock", &serde_json::json!({ "now": now })).expect(200).await;
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks it to stop (`SIGTERM`) and waits until it has.
    pub async fn stop(&mut self) -> ExitStatus {
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
        assert!(asked.success());
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            if child.try_wait().unwrap().is_some() {
                return child.wait().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("the server does not stop:\n{}", self.log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself, which the test has noticed by then.
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().rev().take(8).collect();
            eprintln!(
                "the last lines of the server:\n{}",
                lines.into_iter().rev().collect::<Vec<_>>().join("\n")
            );
        }
    }
}

/// A port outside the range the system takes for outgoing connections, so that nobody else gets it meanwhile.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 100).unwrap() * 100;
    loop {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
