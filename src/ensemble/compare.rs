//! In: variants of a chain under one seed. Out: what each counted, and what was counted of the differences, realization by realization.
//!
//! Realization k of a variant is compared with realization k of the first: draws have addresses, so what two variants have in
//! common they drew alike. Series are subtracted batch by batch and counted; nothing grows with realizations × periods.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::batch::{Moment, Record};
use super::dispatch::{self, Job};
use super::histogram::Note;
use super::observe::{Reading, Watch};
use super::tally::{Cell, Tally};
use super::twins::Twins;
use super::{EnsembleError, Plan};
use crate::engine::VERBS;
use crate::network::{Network, place};
use crate::shocks::Shocks;
use crate::wide::{Row, WIDTH, ZERO};

/// Two values nearer than this share of the larger are equal: the order of a sum may differ between variants.
const TIE: f64 = 1e-9;
/// The same for weekly values, whose percentiles are counted in bins: no bins for less.
const WEEKLY_TIE: f64 = 1e-6;
/// Rows of a wave of batches, bytes, all variants together.
const WAVE: usize = 128 << 20;
/// Cells that are counted together: enough to be worth a task.
const TASK: usize = 64;

/// One variant: all of a comparison have the same seed, realizations and horizon.
#[derive(Clone, Copy)]
pub struct Variant<'a> {
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
    /// What is watched.
    pub watch: &'a Watch,
    /// How much is run.
    pub plan: &'a Plan,
}

/// What a variant has in common with the first.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// Places of an outcome among the first's scalars and among its own.
    pub scalars: Vec<(usize, usize)>,
    /// Places of a series among the first's readings and among its own.
    pub series: Vec<(usize, usize)>,
}

/// What was counted of a variant less the first.
#[derive(Debug, Clone, Default)]
pub struct Differences {
    /// Per pair of scalars: the difference in every realization.
    pub scalars: Vec<Vec<f64>>,
    /// Pair of series × period.
    pub series: Vec<Cell>,
}

/// What a comparison counted.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Per variant: what a run of it alone would have counted.
    pub tallies: Vec<Tally>,
    /// Per variant but the first.
    pub differences: Vec<Differences>,
}

/// Runs a batch, and keeps the rows of some readings, reading × period.
fn run_batch(path: dispatch::Path, job: Job<'_>, stop: &AtomicBool, record: &mut Record, wanted: &[Reading], rows: &mut Vec<Row>) {
    rows.clear();
    rows.resize(wanted.len() * job.plan.horizon, ZERO);
    let mut keep = |moment: Moment<'_>| {
        if moment.verb == VERBS.len() {
            for (i, reading) in wanted.iter().enumerate() {
                rows[i * job.plan.horizon + moment.period] = moment.sight.read(moment.world.network, job.watch, moment.state, *reading);
            }
        }
    };
    dispatch::watch_on(path, job, stop, record, Some(&mut keep));
}

/// A less B, zero where they are equal but for rounding.
#[inline(always)]
fn less(a: &Row, b: &Row, tie: f64) -> Row {
    let mut out = ZERO;
    for w in 0..WIDTH {
        let (gap, size) = (a[w] - b[w], a[w].abs() + b[w].abs());
        out[w] = if gap.abs() > tie * size { gap } else { 0.0 };
    }
    out
}

/// Runs all variants, of which `pairs` says what each but the first has in common with the first. `progress` hears the
/// realizations done, of any variant; `stop` ends the comparison between waves.
///
/// # Errors
/// [`EnsembleError::Interrupted`] if `stop` was set.
pub fn run(
    variants: &[Variant<'_>],
    pairs: &[Pairs],
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<Compared, EnsembleError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| EnsembleError::Threads(threads, e.to_string()))?;
    let twins: Vec<Twins<'_>> = variants.iter().map(|v| Twins::new(v.network, v.shocks)).collect();
    let (wanted, places) = wanted(variants, pairs);
    let horizon = variants.first().map_or(0, |v| v.plan.horizon);
    let batches = variants.first().map_or(0, |v| v.plan.batches());
    let path = dispatch::widest();
    let bytes = wanted.iter().map(Vec::len).sum::<usize>() * horizon * size_of::<Row>();
    // It follows from what is watched, never from the number of threads.
    let size = ((WAVE / bytes.max(1)).clamp(8, 256) as u64).min(batches);
    let mut total = Compared {
        tallies: variants.iter().map(|v| Tally::new(v.watch, v.plan)).collect(),
        differences: pairs
            .iter()
            .map(|p| Differences { scalars: vec![vec![]; p.scalars.len()], series: vec![Cell::default(); p.series.len() * horizon] })
            .collect(),
    };
    // Per variant, the batches of a wave; their memory is used again.
    let mut records = vec![vec![(Record::default(), vec![]); size as usize]; variants.len()];
    let mut first = 0;
    while first < batches {
        let here = (batches - first).min(size) as usize;
        records.iter_mut().for_each(|r| r.truncate(here));
        pool.install(|| {
            let tasks: Vec<_> =
                records.iter_mut().enumerate().flat_map(|(v, list)| list.iter_mut().enumerate().map(move |(i, r)| (v, i, r))).collect();
            tasks.into_par_iter().with_max_len(1).for_each(|(v, i, (record, rows))| {
                let Variant { watch, plan, .. } = variants[v];
                let job = twins[v].job(watch, plan, (first + i as u64) * WIDTH as u64);
                run_batch(path, job, stop, record, &wanted[v], rows);
                // Nobody runs beside this baseline again, and a wave of them is much memory.
                record.calm = None;
                progress(record.used as u64);
            });
        });
        if stop.load(Ordering::Relaxed) {
            return Err(EnsembleError::Interrupted(first * WIDTH as u64));
        }
        pool.install(|| {
            for (v, sum) in total.differences.iter_mut().enumerate() {
                subtract(&records[v + 1], &records[0], (&pairs[v], &places[v]), horizon, sum);
            }
            for (tally, list) in total.tallies.iter_mut().zip(&mut records) {
                // A tally reads records that lie together: they are lent to it, and come back.
                let lent: Vec<Record> = list.iter_mut().map(|(record, _)| std::mem::take(record)).collect();
                tally.absorb(&lent);
                list.iter_mut().zip(lent).for_each(|((place, _), record)| *place = record);
            }
        });
        first += here as u64;
    }
    Ok(total)
}

/// Per variant the readings whose rows are kept; per pair of variants the places of both sides of each series among them.
type Wanted = (Vec<Vec<Reading>>, Vec<Vec<(usize, usize)>>);

fn wanted(variants: &[Variant<'_>], pairs: &[Pairs]) -> Wanted {
    let mut wanted: Vec<Vec<Reading>> = vec![vec![]; variants.len()];
    let mut places = vec![];
    for (v, pair) in pairs.iter().enumerate() {
        let mut list = vec![];
        for &(a, b) in &pair.series {
            let a = place(&mut wanted[0], variants[0].watch.readings[a]);
            list.push((a, place(&mut wanted[v + 1], variants[v + 1].watch.readings[b])));
        }
        places.push(list);
    }
    (wanted, places)
}

/// Adds what a wave of one variant has more than the first, batch by batch in their order.
fn subtract(
    ours: &[(Record, Vec<Row>)],
    firsts: &[(Record, Vec<Row>)],
    (pairs, places): (&Pairs, &[(usize, usize)]),
    horizon: usize,
    sum: &mut Differences,
) {
    sum.series.par_chunks_mut(TASK).enumerate().with_max_len(1).for_each(|(task, cells)| {
        for (i, cell) in cells.iter_mut().enumerate() {
            let (pair, period) = ((task * TASK + i) / horizon, (task * TASK + i) % horizon);
            let (a, b) = places[pair];
            for ((record, mine), (_, theirs)) in ours.iter().zip(firsts) {
                let gap = less(&mine[b * horizon + period], &theirs[a * horizon + period], WEEKLY_TIE);
                let note = Note::new(&gap, record.used);
                cell.sum.add(note.sum);
                cell.histogram.add_note(&note, record.used);
            }
        }
    });
    sum.scalars.par_iter_mut().with_min_len(8).zip(&pairs.scalars).for_each(|(values, &(a, b))| {
        for ((record, _), (other, _)) in ours.iter().zip(firsts) {
            values.extend(&less(&record.scalars[b], &other.scalars[a], TIE)[..record.used]);
        }
    });
}
