//! In: events about materials. Out: shares collected and won back, reference prices.

use super::towards;
use crate::engine::{State, World};
use crate::shocks::disruption::materials::Act;
use crate::wide::{ONE, Row, WIDTH, max, min, splat};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, world: World<'_>, state: &mut State) {
    match act {
        Act::Collection { entries, .. } => {
            entries.iter().for_each(|&i| state.wear[i].collected = splat(world.network.in_use[i].collected));
        }
        Act::Recovery { recoveries, .. } => recoveries.iter().for_each(|&i| state.recovery[i] = ONE),
        Act::Dump { markets, .. } => markets.iter().for_each(|&k| state.markets[k].reference = ONE),
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, world: World<'_>, strength: &Row, state: &mut State) {
    let draws = world.draws;
    match act {
        Act::Collection { entries, share } => {
            let share = draws.event(*share);
            for &i in entries {
                let (own, collected) = (world.network.in_use[i].collected, &mut state.wear[i].collected);
                for w in 0..WIDTH {
                    // Of several programmes the highest holds, whatever their order.
                    collected[w] = max(collected[w], own + strength[w] * (share[w] - own));
                }
            }
        }
        Act::Recovery { recoveries, process_yield } => {
            let process_yield = draws.event(*process_yield);
            for &i in recoveries {
                let (recovery, factor) = (&world.shocks.materials.recoveries[i], &mut state.recovery[i]);
                for w in 0..WIDTH {
                    let full = min(process_yield[w] / recovery.process_yield, recovery.most);
                    factor[w] = max(factor[w], 1.0 + strength[w] * (full - 1.0));
                }
            }
        }
        Act::Dump { markets, price } => {
            markets.iter().for_each(|&k| towards(&mut state.markets[k].reference, strength, draws.event(*price)));
        }
    }
}
