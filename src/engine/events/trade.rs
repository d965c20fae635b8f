//! In: events on lanes. Out: share open, share passed, duties.

use super::towards;
use crate::engine::State;
use crate::shocks::Draws;
use crate::shocks::disruption::trade::Act;
use crate::wide::{ONE, Row, WIDTH, ZERO};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, state: &mut State) {
    match act {
        Act::Ban { lanes, .. } => lanes.iter().for_each(|&l| {
            state.lanes[l].open = ONE;
            state.lanes[l].passed = ONE;
        }),
        Act::Duty { markets, .. } => markets.iter().for_each(|&(k, _)| state.markets[k].duty = ZERO),
        Act::Delay { .. } => {}
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, draws: &Draws, strength: &Row, state: &mut State) {
    match act {
        Act::Ban { lanes, leakage, divert } => {
            for &l in lanes {
                towards(&mut state.lanes[l].open, strength, draws.event(*leakage));
                if *divert {
                    towards(&mut state.lanes[l].passed, strength, draws.event(*leakage));
                }
            }
        }
        Act::Duty { markets, rate } => {
            let rate = draws.event(*rate);
            for &(k, share) in markets {
                let duty = &mut state.markets[k].duty;
                for w in 0..WIDTH {
                    duty[w] += share * strength[w] * rate[w];
                }
            }
        }
        Act::Delay { .. } => {}
    }
}
