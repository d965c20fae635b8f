//! In: events about stocks held for a bad day. Out: what governments order their stockpiles and their industry to hold (MODEL 6.11).

use super::{EventKind, Type, any_scope};
use crate::scenario::ranges::{CAPACITY, MASS, WEEKS};
use crate::scenario::schema::Dist;

/// What is ordered about reserves.
#[derive(Debug, Clone, PartialEq)]
pub enum Reserves {
    /// Stockpiles in scope buy or release, whatever the price.
    Action {
        /// Whether they release, or else buy.
        release: bool,
        /// Most a week, t.
        rate: Dist,
        /// Stock at which they stop, t; none: nothing left when they release, no end when they buy.
        target: Option<Dist>,
    },
    /// Those in scope must hold a cover, weeks.
    Mandate {
        /// Least cover, weeks.
        cover: Dist,
    },
}

pub(super) const TYPES: &[Type] = &[
    Type {
        word: "stockpile_action",
        own: &["action", "rate", "target"],
        read: |r, s| {
            s.need(r, "action");
            let release = s.choice(r, "action", &[("buy", false), ("release", true)]).unwrap_or(true);
            let (rate, target) = (s.need_dist(r, "rate", CAPACITY), s.dist(r, "target", MASS));
            EventKind::Reserves(Reserves::Action { release, rate, target })
        },
        scope: any_scope,
    },
    Type {
        word: "stockpiling_mandate",
        own: &["cover"],
        read: |r, s| EventKind::Reserves(Reserves::Mandate { cover: s.need_dist(r, "cover", WEEKS) }),
        scope: any_scope,
    },
];
