//! A mail server of this process that answers from a script, for tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// What the server answers instead of the usual, by the word a command starts with; an empty answer hangs up, and
/// [`SILENCE`] is none at all. `.` is the end of a mail, `HI` the greeting.
pub(crate) type Script = &'static [(&'static str, &'static str)];

/// The answer of a server that stays connected and says nothing any more.
pub(crate) const SILENCE: &str = "(silence)";

/// The commands of each connection.
type Heard = Arc<Mutex<Vec<Vec<String>>>>;

/// A server that answers by its script, and the commands of each connection it got.
pub(crate) struct Server {
    pub(crate) port: u16,
    script: Arc<Mutex<Script>>,
    heard: Heard,
}

/// One connection: what it is answered and where its commands are kept.
#[derive(Clone)]
pub(super) struct Session {
    script: Arc<Mutex<Script>>,
    heard: Heard,
    place: usize,
}

impl Server {
    /// Serves without TLS.
    pub(crate) async fn start(script: Script) -> Self {
        Self::start_with(script, |stream, session| async move {
            session.answer(stream).await;
        })
        .await
    }

    /// Serves each connection with this.
    pub(super) async fn start_with<F>(
        script: Script,
        serve: impl Fn(tokio::net::TcpStream, Session) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, script: Arc::new(Mutex::new(script)), heard: Heard::default() };
        let (script, heard) = (Arc::clone(&server.script), Arc::clone(&server.heard));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let place = {
                    let mut heard = heard.lock().unwrap();
                    heard.push(Vec::new());
                    heard.len() - 1
                };
                let (script, heard) = (Arc::clone(&script), Arc::clone(&heard));
                tokio::spawn(serve(stream, Session { script, heard, place }));
            }
        });
        server
    }

    /// Answers by another script from now on.
    pub(crate) fn answers(&self, script: Script) {
        *self.script.lock().unwrap() = script;
    }

    /// The commands of each connection so far.
    pub(crate) fn heard(&self) -> Vec<Vec<String>> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until this command has come; a connection is enough where it is the greeting.
    pub(super) async fn until_heard(&self, word: &str) {
        let is_there = |heard: Vec<Vec<String>>| {
            heard.last().is_some_and(|words| word == "HI" || words.iter().any(|one| one == word))
        };
        while !is_there(self.heard()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Session {
    /// Greets and answers until the client has gone; the stream itself once TLS is to begin on it.
    pub(super) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> Option<S> {
        let mut stream = BufReader::new(stream);
        say(&mut stream, self.scripted("HI", "220 ready")).await?;
        let mut in_mail = false;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if in_mail && line != "." {
                continue;
            }
            let word = line.split([' ', ':']).next().unwrap_or_default();
            self.heard.lock().unwrap()[self.place].push(word.to_owned());
            let said = self.scripted(word, usual(word));
            in_mail = word == "DATA" && said.starts_with("354");
            say(&mut stream, said).await?;
            if word == "STARTTLS" && said.starts_with("220") {
                return Some(stream.into_inner());
            }
        }
    }

    fn scripted(&self, word: &str, usual: &'static str) -> &'static str {
        let script = *self.script.lock().unwrap();
        script.iter().find(|(start, _)| *start == word).map_or(usual, |(_, answer)| answer)
    }
}

fn usual(word: &str) -> &'static str {
    match word {
        "EHLO" => "250-here\r\n250 AUTH PLAIN LOGIN",
        "STARTTLS" => "220 go on",
        "AUTH" => "235 welcome",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 ok",
    }
}

async fn say(stream: &mut (impl AsyncWrite + Unpin), said: &str) -> Option<()> {
    match said {
        "" => None,
        SILENCE => std::future::pending().await,
        said => stream.write_all(format!("{said}\r\n").as_bytes()).await.ok(),
    }
}
