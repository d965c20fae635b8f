//! In: events about other events. Out: which suspends which, on indices.

use super::Case;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{EventKind, Politics};
use crate::shocks::Shocks;

pub(super) fn compile(case: &Case<'_>, kind: &Politics, out: &mut Shocks, problems: &mut Problems) {
    match kind {
        // Escalations are suspended when they are compiled.
        Politics::Detente { events, .. } => {
            for (target, other) in case.scenario.events.iter().enumerate().filter(|(_, other)| events.contains(&other.id)) {
                if matches!(other.kind, EventKind::Politics(Politics::Detente { .. })) {
                    case.nothing(problems, &format!("`{}` is a détente itself, which cannot be suspended", other.id));
                } else {
                    out.truces.push((case.index, target));
                }
            }
        }
    }
}
