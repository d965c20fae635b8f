//! In: events about reserves. Out: what stockpiles are ordered to do, and covers to be held.

use crate::engine::{State, World};
use crate::shocks::disruption::reserves::Act;
use crate::wide::{Row, WIDTH, ZERO, max, splat};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, world: World<'_>, state: &mut State) {
    match act {
        Act::Stockpiles { stockpiles, .. } => stockpiles.iter().for_each(|&i| {
            let stockpile = &mut state.stockpiles[i];
            (stockpile.release, stockpile.buy) = ([ZERO, splat(f64::INFINITY)], [ZERO; 2]);
        }),
        Act::Mandate { slots, .. } => {
            for &s in slots {
                state.slots[s].cover = state.covers.slots[s];
                if let Some(k) = world.network.slots[s].market {
                    state.markets[k].cover = state.covers.markets[k];
                }
            }
        }
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, world: World<'_>, strength: &Row, state: &mut State) {
    let World { network: n, draws, .. } = world;
    match act {
        Act::Stockpiles { stockpiles, release, rate, target } => {
            let (rate, target) = (draws.event(*rate), draws.event(*target));
            for &i in stockpiles {
                let stockpile = &mut state.stockpiles[i];
                let [most, end] = if *release { &mut stockpile.release } else { &mut stockpile.buy };
                for w in 0..WIDTH {
                    // Of several orders the rates add up, and the one that goes furthest says where to stop.
                    let further = if *release { -max(-end[w], -target[w]) } else { max(end[w], target[w]) };
                    end[w] = if strength[w] > 0.0 { further } else { end[w] };
                    most[w] += strength[w] * rate[w];
                }
            }
        }
        Act::Mandate { slots, cover } => {
            let least = draws.event(*cover);
            for &s in slots {
                let (mut held, mut more) = (state.slots[s].cover, ZERO);
                let own = &state.covers.slots[s];
                for w in 0..WIDTH {
                    // Of several mandates the highest holds, whatever their order.
                    more[w] = max(own[w] + strength[w] * max(least[w] - own[w], 0.0) - held[w], 0.0);
                    held[w] += more[w];
                }
                state.slots[s].cover = held;
                // What must be held is no glut: the market's measure rises by as much.
                if let Some(k) = n.slots[s].market {
                    let (part, cover) = (n.slots[s].flow / n.markets[k].flow, &mut state.markets[k].cover);
                    for w in 0..WIDTH {
                        cover[w] += more[w] * part;
                    }
                }
            }
        }
    }
}
