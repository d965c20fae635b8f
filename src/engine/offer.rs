//! In: what planned facilities can make. Out: what they offer to those who may buy there, and what these order of it.
//!
//! A lane that joins opens with nothing and has no share. Its customer orders there what it is offered, up to its need, and the rest
//! from its other suppliers. An offer is what can be made of what lies at hand, so nobody waits for works that lack their feed.

use super::{State, World};
use crate::wide::{ONE, Row, WIDTH, ZERO, max, min};

/// Feed for so many weeks must lie at a new plant before it offers all of its capacity (assumed).
const AT_HAND: f64 = 2.0;

/// A plant that grows lays in feed for so many times what is ordered of it (assumed).
pub(super) const AHEAD: f64 = 2.0;

/// A new plant keeps feed for at least this share of its capacity, orders or not: else it would never begin (assumed).
pub(super) const READY: f64 = 0.1;

/// Share of what is overdue that customers withdraw each week, to order it anew (assumed: two months' patience).
const IMPATIENCE: f64 = 0.125;

/// Customers withdraw a part of what suppliers have owed them for more than a week: else, where feed goes to new works for good, they
/// would wait for ever for those who made goods of it before. What is withdrawn is wanted again, from all suppliers.
#[inline(always)]
pub(super) fn withdraw(world: World<'_>, state: &mut State) {
    for (l, lane) in world.network.lanes.iter().enumerate().filter(|(_, lane)| !lane.push) {
        let here = &mut state.lanes[l];
        let mut gone = ZERO;
        for w in 0..WIDTH {
            gone[w] = IMPATIENCE * max(here.backorders[w] - here.placed[w], 0.0);
            here.backorders[w] -= gone[w];
        }
        if world.shocks.reroutes[lane.to] {
            // The claim of stranded buyers is on all that is here and coming: it shrinks with it.
            let to = &mut state.slots[lane.to];
            for w in 0..WIDTH {
                let all = to.on_hand[w] + to.on_order[w];
                let left = max(all - gone[w], 0.0) / all;
                to.stranded[w] *= if all > 0.0 { min(left, 1.0) } else { 1.0 };
            }
        }
        for w in 0..WIDTH {
            state.slots[lane.from].owed[w] = max(state.slots[lane.from].owed[w] - gone[w], 0.0);
            state.slots[lane.to].on_order[w] -= gone[w];
        }
        state.withdrawn[l] = gone;
    }
}

/// Offers of all planned facilities, divided among their customers in proportion to what these use.
#[inline(always)]
pub(super) fn offers(world: World<'_>, state: &mut State) {
    let World { network: n, draws, shocks, .. } = world;
    let correction = draws.of(n.behaviour.output_correction);
    for offer in &n.offers {
        let plant = &state.plants[offer.plant];
        let mut units = if offer.driver { state.ceiling[n.plants[offer.plant].facility] } else { state.activity[offer.activity] };
        if offer.driver {
            for &(slot, amount) in &n.activities[offer.activity].inputs {
                let (per_unit, on_hand) = (1.0 / (AT_HAND * amount), &state.slots[slot].on_hand);
                for w in 0..WIDTH {
                    units[w] = min(units[w], on_hand[w] * per_unit);
                }
            }
        }
        let here = &state.slots[offer.slot];
        let mut mass = ZERO;
        for w in 0..WIDTH {
            // Its own shelf comes first, as in what it makes.
            let gap = here.cover[w] * here.order_forecast[w] - (here.on_hand[w] - here.owed[w]);
            mass[w] = max(units[w] * offer.amount * (1.0 - plant.loss[w]) - correction[w] * gap, 0.0);
        }
        let mut need = ZERO;
        for &(l, weight) in &offer.lanes {
            let (usage, may) = (&state.slots[n.lanes[l].to].usage_forecast, may_buy(shocks.ruled[l], l, state));
            for w in 0..WIDTH {
                need[w] += weight * may[w] * usage[w];
            }
        }
        for &(l, weight) in &offer.lanes {
            let (usage, may) = (&state.slots[n.lanes[l].to].usage_forecast, may_buy(shocks.ruled[l], l, state));
            let offered = &mut state.offered[l];
            for w in 0..WIDTH {
                let part = mass[w] * weight * may[w] * usage[w] / need[w];
                // Whoever may not buy there orders elsewhere: the others take no more than their own need.
                let own = if may[w] < 1.0 { may[w] * usage[w] } else { f64::INFINITY };
                offered[w] = if need[w] > 0.0 { min(part, own) } else { 0.0 };
            }
        }
    }
}

/// Share of a lane's buyers who may buy there: no ban shuts it, no desk refuses them (ruling 1).
#[inline(always)]
fn may_buy(ruled: bool, l: usize, state: &State) -> Row {
    if !ruled {
        return ONE;
    }
    let (open, eligible) = (&state.lanes[l].open, &state.lanes[l].eligible);
    let mut may = ZERO;
    for w in 0..WIDTH {
        may[w] = min(open[w], eligible[w]);
    }
    may
}

/// All that a slot is offered.
#[inline(always)]
pub(super) fn offered(joined: &[usize], state: &State) -> Row {
    let mut sum = ZERO;
    for &l in joined {
        let row = &state.offered[l];
        for w in 0..WIDTH {
            sum[w] += row[w];
        }
    }
    sum
}

/// The part of what a slot wants that it orders where it is offered: of each offer the same share. Leaves the rest in `wanted`.
#[inline(always)]
pub(super) fn accept(joined: &[usize], wanted: &mut Row, state: &mut State) {
    let total = offered(joined, state);
    let mut share = ZERO;
    for w in 0..WIDTH {
        let part = min(wanted[w] / total[w], 1.0);
        share[w] = if total[w] > 0.0 { part } else { 0.0 };
    }
    for &l in joined {
        let row = &mut state.offered[l];
        for w in 0..WIDTH {
            row[w] *= share[w];
        }
    }
    for w in 0..WIDTH {
        wanted[w] = max(wanted[w] - total[w] * share[w], 0.0);
    }
}
