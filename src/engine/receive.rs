//! In: transit rings, goods in use. Out: what arrives this period, and what is collected of what wears out, is on hand.

use super::{State, World, in_use};
use crate::wide::{WIDTH, ZERO};

/// Lands what arrives.
#[inline(always)]
pub fn receive(world: World<'_>, state: &mut State) {
    for (lanes, slot) in world.network.inbound.iter().zip(&mut state.slots) {
        if lanes.is_empty() {
            continue;
        }
        let (mut on_hand, mut on_order) = (slot.on_hand, slot.on_order);
        for &l in lanes {
            let ring = state.rings[l];
            let at = &mut state.transit[ring.start + ring.head];
            let arrived = *at;
            *at = ZERO;
            for w in 0..WIDTH {
                on_hand[w] += arrived[w];
                on_order[w] -= arrived[w];
            }
        }
        (slot.on_hand, slot.on_order) = (on_hand, on_order);
    }
    in_use::wear(world, state);
}
