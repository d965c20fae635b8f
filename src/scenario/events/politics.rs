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
    },
}

pub(super) const TYPES: &[Type] = &[Type {
    word: "detente",
    own: &["events"],
    read: |r, s| {
        s.need(r, "events");
        EventKind::Politics(Politics::Detente { events: s.names(r, "events", Sort::Event) })
    },
    scope: any_scope,
}];
