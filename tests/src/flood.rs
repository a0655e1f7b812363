//! Ten thousand messages due in the same second, on three replicas: each makes exactly one delivery.

/// Measured alone, since what others ask of the machine would be measured too.
mod alone {
    mod postgres_only {
        use std::collections::BTreeSet;
        use std::sync::Arc;
        use std::time::{Duration, Instant};

        use harness::sink::{Sink, Taken};
        use harness::{Cast, Database, Folder, Setup, Show, machine_time};
        use jiff::Timestamp;
        use serde_json::json;

        const MESSAGES: usize = 10_000;
        /// Longest wait for the last of them. The promise is a minute, of a release build; the builds of tests are not
        /// optimised. What it took is printed.
        const PATIENCE: Duration = Duration::from_secs(300);

        /// Copies the one campaign there is, with its gates and one reminder each, and makes the reminders due at `$T`.
        /// Over HTTP that would take the minutes that the test is not about.
        const COPY: &str = r"
        CREATE TEMP TABLE fresh AS SELECT gen_random_uuid() AS id FROM generate_series(2, $MESSAGES);
        CREATE TEMP TABLE reminder AS SELECT * FROM notice
            WHERE reason = 'gate_due' AND subject = 'goal' ORDER BY planned_at LIMIT 1;
        INSERT INTO campaign SELECT (jsonb_populate_record(c, jsonb_build_object(
            'id', f.id, 'external_ref', NULL))).* FROM campaign c CROSS JOIN fresh f;
        INSERT INTO gate SELECT (jsonb_populate_record(g, jsonb_build_object(
            'campaign_id', f.id))).* FROM gate g CROSS JOIN fresh f;
        INSERT INTO notice SELECT (jsonb_populate_record(r, jsonb_build_object(
            'id', f.id, 'campaign_id', f.id, 'key', replace(r.key, r.campaign_id::text, f.id::text)))).*
            FROM reminder r CROSS JOIN fresh f;
        DELETE FROM notice WHERE occurrence <> (SELECT occurrence FROM reminder)
            OR subject <> 'goal' OR reason <> 'gate_due';
        ANALYZE;
        UPDATE notice SET planned_at = '$T', not_after = '2999-01-01T00:00:00.000000Z';
    ";

        /// Leaves the organization with so many campaigns whose reminders are due in a while; answers when.
        fn copies(database: &Database) -> Timestamp {
            let due = machine_time() + Duration::from_secs(20);
            let text = due.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string();
            database.ask(&COPY.replace("$MESSAGES", &MESSAGES.to_string()).replace("$T", &text));
            let due: Timestamp = text.parse().unwrap();
            assert!(machine_time() < due, "copying took longer than expected");
            due
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn ten_thousand_messages_due_at_once_make_one_delivery_each_on_three_replicas() {
            let sink = Sink::start().await;
            let setup =
                Setup::new(&["serve"]).with("GREENROOM_SMTP_URL", &sink.url()).with("RUST_LOG", "warn");
            let folder = Arc::new(Folder::new());
            let first = setup.clone().start_in(Arc::clone(&folder)).await;
            let cast = Cast::join(&first).await;
            let go_live_at = machine_time() + Duration::from_secs(60 * 24 * 3_600);
            Show::standard(
                &cast.lead.client,
                &json!({ "go_live_at": go_live_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() }),
            )
            .await;
            let _others = [
                setup.clone().start_in(Arc::clone(&folder)).await,
                setup.start_in(Arc::clone(&folder)).await,
            ];
            let database = folder.database().expect("PostgreSQL");
            let due = copies(database);
            let since = Instant::now();
            while sink.taken().len() < MESSAGES {
                assert!(since.elapsed() < PATIENCE, "{} of {MESSAGES} came", sink.taken().len());
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            let pending = "SELECT count(*) FROM notice WHERE status IN ('planned', 'sending')";
            while database.ask(pending).trim() != "0" {
                assert!(since.elapsed() < PATIENCE, "the ledger does not end: {}", database.ask(pending));
            }
            each_came_once(&sink.taken(), database);
            lateness(&sink.taken(), due);
        }

        fn each_came_once(taken: &[Taken], database: &Database) {
            let ids: BTreeSet<&str> = taken.iter().map(|one| one.message_id.as_str()).collect();
            assert_eq!((taken.len(), ids.len()), (MESSAGES, MESSAGES));
            let rows = database.ask(
                "SELECT n.status, d.status, d.attempts, count(*), count(DISTINCT n.id) \
             FROM notice n JOIN delivery d ON d.notice_id = n.id GROUP BY 1, 2, 3",
            );
            assert_eq!(rows.trim(), format!("sent|sent|1|{MESSAGES}|{MESSAGES}"));
        }

        fn lateness(taken: &[Taken], due: Timestamp) {
            let mut late: Vec<i128> =
                taken.iter().map(|one| one.at.duration_since(due).as_millis()).collect();
            late.sort_unstable();
            let at = |part: usize| late[(late.len() * part / 1_000).min(late.len() - 1)];
            let text = format!(
                "{MESSAGES} messages due in one second, three replicas: late p50 {} ms, p99 {} ms; drained after {} ms\n",
                at(500),
                at(990),
                at(1_000)
            );
            println!("{text}");
            if let Ok(folder) = std::env::var("GREENROOM_TEST_TARGET") {
                std::fs::write(format!("{folder}/flood.txt"), &text).unwrap();
            }
            assert!(late[0] >= 0, "nothing is sent before its time");
        }
    }
}
