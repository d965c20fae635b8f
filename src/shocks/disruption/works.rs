//! In: events at facilities. Out: factors on capacity and demand, on indices.

use super::{Case, always, facility_in, has};
use crate::network::Param;
use crate::scenario::problem::Problems;
use crate::scenario::schema::Works;
use crate::shocks::Shocks;

/// What is done at facilities.
#[derive(Debug, Clone)]
pub enum Act {
    /// Multiplies the capacity of facilities by `1 − strength (1 − left)`.
    Capacity {
        /// Facilities.
        facilities: Vec<usize>,
        /// Multiplier at full strength.
        left: Param,
    },
    /// Multiplies demand.
    Demand {
        /// Users.
        users: Vec<usize>,
        /// Multiplier at full strength.
        factor: Param,
    },
}

pub(super) fn compile(case: &Case<'_>, kind: &Works, out: &mut Shocks, problems: &mut Problems) {
    let (n, e) = (case.network, case.event);
    match kind {
        Works::Outage { capacity } => {
            let facilities: Vec<usize> = case.facilities().into_iter().filter(|&f| !n.facilities[f].activities.is_empty()).collect();
            if facilities.is_empty() {
                case.nothing(problems, "no facility that makes anything lies in its scope");
            } else if always(capacity, 1.0) {
                case.nothing(problems, "all capacity is left");
            }
            let left = out.parameters.add(case.path("capacity"), capacity, 0.0, 1e6);
            case.add(super::Act::Works(Act::Capacity { facilities, left }), out);
        }
        Works::DemandShock { demand } => {
            let users: Vec<usize> = (0..n.users.len())
                .filter(|&u| {
                    let narrowed = &n.commodities[n.slots[n.users[u].slot].commodity].id;
                    facility_in(n, &e.scope, n.users[u].facility) && has(&e.scope.commodities, narrowed)
                })
                .collect();
            if users.is_empty() {
                case.nothing(problems, "no final demand lies in its scope");
            } else if always(demand, 1.0) {
                case.nothing(problems, "demand is multiplied by 1");
            }
            let factor = out.parameters.add(case.path("demand"), demand, 0.0, 1e6);
            case.add(super::Act::Works(Act::Demand { users, factor }), out);
        }
    }
}
