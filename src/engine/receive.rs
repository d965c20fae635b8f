//! In: transit rings, goods in use. Out: what arrives this period, and what is collected of what wears out, is on hand.

use super::{State, World, in_use};
use crate::wide::{WIDTH, ZERO};

/// Lands what arrives.
#[inline(always)]
pub fn receive(world: World<'_>, state: &mut State) {
    for (lane, here) in world.network.lanes.iter().zip(&state.lanes) {
        let at = &mut state.transit[here.ring.start + here.ring.head];
        let arrived = *at;
        *at = ZERO;
        let slot = &mut state.slots[lane.to];
        for w in 0..WIDTH {
            slot.on_hand[w] += arrived[w];
            slot.on_order[w] -= arrived[w];
        }
    }
    in_use::wear(world, state);
}
