//! In: transit rings. Out: what arrives this period is on hand.

use super::{State, World};
use crate::wide::{WIDTH, ZERO};

/// Lands what arrives.
#[inline(always)]
pub fn receive(world: World<'_>, state: &mut State) {
    for (l, lane) in world.network.lanes.iter().enumerate() {
        let ring = state.rings[l];
        let at = ring.start + ring.head;
        let arrived = state.transit[at];
        state.transit[at] = ZERO;
        let (on_hand, on_order) = (&mut state.on_hand[lane.to], &mut state.on_order[lane.to]);
        for w in 0..WIDTH {
            on_hand[w] += arrived[w];
            on_order[w] -= arrived[w];
        }
    }
}
