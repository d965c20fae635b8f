//! In: variants of a scenario, compiled. Out: the results of each, and what each has more than the first, with its error.
//!
//! The difference of realization k is that of the same future under two scenarios (common random numbers), so its error is
//! smaller than that of two runs compared.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use crate::ensemble::batch::scalar_names;
use crate::ensemble::compare::{Pairs, Variant, run};
use crate::ensemble::metrics::low_is_bad;
use crate::ensemble::observe::Watch;
use crate::ensemble::tally::Cell;
use crate::ensemble::{EnsembleError, Plan};
use crate::network::Network;
use crate::results::estimate::{Estimate, Sample, enough, proportion, rows};
use crate::results::{Results, Series, Stat, SummaryRow, collect};
use crate::scenario::schema::Scenario;
use crate::shocks::Shocks;

/// Variables whose difference is followed over time.
pub const FOLLOWED: [&str; 7] = ["cover", "exports", "lines_down", "outside_share", "price_inside", "price_outside", "unmet_share"];

/// One variant to be compared: start, seed, realizations and horizon are those of all.
pub struct Subject<'a> {
    /// Its name in tables and on charts, of its own.
    pub label: String,
    /// What is written.
    pub scenario: &'a Scenario,
    /// The chain.
    pub network: &'a Network,
    /// What is scheduled.
    pub shocks: &'a Shocks,
}

/// Which variants are other worlds than the first: fewer than half of the facilities of both are in both. What differs between
/// worlds is told, but it is no measure's doing.
pub fn other_worlds(subjects: &[Subject<'_>]) -> Vec<String> {
    let facilities = |s: &Subject<'_>| s.network.facilities.iter().map(|f| f.group.clone()).collect::<BTreeSet<String>>();
    let Some((first, others)) = subjects.split_first() else { return vec![] };
    let here = facilities(first);
    let strange = |other: &&Subject<'_>| {
        let there = facilities(other);
        2 * here.intersection(&there).count() < here.union(&there).count()
    };
    let said = |s: &Subject<'_>| {
        format!(
            "`{}` and `{}` share few facilities: they are different chains, and what differs between them is no measure's doing",
            s.label, first.label
        )
    };
    others.iter().filter(strange).map(said).collect()
}

/// Everything a comparison tells.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The variants, that against which the others are held first.
    pub variants: Vec<Compared>,
    /// Sorted by variant, metric, scope.
    pub differences: Vec<Difference>,
    /// Sorted by variant, variable, scope.
    pub series: Vec<DifferenceSeries>,
    /// Largest relative error of element mass at the end of any batch.
    pub mass_error: f64,
}

/// One variant with its results.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Its name.
    pub label: String,
    /// What a run of it alone tells.
    pub results: Results,
}

/// Of one outcome: what a variant has more than the first, future by future.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Index of the variant.
    pub variant: usize,
    /// Metric.
    pub metric: String,
    /// Scope.
    pub scope: String,
    /// Mean, deviation and percentiles of the difference, in the metric's unit.
    pub stats: Vec<SummaryRow>,
    /// Share of futures in which the variant is worse than the first, equal, and better; blank cells as in a summary.
    pub chances: [Option<Estimate>; 3],
    /// Futures.
    pub n: u64,
}

/// Over time: what a variant has more than the first.
#[derive(Debug, Clone)]
pub struct DifferenceSeries {
    /// Index of the variant.
    pub variant: usize,
    /// Variable, scope, unit and statistics of the difference.
    pub series: Series,
}

impl Difference {
    /// The line of a statistic.
    pub fn row(&self, stat: Stat) -> Option<&SummaryRow> {
        self.stats.iter().find(|r| r.stat == stat)
    }
}

impl Comparison {
    /// The difference of one outcome.
    pub fn difference(&self, variant: usize, metric: &str, scope: &str) -> Option<&Difference> {
        self.differences.iter().find(|d| d.variant == variant && d.metric == metric && d.scope == scope)
    }

    /// The difference of one series.
    pub fn difference_series(&self, variant: usize, variable: &str, scope: &str) -> Option<&Series> {
        let here = |d: &&DifferenceSeries| d.variant == variant && d.series.variable == variable && d.series.scope == scope;
        self.series.iter().find(here).map(|d| &d.series)
    }

    /// The variant against which the others are held.
    pub fn first(&self) -> &Compared {
        &self.variants[0]
    }
}

/// Runs the subjects, one at least, through the same futures. `progress` hears the realizations done, of any subject.
///
/// # Errors
/// [`EnsembleError::Interrupted`] if `stop` was set.
pub fn compare(
    subjects: &[Subject<'_>],
    baseline: bool,
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
    stop: &AtomicBool,
) -> Result<Comparison, EnsembleError> {
    let watches: Vec<Watch> = subjects.iter().map(|s| Watch::new(s.network, s.shocks, &s.scenario.run)).collect();
    let plans: Vec<Plan> = subjects
        .iter()
        .map(|s| Plan { realizations: s.scenario.run.realizations, horizon: s.scenario.run.horizon, baseline, keep: true })
        .collect();
    let parts = || subjects.iter().zip(&watches).zip(&plans);
    let names: Vec<Vec<(String, String)>> = parts().map(|((s, watch), plan)| scalar_names(s.network, s.shocks, watch, plan)).collect();
    let variants: Vec<Variant<'_>> =
        parts().map(|((s, watch), plan)| Variant { network: s.network, shocks: s.shocks, watch, plan }).collect();
    let shared: Vec<Vec<Shared>> = watches.iter().skip(1).map(|w| shared(&watches[0], w)).collect();
    let pairs: Vec<Pairs> = shared
        .iter()
        .zip(&names[1..])
        .map(|(shared, own)| Pairs { scalars: common(&names[0], own), series: shared.iter().map(|s| s.readings).collect() })
        .collect();
    let counted = run(&variants, &pairs, threads, progress, stop)?;

    let mut out = Comparison { variants: vec![], differences: vec![], series: vec![], mass_error: 0.0 };
    for (((subject, watch), plan), tally) in parts().zip(&counted.tallies) {
        let results = collect::collect(subject.scenario, subject.network, subject.shocks, watch, plan, tally);
        out.variants.push(Compared { label: subject.label.clone(), results });
        out.mass_error = out.mass_error.max(tally.mass_error);
    }
    let n = counted.tallies.first().map_or(0, |t| t.count);
    for (v, sums) in counted.differences.iter().enumerate() {
        let mut list: Vec<Difference> = pairs[v]
            .scalars
            .iter()
            .zip(&sums.scalars)
            .map(|(&(a, _), values)| difference(v + 1, &names[0][a], &Sample::new(values)))
            .collect();
        list.sort_by(|a, b| (&a.metric, &a.scope).cmp(&(&b.metric, &b.scope)));
        out.differences.append(&mut list);
        let horizon = plans[0].horizon;
        for (i, one) in shared[v].iter().enumerate() {
            let cells: Vec<&Cell> = sums.series[i * horizon..(i + 1) * horizon].iter().collect();
            let series =
                Series { variable: one.variable.into(), scope: one.scope.clone(), unit: one.unit.into(), stats: collect::fan(&cells, n) };
            out.series.push(DifferenceSeries { variant: v + 1, series });
        }
    }
    Ok(out)
}

/// Places of the outcomes that both have; what was drawn is none.
fn common(first: &[(String, String)], own: &[(String, String)]) -> Vec<(usize, usize)> {
    let outcomes = first.iter().enumerate().filter(|(_, (metric, _))| metric != "parameter");
    outcomes.filter_map(|(a, name)| Some((a, own.iter().position(|n| n == name)?))).collect()
}

/// A series that both have.
struct Shared {
    variable: &'static str,
    scope: String,
    unit: &'static str,
    readings: (usize, usize),
}

fn shared(first: &Watch, own: &Watch) -> Vec<Shared> {
    let followed = first.series.iter().filter(|s| FOLLOWED.contains(&s.variable));
    let both = followed.filter_map(|a| {
        let b = own.series.iter().find(|b| b.variable == a.variable && b.scope == a.scope)?;
        Some(Shared { variable: a.variable, scope: a.scope.clone(), unit: a.unit, readings: (a.reading, b.reading) })
    });
    both.collect()
}

/// What is told of one outcome.
fn difference(variant: usize, (metric, scope): &(String, String), sample: &Sample) -> Difference {
    const TOLD: [Stat; 7] = [Stat::Mean, Stat::Sd, Stat::P05, Stat::P25, Stat::P50, Stat::P75, Stat::P95];
    let mut stats = rows(metric, scope, sample, &[], low_is_bad(metric));
    stats.retain(|r| TOLD.contains(&r.stat));
    let n = sample.count();
    let more = sample.above(0.0);
    let less = n - sample.above(-f64::MIN_POSITIVE);
    let (worse, better) = if low_is_bad(metric) { (less, more) } else { (more, less) };
    let chances = [worse, n - more - less, better].map(|hits| enough(Stat::ProbGt(0), n).then(|| proportion(hits, n)));
    Difference { variant, metric: metric.clone(), scope: scope.clone(), stats, chances, n }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worse_is_more_of_a_loss_and_less_of_a_reserve_and_ties_are_neither() {
        let sample = Sample::new(&[0.0, 0.0, 0.0, 1.0, 2.0, -1.0, 3.0, 0.0]);
        let share = |metric: &str| difference(1, &(metric.into(), "world".into()), &sample).chances.map(|c| c.map(|e| e.value));
        assert_eq!(share("lost_output"), [Some(0.375), Some(0.5), Some(0.125)]);
        assert_eq!(share("min_cover"), [Some(0.125), Some(0.5), Some(0.375)]);
    }
}
