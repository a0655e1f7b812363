//! Several processes on one database: what one of them had taken up when it died is done by the others.

mod postgres_only {
    use std::collections::BTreeSet;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use harness::{Cast, Client, Folder, MailServer, Setup, Show, machine_time};
    use serde_json::json;

    /// The lease of what the dead one held, and what the others take to notice (promise 2).
    const ENDS_WITHIN: Duration = Duration::from_secs(75);

    #[tokio::test]
    async fn what_a_replica_had_claimed_when_it_was_killed_is_sent_by_the_others_within_75_seconds() {
        let smtp = MailServer::start();
        let setup = Setup::new(&["serve"]).with("GREENROOM_SMTP_URL", &smtp.url());
        let folder = Arc::new(Folder::new());
        let mut first = setup.clone().start_in(Arc::clone(&folder)).await;
        let cast = Cast::join(&first).await;
        let everybody = ["bo@heyan.example", "su@heyan.example", "admin@localhost"];
        smtp.stall_once(&everybody);
        // Due so long ago that managers and admins hear of it at once, whatever the hour.
        let go_live_at = machine_time() + Duration::from_secs(15 * 24 * 3_600);
        let go_live_at = go_live_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let show = Show::standard(&cast.lead.client, &json!({ "go_live_at": go_live_at })).await;
        let since = Instant::now();
        while smtp.stalls_begun() < everybody.len() {
            assert!(since.elapsed() < Duration::from_secs(20), "{} claimed", smtp.stalls_begun());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let second = setup.clone().start_in(Arc::clone(&folder)).await;
        let _third = setup.start_in(Arc::clone(&folder)).await;
        let lead = second.admin.with_key(cast.lead.client.key().unwrap());
        let claimed = with_status(&show, &lead, "sending").await;
        assert_eq!(claimed, everybody.len());
        first.kill();
        let killed = Instant::now();
        while with_status(&show, &lead, "sending").await + with_status(&show, &lead, "pending").await > 0 {
            assert!(killed.elapsed() < ENDS_WITHIN, "{:?}", smtp.mails());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!("all claims had ended {:.1} s after the kill", killed.elapsed().as_secs_f64());
        let mails = smtp.mails();
        assert_eq!(mails.len(), with_status(&show, &lead, "sent").await);
        let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
        assert_eq!(ids.len(), mails.len(), "some mail came twice");
        for email in everybody {
            assert!(mails.iter().any(|mail| mail.to == email), "{email}");
        }
    }

    /// Deliveries of a campaign that have come so far.
    async fn with_status(show: &Show, who: &Client, status: &str) -> usize {
        let ledger = show.notices(who).await;
        let deliveries = ledger.iter().flat_map(|notice| notice["deliveries"].as_array().unwrap());
        deliveries.filter(|delivery| delivery["status"] == status).count()
    }
}
