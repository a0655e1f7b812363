//! Sixty-four callers on three replicas decide on the same gate at once, a thousand times: one of them does.

mod postgres_only {
    use std::sync::Arc;

    use harness::examples::content;
    use harness::people::{Person, key};
    use harness::{Client, Folder, Server, Setup, Show};
    use serde_json::{Value, json};
    use tokio::task::JoinSet;

    const ROUNDS: usize = 1_000;
    const CALLERS: usize = 64;
    const REPLICAS: usize = 3;
    /// Managers who share the callers.
    const MANAGERS: usize = 4;
    /// Rounds on one campaign, since its history grows with each.
    const ROUNDS_EACH: usize = 20;

    struct Crowd {
        lead: Client,
        /// Each has a key of their own, at one of the replicas.
        callers: Vec<Client>,
    }

    impl Crowd {
        async fn gather(servers: &[Server]) -> Self {
            let admin = &servers[0].admin;
            let lead = Person::join(admin, "ops.lead@heyan.example", "operator", &[]).await.client;
            let mut managers = Vec::new();
            for number in 0..MANAGERS {
                managers.push(Person::join(admin, &format!("m{number}@heyan.example"), "manager", &[]).await);
            }
            let mut callers = Vec::new();
            for number in 0..CALLERS {
                let owner = &managers[number % MANAGERS].id;
                let own = key(admin, &json!({ "name": format!("key {number}"), "member_id": owner })).await;
                let at = servers[number % REPLICAS].admin.base();
                callers.push(Client::new(at).with_key(own.key().unwrap()));
            }
            Self { lead, callers }
        }

        /// A campaign whose goal has been filled and ticked.
        async fn begin(&self) -> Show {
            let changes = json!({ "external_ref": null, "gates": { "goal": content("goal") } });
            let show = Show::standard(&self.lead, &changes).await;
            show.tick_all(&self.lead, "goal").await;
            show
        }

        /// All decide on what waits for review; exactly one is not told that somebody else did.
        async fn decide(&self, show: &Show, revision: &Value) {
            let body = json!({ "verdict": "approve", "revision": revision });
            let mut calls = JoinSet::new();
            for caller in &self.callers {
                calls.spawn(caller.post(&show.gate_path("goal", "/decisions"), &body).send());
            }
            let answers = calls.join_all().await;
            let winners = answers.iter().filter(|answer| answer.status == 200).count();
            assert_eq!(winners, 1);
            for loser in answers.iter().filter(|answer| answer.status != 200) {
                loser.is_problem(409, "gate.wrong_status");
            }
        }
    }

    fn count(events: &[Value], kind: &str) -> usize {
        events.iter().filter(|event| event["type"] == kind).count()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_sixty_four_who_decide_at_once_on_three_replicas_one_wins_a_thousand_times() {
        let folder = Arc::new(Folder::new());
        let mut servers = Vec::new();
        for _ in 0..REPLICAS {
            servers.push(Setup::new(&["serve"]).with("RUST_LOG", "warn").start_in(Arc::clone(&folder)).await);
        }
        let crowd = Crowd::gather(&servers).await;
        for _ in 0..ROUNDS / ROUNDS_EACH {
            let show = crowd.begin().await;
            for round in 0..ROUNDS_EACH {
                let submitted = show.submit(&crowd.lead, "goal").await;
                crowd.decide(&show, &submitted["revision"]).await;
                let again = json!({ "reason": format!("round {round}") });
                let reopened = crowd.callers[0].post(&show.gate_path("goal", "/reopen"), &again).expect(200);
                assert_eq!(reopened.await.body["status"], "open");
            }
            let events = show.events(&crowd.lead).await;
            assert_eq!(
                (count(&events, "gate.decided"), count(&events, "gate.passed")),
                (ROUNDS_EACH, ROUNDS_EACH)
            );
        }
    }
}
