//! A real mail server (aiosmtpd) that keeps every message it accepts and refuses what it is told to.

use std::fmt;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mail_parser::MessageParser;
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::python;

/// Longest wait for mails; the first retry comes after half a minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running mail server.
#[derive(Debug)]
pub struct MailServer {
    folder: Folder,
    port: u16,
    child: Child,
}

/// A message as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its `Message-ID` without angle brackets.
    pub message_id: String,
    /// The one recipient of the envelope.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its `Date`, as an instant.
    pub date: jiff::Timestamp,
    /// When the server had read it, by the machine's clock.
    pub arrived: jiff::Timestamp,
    /// The bytes.
    pub raw: String,
}

impl MailServer {
    /// Starts on a free port.
    pub fn start() -> Self {
        let folder = Folder::beside();
        let log = File::create(folder.path().join("smtp.log")).unwrap();
        let mut command = Command::new(python::python());
        command.arg(python::script("mail/server.py")).arg(folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse();
        let port =
            port.unwrap_or_else(|_| panic!("the mail server does not start:\n{}", folder.read("smtp.log")));
        Self { folder, port, child }
    }

    /// The address for `GREENROOM_SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Answers the next `times` messages to a recipient (`*`: to anybody) with this reply after their data.
    pub fn refuse(&self, recipient: &str, reply: &str, times: u64) {
        let script = json!({ "refuse": { recipient: { "reply": reply, "times": times } } });
        self.tell(&script);
    }

    /// Answers the next `times` wishes to write to a recipient (`*`: to anybody) with this reply, before any data.
    pub fn turn_away(&self, recipient: &str, reply: &str, times: u64) {
        self.tell(&json!({ "turn_away": { recipient: { "reply": reply, "times": times } } }));
    }

    /// Keeps the next message to a recipient and hangs up without a word.
    pub fn drop_once(&self, recipient: &str) {
        self.tell(&json!({ "drop": { recipient: { "times": 1 } } }));
    }

    /// Says nothing more to the next who wishes to write to each of these.
    pub fn stall_once(&self, recipients: &[&str]) {
        let once = |recipient: &&str| ((*recipient).to_owned(), json!({ "times": 1 }));
        let stall: serde_json::Map<String, Value> = recipients.iter().map(once).collect();
        self.tell(&json!({ "stall": stall }));
    }

    /// Lets nobody write who does not sign in with this password.
    pub fn demand_password(&self, password: &str) {
        self.tell(&json!({ "password": password }));
    }

    /// Takes this long before it answers to a message, so that a crash can fall in between.
    pub fn delay(&self, milliseconds: u64) {
        self.tell(&json!({ "delay_ms": milliseconds }));
    }

    fn tell(&self, script: &Value) {
        let new = self.folder.path().join("script.new");
        std::fs::write(&new, script.to_string()).unwrap();
        std::fs::rename(new, self.folder.path().join("script.json")).unwrap();
    }

    /// Every message accepted so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.folder
            .read("messages.jsonl")
            .lines()
            .map(|line| Mail::of(&serde_json::from_str(line).unwrap()))
            .collect()
    }

    /// Waits until what was accepted looks like this: retries follow the machine's clock.
    pub async fn until(&self, wanted: impl Fn(&[Mail]) -> bool) {
        let since = std::time::Instant::now();
        while !wanted(&self.mails()) {
            assert!(since.elapsed() < PATIENCE, "the mails do not come: {:?}", self.mails());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// `Message-ID` and recipient of every message refused so far, in order.
    pub fn refused(&self) -> Vec<(String, String)> {
        let lines = self.folder.read("refused.jsonl");
        let mails = lines.lines().map(|line| Mail::of(&serde_json::from_str(line).unwrap()));
        mails.map(|mail| (mail.message_id, mail.to)).collect()
    }

    /// Recipients turned away so far, in order.
    pub fn turned_away(&self) -> Vec<String> {
        self.kept("turned_away.jsonl", |line| line["to"].as_str().unwrap().to_owned())
    }

    /// Of each who tried to sign in so far, whether the password was the right one.
    pub fn sign_ins(&self) -> Vec<bool> {
        self.kept("sign_ins.jsonl", |line| line["right"].as_bool().unwrap())
    }

    /// How many were told nothing more so far.
    pub fn stalls_begun(&self) -> usize {
        self.kept("stalling.jsonl", |_| ()).len()
    }

    /// How long those waited who hung up since.
    pub fn stalls_ended(&self) -> Vec<Duration> {
        self.kept("stalled.jsonl", |line| Duration::from_millis(line["ms"].as_u64().unwrap()))
    }

    fn kept<T>(&self, name: &str, read: impl Fn(&Value) -> T) -> Vec<T> {
        self.folder.read(name).lines().map(|line| read(&serde_json::from_str(line).unwrap())).collect()
    }

    /// What Python's own parser makes of every message.
    pub fn as_python_reads_them(&self) -> Value {
        python::run("mail/read.py", &[self.folder.path().join("messages.jsonl").as_os_str()])
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may be gone already; either way nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Mail {
    fn of(line: &Value) -> Self {
        let raw = line["data"].as_str().unwrap();
        let message = MessageParser::default().parse(raw.as_bytes()).expect("a message");
        let recipients = line["rcpt_tos"].as_array().unwrap();
        assert_eq!(recipients.len(), 1, "one message, one recipient: {line}");
        let date = message.date().expect("a date").to_timestamp();
        Self {
            message_id: message.message_id().expect("a Message-ID").to_owned(),
            to: recipients[0].as_str().unwrap().to_owned(),
            subject: message.subject().expect("a subject").to_owned(),
            text: message.body_text(0).expect("a text").into_owned(),
            date: jiff::Timestamp::from_second(date).unwrap(),
            arrived: jiff::Timestamp::from_microsecond(line["arrived_us"].as_i64().unwrap()).unwrap(),
            raw: raw.to_owned(),
        }
    }
}

impl fmt::Display for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} <{}>", self.date, self.to, self.subject, self.message_id)
    }
}
