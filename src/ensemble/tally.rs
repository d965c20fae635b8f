//! In: records of batches, in batch order. Out: sums and counts of every cell, and of every scalar its values or their counts.

use rayon::prelude::*;

use super::Plan;
use super::batch::Record;
use super::dispatch;
use super::histogram::{Histogram, Note};
use super::observe::Watch;

/// Sum and counts of one cell of a table over time.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Sum over realizations, batch by batch.
    pub sum: f64,
    /// Counts.
    pub histogram: Histogram,
}

/// Cells that are counted together: enough to be worth a task.
const TASK: usize = 16;

/// What the batches of a wave noted of one table.
#[derive(Debug)]
pub struct Wave<'a> {
    /// Per batch: realizations that count, and the notes of the table.
    pub tables: Vec<(usize, &'a [Note])>,
}

/// Adds to each cell what each batch of a wave noted of it; the cells are those from `first` on.
#[inline(always)]
pub(super) fn count(cells: &mut [Cell], first: usize, wave: &Wave<'_>) {
    for (i, cell) in cells.iter_mut().enumerate() {
        // All the notes of a cell are fetched before the first is counted: fetching waits, counting is quick.
        for (_, notes) in &wave.tables {
            cell.sum += notes[first + i].sum;
        }
        for (used, notes) in &wave.tables {
            cell.histogram.add_note(&notes[first + i], *used);
        }
    }
}

/// One outcome of each realization.
#[derive(Debug, Clone, Default)]
pub struct Scalar {
    /// Its values, if they are kept, one a realization.
    pub values: Vec<f64>,
    /// Their counts, if they are not.
    pub histogram: Histogram,
    /// Sum so far.
    pub sum: f64,
    /// Sum of squares so far.
    pub squares: f64,
    /// How the two grew: realizations, sum, sum of squares, at ever wider steps.
    pub steps: Vec<(u64, f64, f64)>,
}

impl Scalar {
    /// Adds some values more, after `count` of them; `keep`: their values are kept.
    pub(super) fn absorb(&mut self, row: &[f64], keep: bool, mut count: u64) {
        for x in row {
            self.sum += x;
            self.squares += x * x;
            count += 1;
            let next = self.steps.last().map_or(16, |s| s.0 + s.0.div_ceil(4));
            if count == next {
                self.steps.push((count, self.sum, self.squares));
            }
            if !keep {
                self.histogram.add(*x);
            }
        }
        if keep {
            self.values.extend(row);
        }
    }
}

/// What a run counted.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Realizations so far.
    pub count: u64,
    /// Reading × period.
    pub series: Vec<Cell>,
    /// Group × period: sum of output over the opening output.
    pub output: Vec<f64>,
    /// The same in the baselines; zero without them.
    pub calm_output: Vec<f64>,
    /// Month × (destinations, world).
    pub exports: Vec<Cell>,
    /// Outcomes of each realization.
    pub scalars: Vec<Scalar>,
    /// Whether their values are kept; else memory does not grow with realizations.
    pub keep: bool,
    /// Largest mass of a lane beyond its desk's calendar, t.
    pub overflow: f64,
    /// Largest relative error of element mass at the end of any batch.
    pub mass_error: f64,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(watch: &Watch, plan: &Plan) -> Tally {
        Tally {
            count: 0,
            series: vec![Cell::default(); watch.readings.len() * plan.horizon],
            output: vec![0.0; watch.groups.len() * plan.horizon],
            calm_output: vec![0.0; watch.groups.len() * plan.horizon],
            exports: vec![Cell::default(); watch.export_cells()],
            scalars: vec![],
            keep: plan.keep,
            overflow: 0.0,
            mass_error: 0.0,
        }
    }

    /// Adds the records of a wave, in the order given: each cell sees its realizations in order, whoever adds them.
    pub fn absorb(&mut self, records: &[Record]) {
        let path = dispatch::widest();
        let add = |cells: &mut Vec<Cell>, table: fn(&Record) -> &[Note]| {
            let wave = Wave { tables: records.iter().map(|r| (r.used, table(r))).collect() };
            cells.par_chunks_mut(TASK).enumerate().with_max_len(1).for_each(|(i, cells)| dispatch::count_on(path, cells, i * TASK, &wave));
        };
        add(&mut self.series, |r| &r.series);
        add(&mut self.exports, |r| &r.exports);
        let (keep, count) = (self.keep, self.count);
        let scalars = records.first().map_or(0, |r| r.scalars.len());
        self.scalars.resize_with(scalars, Scalar::default);
        self.scalars.par_iter_mut().with_min_len(8).enumerate().for_each(|(i, scalar)| {
            let mut before = count;
            for record in records {
                scalar.absorb(&record.scalars[i][..record.used], keep, before);
                before += record.used as u64;
            }
        });
        for record in records {
            self.count += record.used as u64;
            self.output.iter_mut().zip(&record.output).for_each(|(a, b)| *a += b);
            self.calm_output.iter_mut().zip(&record.calm_output).for_each(|(a, b)| *a += b);
            self.overflow = self.overflow.max(record.overflow);
            self.mass_error = self.mass_error.max(record.mass_error);
        }
    }
}
