//! What was acknowledged, what nobody answered, and the table of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use harness::Answer;
use serde_json::Value;

/// What the service acknowledged about one campaign.
#[derive(Clone, Debug, Default)]
pub(super) struct Acknowledged {
    pub(super) id: Option<String>,
    pub(super) content: Option<Value>,
    pub(super) ticked: BTreeSet<String>,
    pub(super) submission: Option<String>,
    pub(super) approved: bool,
    /// Somebody decided, whether or not they were answered.
    pub(super) decided: bool,
}

/// A wish nobody answered because the process was killed: sent again, with its key, to another.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) step: Step,
    pub(super) name: String,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Create,
    Submit,
    /// By the manager of this number.
    Approve(usize),
}

impl Open {
    /// The idempotency key of the wish.
    pub(super) fn key(&self) -> String {
        format!("{:?}-{}", self.step, self.name)
    }
}

/// The log of all walkers.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    campaigns: BTreeMap<String, Acknowledged>,
    open: Vec<Open>,
    repeated: usize,
    unavailable: usize,
    writes: u64,
    /// Acknowledged writes when somebody began to wait for more.
    counted_from: u64,
}

impl Log {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap()
    }

    /// Notes a write that was acknowledged.
    pub(super) fn acknowledge(&self, name: &str, note: impl FnOnce(&mut Acknowledged)) {
        let mut lines = self.lines();
        lines.writes += 1;
        note(lines.campaigns.entry(name.to_owned()).or_default());
    }

    /// Notes that somebody tries to decide.
    pub(super) fn decides(&self, name: &str) {
        self.lines().campaigns.entry(name.to_owned()).or_default().decided = true;
    }

    /// Notes a wish without an answer.
    pub(super) fn leave_open(&self, open: Open) {
        self.lines().open.push(open);
    }

    /// The wishes without an answer, which will be repeated now.
    pub(super) fn take_open(&self) -> Vec<Open> {
        let mut lines = self.lines();
        let open = std::mem::take(&mut lines.open);
        lines.repeated += open.len();
        open
    }

    /// Notes an answer that says that the service cannot do it now: it must say when to come again.
    pub(super) fn unavailable(&self, answer: &Answer) {
        answer.is_problem(503, "service.unavailable");
        assert!(!answer.header("retry-after").is_empty(), "{answer}");
        self.lines().unavailable += 1;
    }

    /// What is known of a campaign.
    pub(super) fn of(&self, name: &str) -> Acknowledged {
        self.lines().campaigns.entry(name.to_owned()).or_default().clone()
    }

    /// Every campaign anybody wished for.
    pub(super) fn campaigns(&self) -> BTreeMap<String, Acknowledged> {
        self.lines().campaigns.clone()
    }

    /// Waits until so many more writes were acknowledged, however fast the machine is.
    pub(super) async fn until_writes(&self, wanted: u64) {
        let from = self.lines().counted_from;
        let since = Instant::now();
        while self.lines().writes < from + wanted {
            assert!(since.elapsed() < Duration::from_secs(60), "the journeys stand still");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut lines = self.lines();
        lines.counted_from = lines.writes;
    }

    /// The sums of the run.
    pub(super) fn fill(&self, table: &mut Table) {
        let lines = self.lines();
        table.campaigns = lines.campaigns.len();
        table.approved = lines.campaigns.values().filter(|one| one.approved).count();
        table.writes = lines.writes;
        table.repeated = lines.repeated;
        table.unavailable = lines.unavailable;
    }
}

/// What a run came to. Everything that must be nothing was asserted on the way.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) kills: u64,
    pub(super) campaigns: usize,
    pub(super) approved: usize,
    pub(super) writes: u64,
    pub(super) repeated: usize,
    pub(super) unavailable: usize,
    pub(super) mails: usize,
    pub(super) doubles: usize,
    pub(super) most_copies: usize,
    pub(super) ready_ms: Vec<u128>,
    pub(super) writes_ms: Vec<u128>,
}

impl Table {
    /// Keeps the table as a file for whoever runs the tests, and judges how long the service was away.
    pub(super) fn keep(&self, database: &str, ready_within: Duration, writes_within: Duration) {
        let mut text = format!("kills on {database}\n");
        let mut row =
            |name: &str, value: &dyn std::fmt::Display| writeln!(text, "  {name:<52}{value}").unwrap();
        row("kills of a process", &self.kills);
        row("crashes of the database", &self.writes_ms.len());
        row("campaigns begun", &self.campaigns);
        row("gates approved", &self.approved);
        row("writes acknowledged", &self.writes);
        row("wishes without an answer, sent again", &self.repeated);
        row("answers 503 with Retry-After", &self.unavailable);
        row("mails", &self.mails);
        row("copies beyond the first, same Message-ID", &self.doubles);
        row("most copies of one mail", &self.most_copies);
        // A run with any of these does not get here: the walkers and the judge assert them.
        row("acknowledged writes lost", &0);
        row("notices lost", &0);
        row("double decisions", &0);
        row("ready again after a kill, median ms", &median(&self.ready_ms));
        row("ready again after a kill, longest ms", &longest(&self.ready_ms));
        row("writing again after the database is back, median ms", &median(&self.writes_ms));
        row("writing again after the database is back, longest ms", &longest(&self.writes_ms));
        println!("{text}");
        if let Ok(folder) = std::env::var("GREENROOM_TEST_TARGET") {
            std::fs::write(format!("{folder}/kills-{database}.txt"), &text).unwrap();
        }
        assert!(longest(&self.ready_ms) <= ready_within.as_millis(), "{text}");
        assert!(longest(&self.writes_ms) <= writes_within.as_millis(), "{text}");
    }
}

fn longest(times: &[u128]) -> u128 {
    times.iter().copied().max().unwrap_or_default()
}

fn median(times: &[u128]) -> u128 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
