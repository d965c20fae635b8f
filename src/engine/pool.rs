//! In: what the lanes of an export quota would ship, and prices. Out: what each may, the dearer margin first (MODEL 6.5).
//!
//! Quotas count tonnes: a tonne that earns more at the border takes the place of one that earns less. Where that is driven to its end
//! every good earns the same on a kilogram, the rent of the quota, which multiplies cheap goods most.

use super::share::divide;
use super::{State, World};
use crate::network::Network;
use crate::shocks::disruption::quotas::{Margin, Quota};
use crate::wide::{Row, WIDTH, ZERO, exp1, ln1, max, min};

/// Margins below this part of the best one count as this part: nobody is shut out for good by a price of last week.
const LEAST: f64 = 1e-9;

/// USD/kg that a lane earns at the border: how much more the price, duties apart, has risen where the goods are sold than where they
/// are taken. The opening spread is its cost.
#[inline(always)]
pub fn margin(network: &Network, margin: Margin, state: &State) -> Row {
    let mut earned = ZERO;
    if let Some(k) = margin.to {
        let (market, here) = (&network.markets[k], &state.markets[k]);
        for w in 0..WIDTH {
            earned[w] += market.reference * (here.price[w] / (1.0 + here.duty[w]) - 1.0);
        }
    }
    if let Some(k) = margin.from {
        let (market, price) = (&network.markets[k], &state.markets[k].price);
        for w in 0..WIDTH {
            earned[w] -= market.reference * (price[w] - 1.0);
        }
    }
    earned
}

/// Divides an allowance among a quota's lanes, by what each would ship and the power of its margin.
#[inline(always)]
pub(super) fn ration(world: World<'_>, quota: &Quota, asked: &Row, allowance: &Row, state: &mut State) {
    let [mut caps, mut weights, mut given] =
        [&mut state.scratch.caps, &mut state.scratch.weights, &mut state.scratch.given].map(std::mem::take);
    for room in [&mut caps, &mut weights, &mut given] {
        room.clear();
    }
    let mut best = ZERO;
    for (&l, &at) in quota.lanes.iter().zip(&quota.margins) {
        let earned = margin(world.network, at, state);
        for w in 0..WIDTH {
            best[w] = max(best[w], earned[w]);
        }
        caps.push(state.lanes[l].shipped);
        weights.push(earned);
        given.push(ZERO);
    }
    for (weight, cap) in weights.iter_mut().zip(&caps) {
        for w in 0..WIDTH {
            let part = max(weight[w] / best[w], LEAST);
            let drawn = exp1(quota.exponent * ln1(part));
            // At the opening nobody earns anything: all are alike.
            weight[w] = cap[w] * if best[w] > 0.0 { drawn } else { 1.0 };
        }
    }
    let mut left = ZERO;
    for w in 0..WIDTH {
        left[w] = min(max(allowance[w], 0.0), asked[w]);
    }
    let share = divide(&caps, &weights, &mut given, left);
    for (i, &l) in quota.lanes.iter().enumerate() {
        let (cap, so_far, shipped) = (&caps[i], &given[i], &mut state.lanes[l].shipped);
        for w in 0..WIDTH {
            let rationed = so_far[w] + (cap[w] - so_far[w]) * share[w];
            shipped[w] = if asked[w] > allowance[w] { rationed } else { cap[w] };
        }
    }
    let scratch = &mut state.scratch;
    (scratch.caps, scratch.weights, scratch.given) = (caps, weights, given);
}
