//! Handing over to a server of this process that answers from a script.

mod certificates;
mod silence;

use tokio::net::TcpListener;

use super::super::email::Email;
use super::super::outcome::FaultKind;
use super::super::text::Letter;
use super::scripted::{Script, Server};
use super::*;

impl Server {
    fn client(&self, user: &str) -> Smtp {
        client(&format!("smtp://{user}127.0.0.1:{}", self.port))
    }
}

fn client(url: &str) -> Smtp {
    Smtp::new(SmtpServer::read(url).unwrap()).unwrap()
}

fn message() -> Message {
    let letter =
        Letter { subject: "Goal".to_owned(), text: "Hello".to_owned(), html: "<p>Hello</p>".to_owned() };
    let email = Email {
        to: ("Li".to_owned(), "li@heyan.example".to_owned()),
        reply_to: None,
        message_id: "<1@room.example>".to_owned(),
        opt_out: None,
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
    let smtp = client(&format!("smtp://127.0.0.1:{port}"));
    assert_eq!(smtp.hand_over(&message()).await.unwrap_err().kind, FaultKind::Network);
}

#[tokio::test]
async fn starttls_is_required_where_it_was_asked_for() {
    let server = Server::start(&[]).await;
    let smtp = client(&format!("smtp+starttls://li:secret@127.0.0.1:{}", server.port));
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
