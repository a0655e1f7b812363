//! What the ledger has to change when a campaign or an organization changed: rows to add, rows to move, rows that are void.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::obsolete::{GATE_PASSED, ON_HOLD, REPLANNED, void};
use super::{AT_ONCE, About, Audience, Planned, Reason};
use crate::choices;

choices! {
    /// How far a planned message has come.
    pub enum Ledger {
        Planned = "planned", "planned", "已计划";
        Sending = "sending", "being sent", "发送中";
        Sent = "sent", "sent", "已发送";
        Merged = "merged", "merged into another", "已合并";
        Skipped = "skipped", "skipped", "已跳过";
        Expired = "expired", "past its useful time", "已过时";
        Failed = "failed", "failed", "发送失败";
    }
}

/// A row the ledger has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Its key.
    pub key: String,
    /// Its reason.
    pub reason: Reason,
    /// How far it has come.
    pub status: Ledger,
    /// Why it ended as it did.
    pub outcome: Option<String>,
    /// The row as it was planned.
    pub planned: Planned,
}

/// What changes in the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replanned {
    /// Rows to add.
    pub add: Vec<Planned>,
    /// Rows to write anew under their key, waiting from now on: those that read differently, and skipped ones
    /// that are wanted again, as after a reschedule that was taken back. Neither was sent.
    pub change: Vec<(String, Planned)>,
    /// Rows under way that another class or another useful time goes for now.
    pub renew: Vec<(String, Planned)>,
    /// Waiting rows that are void: key and outcome of `skipped`.
    pub drop: Vec<(String, String)>,
}

/// Compares what is wanted with what the ledger has. A row whose time was over before it could be planned is
/// not wanted, except what is still of use: the highest overdue level a gate has reached, and what is told the moment it
/// is found. These go out at once. What was sent stays as it is, and of what is about to be only its
/// class and its useful time follow.
#[must_use]
pub fn replan(about: &About<'_>, wanted: Vec<Planned>, existing: &[Existing]) -> Replanned {
    let now = about.now();
    let mut replanned = Replanned::default();
    let keys: Vec<String> = wanted.iter().map(|notice| about.key(notice)).collect();
    let still_wanted: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let rows: HashMap<&str, &Existing> = existing.iter().map(|row| (row.key.as_str(), row)).collect();
    let waiting = existing.iter().filter(|row| row.status == Ledger::Planned);
    let left = waiting.filter(|row| !row.reason.stands_for_good());
    for row in left.filter(|row| !still_wanted.contains(row.key.as_str())) {
        // What it told of is so no more, or it was planned anew at another time.
        let why = void(about, &row.planned).unwrap_or(REPLANNED);
        replanned.drop.push((row.key.clone(), why.to_owned()));
    }
    let overdue = highest_reached(&wanted, now);
    for ((key, notice), highest) in keys.into_iter().zip(wanted).zip(overdue) {
        let row = rows.get(key.as_str());
        if row.is_some_and(|row| is_under_way_otherwise(row, &notice)) {
            replanned.renew.push((key, notice));
            continue;
        }
        let is_news = notice.occurrence == AT_ONCE || notice.audience == [Audience::StandIn];
        let is_useful_late = highest || is_news;
        let timely = timely(notice, is_useful_late, now);
        match (row, timely) {
            (None, timely) => replanned.add.extend(timely),
            (Some(row), Some(notice)) if may_read_anew(row, &notice, now) => {
                replanned.change.push((key, notice));
            }
            (Some(row), None) if row.status == Ledger::Planned && row.planned.planned_at > now => {
                replanned.drop.push((key, REPLANNED.to_owned()));
            }
            (Some(_), Some(_) | None) => {}
        }
    }
    replanned
}

/// The row as it can still be planned.
fn timely(notice: Planned, is_useful_late: bool, now: Timestamp) -> Option<Planned> {
    if notice.planned_at >= now {
        Some(notice)
    } else if is_useful_late && now < notice.not_after {
        Some(Planned { planned_at: now, ..notice })
    } else {
        None
    }
}

/// Whether people are told of something that is more or less urgent by now, or of use until another time.
fn is_under_way_otherwise(row: &Existing, notice: &Planned) -> bool {
    let same = row.planned.class == notice.class && row.planned.not_after == notice.not_after;
    row.status == Ledger::Sending && !same
}

fn may_read_anew(row: &Existing, notice: &Planned, now: Timestamp) -> bool {
    match row.status {
        Ledger::Planned => row.planned != *notice && row.planned.planned_at > now,
        // What a pause held back, or a pass that did not last, and is still the highest overdue level goes out at once.
        Ledger::Skipped => {
            let ended_for_now = [Some(ON_HOLD), Some(GATE_PASSED)].contains(&row.outcome.as_deref());
            notice.planned_at > now || (ended_for_now && notice.planned_at == now)
        }
        Ledger::Sending | Ledger::Sent | Ledger::Merged | Ledger::Expired | Ledger::Failed => false,
    }
}

/// Marks, for each wanted row, whether it is the highest overdue level its gate has reached.
fn highest_reached(wanted: &[Planned], now: Timestamp) -> Vec<bool> {
    let reached = |notice: &Planned| notice.reason == Reason::GateOverdue && notice.planned_at < now;
    let higher = |notice: &Planned| {
        let above =
            |other: &&Planned| other.subject == notice.subject && other.planned_at > notice.planned_at;
        wanted.iter().filter(|other| reached(other)).any(|other| above(&other))
    };
    wanted.iter().map(|notice| reached(notice) && !higher(notice)).collect()
}
