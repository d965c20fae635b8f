//! In: a network, what is scheduled, a batch's draws, one period's shocks and a state. Out: the state one period later.
//!
//! A period is a list of verbs, the numbered sequence of MODEL.md section 5. Pure: no disk, clock, name look-up or random number.

pub mod adapt;
pub mod balance;
pub mod desks;
pub mod events;
pub mod order;
pub mod price;
pub mod produce;
pub mod receive;
pub mod ship;
pub mod state;

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

/// One period, for a batch of realizations.
#[inline(always)]
pub fn step(world: World<'_>, now: &PeriodShocks, state: &mut State) {
    events::events(world, now, state);
    desks::desks(world, now, state);
    receive::receive(world, state);
    produce::produce(world, now, state);
    order::order(world, state);
    ship::ship(world, now, state);
    price::price(world, now, state);
    adapt::adapt(world, now, state);
    debug_assert!(balance::nothing_negative(state));
    state.period += 1;
}
