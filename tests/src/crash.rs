//! `kill -9` at fifty moments of running journeys, with mails on their way: what was acknowledged is there, what
//! was planned is sent, and what came twice came with the same `Message-ID`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::client::Call;
use harness::examples::content;
use harness::show::{COMMENT, tick};
use harness::{Answer, Cast, Client, MailServer, Seed, Server, Setup, Show};
use serde_json::{Value, json};

use crate::outage::{Outage, machine_time, only_kills_made_mails_come_twice};

const KILLS: u64 = 50;
const SEED: u64 = 20_270_320;
/// Journeys that run at the same time.
const WALKERS: usize = 3;
/// A kill falls after fewer acknowledged writes than this, and so many milliseconds later at most; a journey has eight.
const WRITES: u64 = 30;
const LATER: u64 = 30;

/// What the service acknowledged about one campaign.
#[derive(Clone, Debug, Default)]
struct Acknowledged {
    id: Option<String>,
    content: Option<Value>,
    ticked: BTreeSet<String>,
    submission: Option<String>,
    approved: bool,
}

/// A wish nobody answered because the service was killed: sent again, with its key, after the restart.
#[derive(Clone, Debug)]
struct Open {
    step: Step,
    key: String,
    name: String,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Step {
    Create,
    Submit,
    Approve,
}

#[derive(Debug, Default)]
struct Log {
    campaigns: BTreeMap<String, Acknowledged>,
    open: Vec<Open>,
    /// How many wishes were sent again.
    repeated: usize,
    /// Writes acknowledged since the last start.
    writes: u64,
}

impl Log {
    /// Notes a write that was acknowledged.
    fn of(&mut self, name: &str) -> &mut Acknowledged {
        self.writes += 1;
        self.campaigns.entry(name.to_owned()).or_default()
    }
}

/// One walker: short journeys, one after another, until the service is gone.
struct Walker {
    lead: Client,
    bo: Client,
    log: Arc<Mutex<Log>>,
}

/// The service is gone; nobody knows what it did with the last wish.
struct Gone;

impl Walker {
    async fn walk(&self, prefix: String) -> Gone {
        for number in 0.. {
            if let Err(gone) = self.journey(&format!("{prefix}-{number}")).await {
                return gone;
            }
        }
        Gone
    }

    async fn journey(&self, name: &str) -> Result<(), Gone> {
        let created = self.post(Step::Create, name, self.creation(name)).await?;
        self.remember_creation(name, &created);
        let show = Show { id: created.text_at("/id").to_owned() };
        let edit = json!({ "stop_loss": format!("limit of {name}") });
        let path = show.gate_path("goal", "/content");
        let edited =
            answered(self.lead.patch(&path, &edit).if_match(&created_tag(&created)).try_send().await)?;
        assert_eq!(edited.status, 200, "{edited}");
        self.log.lock().unwrap().of(name).content = Some(edited.body["content"].clone());
        for item in
            edited.body["checklist"].as_array().unwrap().iter().filter(|item| item["required"] == true)
        {
            let item_key = item["key"].as_str().unwrap();
            let path = show.gate_path("goal", &format!("/checklist/{item_key}"));
            let body = tick(item["evidence_required"].as_str().unwrap());
            let ticked = answered(self.lead.put(&path, &body).try_send().await)?;
            assert_eq!(ticked.status, 200, "{ticked}");
            self.log.lock().unwrap().of(name).ticked.insert(item_key.to_owned());
        }
        let submitted = self.post(Step::Submit, name, self.submission(&show)).await?;
        self.remember_submission(name, &submitted);
        let approved =
            self.post(Step::Approve, name, self.approval(&show, &submitted.body["revision"])).await?;
        self.remember_approval(name, &approved);
        Ok(())
    }

    fn creation(&self, name: &str) -> Call {
        let mut body = harness::examples::campaign();
        json_patch::merge(&mut body, &json!({ "external_ref": name, "gates": { "goal": content("goal") } }));
        self.lead.post("/v1/campaigns", &body)
    }

    fn submission(&self, show: &Show) -> Call {
        self.lead.post(&show.gate_path("goal", "/submission"), &json!({ "comment": COMMENT }))
    }

    fn approval(&self, show: &Show, revision: &Value) -> Call {
        let body = json!({ "verdict": "approve", "revision": revision });
        self.bo.post(&show.gate_path("goal", "/decisions"), &body)
    }

    /// Posts under a key; a wish that gets no answer is noted, to be sent again.
    async fn post(&self, step: Step, name: &str, call: Call) -> Result<Answer, Gone> {
        let key = format!("{step:?}-{name}");
        match call.once(&key).try_send().await {
            Ok(answer) => {
                assert!((200..300).contains(&answer.status), "{answer}");
                Ok(answer)
            }
            Err(_broken) => {
                self.log.lock().unwrap().open.push(Open { step, key, name: name.to_owned() });
                Err(Gone)
            }
        }
    }

    fn remember_creation(&self, name: &str, created: &Answer) {
        let mut log = self.log.lock().unwrap();
        let acknowledged = log.of(name);
        acknowledged.id = Some(created.text_at("/id").to_owned());
        acknowledged.content = acknowledged.content.take().or_else(|| Some(content("goal")));
    }

    fn remember_submission(&self, name: &str, submitted: &Answer) {
        self.log.lock().unwrap().of(name).submission = Some(submitted.text_at("/submission/id").to_owned());
    }

    fn remember_approval(&self, name: &str, approved: &Answer) {
        assert_eq!(approved.body["status"], "passed", "{approved}");
        self.log.lock().unwrap().of(name).approved = true;
    }

    /// Sends every wish without an answer again: each must now have exactly one effect.
    async fn repeat_open_wishes(&self) {
        let open = std::mem::take(&mut self.log.lock().unwrap().open);
        for Open { step, key, name } in open {
            let id = {
                let mut log = self.log.lock().unwrap();
                log.repeated += 1;
                log.campaigns.entry(name.clone()).or_default().id.clone()
            };
            let show = Show { id: id.unwrap_or_default() };
            match step {
                Step::Create => {
                    let created = self.creation(&name).once(&key).expect(201).await;
                    self.remember_creation(&name, &created);
                }
                Step::Submit => {
                    let submitted = self.submission(&show).once(&key).expect(200).await;
                    self.remember_submission(&name, &submitted);
                }
                Step::Approve => {
                    let submitted = show.gate(&self.bo, "goal").await["submission"]["revision"].clone();
                    let approved = self.approval(&show, &submitted).once(&key).expect(200).await;
                    self.remember_approval(&name, &approved);
                }
            }
        }
    }
}

fn created_tag(created: &Answer) -> String {
    // A content that came with its campaign has version 1.
    assert_eq!(created.status, 201);
    "\"1\"".to_owned()
}

fn answered(sent: Result<Answer, reqwest::Error>) -> Result<Answer, Gone> {
    sent.map_err(|_broken| Gone)
}

/// What was acknowledged about a campaign is still there.
async fn nothing_acknowledged_is_missing(who: &Client, name: &str, acknowledged: &Acknowledged) {
    let Some(id) = &acknowledged.id else { return };
    let show = Show { id: id.clone() };
    let gate = show.gate(who, "goal").await;
    if let Some(content) = &acknowledged.content
        && gate["version"] == 1
    {
        assert_eq!(gate["content"]["stop_loss"], content["stop_loss"], "{name}: the edit is gone");
    }
    let done = |item: &&Value| item["done"] == true;
    let items: BTreeSet<&str> = gate["checklist"]
        .as_array()
        .unwrap()
        .iter()
        .filter(done)
        .map(|item| item["key"].as_str().unwrap())
        .collect();
    for item in &acknowledged.ticked {
        assert!(items.contains(item.as_str()), "{name}: the tick of {item} is gone");
    }
    if let Some(submission) = &acknowledged.submission {
        assert_eq!(gate["submission"]["id"], submission.as_str(), "{name}: the submission is gone");
    }
    if acknowledged.approved {
        assert_eq!(gate["status"], "passed", "{name}: the approval is gone");
    }
}

/// Every message that acknowledged facts want is in the ledger and was sent, unless it was void before. Answers the
/// `Message-ID` of each delivery, and whether it is said to be sent.
async fn no_planned_notice_is_missing(
    who: &Client,
    name: &str,
    acknowledged: &Acknowledged,
) -> Vec<(String, bool)> {
    let Some(id) = &acknowledged.id else { return Vec::new() };
    let ledger = Show { id: id.clone() }.notices(who).await;
    let of = |reason: &'static str| ledger.iter().filter(move |notice| notice["reason"] == reason);
    assert_eq!(
        of("gate_due").count(),
        17,
        "{name}: all reminders but three of the goal and one of audience, which are past"
    );
    if acknowledged.submission.is_some() {
        assert!(of("approval_wanted").any(|notice| notice["occurrence"] == "p0"), "{name}: {ledger:#?}");
    }
    if acknowledged.approved {
        let decided: Vec<&Value> = of("gate_decided").collect();
        assert_eq!(decided.len(), 1, "{name}");
        assert_eq!(decided[0]["status"], "sent", "{name}: {:#}", decided[0]);
    }
    let told = |notice: &Value| notice["status"] == "sent" || notice["outcome"] == "gate_passed";
    assert!(
        of("gate_overdue").any(|notice| notice["occurrence"] == "l1" && told(notice)),
        "{name}: {ledger:#?}"
    );
    let due = ledger.iter().filter(|notice| notice["status"] != "planned");
    for notice in due.clone() {
        assert_ne!(notice["status"], "sending", "{name}: {notice:#}");
        assert_ne!(notice["status"], "failed", "{name}: {notice:#}");
    }
    due.flat_map(|notice| notice["deliveries"].as_array().unwrap())
        .map(|delivery| {
            let id = delivery["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
            (id, delivery["status"] == "sent")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_lose_no_acknowledged_write_and_no_mail() {
    let smtp = MailServer::start();
    smtp.delay(3);
    let setup = Setup::sandbox("2027-03-01T09:00:00+08:00").with("GREENROOM_SMTP_URL", &smtp.url());
    let mut server = setup.start().await;
    let cast = Cast::join(&server).await;
    let log = Arc::new(Mutex::new(Log::default()));
    let walker =
        || Walker { lead: cast.lead.client.clone(), bo: cast.bo.client.clone(), log: Arc::clone(&log) };
    let mut seed = Seed::new(SEED);
    let mut outages = Vec::new();
    for kill in 0..KILLS {
        let walkers: Vec<_> = (0..WALKERS)
            .map(|number| {
                let walker = walker();
                tokio::spawn(async move { walker.walk(format!("{kill}-{number}")).await })
            })
            .collect();
        until_writes(&log, seed.below(WRITES)).await;
        tokio::time::sleep(Duration::from_millis(seed.below(LATER))).await;
        let begun = machine_time();
        server.kill();
        for walker in walkers {
            walker.await.expect("a walker met an answer it must not get");
        }
        server.start().await;
        outages.push(Outage { begun, over: machine_time() });
        walker().repeat_open_wishes().await;
        let this_round = format!("{kill}-");
        let campaigns = log.lock().unwrap().campaigns.clone();
        for (name, acknowledged) in campaigns.iter().filter(|(name, _)| name.starts_with(&this_round)) {
            nothing_acknowledged_is_missing(&cast.lead.client, name, acknowledged).await;
        }
    }
    let (campaigns, repeated) = {
        let log = log.lock().unwrap();
        (log.campaigns.clone(), log.repeated)
    };
    everything_came(&server, &smtp, &cast, &campaigns).await;
    only_kills_made_mails_come_twice(&smtp.mails(), &outages);
    let approved = campaigns.values().filter(|one| one.approved).count();
    println!(
        "{KILLS} kills: {} campaigns, {approved} approved, {repeated} wishes sent again",
        campaigns.len()
    );
    assert!(
        approved >= 25 && repeated >= 10,
        "the kills fell on too little: {approved} approved, {repeated} repeated"
    );
}

/// Waits until so many writes were acknowledged since the last start, however fast the machine is.
async fn until_writes(log: &Mutex<Log>, wanted: u64) {
    log.lock().unwrap().writes = 0;
    let since = std::time::Instant::now();
    while log.lock().unwrap().writes < wanted {
        assert!(since.elapsed() < Duration::from_secs(60), "the journeys stand still");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// After the last restart and once every lease of a killed process has run out.
async fn everything_came(
    server: &Server,
    smtp: &MailServer,
    cast: &Cast,
    campaigns: &BTreeMap<String, Acknowledged>,
) {
    settled(server, &cast.lead.client, campaigns).await;
    let mut deliveries = BTreeMap::new();
    for (name, acknowledged) in campaigns {
        nothing_acknowledged_is_missing(&cast.lead.client, name, acknowledged).await;
        deliveries.extend(no_planned_notice_is_missing(&cast.lead.client, name, acknowledged).await);
    }
    let listed = harness::show::all(&cast.lead.client, "/v1/campaigns?limit=200").await;
    let refs: BTreeSet<&str> = listed.iter().map(|one| one["external_ref"].as_str().unwrap()).collect();
    assert_eq!(refs.len(), listed.len(), "a repeated creation made a second campaign");
    let known: BTreeSet<&str> = campaigns.keys().map(String::as_str).collect();
    assert_eq!(refs, known, "campaigns are missing or nobody asked for them");
    let mails = smtp.mails();
    let mut arrived: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for mail in &mails {
        arrived.entry(&mail.message_id).or_default().push(&mail.to);
    }
    for (id, _) in deliveries.iter().filter(|(_, sent)| **sent) {
        assert!(arrived.contains_key(id.as_str()), "<{id}> is said to be sent and never came");
    }
    for (id, to) in &arrived {
        assert!(to.iter().all(|one| one == &to[0]), "<{id}> went to several people: {to:?}");
        assert!(deliveries.contains_key(*id), "<{id}> came and is in no row of the ledger");
    }
}

/// Waits until no message is on its way any more: a killed worker's lease ends after a minute of machine time.
async fn settled(server: &Server, who: &Client, campaigns: &BTreeMap<String, Acknowledged>) {
    let since = std::time::Instant::now();
    let mut waiting: Vec<String> = campaigns.values().filter_map(|one| one.id.clone()).collect();
    while let Some(id) = waiting.last() {
        let ledger = Show { id: id.clone() }.notices(who).await;
        let moving = |notice: &Value| {
            let at: jiff::Timestamp = notice["planned_at"].as_str().unwrap().parse().unwrap();
            let due = at <= "2027-03-01T01:00:00Z".parse().unwrap();
            notice["status"] == "sending" || (notice["status"] == "planned" && due)
        };
        if ledger.iter().any(moving) {
            assert!(since.elapsed() < Duration::from_secs(150), "mails are stuck:\n{}", server.log());
            tokio::time::sleep(Duration::from_millis(500)).await;
        } else {
            waiting.pop();
        }
    }
}
