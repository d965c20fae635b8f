//! In: one case. Out: the lines of its summary that are told, and how well its books balance.

use std::sync::atomic::AtomicBool;

use super::ground::{Bench, plan};
use super::{Case, StudyError};
use crate::ensemble::batch::scalar_names;
use crate::ensemble::metrics::low_is_bad;
use crate::ensemble::{Part, run_part};
use crate::results::estimate::{Sample, rows};
use crate::results::{Stat, SummaryRow};

/// What came out of a case.
#[derive(Debug, Clone, Default)]
pub struct Ran {
    /// Lines of its summary, in their order.
    pub rows: Vec<SummaryRow>,
    /// Largest relative error of element mass at the end of a realization.
    pub mass_error: f64,
}

/// Runs a case on so many threads; `progress` hears the number of realizations done.
///
/// # Errors
/// [`StudyError::Ensemble`] if it was interrupted; [`StudyError::Wrong`] if the scenario is wrong at this point.
pub fn run(bench: &Bench, case: Case, threads: usize, progress: &(dyn Fn(u64) + Sync), stop: &AtomicBool) -> Result<Ran, StudyError> {
    let compiled = bench.compile(case)?;
    let (ground, shocks) = (&compiled.ground, &compiled.shocks);
    let plan = plan(&compiled.scenario, bench.baseline);
    let (network, watch) = (&ground.network, &ground.watch);
    let part = Part { network, shocks, watch, plan: &plan, batches: 0..plan.batches(), kept: Some(&ground.baselines) };
    let tally = run_part(&part, threads, progress, stop, None)?;
    let study = &bench.study;
    let thresholds: Vec<u32> = study.stats.iter().filter_map(|s| if let Stat::ProbGt(x) = s { Some(*x) } else { None }).collect();
    let names = scalar_names(&ground.network, shocks, &ground.watch, &plan);
    let mut list: Vec<SummaryRow> = names
        .iter()
        .zip(&tally.scalars)
        .filter(|((metric, scope), _)| study.outcomes.iter().any(|o| o.means(metric, scope)))
        .flat_map(|((metric, scope), scalar)| rows(metric, scope, &Sample::of(scalar, tally.count), &thresholds, low_is_bad(metric)))
        .filter(|row| study.stats.contains(&row.stat))
        .collect();
    list.sort_by(|a, b| (&a.metric, &a.scope, a.stat).cmp(&(&b.metric, &b.scope, b.stat)));
    Ok(Ran { rows: list, mass_error: tally.mass_error })
}
