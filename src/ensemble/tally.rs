//! In: records of batches, in batch order. Out: counts, sums and the scalars of every realization.

use rayon::prelude::*;

use super::Plan;
use super::batch::Record;
use super::histogram::Histogram;
use super::observe::Watch;

/// Sum and counts of one cell of a table over time.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// Sum over realizations, in their order.
    pub sum: f64,
    /// Counts.
    pub histogram: Histogram,
}

/// What a run counted.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Realizations so far.
    pub count: u64,
    /// Series × period.
    pub series: Vec<Cell>,
    /// Group × period: sum of output over the opening output.
    pub output: Vec<f64>,
    /// The same in the baselines; zero without them.
    pub calm_output: Vec<f64>,
    /// Month × (destinations, world).
    pub exports: Vec<Cell>,
    /// One vector a scalar, one value a realization.
    pub scalars: Vec<Vec<f64>>,
    /// Largest mass of a lane beyond its desk's ring, t.
    pub overflow: f64,
    /// Largest relative error of element mass at the end of any batch.
    pub mass_error: f64,
}

impl Tally {
    /// Nothing counted yet.
    pub fn new(watch: &Watch, plan: &Plan) -> Tally {
        Tally {
            count: 0,
            series: vec![Cell::default(); watch.series.len() * plan.horizon],
            output: vec![0.0; watch.groups.len() * plan.horizon],
            calm_output: vec![0.0; watch.groups.len() * plan.horizon],
            exports: vec![Cell::default(); watch.months.len() * (watch.destinations.len() + 1)],
            scalars: vec![],
            overflow: 0.0,
            mass_error: 0.0,
        }
    }

    /// Adds the records of a wave, in the order given: each cell sees its realizations in order, whoever adds them.
    pub fn absorb(&mut self, records: &[Record]) {
        let add = |cells: &mut Vec<Cell>, rows: &(dyn Fn(&Record) -> &Vec<crate::wide::Row> + Sync)| {
            cells.par_iter_mut().with_min_len(64).enumerate().for_each(|(i, cell)| {
                for record in records {
                    for x in &rows(record)[i][..record.used] {
                        cell.sum += x;
                        cell.histogram.add(*x);
                    }
                }
            });
        };
        add(&mut self.series, &|r| &r.series);
        add(&mut self.exports, &|r| &r.exports);
        for record in records {
            self.count += record.used as u64;
            self.output.iter_mut().zip(&record.output).for_each(|(a, b)| *a += b);
            self.calm_output.iter_mut().zip(&record.calm_output).for_each(|(a, b)| *a += b);
            if self.scalars.is_empty() {
                self.scalars = vec![vec![]; record.scalars.len()];
            }
            for (all, row) in self.scalars.iter_mut().zip(&record.scalars) {
                all.extend(&row[..record.used]);
            }
            self.overflow = self.overflow.max(record.overflow);
            self.mass_error = self.mass_error.max(record.mass_error);
        }
    }
}
