//! A mail server that falls silent. Time stands still once it has, and jumps to whatever is waited for: half a minute
//! passes in no time.

use std::sync::Arc;

use super::super::scripted::SILENCE;
use super::*;

/// How long a mail may hold its slot, whatever the mail server does.
const SLOT_FREE_WITHIN: Duration = Duration::from_secs(35);

/// Hands a mail over to a server that falls silent at this word: the fault, and how long it took.
async fn until_given_up(smtp: Smtp, server: &Server, word: &str) -> (Fault, Duration) {
    let (smtp, since) = (Arc::new(smtp), tokio::time::Instant::now());
    let handing = tokio::spawn({
        let smtp = Arc::clone(&smtp);
        async move { smtp.hand_over(&message()).await }
    });
    server.until_heard(word).await;
    tokio::time::pause();
    let fault = handing.await.unwrap().unwrap_err();
    let took = since.elapsed();
    tokio::time::resume();
    assert!(smtp.lock().is_empty(), "{word}: the next mail would take the late answer for its own");
    (fault, took)
}

#[tokio::test]
async fn a_server_that_falls_silent_at_any_word_frees_the_slot_in_time() {
    let table: &[(&str, Script)] = &[
        ("HI", &[("HI", SILENCE)]),
        ("EHLO", &[("EHLO", SILENCE)]),
        ("AUTH", &[("AUTH", SILENCE)]),
        ("MAIL", &[("MAIL", SILENCE)]),
        ("RCPT", &[("RCPT", SILENCE)]),
        ("DATA", &[("DATA", SILENCE)]),
        (".", &[(".", SILENCE)]),
    ];
    let words = ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."];
    for (place, (word, script)) in table.iter().enumerate() {
        let server = Server::start(script).await;
        let (fault, took) = until_given_up(server.client("li:secret@"), &server, word).await;
        assert_eq!(fault.kind, FaultKind::Network, "{word}");
        assert!(fault.said.contains("more than 30 s"), "{word}: {}", fault.said);
        assert!(took <= SLOT_FREE_WITHIN, "{word}: {took:?}");
        assert_eq!(server.heard(), [&words[..place]], "{word}");
    }
}

#[tokio::test]
async fn a_server_that_never_begins_its_tls_frees_the_slot_in_time() {
    let server = Server::start(&[("HI", SILENCE)]).await;
    let smtp = client(&format!("smtps://li:secret@127.0.0.1:{}", server.port));
    let (fault, took) = until_given_up(smtp, &server, "HI").await;
    assert_eq!(fault.kind, FaultKind::Network);
    assert!(took <= SLOT_FREE_WITHIN, "{took:?}");
    let offers: Script = &[("EHLO", "250-here\r\n250 STARTTLS"), ("STARTTLS", SILENCE)];
    let server = Server::start(offers).await;
    let smtp = client(&format!("smtp+starttls://li:secret@127.0.0.1:{}", server.port));
    let (fault, took) = until_given_up(smtp, &server, "STARTTLS").await;
    assert_eq!(fault.kind, FaultKind::Network);
    assert!(took <= SLOT_FREE_WITHIN, "{took:?}");
    assert_eq!(server.heard(), [["EHLO", "STARTTLS"]]);
}
