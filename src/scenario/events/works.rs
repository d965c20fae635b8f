//! In: events at facilities. Out: what is left of their capacity or demand (MODEL 6.1, 6.7).

use super::{EventKind, Type, any_scope};
use crate::scenario::ranges::{COUNT_A_WEEK, FACTOR, Field, SHARE, WEEKS};
use crate::scenario::schema::Dist;

/// What happens at facilities.
#[derive(Debug, Clone, PartialEq)]
pub enum Works {
    /// Capacity of facilities in scope is multiplied.
    Outage {
        /// What is left, 0..1.
        capacity: Dist,
    },
    /// Facilities in scope break down and are mended at random.
    Breakdowns {
        /// Breakdowns a week while it works.
        rate: Dist,
        /// Mean weeks of repair, at least 1.
        repair: Dist,
        /// What is left meanwhile, 0..1.
        capacity: Dist,
        /// Whether all break down together.
        common: bool,
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
        word: "breakdowns",
        own: &["rate", "repair", "capacity", "common"],
        read: |r, s| {
            EventKind::Works(Works::Breakdowns {
                rate: s.need_dist(r, "rate", Field { most: 1.0, ..COUNT_A_WEEK }),
                repair: s.need_dist(r, "repair", Field { least: 1.0, ..WEEKS }),
                capacity: s.dist_or(r, "capacity", SHARE, 0.0),
                common: s.flag(r, "common", false),
            })
        },
        scope: any_scope,
    },
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
