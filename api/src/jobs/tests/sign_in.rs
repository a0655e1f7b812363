//! A mail server that does not accept who we are is left in peace, and what it did not take goes out afterwards.

use std::time::Instant;

use jiff::SignedDuration;

use super::*;
use crate::delivery::scripted::Server;

#[tokio::test]
async fn what_was_not_taken_for_a_wrong_password_goes_out_after_the_pause() {
    let server = Server::start(&[("AUTH", "535 5.7.8 who are you")]).await;
    let url = format!("smtp://li:secret@127.0.0.1:{}", server.port);
    let room = Room::with_mail_server("2027-02-24T01:00:00Z", url).await;
    room.service.clock.move_to(at(D3)).unwrap();
    let before = room.service.clock.real_now();
    run_all(&room.service).await.unwrap();
    assert_eq!(send::step(&room.service).await.unwrap(), 0, "sending pauses");
    let (notice, deliveries) = room.goal("d3").await;
    let first = &deliveries[0];
    assert_eq!(notice.status, Ledger::Sending);
    assert_eq!((first.status, first.attempts), (DeliveryStatus::Pending, 1));
    assert!(first.last_error.as_deref().unwrap().contains("who are you"), "{first:?}");
    let wait = first.next_attempt_at.duration_since(before).as_secs();
    assert!((300..330).contains(&wait), "{wait} s");
    assert_eq!(server.heard(), [["EHLO", "AUTH"]]);
    server.answers(&[]);
    let claimed = room.claim_after(SignedDuration::from_secs(330)).await;
    send::deliver(&room.service, claimed, Instant::now()).await;
    let (notice, deliveries) = room.goal("d3").await;
    assert_eq!(notice.status, Ledger::Sent);
    assert_eq!((deliveries[0].status, deliveries[0].attempts), (DeliveryStatus::Sent, 2));
    assert_eq!(deliveries[0].message_id, first.message_id);
    assert_eq!(server.heard()[1], ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."]);
}
