//! In: records of batches, in batch order. Out: sums and counts of every cell, and of every scalar its values or their counts.
//!
//! What a batch adds up itself is the unit that is counted; from there on everything is exact, so that parts of a run, cut between any
//! two batches, merge into the same bits as the whole.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Plan;
use super::batch::Record;
use super::dispatch;
use super::exact::{Brief, Exact, add_tables};
use super::histogram::{Histogram, Note};
use super::observe::Watch;
use super::pace;
use crate::wide::Row;

/// Sum and counts of one cell of a table over time.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cell {
    /// Sum over realizations.
    pub sum: Exact,
    /// Counts.
    pub histogram: Histogram,
}

/// Cells that are counted together: enough to be worth a task.
const TASK: usize = 16;
/// Sums that are added up together.
const SUMS: usize = 256;

/// What the batches of a wave noted of one table.
#[derive(Debug)]
pub struct Wave<'a> {
    /// Per batch: realizations that count, and the notes of the table.
    pub tables: Vec<(usize, &'a [Note])>,
}

/// Adds to each cell what each batch of a wave noted of it; the cells are those from `first` on.
#[inline(always)]
pub(super) fn count(cells: &mut [Cell], first: usize, wave: &Wave<'_>) {
    debug_assert!(cells.len() <= TASK, "{} cells at once", cells.len());
    let mut sums = [Brief::default(); TASK];
    // Batch by batch: the notes of neighbouring cells lie together, and their histograms stay at hand.
    for (used, notes) in &wave.tables {
        let notes = &notes[first..first + cells.len()];
        for ((cell, note), sum) in cells.iter_mut().zip(notes).zip(&mut sums) {
            if Brief::takes(note.sum) {
                sum.add(note.sum);
            } else {
                cell.sum.add(note.sum);
            }
            cell.histogram.add_note(note, *used);
        }
    }
    for (cell, sum) in cells.iter_mut().zip(sums) {
        sum.add_to(&mut cell.sum);
    }
}

/// Adds to an outcome, the `i`-th of each record, what the batches of a wave made of it.
#[inline(always)]
pub(super) fn absorb(scalar: &mut Scalar, i: usize, wave: &Outcomes<'_>) {
    let (mut before, mut steps) = (wave.before, wave.steps);
    for record in wave.records {
        scalar.absorb(&record.scalars[i], record.used, wave.keep, before, &mut steps);
        before += record.used as u64;
    }
}

/// What the batches of a wave made of all outcomes.
#[derive(Debug)]
pub struct Outcomes<'a> {
    /// The batches.
    pub records: &'a [Record],
    /// Realizations of the whole run before them.
    pub before: u64,
    /// Where stock is taken among them.
    pub steps: &'a [u64],
    /// Whether values are kept.
    pub keep: bool,
}

/// How an outcome grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Realizations of the whole run so far, those before this part of it counted.
    pub count: u64,
    /// Their sum, from the beginning of this part on.
    pub sum: Exact,
    /// The sum of their squares.
    pub squares: Exact,
}

/// One outcome of each realization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Scalar {
    /// Its values, if they are kept, one a realization.
    pub values: Vec<f64>,
    /// Their counts, if they are not.
    pub histogram: Histogram,
    /// Sum so far.
    pub sum: Exact,
    /// Sum of squares so far.
    pub squares: Exact,
    /// How the two grew, at ever wider steps ([`pace`]).
    pub steps: Vec<Step>,
}

impl Scalar {
    /// Adds the values of a batch, the first `used` of a row; `count`: realizations of the whole run before it; `steps`: where stock
    /// is taken from there on.
    #[inline(always)]
    fn absorb(&mut self, row: &Row, used: usize, keep: bool, count: u64, steps: &mut &[u64]) {
        let (mut sum, mut squares) = (0.0, 0.0);
        let mut done = 0;
        while let Some((step, rest)) = steps.split_first().filter(|(step, _)| **step <= count + used as u64) {
            add_up(&row[done..(step - count) as usize], &mut sum, &mut squares);
            done = (step - count) as usize;
            self.steps.push(Step { count: *step, sum: self.sum.plus(sum), squares: self.squares.plus(squares) });
            *steps = rest;
        }
        add_up(&row[done..used], &mut sum, &mut squares);
        self.sum.add(sum);
        self.squares.add(squares);
        if keep {
            self.values.extend(&row[..used]);
        } else {
            self.histogram.add_note(&Note::new(row, used), used);
        }
    }

    /// Adds what the next part of the run counted.
    fn merge(&mut self, next: Scalar) {
        let so_far = (self.sum, self.squares);
        self.steps.extend(next.steps.into_iter().map(|mut step| {
            step.sum.merge(&so_far.0);
            step.squares.merge(&so_far.1);
            step
        }));
        self.sum.merge(&next.sum);
        self.squares.merge(&next.squares);
        self.histogram.merge(&next.histogram);
        self.values.extend(next.values);
    }
}

#[inline(always)]
fn add_up(row: &[f64], sum: &mut f64, squares: &mut f64) {
    for x in row {
        *sum += x;
        *squares += x * x;
    }
}

/// Two parts of a run do not fit together.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("it holds realizations from {found} on, or other tables, where {expected} is next")]
pub struct Misfit {
    /// First realization of the part.
    pub found: u64,
    /// The one that should be next.
    pub expected: u64,
}

/// What a run counted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tally {
    /// First realization: 0 but for a part of a run.
    pub first: u64,
    /// Realizations so far, from the first on.
    pub count: u64,
    /// Reading × period.
    pub series: Vec<Cell>,
    /// Group × period: sum of output over the opening output.
    pub output: Vec<Exact>,
    /// The same in the baselines; zero without them.
    pub calm_output: Vec<Exact>,
    /// Month × (destinations, world).
    pub exports: Vec<Cell>,
    /// Outcomes of each realization.
    pub scalars: Vec<Scalar>,
    /// Whether their values are kept; else memory does not grow with realizations.
    pub keep: bool,
    /// Largest relative error of element mass at the end of any batch.
    pub mass_error: f64,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(watch: &Watch, plan: &Plan) -> Tally {
        Tally {
            first: 0,
            count: 0,
            series: vec![Cell::default(); watch.readings.len() * plan.horizon],
            output: vec![Exact::default(); watch.groups.len() * plan.horizon],
            calm_output: vec![Exact::default(); watch.groups.len() * plan.horizon],
            exports: vec![Cell::default(); watch.export_cells()],
            scalars: vec![],
            keep: plan.keep,
            mass_error: 0.0,
        }
    }

    /// Adds the records of a wave, at most [`super::LARGEST_WAVE`], in the order given: each cell sees its realizations in order, whoever adds them.
    pub fn absorb(&mut self, records: &[Record]) {
        let path = dispatch::widest();
        let add = |cells: &mut Vec<Cell>, table: fn(&Record) -> &[Note]| {
            let wave = Wave { tables: records.iter().map(|r| (r.used, table(r))).collect() };
            cells.par_chunks_mut(TASK).enumerate().with_max_len(1).for_each(|(i, cells)| dispatch::count_on(path, cells, i * TASK, &wave));
        };
        add(&mut self.series, |r| &r.series);
        add(&mut self.exports, |r| &r.exports);
        let sums = |cells: &mut Vec<Exact>, table: fn(&Record) -> &[f64]| {
            cells.par_chunks_mut(SUMS).enumerate().with_max_len(1).for_each(|(i, cells)| {
                // Without baselines their tables are empty.
                let tables: Vec<&[f64]> = records.iter().filter_map(|r| table(r).get(i * SUMS..i * SUMS + cells.len())).collect();
                add_tables::<SUMS>(cells, &tables);
            });
        };
        sums(&mut self.output, |r| &r.output);
        sums(&mut self.calm_output, |r| &r.calm_output);
        let before = self.first + self.count;
        let used: u64 = records.iter().map(|r| r.used as u64).sum();
        let steps = pace::between(before, before + used);
        let scalars = records.first().map_or(0, |r| r.scalars.len());
        self.scalars.resize_with(scalars, Scalar::default);
        let wave = Outcomes { records, before, steps: &steps, keep: self.keep };
        self.scalars.par_iter_mut().with_min_len(8).enumerate().for_each(|(i, scalar)| dispatch::absorb_on(path, scalar, i, &wave));
        for record in records {
            self.count += record.used as u64;
            self.mass_error = self.mass_error.max(record.mass_error);
        }
    }
    /// Whether it holds every realization of a plan with so many outcomes.
    pub fn is_whole(&self, plan: &Plan, outcomes: usize) -> bool {
        let full = |s: &Scalar| if self.keep { s.values.len() as u64 == self.count } else { s.values.is_empty() };
        self.first == 0 && self.count == plan.realizations && self.scalars.len() == outcomes && self.scalars.iter().all(full)
    }

    /// Adds the next part of the run, which begins where this one ends.
    ///
    /// # Errors
    /// [`Misfit`] if it begins elsewhere or counted other tables; nothing is added then.
    pub fn merge(&mut self, next: Tally) -> Result<(), Misfit> {
        let shape = |t: &Tally| [t.series.len(), t.output.len(), t.calm_output.len(), t.exports.len(), usize::from(t.keep)];
        let expected = self.first + self.count;
        // A part without batches has never seen a scalar.
        let scalars = next.count == 0 || self.count == 0 || self.scalars.len() == next.scalars.len();
        if next.first != expected || shape(self) != shape(&next) || !scalars {
            return Err(Misfit { found: next.first, expected });
        }
        let cells = |mine: &mut [Cell], theirs: &[Cell]| {
            mine.iter_mut().zip(theirs).for_each(|(a, b)| {
                a.sum.merge(&b.sum);
                a.histogram.merge(&b.histogram);
            });
        };
        cells(&mut self.series, &next.series);
        cells(&mut self.exports, &next.exports);
        self.output.iter_mut().zip(&next.output).for_each(|(a, b)| a.merge(b));
        self.calm_output.iter_mut().zip(&next.calm_output).for_each(|(a, b)| a.merge(b));
        if self.scalars.is_empty() {
            self.scalars = next.scalars;
        } else {
            self.scalars.iter_mut().zip(next.scalars).for_each(|(a, b)| a.merge(b));
        }
        self.count += next.count;
        self.mass_error = self.mass_error.max(next.mass_error);
        Ok(())
    }
}
