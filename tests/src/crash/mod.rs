//! `kill -9` in the middle of running journeys, with mails on their way: what was acknowledged is there, what was
//! planned is sent, nothing is decided twice, and what came twice came with the same `Message-ID`. On SQLite one
//! process is killed; on PostgreSQL one of three replicas, and now and then the database crashes too.

mod judge;
mod log;
mod outage;
mod ring;
mod walker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use harness::{Seed, Setup, machine_time};
use tokio::task::JoinHandle;

use log::{Log, Table};
use outage::{Outage, only_kills_made_mails_come_twice};
use ring::Ring;
use walker::Walker;

const SEED: u64 = 20_270_320;
/// Journeys that run at the same time.
const WALKERS: usize = 3;
/// A kill falls after fewer acknowledged writes than this, and so many milliseconds later at most; a journey has nine.
const WRITES: u64 = 30;
const LATER: u64 = 30;
/// What the service must manage after a kill, and after its database is back (promises).
const READY_WITHIN: Duration = Duration::from_secs(3);
const WRITES_WITHIN: Duration = Duration::from_secs(5);
/// Mails one process sends at the same time, so most of them that one kill can make come twice.
const IN_FLIGHT: usize = 8;

fn setup() -> Setup {
    Setup::sandbox("2027-03-01T09:00:00+08:00")
}

/// What goes wrong in the middle of the journeys of one round.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Trouble {
    /// A process is killed and started again.
    Kill,
    /// The database crashes and comes back; the journeys go on meanwhile.
    Crash,
}

/// Kills `kills` times, and crashes the database after each `database_every` kills.
async fn survive(mut ring: Ring, kills: u64, database_every: u64) -> Table {
    let log = Log::default();
    let mut seed = Seed::new(SEED);
    let (mut outages, mut table) = (Vec::new(), Table { kills, ..Table::default() });
    let crash_after = |kill: u64| database_every > 0 && kill % database_every == database_every - 1;
    let troubles = (0..kills)
        .flat_map(|kill| std::iter::once(Trouble::Kill).chain(crash_after(kill).then_some(Trouble::Crash)));
    for (round, trouble) in troubles.enumerate() {
        let stop = Arc::new(AtomicBool::new(false));
        let walkers = walk(&ring, round, trouble, &log, &stop);
        log.until_writes(seed.below(WRITES)).await;
        tokio::time::sleep(Duration::from_millis(seed.below(LATER))).await;
        let victim = usize::try_from(seed.below(WALKERS.try_into().unwrap())).unwrap();
        let begun = machine_time();
        let most = match trouble {
            Trouble::Kill => {
                ring.kill(victim);
                IN_FLIGHT
            }
            Trouble::Crash => {
                let pids = ring.pids();
                table.writes_ms.push(ring.crash_database(&log).await);
                assert_eq!(ring.pids(), pids, "a process was restarted");
                IN_FLIGHT * ring.size()
            }
        };
        stop.store(true, Ordering::Relaxed);
        for walker in walkers {
            walker.await.expect("a walker met an answer it must not get");
        }
        if trouble == Trouble::Kill {
            table.ready_ms.push(ring.restart(victim).await);
        }
        outages.push(Outage { begun, over: machine_time(), most });
        // Through another replica than the one that was asked first.
        let (seat, other) = (ring.seat(victim + 1), ring.seat(victim));
        let next = Walker { seat, next: other, log: log.clone(), trouble };
        next.repeat_open_wishes().await;
        let of_round = format!("{round}-");
        for (name, acknowledged) in log.campaigns().iter().filter(|(name, _)| name.starts_with(&of_round)) {
            judge::nothing_acknowledged_is_missing(&next.seat.lead, name, acknowledged).await;
        }
    }
    judge::everything_came(&ring, &log).await;
    let came = only_kills_made_mails_come_twice(&ring.smtp.mails(), &outages);
    log.fill(&mut table);
    Table { mails: came.mails, doubles: came.doubles, most_copies: came.most_copies, ..table }
}

/// Journeys at every process.
fn walk(
    ring: &Ring,
    round: usize,
    trouble: Trouble,
    log: &Log,
    stop: &Arc<AtomicBool>,
) -> Vec<JoinHandle<()>> {
    let at = |number: usize| {
        let (seat, next) = (ring.seat(number), ring.seat(number + 1));
        let walker = Walker { seat, next, log: log.clone(), trouble };
        let (prefix, stop) = (format!("{round}-{number}"), Arc::clone(stop));
        tokio::spawn(async move { walker.walk(prefix, &stop).await })
    };
    (0..WALKERS).map(at).collect()
}

mod sqlite_only {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn fifty_kills_lose_no_acknowledged_write_and_no_mail() {
        let table = survive(Ring::of_one(setup()).await, 50, 0).await;
        table.keep("sqlite", READY_WITHIN, WRITES_WITHIN);
        assert!(table.approved >= 25 && table.repeated >= 10, "the kills fell on too little: {table:?}");
    }
}

mod postgres_only {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn two_hundred_kills_of_three_replicas_and_twenty_of_the_database_lose_nothing() {
        let table = survive(Ring::of_three(setup()).await, 200, 10).await;
        table.keep("postgres", READY_WITHIN, WRITES_WITHIN);
        assert!(table.approved >= 100 && table.repeated >= 40, "the kills fell on too little: {table:?}");
    }
}
