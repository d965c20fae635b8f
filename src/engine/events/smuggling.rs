//! In: events about smugglers. Out: enforcement, seizure and capacity of illicit lanes.
//!
//! Each event raises what it is without any towards its own value; of several the highest holds, so that their order does not matter.

use crate::engine::{State, World};
use crate::shocks::disruption::smuggling::{Act, What};
use crate::wide::{Row, WIDTH, max};

/// Takes back what was done last period.
#[inline(always)]
pub(super) fn lift(act: &Act, world: World<'_>, state: &mut State) {
    for &i in &act.lanes {
        state.illicit[i].undisturbed(world, i);
    }
}

/// Does what is in force.
#[inline(always)]
pub(super) fn impose(act: &Act, world: World<'_>, strength: &Row, state: &mut State) {
    let draws = world.draws;
    let value = draws.event(act.value);
    for &i in &act.lanes {
        let (lane, here) = (&world.network.illicit[i], &mut state.illicit[i]);
        let (calm, unit, row) = match act.what {
            What::Enforcement => (draws.of(lane.enforcement), 1.0, &mut here.enforcement),
            What::Seizure => (draws.of(lane.seizure), 1.0, &mut here.seizure),
            What::Capacity | What::Factor => (draws.of(lane.capacity), lane.unit, &mut here.capacity),
        };
        let factor = act.what == What::Factor;
        // A capacity is that of the lane in the file: cohorts share it.
        let said = if act.what == What::Capacity { lane.part } else { 1.0 };
        for w in 0..WIDTH {
            let before = calm[w] * unit;
            let goal = if factor { before * value[w] } else { value[w] * said };
            row[w] = max(row[w], before + strength[w] * (goal - before));
        }
    }
}
