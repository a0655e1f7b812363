//! A mail server whose certificate nobody vouches for learns no password and gets no mail.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::super::scripted::Session;
use super::*;

const OFFERS_TLS: Script = &[("EHLO", "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN")];

/// TLS with a certificate for `127.0.0.1` that signed itself. Its key is known to everybody.
fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("self_signed.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("self_signed.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()))
}

/// Serves over TLS from the start.
async fn over_tls(stream: TcpStream, session: Session) {
    if let Ok(stream) = acceptor().accept(stream).await {
        session.answer(stream).await;
    }
}

/// Serves over TLS once it was asked for.
async fn after_starttls(stream: TcpStream, session: Session) {
    if let Some(stream) = session.answer(stream).await {
        over_tls(stream, session).await;
    }
}

async fn fault_of(scheme: &str, server: &Server) -> Fault {
    let smtp = client(&format!("{scheme}://li:secret@127.0.0.1:{}", server.port));
    smtp.hand_over(&message()).await.unwrap_err()
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_given_no_password() {
    let server = Server::start_with(&[], over_tls).await;
    let fault = fault_of("smtps", &server).await;
    assert_eq!(fault.kind, FaultKind::Network);
    assert!(fault.said.contains("certificate"), "{}", fault.said);
    assert_eq!(server.heard(), [[""; 0]]);
}

#[tokio::test]
async fn nor_is_it_after_starttls() {
    let server = Server::start_with(OFFERS_TLS, after_starttls).await;
    let fault = fault_of("smtp+starttls", &server).await;
    assert_eq!(fault.kind, FaultKind::Network);
    assert!(fault.said.contains("certificate"), "{}", fault.said);
    assert_eq!(server.heard(), [["EHLO", "STARTTLS"]]);
}

#[tokio::test]
async fn a_server_that_takes_its_offer_of_tls_back_is_given_no_password_either() {
    let server = Server::start(const { &[OFFERS_TLS[0], ("STARTTLS", "454 not today")] }).await;
    assert_eq!(fault_of("smtp+starttls", &server).await.kind, FaultKind::Transient);
    let heard = server.heard();
    assert!(!heard.iter().flatten().any(|word| word == "AUTH" || word == "MAIL"), "{heard:?}");
}
