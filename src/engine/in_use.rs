//! In: what users were served, and what is in use. Out: what wears out, is collected and won back (MODEL 6.12).
//!
//! Goods in use pass through compartments, a fixed share of each in a week, so that their life has a gamma distribution.

use super::{State, World};
use crate::network::InUse;
use crate::wide::{Row, WIDTH, ZERO, add, each, max, splat};

/// How an entry of what is in use wears out.
#[derive(Debug, Clone)]
pub struct Wear {
    /// Share of each compartment that moves on in a week.
    pub pace: Row,
    /// Share collected of what wears out.
    pub collected: Row,
    /// What wore out and was not collected, since the start, t.
    pub dissipated: Row,
}

impl Wear {
    /// At the opening as much wears out as is bought.
    pub(super) fn open(x: &InUse, world: World<'_>) -> Wear {
        let (life, stages) = (world.draws.of(x.life), x.stages as f64);
        Wear { pace: each(|w| stages / life[w]), collected: splat(x.collected), dissipated: ZERO }
    }
}

/// A week passes: what leaves the last compartment is collected onto the recycler's shelf, or dissipated.
#[inline(always)]
pub(super) fn wear(world: World<'_>, state: &mut State) {
    let mut first = 0;
    for (i, x) in world.network.in_use.iter().enumerate() {
        let pace = state.wear[i].pace;
        let mut arriving = ZERO;
        for row in &mut state.in_use[first..first + x.stages] {
            for w in 0..WIDTH {
                let moved = pace[w] * row[w];
                row[w] += arriving[w] - moved;
                arriving[w] = moved;
            }
        }
        first += x.stages;
        let (wear, on_hand) = (&mut state.wear[i], &mut state.slots[x.slot].on_hand);
        for w in 0..WIDTH {
            let collected = wear.collected[w] * arriving[w];
            on_hand[w] += collected;
            wear.dissipated[w] += arriving[w] - collected;
        }
    }
}

/// What was served this week is in use from now on.
#[inline(always)]
pub(super) fn enter(world: World<'_>, state: &mut State) {
    let mut first = 0;
    for x in &world.network.in_use {
        let served = &state.users[x.user].served;
        let row = &mut state.in_use[first];
        for w in 0..WIDTH {
            row[w] += served[w];
        }
        first += x.stages;
    }
}

/// What recyclers win beyond their recipes, where a programme has raised their process yield.
#[inline(always)]
pub(super) fn recover(world: World<'_>, state: &mut State) {
    for (i, recovery) in world.shocks.materials.recoveries.iter().enumerate() {
        let (made, factor) = (&state.activity[recovery.activity], &state.recovery[i]);
        let mut more = ZERO;
        for w in 0..WIDTH {
            more[w] = made[w] * (factor[w] - 1.0);
        }
        for (slot, amount) in &world.network.activities[recovery.activity].outputs {
            let on_hand = &mut state.slots[*slot].on_hand;
            for w in 0..WIDTH {
                on_hand[w] = max(on_hand[w] + amount * more[w], 0.0);
            }
        }
        add(&mut state.recovered[i], &more);
    }
}
