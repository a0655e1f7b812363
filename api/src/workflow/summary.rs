//! What is written down of a standing, and what was seen by what was written down.

use domain::decide::Seen;
use domain::gate::PerGate;
use domain::standing::Standing;

use crate::store::campaigns::{GateSummary, Summary};

pub(super) fn seen(summary: &Summary) -> Seen {
    Seen {
        status: summary.status,
        gates: PerGate::each(|gate| summary.gates[gate].status),
        changes_at: summary.next_wake_at,
    }
}

pub(super) fn summary(standing: &Standing, lexicon_version: i64) -> Summary {
    Summary {
        status: standing.status,
        current_gate: standing.current_gate,
        next_wake_at: standing.changes_at,
        lexicon_version,
        gates: PerGate::each(|gate| {
            let gate = &standing.gates[gate];
            GateSummary {
                status: gate.status,
                due_at: gate.due_at,
                expires_at: gate.expires_at,
                revision: gate.revision.clone(),
            }
        }),
    }
}
