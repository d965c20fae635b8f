//! In: events at facilities. Out: factors on capacity and demand, on indices.

use super::{Case, Effect, always, facility_in, has};
use crate::network::Param;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Dist, Works};
use crate::shocks::stream::{Key, fill, key};
use crate::shocks::{Draws, PeriodShocks, Shocks};

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
    /// Breaks facilities down and mends them, as uniforms of the week say.
    Breakdowns {
        /// What breaks down as one: the key of its uniforms, and its facilities.
        units: Vec<(Key, Vec<usize>)>,
        /// First of its units among those of all events.
        first: usize,
        /// Chance a week to break down.
        rate: Param,
        /// Mean weeks of repair.
        repair: Param,
        /// Multiplier of capacity meanwhile.
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

impl Effect {
    /// Draws the uniforms by which it is decided what breaks down and what is mended.
    #[inline(always)]
    pub(in crate::shocks) fn breakdowns(&self, period: u32, draws: &Draws, settled: bool, out: &mut PeriodShocks) {
        let super::Act::Works(Act::Breakdowns { units, first, .. }) = &self.act else { return };
        if settled && !out.active[self.event] {
            return;
        }
        for (i, (k, _)) in units.iter().enumerate() {
            fill(*k, period, draws.first, &mut out.breaks[first + i]);
        }
    }
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
        Works::Breakdowns { rate, repair, capacity, common } => {
            let facilities: Vec<usize> = case.facilities().into_iter().filter(|&f| !n.facilities[f].activities.is_empty()).collect();
            if facilities.is_empty() {
                case.nothing(problems, "no facility that makes anything lies in its scope");
            } else if always(capacity, 1.0) {
                case.nothing(problems, "all capacity is left");
            }
            let address = |name: &str| key(out.seed, "breakdown", &format!("{}/{name}", e.id));
            let units: Vec<(Key, Vec<usize>)> = if *common {
                vec![(address(""), facilities)]
            } else {
                facilities.into_iter().map(|f| (address(&n.facilities[f].id), vec![f])).collect()
            };
            let first = out.units;
            out.units += units.len();
            let mut add = |part: &str, d: &Dist, low: f64, high: f64| out.parameters.add(case.path(part), d, low, high);
            let (rate, repair) = (add("rate", rate, 0.0, 1.0), add("repair", repair, 1.0, f64::INFINITY));
            let left = add("capacity", capacity, 0.0, 1.0);
            case.add(super::Act::Works(Act::Breakdowns { units, first, rate, repair, left }), out);
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
