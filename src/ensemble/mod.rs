//! In: a network, its shocks, a plan. Out: what was counted over many realizations.
//!
//! Parallel inside a wave of fixed size, merged in batch order: the same bits on 1, 2 or 64 threads, and in shards.

pub mod batch;
pub mod binding;
pub mod calm;
pub mod compare;
pub mod dispatch;
pub mod exact;
pub mod histogram;
pub mod metrics;
pub mod observe;
pub mod outside;
pub mod pace;
pub mod profile;
pub mod replay;
pub mod shard;
pub mod sight;
pub mod tally;
pub mod twins;

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::network::Network;
use crate::shocks::Shocks;
use crate::wide::WIDTH;
use batch::Record;
use calm::Baselines;
use observe::Watch;
use tally::Tally;
use twins::Twins;

/// Notes of a wave, bytes: enough realizations that a cell is worth fetching, few enough to stay near the processor (measured).
const WAVE: usize = 8 << 20;

/// Most batches in a wave: as many as a [`exact::Brief`] sum takes.
pub const LARGEST_WAVE: usize = 1024;

/// Batches in a wave: it follows from what is watched, never from the number of threads.
fn wave(watch: &Watch, plan: &Plan) -> u64 {
    let record = (watch.readings.len() * plan.horizon + watch.export_cells()) * size_of::<histogram::Note>();
    (WAVE / record.max(1)).clamp(16, LARGEST_WAVE) as u64
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

impl Plan {
    /// Batches of all its realizations; the last may be partly filled.
    pub fn batches(&self) -> u64 {
        self.realizations.div_ceil(WIDTH as u64)
    }
}

/// What is run: all of a plan, or some of its batches.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
    /// What is watched.
    pub watch: &'a Watch,
    /// How much there is.
    pub plan: &'a Plan,
    /// Batches of it that are run.
    pub batches: Range<u64>,
    /// Baselines that are kept for other runs of the same network, seed and horizon, if any are.
    pub kept: Option<&'a Baselines>,
}

impl Part<'_> {
    /// Realizations of its batches.
    pub fn realizations(&self) -> u64 {
        let until = |batch: u64| (batch * WIDTH as u64).min(self.plan.realizations);
        until(self.batches.end).saturating_sub(until(self.batches.start))
    }
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
    let part = Part { network, shocks, watch, plan, batches: 0..plan.batches(), kept: None };
    run_part(&part, threads, progress, stop, None)
}

/// Runs a part of a plan. `enough`, if there is one, is asked each time a run may end early ([`pace::may_end_after`]), which depends on
/// nothing but the number of realizations done.
///
/// # Errors
/// [`EnsembleError::Interrupted`] if `stop` was set.
pub fn run_part(
    part: &Part<'_>,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
    mut enough: Option<&mut dyn FnMut(&Tally) -> bool>,
) -> Result<Tally, EnsembleError> {
    let Part { network, shocks, watch, plan, kept, .. } = *part;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| EnsembleError::Threads(threads, e.to_string()))?;
    let twins = Twins::new(network, shocks);
    let Range { start: mut first, end } = part.batches;
    let mut total = Tally { first: first * WIDTH as u64, ..Tally::new(watch, plan) };
    let path = dispatch::widest();
    // Used again from wave to wave: giving memory back and asking for it anew would be done by one thread while others wait.
    let mut records = vec![Record::default(); wave(watch, plan).min(end.saturating_sub(first)) as usize];
    while first < end {
        let stock = if enough.is_some() { pace::may_end_after(first) / WIDTH as u64 } else { end };
        let count = (records.len() as u64).min(end - first).min(stock - first) as usize;
        let records = &mut records[..count];
        pool.install(|| {
            // One batch a task: the threads end a wave together.
            records.par_iter_mut().enumerate().with_max_len(1).for_each(|(i, record)| {
                let batch = first + i as u64;
                record.known = kept.and_then(|kept| kept.get(batch));
                let job = twins.job(watch, plan, batch * WIDTH as u64);
                dispatch::run_on(path, job, stop, record);
                if let (Some(calm), Some(kept), false) = (record.calm.take(), kept, stop.load(Ordering::Relaxed)) {
                    kept.keep(batch, calm);
                }
                progress(record.used as u64);
            });
        });
        if stop.load(Ordering::Relaxed) {
            return Err(EnsembleError::Interrupted(total.count));
        }
        pool.install(|| total.absorb(records));
        first += count as u64;
        if first == stock && enough.as_mut().is_some_and(|enough| enough(&total)) {
            break;
        }
    }
    Ok(total)
}
