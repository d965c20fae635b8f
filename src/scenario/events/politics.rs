//! In: events about other events. Out: truces (MODEL 6.13).

use super::{EventKind, Type, any_scope};
use crate::scenario::names::Sort;

/// What governments do about their own measures.
#[derive(Debug, Clone, PartialEq)]
pub enum Politics {
    /// Other events are suspended while it lasts; their own time goes on.
    Detente {
        /// Ids of events.
        events: Vec<String>,
        /// Ids of escalations: fewer measures are taken.
        escalations: Vec<String>,
    },
}

pub(super) const TYPES: &[Type] = &[Type {
    word: "detente",
    own: &["events", "escalations"],
    read: |r, s| {
        if !s.table.has("escalations") {
            s.need(r, "events");
        }
        let (events, escalations) = (s.names(r, "events", Sort::Event), s.names(r, "escalations", Sort::Escalation));
        EventKind::Politics(Politics::Detente { events, escalations })
    },
    scope: any_scope,
}];
