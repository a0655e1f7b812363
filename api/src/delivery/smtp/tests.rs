//! Handing over to a server of this process that answers from a script.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::super::email::Email;
use super::super::outcome::FaultKind;
use super::super::text::Letter;
use super::*;

/// What the server answers instead of the usual, by the word a command starts with; an empty answer hangs up.
/// `.` is the end of a mail, `HI` the greeting.
type Script = &'static [(&'static str, &'static str)];

/// A server that answers by its script, and the commands of each connection it got.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Server {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let server = Self { port, heard: Arc::clone(&heard) };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let place = {
                    let mut heard = heard.lock().unwrap();
                    heard.push(Vec::new());
                    heard.len() - 1
                };
                tokio::spawn(answer(stream, script, Arc::clone(&heard), place));
            }
        });
        server
    }

    fn client(&self, user: &str) -> Smtp {
        Smtp::new(SmtpServer::read(&format!("smtp://{user}127.0.0.1:{}", self.port)).unwrap()).unwrap()
    }

    fn heard(&self) -> Vec<Vec<String>> {
        self.heard.lock().unwrap().clone()
    }
}

/// Serves one connection; nothing when the client has gone.
async fn answer(
    stream: TcpStream,
    script: Script,
    heard: Arc<Mutex<Vec<Vec<String>>>>,
    place: usize,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let scripted = |word: &str, usual: &'static str| {
        script.iter().find(|(start, _)| *start == word).map_or(usual, |(_, answer)| answer)
    };
    stream.write_all(format!("{}\r\n", scripted("HI", "220 ready")).as_bytes()).await.ok()?;
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
        heard.lock().unwrap()[place].push(word.to_owned());
        let usual = match word {
            "EHLO" => "250-here\r\n250 AUTH PLAIN LOGIN",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let said = scripted(word, usual);
        in_mail = word == "DATA" && said.starts_with("354");
        if said.is_empty() {
            return None;
        }
        stream.write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
    }
}

fn message() -> Message {
    let letter =
        Letter { subject: "Goal".to_owned(), text: "Hello".to_owned(), html: "<p>Hello</p>".to_owned() };
    let email = Email {
        to: ("Li".to_owned(), "li@heyan.example".to_owned()),
        reply_to: None,
        message_id: "<1@room.example>".to_owned(),
        thread: "<campaign.7@room.example>".to_owned(),
        date: "2027-03-09T10:00:00Z".parse().unwrap(),
        letter,
    };
    email.build(&"Greenroom <mail@room.example>".parse().unwrap()).unwrap()
}

#[tokio::test]
async fn what_the_server_answers_decides_what_becomes_of_a_mail() {
    let table: &[(Script, Result<(), FaultKind>)] = &[
        (&[], Ok(())),
        (&[("RCPT", "451 greylisted")], Err(FaultKind::Transient)),
        (&[("MAIL", "421 too busy")], Err(FaultKind::Transient)),
        (&[(".", "452 disk full")], Err(FaultKind::Transient)),
        (&[("RCPT", "550 no such user")], Err(FaultKind::Permanent)),
        (&[(".", "554 spam")], Err(FaultKind::Permanent)),
        (&[("AUTH", "535 who are you")], Err(FaultKind::Authentication)),
        (&[("MAIL", "530 sign in first")], Err(FaultKind::Authentication)),
        (&[("HI", "554 closed today")], Err(FaultKind::Network)),
        (&[("HI", "hello there")], Err(FaultKind::Network)),
        (&[("EHLO", "")], Err(FaultKind::Network)),
        (&[(".", "")], Err(FaultKind::Network)),
    ];
    for (script, expected) in table {
        let server = Server::start(script).await;
        let outcome = server.client("li:secret@").hand_over(&message()).await;
        assert_eq!(outcome.map_err(|fault| fault.kind), *expected, "{script:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again_later() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let smtp = Smtp::new(SmtpServer::read(&format!("smtp://127.0.0.1:{port}")).unwrap()).unwrap();
    assert_eq!(smtp.hand_over(&message()).await.unwrap_err().kind, FaultKind::Network);
}

#[tokio::test]
async fn starttls_is_required_where_it_was_asked_for() {
    let server = Server::start(&[]).await;
    let url = format!("smtp+starttls://li:secret@127.0.0.1:{}", server.port);
    let smtp = Smtp::new(SmtpServer::read(&url).unwrap()).unwrap();
    assert_eq!(smtp.hand_over(&message()).await.unwrap_err().kind, FaultKind::Network);
    assert_eq!(server.heard(), [["EHLO"]]);
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_mail_but_not_after_a_failure() {
    let server = Server::start(&[]).await;
    let smtp = server.client("");
    smtp.hand_over(&message()).await.unwrap();
    smtp.hand_over(&message()).await.unwrap();
    let mail = ["MAIL", "RCPT", "DATA", "."];
    let expected: Vec<&str> = ["EHLO"].into_iter().chain(mail).chain(["NOOP"]).chain(mail).collect();
    assert_eq!(server.heard(), [expected]);
    let server = Server::start(&[(".", "")]).await;
    let smtp = server.client("");
    for _ in 0..2 {
        smtp.hand_over(&message()).await.unwrap_err();
    }
    assert_eq!(server.heard().len(), 2);
}

#[test]
fn a_password_never_goes_over_a_foreign_network_in_plain_text() {
    let usable = |url: &str| Smtp::new(SmtpServer::read(url).unwrap()).map(|_| ());
    let refused = Err(SmtpError::PasswordInPlainText);
    assert_eq!(usable("smtp://li:secret@mail.example.com"), refused);
    assert_eq!(usable("smtp://li:secret@10.0.0.1:2525"), refused);
    assert_eq!(usable("smtp://li:secret@localhost.example.com"), refused);
    for url in [
        "smtp://mail.example.com",
        "smtp://li:secret@localhost:2525",
        "smtp://li:secret@127.0.0.2",
        "smtp://li:secret@[::1]:2525",
        "smtp+starttls://li:secret@mail.example.com",
        "smtps://li:secret@mail.example.com",
    ] {
        assert_eq!(usable(url), Ok(()), "{url}");
    }
}
