//! In: events at facilities. Out: factors on capacity and demand.

use super::towards;
use crate::engine::{State, World};
use crate::shocks::disruption::works::Act;
use crate::shocks::{Draws, PeriodShocks};
use crate::wide::{ONE, Row, WIDTH, ZERO, each};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, state: &mut State) {
    match act {
        Act::Capacity { facilities, .. } => facilities.iter().for_each(|&f| state.capacity[f] = ONE),
        Act::Breakdowns { units, .. } => units.iter().flat_map(|u| &u.1).for_each(|&f| state.capacity[f] = ONE),
        Act::Demand { users, .. } => users.iter().for_each(|&u| state.users[u].demand_factor = ONE),
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, draws: &Draws, now: &PeriodShocks, strength: &Row, state: &mut State) {
    match act {
        Act::Breakdowns { units, first, rate, repair, left } => {
            let (rate, repair, left) = (draws.event(*rate), draws.event(*repair), draws.event(*left));
            for (i, (_, facilities)) in units.iter().enumerate() {
                let (chance, broken) = (&now.breaks[first + i], &mut state.broken[first + i]);
                let mut still = ZERO;
                for w in 0..WIDTH {
                    let mended = chance[w] < 1.0 / repair[w];
                    let breaks = chance[w] < rate[w];
                    let down = if broken[w] > 0.0 { !mended } else { breaks };
                    still[w] = if down & (strength[w] > 0.0) { 1.0 } else { 0.0 };
                }
                *broken = still;
                let hit = each(|w| still[w] * strength[w]);
                facilities.iter().for_each(|&f| towards(&mut state.capacity[f], &hit, left));
            }
        }
        Act::Capacity { facilities, left } => {
            facilities.iter().for_each(|&f| towards(&mut state.capacity[f], strength, draws.event(*left)));
        }
        Act::Demand { users, factor } => {
            users.iter().for_each(|&u| towards(&mut state.users[u].demand_factor, strength, draws.event(*factor)));
        }
    }
}

/// What follows from a changed capacity.
#[inline(always)]
pub(super) fn settle(act: &Act, world: World<'_>, state: &mut State) {
    match act {
        Act::Capacity { facilities, .. } => reckon(facilities, world, state),
        Act::Breakdowns { units, .. } => units.iter().for_each(|(_, facilities)| reckon(facilities, world, state)),
        Act::Demand { .. } => {}
    }
}

/// What is over leaves nothing broken behind.
#[inline(always)]
pub(super) fn end(act: &Act, state: &mut State) {
    if let Act::Breakdowns { units, first, .. } = act {
        state.broken[*first..first + units.len()].fill(ZERO);
    }
}

#[inline(always)]
fn reckon(facilities: &[usize], world: World<'_>, state: &mut State) {
    for &f in facilities {
        state.ceiling[f] = state.capacity_of(world, f);
    }
}
