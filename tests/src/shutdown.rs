//! The end of the process: nobody who asks `/readyz` loses a request, and a mail server that says nothing does not
//! hold it up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use harness::{Cast, Client, MailServer, Setup};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::metrics::late_campaign;

/// What a proxy knows of the replica behind it, asked again and again until the replica is not ready.
async fn watch(base: String, ready: Arc<AtomicBool>) {
    let replica = Client::new(base);
    while replica.get("/readyz").send().await.status == 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ready.store(false, Ordering::SeqCst);
    // Requests that came through before this was known are answered, and so is one that comes now.
    let late = replica.get("/livez").expect(200).await;
    assert_eq!(late.header("connection"), "close", "{late}");
}

#[tokio::test]
async fn told_to_end_under_load_it_fails_no_request_of_those_who_ask_whether_it_is_ready() {
    let setup = Setup::sandbox("2027-02-27T10:00:00+08:00").with("GREENROOM_DRAIN_SECONDS", "2");
    let mut server = setup.start().await;
    let cast = Cast::join(&server).await;
    let (ready, answered) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
    let mut running = JoinSet::new();
    for number in 0..8 {
        let (who, ready, answered) = (cast.lead.client.clone(), Arc::clone(&ready), Arc::clone(&answered));
        running.spawn(async move {
            while ready.load(Ordering::SeqCst) {
                let body =
                    json!({ "name": format!("Show {number}"), "go_live_at": "2027-03-20T20:00:00+08:00" });
                let call = if number % 2 == 0 { who.get("/v1/me") } else { who.post("/v1/campaigns", &body) };
                let answer = call.send().await;
                assert!(answer.status < 500, "{answer}");
                answered.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    running.spawn(watch(server.admin.base().to_owned(), Arc::clone(&ready)));
    while answered.load(Ordering::SeqCst) < 50 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let since = Instant::now();
    let status = server.stop().await;
    assert!(status.success(), "{status}");
    assert!(since.elapsed() >= Duration::from_secs(2), "it went on serving for {:?} only", since.elapsed());
    // A request that failed has panicked in its task.
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
    assert!(!ready.load(Ordering::SeqCst));
}

/// Deliveries that can be under way at once.
const SLOTS: usize = 8;

#[tokio::test]
async fn a_mail_server_that_says_nothing_holds_up_neither_the_end_nor_the_next_start() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let mut server = Setup::new(&["serve"]).with("GREENROOM_SMTP_URL", &url).start().await;
    let cast = Cast::join(&server).await;
    let mut shows = Vec::new();
    for number in 0..SLOTS + 4 {
        shows.push(late_campaign(&cast.lead.client, &format!("late-{number}")).await);
    }
    let mut held = Vec::new();
    while held.len() < SLOTS {
        held.push(silent.accept().await.unwrap());
    }
    let since = Instant::now();
    let status = server.stop().await;
    let took = since.elapsed();
    println!("with {SLOTS} mails that wait for a silent mail server it ended after {took:?}");
    assert!(status.success(), "{status}");
    assert!(took <= Duration::from_secs(10), "it took {took:?}, though nothing was handed over");
    drop((held, silent));
    let smtp = MailServer::start();
    let next = Setup::new(&["serve"]).with("GREENROOM_SMTP_URL", &smtp.url());
    let since = Instant::now();
    let next = next.start_in(Arc::clone(&server.folder)).await;
    let mut attempts = 0;
    for show in &shows {
        let mut sent: Vec<serde_json::Value> = Vec::new();
        while sent.is_empty() || sent.iter().any(|delivery| delivery["status"] != "sent") {
            // A lease would hold them for a minute from their claim, and a try that failed for half a minute.
            let took = since.elapsed();
            assert!(took < Duration::from_secs(20), "not begun, yet held for {took:?}: {sent:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
            let notices = show.notices(&next.admin).await;
            let due = notices.iter().filter(|notice| notice["status"] != "planned");
            sent = due.flat_map(|notice| notice["deliveries"].as_array().unwrap().clone()).collect();
        }
        for delivery in sent {
            assert_eq!(delivery["attempts"], 1, "what was not begun does not count: {delivery:#}");
            attempts += 1;
        }
    }
    println!("{attempts} mails left with the next start after {:?}", since.elapsed());
    assert!(attempts >= SLOTS + 4);
    drop(next);
}

#[tokio::test]
async fn a_mail_server_that_never_says_whether_it_took_a_mail_holds_up_the_end_for_half_a_minute_at_most() {
    let smtp = MailServer::start();
    smtp.delay(120_000);
    let mut server = Setup::new(&["serve"]).with("GREENROOM_SMTP_URL", &smtp.url()).start().await;
    let cast = Cast::join(&server).await;
    late_campaign(&cast.lead.client, "late").await;
    smtp.until(|mails| !mails.is_empty()).await;
    let since = Instant::now();
    let status = server.stop().await;
    println!("with a mail handed over and no word about it it ended after {:?}", since.elapsed());
    assert!(status.success(), "{status}");
    assert!(since.elapsed() <= Duration::from_secs(35), "it took {:?}", since.elapsed());
}
