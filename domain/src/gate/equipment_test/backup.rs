//! What is demanded of backups: they are there, and switching to them was drilled.

use super::stream::lines;
use super::{FailoverComponent, Line, RigKind};
use crate::locale::both;
use crate::need;
use crate::rule::{Case, Outcome, found, hold, whole};
use crate::word::Word;

/// Equipment that fails has a second of its kind, the network a line of another provider, and power a reserve.
pub(super) fn backups_present(case: &Case<'_>) -> Vec<Outcome> {
    let equipment = &case.contents().equipment_test;
    let params = &case.params().equipment_test;
    whole("/gates/equipment_test/rig", || {
        let rig = need!(equipment.rig);
        need!(equipment.lines);
        let ups_minutes = need!(equipment.ups_minutes).get();
        let has = |kind: RigKind, is_backup: bool| {
            rig.iter().any(|part| part.kind == Some(kind) && part.is_backup == Some(is_backup))
        };
        let alone = params.backup_kinds.iter().filter(|kind| !(has(**kind, false) && has(**kind, true)));
        let mut missing: Vec<Word> = alone.map(|kind| (*kind).into()).collect();
        if !lines(case).iter().any(Line::is_primary) {
            missing
                .push(Word::Label("primary_line", both("the network (no primary line)", "网络(无主线路)")));
        }
        if !lines(case).iter().any(|line| stands_by(line, lines(case))) {
            missing.push(Word::Label("backup_line", both("the network line", "网络线路")));
        }
        if ups_minutes < params.min_ups_minutes {
            missing.push(Word::Label("ups", both("mains power", "市电")));
        }
        hold(missing.is_empty(), || {
            let missing = Word::List(missing.clone());
            found(missing.clone(), Word::List(Vec::new())).with("missing", missing)
        })
    })
}

/// Whether a backup line is known to have another provider than every primary line.
fn stands_by(line: &Line, all: &[Line]) -> bool {
    let mut primary = all.iter().filter(|other| other.is_primary());
    let differs = |other: &Line| other.isp.is_some() && other.isp != line.isp;
    line.is_backup == Some(true) && line.isp.is_some() && primary.all(differs)
}

/// Switching to the backup was drilled for each part, fast enough for viewers to stay.
pub(super) fn failovers_drilled(case: &Case<'_>) -> Vec<Outcome> {
    let equipment = &case.contents().equipment_test;
    let params = &case.params().equipment_test;
    whole("/gates/equipment_test/failovers", || {
        let failovers = need!(equipment.failovers);
        let max_seconds = *params.max_switch_seconds;
        let is_drilled = |component: &&FailoverComponent| {
            failovers.iter().any(|failover| {
                failover.component == Some(**component)
                    && failover.switch_seconds.is_some_and(|seconds| seconds.exact() <= max_seconds)
                    && failover.tested_at.is_some_and(|tested_at| tested_at <= case.now())
            })
        };
        let required = &params.drill_components;
        let (drilled, missing): (Vec<_>, Vec<_>) = required.iter().partition(is_drilled);
        hold(missing.is_empty(), || {
            let list = |components: &[&FailoverComponent]| {
                Word::List(components.iter().map(|component| (**component).into()).collect())
            };
            let required: Vec<&FailoverComponent> = required.iter().collect();
            found(list(&drilled), list(&required))
                .with("max", Word::Number(max_seconds))
                .with("missing", list(&missing))
        })
    })
}
