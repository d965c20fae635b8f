//! In: events about reserves. Out: what stockpiles are ordered to do and slots to hold, on indices.

use super::{Case, facility_in, has};
use crate::network::Param;
use crate::scenario::problem::Problems;
use crate::scenario::schema::Reserves;
use crate::shocks::Shocks;

const INF: f64 = f64::INFINITY;

/// What is ordered about reserves.
#[derive(Debug, Clone)]
pub enum Act {
    /// Stockpiles buy or release at `strength · rate`.
    Stockpiles {
        /// Stockpiles with a policy.
        stockpiles: Vec<usize>,
        /// Whether they release, or else buy.
        release: bool,
        /// Most a week, t.
        rate: Param,
        /// Stock at which they stop, t.
        target: Param,
    },
    /// Covers are raised towards a least cover.
    Mandate {
        /// Slots that order.
        slots: Vec<usize>,
        /// Least cover, weeks.
        cover: Param,
    },
}

pub(super) fn compile(case: &Case<'_>, kind: &Reserves, out: &mut Shocks, problems: &mut Problems) {
    let (n, scope) = (case.network, &case.event.scope);
    let in_scope = |slot: usize| {
        let slot = &n.slots[slot];
        facility_in(n, scope, slot.facility) && has(&scope.commodities, &n.commodities[slot.commodity].id)
    };
    match kind {
        Reserves::Action { release, rate, target } => {
            let able = |s: usize| {
                let p = &n.stockpiles[s];
                in_scope(p.slot) && if *release { !p.customers.is_empty() } else { n.slots[p.slot].orders }
            };
            let stockpiles: Vec<usize> = (0..n.stockpiles.len()).filter(|&s| able(s)).collect();
            if stockpiles.is_empty() {
                let lack =
                    if *release { "with somebody to serve (`to` of a [[stockpile]])" } else { "with somebody to buy from (a [[supply]])" };
                case.nothing(problems, &format!("no stockpile {lack} lies in its scope"));
            }
            let rate = out.parameters.add(case.path("rate"), rate, 0.0, INF);
            let end = crate::scenario::schema::Dist::Fixed(if *release { 0.0 } else { INF });
            let target = out.parameters.add(case.path("target"), target.as_ref().unwrap_or(&end), 0.0, INF);
            case.add(super::Act::Reserves(Act::Stockpiles { stockpiles, release: *release, rate, target }), out);
        }
        Reserves::Mandate { cover } => {
            let holds = |s: &usize| n.slots[*s].orders && n.slots[*s].base_stock.is_none() && in_scope(*s);
            let slots: Vec<usize> = (0..n.slots.len()).filter(holds).filter(|&s| !n.stockpiles.iter().any(|p| p.slot == s)).collect();
            let most = out.parameters.add(case.path("cover"), cover, 0.0, INF);
            let raised =
                |s: &&usize| n.parameters.support(n.slots[**s].cover).0 * n.slots[**s].cover_factor < out.parameters.support(most).1;
            if slots.is_empty() {
                case.nothing(problems, "nobody who orders by cover lies in its scope");
            } else if slots.iter().find(raised).is_none() {
                case.nothing(problems, "everybody in its scope holds that much anyway");
            }
            case.add(super::Act::Reserves(Act::Mandate { slots, cover: most }), out);
        }
    }
}
