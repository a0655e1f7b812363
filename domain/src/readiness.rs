//! How ready a campaign is: a score from 0 to 100, every missing point with its reason, and what stops go-live, the
//! most urgent first. The formula stands in README.md; removing a finding, ticking an item or passing a gate never
//! lowers the score.

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::choices;
use crate::effect::Effect;
use crate::finding::Finding;
use crate::gate::{GateKey, PerGate};
use crate::locale::{Bilingual, both};
use crate::playbook::{Item, Severity};
use crate::rule::Case;
use crate::schedule::schedule;
use crate::standing::{GateStatus, Standing};
use crate::word::rounded;

/// The whole: seven gates of 14 points, and 2 points for warnings.
const WHOLE: Points = Points::whole(100);
/// What an open blocker costs, and all of one gate together at most.
const BLOCKER: Points = Points::whole(1);
const BLOCKERS_OF_A_GATE: Points = Points::whole(8);
/// What the required items of a gate cost together while none is ticked.
const ITEMS_OF_A_GATE: Points = Points::whole(2);
/// What a gate costs that needs a review, and one where a decision or fresh evidence is enough.
const REVIEW: Points = Points::whole(4);
const DECISION: Points = Points::whole(2);
/// What an open warning costs, and all of the campaign together at most.
const WARNING: Points = Points::hundredths(10);
const WARNINGS: Points = Points::whole(2);
/// How many blockers are named as the most urgent.
const MOST_TOP_BLOCKERS: usize = 5;

choices! {
    /// What kind of thing points are missing for.
    pub enum LossKind {
        Finding = "finding", "finding", "规则问题";
        /// (a required item of a checklist that is not ticked)
        Item = "item", "checklist item", "检查项";
        /// (a gate that has not passed)
        Status = "status", "gate status", "关卡状态";
    }
}

/// Points of the score, exact to the hundredth.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(i64);

impl Points {
    const fn whole(points: i64) -> Self {
        Self(100 * points)
    }

    /// So many hundredths of a point.
    #[must_use]
    pub const fn hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// The number of points.
    #[must_use]
    pub fn number(self) -> Decimal {
        Decimal::new(self.0, 2).normalize()
    }
}

impl std::ops::Sub for Points {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        Self(points.map(|points| points.0).sum())
    }
}

/// How ready a campaign is.
#[derive(Clone, Debug)]
pub struct Readiness<'f> {
    /// 100 less all losses.
    pub score: Points,
    /// Everything that costs points, in the order of the gates.
    pub losses: Vec<Loss<'f>>,
    /// What stops go-live, that of the gate that is due first before others.
    pub top_blockers: Vec<Loss<'f>>,
    /// The gate with the least time left; none when all have passed.
    pub critical_gate: Option<GateKey>,
    /// Hours left to that gate, negative when it is overdue.
    pub slack_hours: Option<Decimal>,
}

/// Points that are missing, and why.
#[derive(Clone, Debug)]
pub struct Loss<'f> {
    /// The gate it belongs to.
    pub gate: GateKey,
    /// How many points.
    pub points: Points,
    /// What they are missing for.
    pub cause: Cause<'f>,
}

/// What points are missing for.
#[derive(Clone, Debug)]
pub enum Cause<'f> {
    /// An open finding.
    Finding(&'f Finding),
    /// A required item that is not ticked.
    Item(&'f Item),
    /// A gate that has not passed; for a stale one, what the change does to its approval.
    Status(GateStatus, Option<Effect>),
}

/// What the score takes into account of one gate.
#[derive(Clone, Debug)]
pub struct GateState<'p> {
    /// Where it stands.
    pub status: GateStatus,
    /// For a stale gate, what the change does to its approval.
    pub effect: Option<Effect>,
    /// When it is due.
    pub due_at: Timestamp,
    /// Its required items, each with whether it is ticked.
    pub items: Vec<(&'p Item, bool)>,
}

/// How ready the campaign of this case is; `findings` are those of every rule.
#[must_use]
pub fn readiness<'f>(case: &Case<'f>, standing: &Standing, findings: &'f [Finding]) -> Readiness<'f> {
    let gates = PerGate::each(|gate| GateState::of(case, standing, gate));
    let schedule = schedule(case, standing);
    let slack = schedule.critical_gate.and_then(|gate| schedule.gates[gate].slack);
    let hours = |seconds: i64| rounded(Decimal::from(seconds) / Decimal::from(3600));
    let costs = costs(&gates, findings);
    Readiness {
        score: score(&costs),
        top_blockers: top_blockers(&gates, &costs),
        losses: costs.into_iter().filter(|loss| loss.points > Points::default()).collect(),
        critical_gate: schedule.critical_gate,
        slack_hours: slack.map(|slack| hours(slack.as_secs())),
    }
}

/// 100 less all losses.
#[must_use]
pub fn score(losses: &[Loss<'_>]) -> Points {
    WHOLE - losses.iter().map(|loss| loss.points).sum()
}

/// Everything that stands between the campaign and 100 points, in the order of the gates. Where more is open than a
/// gate's points are enough for, each takes its share of them.
#[must_use]
pub fn costs<'f>(gates: &PerGate<GateState<'f>>, findings: &'f [Finding]) -> Vec<Loss<'f>> {
    let open =
        |severity| findings.iter().filter(move |finding| finding.severity == severity && !finding.waived);
    let warnings = open(Severity::Warning).count();
    let mut warnings = (0..).map(|i| share(WARNING, WARNINGS, warnings, i));
    let mut costs = Vec::new();
    for (gate, state) in gates.iter() {
        let of_gate = |finding: &&Finding| finding.rule.gate == gate;
        let blockers: Vec<&Finding> =
            open(Severity::Blocker).filter(of_gate).filter(|finding| state.is_stopped_by(finding)).collect();
        let count = blockers.len();
        let blockers = blockers
            .into_iter()
            .enumerate()
            .map(|(i, finding)| (share(BLOCKER, BLOCKERS_OF_A_GATE, count, i), Cause::Finding(finding)));
        // The finding is taken first, so that no share is lost where there is none.
        let warnings = open(Severity::Warning).filter(of_gate).zip(warnings.by_ref());
        let warnings = warnings.map(|(finding, points)| (points, Cause::Finding(finding)));
        let of_gate = blockers.chain(state.open_items()).chain(state.review()).chain(warnings);
        costs.extend(of_gate.map(|(points, cause)| Loss { gate, points, cause }));
    }
    costs
}

/// The part of the `i`-th of so many that cost `each`, and together no more than `most`.
fn share(each: Points, most: Points, count: usize, i: usize) -> Points {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let count = number(count);
    let total = each.0.saturating_mul(count).min(most.0);
    let up_to = |i: i64| total.saturating_mul(i) / count.max(1);
    Points(up_to(number(i).saturating_add(1)) - up_to(number(i)))
}

/// What stops go-live: everything that costs points but warnings.
fn top_blockers<'f>(gates: &PerGate<GateState<'_>>, costs: &[Loss<'f>]) -> Vec<Loss<'f>> {
    let mut blockers: Vec<Loss<'f>> =
        costs.iter().filter(|loss| loss.cause.stops_go_live()).cloned().collect();
    // Within a gate the order stays: what is wrong, what is not ticked, who has to sign.
    blockers.sort_by_key(|loss| (gates[loss.gate].due_at, loss.gate));
    blockers.truncate(MOST_TOP_BLOCKERS);
    blockers
}

impl Cause<'_> {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> LossKind {
        match self {
            Self::Finding(_) => LossKind::Finding,
            Self::Item(_) => LossKind::Item,
            Self::Status(..) => LossKind::Status,
        }
    }

    fn stops_go_live(&self) -> bool {
        match self {
            Self::Finding(finding) => finding.severity == Severity::Blocker,
            Self::Item(_) | Self::Status(..) => true,
        }
    }
}

impl<'p> GateState<'p> {
    fn of(case: &Case<'p>, standing: &Standing, gate: GateKey) -> Self {
        let (own, ticks) = (&standing.gates[gate], &case.campaign.gates[gate].ticks);
        let required = case.playbook.gates[gate].checklist.iter().filter(|item| item.required);
        Self {
            status: own.status,
            effect: own.stale.as_ref().map(|stale| stale.effect),
            due_at: own.due_at,
            items: required.map(|item| (item, ticks.contains_key(&item.key))).collect(),
        }
    }

    fn has_passed(&self) -> bool {
        self.status == GateStatus::Passed
    }

    /// A passed gate is not submitted again; only what stops go-live matters there.
    fn is_stopped_by(&self, finding: &Finding) -> bool {
        finding.blocks() && (finding.stops_go_live() || !self.has_passed())
    }

    /// Required items that are not ticked; each has its share of the points of all.
    fn open_items(&self) -> impl Iterator<Item = (Points, Cause<'p>)> {
        let (all, passed) = (self.items.len(), self.has_passed());
        let items = self.items.iter().enumerate().filter(move |(_, (_, done))| !done && !passed);
        items.map(move |(i, (item, _))| (share(ITEMS_OF_A_GATE, ITEMS_OF_A_GATE, all, i), Cause::Item(item)))
    }

    /// The review that is missing.
    fn review(&self) -> Option<(Points, Cause<'p>)> {
        let points = match (self.status, self.effect) {
            (GateStatus::Passed, _) => return None,
            (GateStatus::InReview | GateStatus::Expired, _)
            | (GateStatus::Stale, Some(Effect::Notify | Effect::Reconfirm)) => DECISION,
            (GateStatus::Stale, Some(Effect::Revoke) | None)
            | (GateStatus::Open | GateStatus::Blocked | GateStatus::ChangesRequested, _) => REVIEW,
        };
        Some((points, Cause::Status(self.status, self.effect)))
    }
}

/// Why a gate that has not passed costs points, in one sentence; a passed one says so.
#[must_use]
pub const fn status_sentence(status: GateStatus, effect: Option<Effect>) -> Bilingual {
    match (status, effect) {
        (GateStatus::Passed, _) => both("Passed.", "已通过。"),
        (GateStatus::InReview, _) => both("Its review is not decided yet.", "已提交,尚待审批。"),
        (GateStatus::Expired, _) => both("Evidence is past its time.", "凭证已过有效期。"),
        (GateStatus::Stale, Some(Effect::Notify | Effect::Reconfirm)) => {
            both("Changed since it was approved; reconfirm it.", "审批后内容有变,请再确认。")
        }
        (GateStatus::Stale, Some(Effect::Revoke) | None) => {
            both("Changed since it was approved; submit it again.", "审批后内容有变,请重新提交审批。")
        }
        (GateStatus::ChangesRequested, _) => both("A reviewer asked for changes.", "审批人要求修改。"),
        (GateStatus::Blocked, _) => both("Waits for an earlier gate.", "等待前置关卡通过。"),
        (GateStatus::Open, _) => both("Not submitted yet.", "尚未提交。"),
    }
}
