//! In: a network and what is scheduled. Out: the chain with it and without it, ready to run: made once a run.

use std::sync::Mutex;

use super::Plan;
use super::dispatch::Job;
use super::observe::Watch;
use crate::engine::{Rounds, State};
use crate::network::Network;
use crate::shocks::Shocks;

/// A chain with what is scheduled, and its undisturbed twin.
#[derive(Debug)]
pub struct Twins<'a> {
    network: &'a Network,
    shocks: &'a Shocks,
    rounds: Rounds,
    spares: Spares,
    calm: (Shocks, Rounds, Spares),
}

/// States that are no longer needed, of one chain and one plan: their memory serves the next batch.
#[derive(Debug, Default)]
pub struct Spares(Mutex<Vec<State>>);

impl Spares {
    /// Some state to be opened anew.
    pub fn take(&self) -> State {
        self.0.lock().ok().and_then(|mut list| list.pop()).unwrap_or_default()
    }

    /// Keeps a state for its memory.
    pub fn keep(&self, state: State) {
        if let Ok(mut list) = self.0.lock() {
            list.push(state);
        }
    }
}

impl<'a> Twins<'a> {
    /// The twins of one seed.
    pub fn new(network: &'a Network, shocks: &'a Shocks) -> Twins<'a> {
        let calm = Shocks::calm(shocks.seed, network);
        let undisturbed = Rounds::new(network, &calm);
        let calm = (calm, undisturbed, Spares::default());
        Twins { network, shocks, rounds: Rounds::new(network, shocks), spares: Spares::default(), calm }
    }

    /// The batch of a plan that begins with realization `first`.
    pub fn job<'b>(&'b self, watch: &'b Watch, plan: &'b Plan, first: u64) -> Job<'b> {
        let Twins { network, shocks, rounds, spares, calm } = self;
        Job { network, shocks, rounds, spares, calm: (&calm.0, &calm.1, &calm.2), watch, plan, first }
    }
}
