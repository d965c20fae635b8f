//! In: a network, its shocks, a plan. Out: what was counted over many realizations.
//!
//! Parallel inside a wave of fixed size, merged in batch order: the same bits on 1, 2 or 64 threads.

pub mod batch;
pub mod calm;
pub mod dispatch;
pub mod histogram;
pub mod metrics;
pub mod observe;
pub mod profile;
pub mod sight;
pub mod tally;

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::network::Network;
use crate::shocks::Shocks;
use crate::wide::WIDTH;
use batch::Record;
use calm::Baselines;
use observe::Watch;
use tally::Tally;

/// Notes of a wave, bytes: enough realizations that a cell is worth fetching, few enough to stay near the processor (measured).
const WAVE: usize = 8 << 20;

/// Batches in a wave: it follows from what is watched, never from the number of threads.
fn wave(watch: &Watch, plan: &Plan) -> u64 {
    let record = (watch.readings.len() * plan.horizon + watch.export_cells()) * size_of::<histogram::Note>();
    (WAVE / record.max(1)).clamp(16, 1024) as u64
}

/// How much to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Number of realizations.
    pub realizations: u64,
    /// Number of periods.
    pub horizon: usize,
    /// Whether each realization runs beside its own undisturbed baseline.
    pub baseline: bool,
    /// Whether the table of realizations is wanted.
    pub keep: bool,
}

/// Something that went wrong in the world, not in the scenario.
#[derive(Debug, thiserror::Error)]
pub enum EnsembleError {
    /// Stopped by the user.
    #[error("interrupted after {0} realizations")]
    Interrupted(u64),
    /// The threads could not be started.
    #[error("cannot start {0} threads: {1}")]
    Threads(usize, String),
}

/// Runs a plan. `progress` hears the number of realizations done; `stop` ends the run between waves.
///
/// # Errors
/// [`EnsembleError::Interrupted`] if `stop` was set.
pub fn run(
    network: &Network,
    shocks: &Shocks,
    watch: &Watch,
    plan: &Plan,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<Tally, EnsembleError> {
    run_beside(&Baselines::default(), (network, shocks), watch, plan, threads, progress, stop)
}

/// Runs a plan as [`run`] does, beside the baselines that are kept, and keeps those it has to compute.
///
/// # Errors
/// As [`run`].
pub fn run_beside(
    kept: &Baselines,
    (network, shocks): (&Network, &Shocks),
    watch: &Watch,
    plan: &Plan,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<Tally, EnsembleError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| EnsembleError::Threads(threads, e.to_string()))?;
    let calm = Shocks::calm(shocks.seed, network);
    let batches = plan.realizations.div_ceil(WIDTH as u64);
    let mut total = Tally::new(watch, plan);
    let path = dispatch::widest();
    let (size, mut first) = (wave(watch, plan), 0);
    // Used again from wave to wave: giving memory back and asking for it anew would be done by one thread while others wait.
    let mut records = vec![Record::default(); size.min(batches) as usize];
    while first < batches {
        records.truncate((batches - first) as usize);
        pool.install(|| {
            // One batch a task: the threads end a wave together.
            records.par_iter_mut().enumerate().with_max_len(1).for_each(|(i, record)| {
                let batch = first + i as u64;
                record.known = kept.get(batch);
                let job = dispatch::Job { network, shocks, calm: &calm, watch, plan, first: batch * WIDTH as u64 };
                dispatch::run_on(path, job, stop, record);
                if let Some(calm) = record.calm.take()
                    && !stop.load(Ordering::Relaxed)
                {
                    kept.keep(batch, calm);
                }
                progress(record.used as u64);
            });
        });
        if stop.load(Ordering::Relaxed) {
            return Err(EnsembleError::Interrupted(first * WIDTH as u64));
        }
        pool.install(|| total.absorb(&records));
        first += records.len() as u64;
    }
    Ok(total)
}
