//! In: transit rings. Out: what arrives this period is on hand.

use super::{State, World};
use crate::wide::{WIDTH, ZERO, add};

/// Lands what arrives.
#[inline(always)]
pub fn receive(world: World<'_>, state: &mut State) {
    for (lane, ring) in world.network.lanes.iter().zip(&state.rings) {
        let at = ring.start + ring.head;
        let arrived = state.transit[at];
        state.transit[at] = ZERO;
        add(&mut state.on_hand[lane.to], &arrived);
        let on_order = &mut state.on_order[lane.to];
        for w in 0..WIDTH {
            on_order[w] -= arrived[w];
        }
    }
}
