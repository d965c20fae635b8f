//! In: events at facilities. Out: what is left of their capacity or demand (MODEL 6.1, 6.7).

use super::{EventKind, Type, any_scope};
use crate::scenario::ranges::{FACTOR, SHARE};
use crate::scenario::schema::Dist;

/// What happens at facilities.
#[derive(Debug, Clone, PartialEq)]
pub enum Works {
    /// Capacity of facilities in scope is multiplied.
    Outage {
        /// What is left, 0..1.
        capacity: Dist,
    },
    /// Demand of facilities in scope is multiplied.
    DemandShock {
        /// Factor, 0 upwards.
        demand: Dist,
    },
}

pub(super) const TYPES: &[Type] = &[
    Type { word: "outage", own: &["capacity"], read: |r, s| outage(s.need_dist(r, "capacity", SHARE)), scope: any_scope },
    // Who strikes makes nothing, unless it is said what is left.
    Type { word: "strike", own: &["capacity"], read: |r, s| outage(s.dist_or(r, "capacity", SHARE, 0.0)), scope: any_scope },
    Type { word: "inspection_shutdown", own: &["capacity"], read: |r, s| outage(s.need_dist(r, "capacity", SHARE)), scope: any_scope },
    Type {
        word: "demand_shock",
        own: &["demand"],
        read: |r, s| EventKind::Works(Works::DemandShock { demand: s.need_dist(r, "demand", FACTOR) }),
        scope: any_scope,
    },
];

fn outage(capacity: Dist) -> EventKind {
    EventKind::Works(Works::Outage { capacity })
}
