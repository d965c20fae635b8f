//! In: events at facilities. Out: factors on capacity and demand.

use super::towards;
use crate::engine::{State, World};
use crate::shocks::Draws;
use crate::shocks::disruption::works::Act;
use crate::wide::{ONE, Row};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, state: &mut State) {
    match act {
        Act::Capacity { facilities, .. } => facilities.iter().for_each(|&f| state.capacity[f] = ONE),
        Act::Demand { users, .. } => users.iter().for_each(|&u| state.users[u].demand_factor = ONE),
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, draws: &Draws, strength: &Row, state: &mut State) {
    match act {
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
    if let Act::Capacity { facilities, .. } = act {
        for &f in facilities {
            state.ceiling[f] = state.capacity_of(world, f);
        }
    }
}
