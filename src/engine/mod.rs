//! In: a network, what is scheduled, a batch's draws, one period's shocks and a state. Out: the state one period later.
//!
//! A period is a list of verbs, the numbered sequence of MODEL.md section 5. Pure: no disk, clock, name look-up or random number.

pub mod adapt;
pub mod balance;
pub mod build;
pub mod calendar;
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
pub mod share;
pub mod ship;
pub mod smuggle;
pub mod state;
pub mod stockpile;

use crate::network::Network;
use crate::shocks::{Draws, PeriodShocks, Shocks};
pub use state::State;

/// What every verb reads.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
    /// What this batch drew once.
    pub draws: &'a Draws,
}

/// The verbs, in their order.
pub const VERBS: [&str; 9] = ["events", "desks", "receive", "produce", "order", "ship", "price", "adapt", "build"];

/// One period, for a batch of realizations.
#[inline(always)]
pub fn step(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    step_watched(world, now, state, |_, _| {});
}

/// The same; `done` hears the index of each verb when it has been done, and sees the state it leaves.
#[inline(always)]
pub fn step_watched(world: World<'_>, now: &PeriodShocks, state: &mut State, mut done: impl FnMut(usize, &State)) {
    events::events(world, now, state);
    done(0, state);
    desks::desks(world, now, state);
    done(1, state);
    receive::receive(world, state);
    done(2, state);
    produce::produce(world, now, state);
    done(3, state);
    order::order(world, state);
    done(4, state);
    ship::ship(world, now, state);
    done(5, state);
    price::price(world, now, state);
    done(6, state);
    adapt::adapt(world, now, state);
    done(7, state);
    build::build(world, now, state);
    done(8, state);
    debug_assert!(balance::nothing_negative(state));
    state.period += 1;
}
