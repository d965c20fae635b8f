//! In: what a batch does without events. Out: the same again for every run that shares network, seed and horizon.
//!
//! Points of a sweep that change only events all stand beside the same baselines: each is then computed once, about half the work.

use std::sync::{Arc, OnceLock};

use super::observe::Watch;
use crate::wide::{Row, WIDTH};

/// Most memory that the kept baselines of one network may take, bytes; batches beyond it are computed anew each time.
const MOST: usize = 256 << 20;

/// What a batch of realizations does without events.
#[derive(Debug, Clone, Default)]
pub struct Calm {
    /// Period × group of users: served, t.
    pub served: Vec<Row>,
    /// Group × period sums of output over the opening output.
    pub output: Vec<f64>,
    /// Per commodity with a price: highest multiples inside and outside, highest premium.
    pub peaks: Vec<[Row; 3]>,
}

/// Baselines by batch. All runs that use one of these must have the same network, seed, realizations, horizon and watched groups.
#[derive(Debug, Default)]
pub struct Baselines {
    batches: Vec<OnceLock<Arc<Calm>>>,
}

impl Baselines {
    /// Room for the baselines of so many realizations, as far as memory allows.
    pub fn new(realizations: u64, horizon: usize, watch: &Watch) -> Baselines {
        let served = horizon * (watch.users.len() * size_of::<Row>() + watch.groups.len() * size_of::<f64>());
        let each = served + watch.sides.len() * size_of::<[Row; 3]>() + size_of::<Calm>();
        let batches = realizations.div_ceil(WIDTH as u64).min((MOST / each.max(1)) as u64);
        Baselines { batches: (0..batches).map(|_| OnceLock::new()).collect() }
    }

    /// The baseline of a batch, if it has been computed and kept.
    pub fn get(&self, batch: u64) -> Option<Arc<Calm>> {
        self.batches.get(usize::try_from(batch).ok()?)?.get().cloned()
    }

    /// Keeps the baseline of a batch, if there is room; the first one stays.
    pub fn keep(&self, batch: u64, calm: Arc<Calm>) {
        if let Some(place) = usize::try_from(batch).ok().and_then(|i| self.batches.get(i)) {
            let _ = place.set(calm);
        }
    }
}
