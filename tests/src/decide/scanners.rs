//! Mail scanners and link previews follow every address in a mail. Nothing may come of it.

use std::collections::BTreeSet;
use std::process::Command;

use harness::show::all;
use reqwest::Method;
use serde_json::{Value, json};

use super::*;

/// How often each address is asked by each method.
const TIMES: usize = 50;

/// Everything that people could tell had changed.
async fn state(room: &Room, show: &Show) -> Value {
    let who = &room.server.admin;
    let mut gates = Vec::new();
    for gate in harness::examples::GATES {
        gates.push(show.gate(who, gate).await);
    }
    let members = all(who, "/v1/members?limit=200").await;
    json!({
        "campaign": show.view(who).await, "gates": gates, "members": members,
        "events": show.events(who).await, "notices": show.notices(who).await,
    })
}

/// Renders a page without a click, scripts allowed, and gives what became of it.
fn rendered(room: &Room, address: &str) -> String {
    let profile = format!("--user-data-dir={}", room.server.folder.path().join("chromium").display());
    let page = format!("{}{address}", room.server.admin.base());
    let how = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"];
    let run = Command::new("chromium").args(how).arg(&profile).arg(&page).output();
    let run = run.unwrap_or_else(|cause| panic!("chromium: {cause}; install Debian's package chromium"));
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

#[tokio::test]
async fn whoever_only_looks_changes_nothing() {
    let room = Room::open().await;
    let show = room.submitted().await;
    // Reminders, and a code that is waited for, add their addresses.
    let asked = room.link(&room.su);
    room.visitor().send(&format!("{asked}/code"), &[]).await;
    room.code(&room.su, 0).await;
    room.server.move_clock("2027-02-27T10:05:00+08:00").await;
    let mails = room.smtp.mails();
    let found: BTreeSet<String> =
        mails.iter().flat_map(|mail| addresses(&mail.text).into_iter().chain(opt_out(mail))).collect();
    let kinds: BTreeSet<&str> = found.iter().map(|link| link.split('/').nth(1).unwrap()).collect();
    assert_eq!(kinds, BTreeSet::from(["decide", "unsubscribe"]), "{found:#?}");
    let html: usize = mails.iter().map(|mail| mail.raw.matches("List-Unsubscribe-Post").count()).sum();
    assert!(html > 0, "one click is offered");
    let before = state(&room, &show).await;
    for link in &found {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let http = Client::new(room.server.admin.base());
            for _ in 0..TIMES {
                let answer = http.call(method.clone(), link).send().await;
                let fine = answer.status == 200 || method == Method::OPTIONS && answer.status < 500;
                assert!(fine, "{answer}");
            }
        }
        let page = rendered(&room, link);
        assert!(page.contains("<form method=\"post\""), "{page}");
    }
    let sent = room.smtp.mails().len();
    assert_eq!(state(&room, &show).await, before);
    assert_eq!(sent, mails.len(), "nobody was sent anything");
    // The link is as good as before.
    let bo = room.link(&room.bo);
    let mut of_bo = room.known(&room.bo, &bo).await;
    assert_eq!(of_bo.decide(&bo, "approve").await.status, 303);
}
