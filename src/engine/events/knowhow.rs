//! In: events about people, technology and projects. Out: factors on their clocks, people and starts. No flow is touched.

use super::towards;
use crate::engine::{State, World};
use crate::shocks::disruption::knowhow::{Act, Once};
use crate::shocks::{Draws, PeriodShocks};
use crate::wide::{ONE, Row, WIDTH, ZERO, each, max, times};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, state: &mut State) {
    match act {
        Act::Ban { projects, .. } => {
            for &p in projects {
                let here = &mut state.projects[p];
                (here.speed, here.slower, here.needier, here.worse) = (ONE, ONE, ONE, ONE);
            }
        }
        Act::Inflow { pools, .. } => pools.iter().for_each(|&p| state.pools[p].inflow = ONE),
        Act::Floor { prices, .. } => prices.iter().for_each(|&(p, i, _)| state.projects[p].floors[i] = ZERO),
        Act::Offtake { projects, .. } => projects.iter().for_each(|&p| state.projects[p].assured = ZERO),
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, draws: &Draws, strength: &Row, state: &mut State) {
    match act {
        Act::Ban { projects, clock, build, people, loss } => {
            for &p in projects {
                let here = &mut state.projects[p];
                towards(&mut here.speed, strength, draws.event(*clock));
                towards(&mut here.slower, strength, draws.event(*build));
                towards(&mut here.needier, strength, draws.event(*people));
                towards(&mut here.worse, strength, draws.event(*loss));
            }
        }
        Act::Inflow { pools, factor, leak } => {
            let (factor, leak) = (draws.event(*factor), draws.event(*leak));
            let left = each(|w| factor[w] + (1.0 - factor[w]) * leak[w]);
            pools.iter().for_each(|&p| towards(&mut state.pools[p].inflow, strength, &left));
        }
        Act::Floor { prices, price } => {
            let price = draws.event(*price);
            for &(p, i, scale) in prices {
                let floor = &mut state.projects[p].floors[i];
                for w in 0..WIDTH {
                    floor[w] = max(floor[w], strength[w] * price[w] * scale);
                }
            }
        }
        Act::Offtake { projects, share } => {
            let share = draws.event(*share);
            for &p in projects {
                let assured = &mut state.projects[p].assured;
                for w in 0..WIDTH {
                    assured[w] = max(assured[w], strength[w] * share[w]);
                }
            }
        }
    }
}

/// Does what is done once: people are called back, projects begin, wait or are given up.
#[inline(always)]
pub(super) fn onsets(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    for onset in &world.shocks.onsets {
        if !now.active[onset.event] {
            continue;
        }
        let (strength, age) = (&now.strength[onset.event], &now.age[onset.event]);
        let mut begins = ZERO;
        for w in 0..WIDTH {
            begins[w] = if (age[w] == 0.0) & (strength[w] > 0.0) { 1.0 } else { 0.0 };
        }
        match &onset.what {
            Once::Recall(pools, share, leak) => {
                let (share, leak) = (world.draws.event(*share), world.draws.event(*leak));
                let left = each(|w| 1.0 - begins[w] * share[w] * (1.0 - leak[w]));
                pools.iter().for_each(|&p| times(&mut state.pools[p].people, &left));
            }
            Once::Begin(p) => {
                let (until, comes) = (&mut state.projects[*p].until, &world.draws.comes[*p]);
                let probability = world.network.projects[*p].probability;
                for w in 0..WIDTH {
                    until[w] = if (begins[w] > 0.0) & (comes[w] < probability) { 0.0 } else { until[w] };
                }
            }
            Once::Delay(projects, weeks) => {
                let weeks = world.draws.event(*weeks);
                for &p in projects {
                    let wait = &mut state.projects[p].wait;
                    for w in 0..WIDTH {
                        wait[w] += begins[w] * weeks[w];
                    }
                }
            }
            Once::Cancel(projects) => {
                for &p in projects {
                    let here = &mut state.projects[p];
                    for w in 0..WIDTH {
                        let idle = if here.capacity[w] > 0.0 { 0.0 } else { begins[w] };
                        here.gone[w] = max(here.gone[w], idle);
                    }
                }
            }
        }
    }
}
