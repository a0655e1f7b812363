//! Evidence that gets too old: at the exact instant the gate is expired, the campaign is not ready any more, and people
//! are told; new evidence brings both back.

use harness::examples::recheck;
use harness::{Cast, Client, Setup, Show};
use serde_json::{Value, json};

const EVE: &str = "2027-03-19T18:00:00+08:00";

/// Type, gate and instant of the events since one of them.
async fn since(who: &Client, show: &Show, seen: usize) -> Vec<String> {
    let events = show.events(who).await;
    let told = |event: &Value| {
        let text = |member: &str| event[member].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("type"), text("gate"), text("occurred_at"))
    };
    events[seen..].iter().map(told).collect()
}

async fn listed(who: &Client) -> (String, String) {
    let row = who.get("/v1/campaigns").expect(200).await.body["data"][0].clone();
    let gates = row["gates"].as_array().unwrap();
    let gate = gates.iter().find(|gate| gate["gate"] == "equipment_test").unwrap();
    (row["status"].as_str().unwrap().to_owned(), gate["status"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn ready_is_lost_at_the_instant_evidence_expires_and_regained_by_new_evidence() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let (lead, bo) = (&cast.lead.client, &cast.bo.client);
    let show = Show::standard(lead, &json!({})).await;
    show.pass_all(&cast).await;
    let gate = show.gate(lead, "equipment_test").await;
    assert_eq!(gate["expires_at"], "2027-03-20T19:00:00+08:00", "the recheck is due an hour before the show");
    let seen = show.events(lead).await.len();
    server.move_clock("2027-03-20T18:59:59+08:00").await;
    assert_eq!(listed(lead).await, ("ready".to_owned(), "passed".to_owned()));
    server.move_clock("2027-03-20T19:00:30+08:00").await;
    assert_eq!(listed(lead).await, ("preparing".to_owned(), "expired".to_owned()));
    let at_seven = ["gate.expired equipment_test", "campaign.not_ready -"];
    let at_seven = at_seven.map(|event| format!("{event} 2027-03-20T11:00:00Z"));
    assert_eq!(since(lead, &show, seen).await, at_seven);
    let notices = show.notices(lead).await;
    let told: Vec<&Value> = notices.iter().filter(|notice| notice["reason"] == "gate_expired").collect();
    let [told] = told[..] else { panic!("{notices:#?}") };
    assert_eq!((&told["status"], &told["class"]), (&json!("sent"), &json!("critical")), "{told:#}");
    let recipients = told["deliveries"].as_array().unwrap().len();
    assert_eq!(recipients, 4, "the owner, two managers and the admin: {told:#}");
    // Recorded after its time; it holds all the same, and costs no approval.
    let late = json!({ "recheck": {
        "checked_at": "2027-03-20T19:00:00+08:00", "checked_by": "bo@heyan.example",
        "network_ok": true, "audio_ok": true,
    } });
    show.change(lead, "equipment_test", &late).await;
    assert_eq!(listed(lead).await, ("ready".to_owned(), "passed".to_owned()));
    assert_eq!(
        since(lead, &show, seen + 2).await,
        [
            "gate.content_changed equipment_test 2027-03-20T11:00:30Z",
            "gate.passed equipment_test 2027-03-20T11:00:30Z",
            "campaign.ready - 2027-03-20T11:00:30Z",
        ]
    );
    // The tests themselves are good for thirty hours; measured anew, they want a confirmation.
    let go_live = show.amend(lead, &json!({ "go_live_at": "2027-03-21T20:00:00+08:00" })).await;
    assert_eq!(go_live.body["status"], "preparing", "{go_live}");
    server.move_clock("2027-03-20T23:05:00+08:00").await;
    assert_ne!(show.status(lead, "equipment_test").await, "passed");
    bo.get(&show.path("")).expect(200).await;
}

#[tokio::test]
async fn evidence_renewed_in_time_tells_nobody_anything() {
    let server = Setup::sandbox(EVE).start().await;
    let cast = Cast::join(&server).await;
    let lead = &cast.lead.client;
    let show = Show::standard(lead, &json!({})).await;
    show.pass_all(&cast).await;
    server.move_clock("2027-03-20T18:00:00+08:00").await;
    show.change(lead, "equipment_test", &recheck()).await;
    server.move_clock("2027-03-20T19:30:00+08:00").await;
    assert_eq!(listed(lead).await, ("ready".to_owned(), "passed".to_owned()));
    let notices = show.notices(lead).await;
    assert!(notices.iter().all(|notice| notice["reason"] != "gate_expired"), "{notices:#?}");
}
