//! Short journeys, one after another, until the process is gone: create, edit, tick, submit, and two managers who
//! decide at the same moment, each at another replica.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use harness::client::Call;
use harness::examples::content;
use harness::show::{COMMENT, tick};
use harness::{Answer, Client, Show};
use serde_json::{Value, json};

use super::Trouble;
use super::log::{Log, Open, Step};
use super::ring::Seat;

/// How long a walker waits after a journey that the database broke off.
const BEFORE_ANOTHER: Duration = Duration::from_millis(100);

/// One walker at a process; decisions are also made at the next.
pub(super) struct Walker {
    pub(super) seat: Seat,
    pub(super) next: Seat,
    pub(super) log: Log,
    pub(super) trouble: Trouble,
}

/// The process is gone or cannot now; nobody knows what it did with the last wish.
#[derive(Debug)]
pub(super) struct Gone;

impl Walker {
    /// Begins journey after journey until told to stop, or until the process is gone.
    pub(super) async fn walk(&self, prefix: String, stop: &AtomicBool) {
        for number in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            if self.journey(&format!("{prefix}-{number}"), stop).await.is_err() {
                match self.trouble {
                    Trouble::Kill => return,
                    Trouble::Crash => tokio::time::sleep(BEFORE_ANOTHER).await,
                }
            }
        }
    }

    async fn journey(&self, name: &str, stop: &AtomicBool) -> Result<(), Gone> {
        let created = self.post(Step::Create, name, self.creation(name)).await?;
        self.remember_creation(name, &created);
        let show = Show { id: created.text_at("/id").to_owned() };
        let edited = self.edit(name, &show).await?;
        for item in edited["checklist"].as_array().unwrap().iter().filter(|item| item["required"] == true) {
            if stop.load(Ordering::Relaxed) {
                return Err(Gone);
            }
            self.tick(name, &show, item).await?;
        }
        let submitted = self.post(Step::Submit, name, self.submission(&show)).await?;
        self.remember_submission(name, &submitted);
        let revision = &submitted.body["revision"];
        let [bo, su] = [(0, &self.seat), (1, &self.next)].map(|(number, seat)| {
            self.post(Step::Approve(number), name, approval(&seat.managers[number], &show, revision))
        });
        self.log.decides(name);
        let (one, two) = tokio::join!(bo, su);
        let answers: Vec<&Answer> = one.iter().chain(&two).collect();
        self.remember_decisions(name, &answers);
        one.and(two).map(drop)
    }

    fn creation(&self, name: &str) -> Call {
        let mut body = harness::examples::campaign();
        json_patch::merge(
            &mut body,
            &json!({
                "external_ref": name, "room_ref": name, "account_ref": name, "gates": { "goal": content("goal") },
            }),
        );
        self.seat.lead.post("/v1/campaigns", &body)
    }

    async fn edit(&self, name: &str, show: &Show) -> Result<Value, Gone> {
        let edit = json!({ "stop_loss": format!("limit of {name}") });
        // A content that came with its campaign has version 1.
        let call = self.seat.lead.patch(&show.gate_path("goal", "/content"), &edit).if_match("\"1\"");
        let edited = self.answered(call).await?;
        assert_eq!(edited.status, 200, "{edited}");
        self.log.acknowledge(name, |campaign| campaign.content = Some(edited.body["content"].clone()));
        Ok(edited.body)
    }

    async fn tick(&self, name: &str, show: &Show, item: &Value) -> Result<(), Gone> {
        let key = item["key"].as_str().unwrap();
        let path = show.gate_path("goal", &format!("/checklist/{key}"));
        let body = tick(item["evidence_required"].as_str().unwrap());
        let ticked = self.answered(self.seat.lead.put(&path, &body)).await?;
        assert_eq!(ticked.status, 200, "{ticked}");
        self.log.acknowledge(name, |campaign| {
            campaign.ticked.insert(key.to_owned());
        });
        Ok(())
    }

    fn submission(&self, show: &Show) -> Call {
        self.seat.lead.post(&show.gate_path("goal", "/submission"), &json!({ "comment": COMMENT }))
    }

    /// Sends a call; whoever is away, or says that they cannot now, may have done it or not. A process whose database
    /// is away answers all the same.
    async fn answered(&self, call: Call) -> Result<Answer, Gone> {
        match call.try_send().await {
            Ok(answer) if answer.status == 503 => {
                self.log.unavailable(&answer);
                Err(Gone)
            }
            Ok(answer) => Ok(answer),
            Err(broken) => {
                assert_eq!(self.trouble, Trouble::Kill, "no answer from a process that runs: {broken:?}");
                Err(Gone)
            }
        }
    }

    /// Posts under a key; a wish that gets no answer is noted, to be sent again. Of two who decide one may lose.
    async fn post(&self, step: Step, name: &str, call: Call) -> Result<Answer, Gone> {
        let open = Open { step, name: name.to_owned() };
        let Ok(answer) = self.answered(call.once(&open.key())).await else {
            self.log.leave_open(open);
            return Err(Gone);
        };
        let lost = answer.status == 409 && matches!(step, Step::Approve(_));
        assert!(lost || (200..300).contains(&answer.status), "{answer}");
        Ok(answer)
    }

    fn remember_creation(&self, name: &str, created: &Answer) {
        self.log.acknowledge(name, |campaign| {
            campaign.id = Some(created.text_at("/id").to_owned());
            campaign.content = campaign.content.take().or_else(|| Some(content("goal")));
        });
    }

    fn remember_submission(&self, name: &str, submitted: &Answer) {
        let id = submitted.text_at("/submission/id").to_owned();
        self.log.acknowledge(name, |campaign| campaign.submission = Some(id));
    }

    fn remember_decisions(&self, name: &str, answers: &[&Answer]) {
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(won.len() <= 1, "{name}: two people made the one decision: {} {}", won[0], won[1]);
        for answer in won {
            assert_eq!(answer.body["status"], "passed", "{answer}");
            self.log.acknowledge(name, |campaign| campaign.approved = true);
        }
    }

    /// Sends every wish without an answer again: each must now have exactly one effect.
    pub(super) async fn repeat_open_wishes(&self) {
        for open in self.log.take_open() {
            let (name, key) = (&open.name, open.key());
            let show = Show { id: self.log.of(name).id.unwrap_or_default() };
            match open.step {
                Step::Create => {
                    let created = self.creation(name).once(&key).expect(201).await;
                    self.remember_creation(name, &created);
                }
                Step::Submit => {
                    let submitted = self.submission(&show).once(&key).expect(200).await;
                    self.remember_submission(name, &submitted);
                }
                Step::Approve(number) => {
                    let manager = &self.seat.managers[number];
                    let submitted = show.gate(manager, "goal").await["submission"]["revision"].clone();
                    let answer = approval(manager, &show, &submitted).once(&key).send().await;
                    assert!(matches!(answer.status, 200 | 409), "{answer}");
                    if answer.status == 200 {
                        self.log.acknowledge(name, |campaign| campaign.approved = true);
                    }
                }
            }
        }
    }
}

fn approval(manager: &Client, show: &Show, revision: &Value) -> Call {
    let body = json!({ "verdict": "approve", "revision": revision });
    manager.post(&show.gate_path("goal", "/decisions"), &body)
}
