//! In: a network, what is scheduled, a batch's draws, one period's shocks and a state. Out: the state one period later.
//!
//! A period is a list of verbs, the numbered sequence of MODEL.md section 5. Pure: no disk, clock, name look-up or random number.

pub mod adapt;
pub mod balance;
pub mod build;
pub mod calendar;
pub mod decide;
pub mod desks;
pub mod events;
pub mod in_use;
mod offer;
mod open;
pub mod order;
pub mod pool;
pub mod price;
pub mod produce;
pub mod receive;
pub mod rounds;
pub mod share;
pub mod ship;
pub mod smuggle;
pub mod state;
pub mod stockpile;

use crate::network::Network;
use crate::shocks::{Draws, PeriodShocks, Shocks};
pub use rounds::Rounds;
pub use state::State;

/// What every verb reads.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
    /// What the verbs visit in the two together.
    pub rounds: &'a Rounds,
    /// What this batch drew once.
    pub draws: &'a Draws,
}

/// The verbs, in their order.
pub const VERBS: [&str; 9] = ["events", "desks", "receive", "produce", "order", "ship", "price", "adapt", "build"];

/// One period, for a batch of realizations. `now` gains the strengths of events that the state brings about.
#[inline(always)]
pub fn step(world: World<'_>, now: &mut PeriodShocks, state: &mut State) {
    step_watched(world, now, state, |_, _, _| {});
}

/// The same; `done` hears the index of each verb when it has been done, and sees what happens this period and the state it leaves.
#[inline(always)]
pub fn step_watched(world: World<'_>, now: &mut PeriodShocks, state: &mut State, mut done: impl FnMut(usize, &PeriodShocks, &State)) {
    // Strengths of events without a date follow from the state: from here on they are known.
    if !world.shocks.pending.is_empty() {
        decide::decide(world, now, state);
    }
    let now = &*now;
    events::events(world, now, state);
    done(0, now, state);
    desks::desks(world, now, state);
    done(1, now, state);
    receive::receive(world, state);
    done(2, now, state);
    produce::produce(world, now, state);
    done(3, now, state);
    order::order(world, state);
    done(4, now, state);
    ship::ship(world, now, state);
    done(5, now, state);
    price::price(world, now, state);
    done(6, now, state);
    adapt::adapt(world, now, state);
    done(7, now, state);
    build::build(world, now, state);
    done(8, now, state);
    debug_assert!(balance::nothing_negative(state));
    state.period += 1;
}
