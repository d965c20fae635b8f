//! `coercivity run`: in: a scenario file. Out: a folder with its tables and charts and a page of words, or with one shard of them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use super::finish::{self, Ended};
use super::folder::Folder;
use super::inputs::{self, Flags};
use super::options::{EnsembleOptions, OutputOptions, stop_flag};
use super::{Outcome, load, progress, shard};
use crate::ensemble::batch::scalar_names;
use crate::ensemble::observe::Watch;
use crate::ensemble::shard::Shard;
use crate::ensemble::tally::Tally;
use crate::ensemble::{EnsembleError, Part, Plan, run_part};
use crate::results::until::Goal;

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity run scenarios/first.toml
  coercivity run scenarios/2025-export-licences.toml --realizations 1000 --seed 7
  coercivity run scenarios/heavy-ban.toml --set event.ban.duration='\"26 weeks\"' -o output/half-a-year
  coercivity run scenarios/first.toml --until 3% --realizations 20000
  coercivity run scenarios/heavy-ban.toml --until lost_output@region:EUR=2% --realizations 50000
  coercivity run scenarios/2025-export-licences.toml --shard 3/16")]
pub(crate) struct RunArguments {
    /// Scenario file (TOML).
    scenario: PathBuf,
    #[command(flatten)]
    ensemble: EnsembleOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// Leave out realizations.csv.
    #[arg(long)]
    no_realizations: bool,
    /// Stop once the 95 % interval of a mean is this narrow, relative to the mean: 3% is of unmet_share, else METRIC=3% or
    /// METRIC@SCOPE=3% with names as in summary.csv. Never before 256 realizations; --realizations, or the scenario's number, is the
    /// most. Exit code 3 if that was not enough.
    #[arg(long, value_name = "[METRIC[@SCOPE]=]SHARE")]
    until: Option<Goal>,
    /// Run only the I-th of N parts, and leave what `coercivity merge` makes the whole of.
    #[arg(long, value_name = "I/N", conflicts_with = "until")]
    shard: Option<Shard>,
}

pub(crate) fn run(a: &RunArguments) -> Result<Outcome> {
    let began = Instant::now();
    let sets = a.ensemble.overrides();
    let out = &a.output;
    let Some(loaded) = load::compile(&a.scenario, &sets, out.quiet)? else { return Ok(Outcome::Wrong) };
    let (scenario, network, shocks) = (&loaded.scenario, &loaded.network, &loaded.shocks);
    let plan = Plan {
        realizations: scenario.run.realizations,
        horizon: scenario.run.horizon,
        baseline: !a.ensemble.no_baseline,
        keep: !a.no_realizations,
    };
    let watch = Watch::new(network, shocks, &scenario.run);
    let goal = match a.until.as_ref().map(|goal| goal.find(&scalar_names(network, shocks, &watch, &plan)).map(|place| (goal, place))) {
        None => None,
        Some(Ok(found)) => Some(found),
        Some(Err(why)) => {
            eprintln!("error: --until: {why}");
            return Ok(Outcome::Wrong);
        }
    };
    let inputs = inputs::listed(&scenario.files);
    // Charts are drawn, or not, when shards are merged.
    let charts = !out.no_charts || a.shard.is_some();
    let whole = inputs::identity(&inputs, &sets, &Flags { baseline: plan.baseline, charts, keep: plan.keep, until: a.until.as_ref() });
    let stem = inputs::stem(&a.scenario);
    let name = format!("{stem}-{}", &whole[..8]);
    let (name, identity) = match a.shard {
        Some(shard) => (shard::folder_name(&name, shard), shard::identity(&whole, shard)),
        None => (name, whole.clone()),
    };
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(name));
    let folder = Folder::open(&target, &identity, out.overwrite)?;

    let stop = stop_flag();
    let threads = a.ensemble.threads();
    let batches = a.shard.map_or(0..plan.batches(), |shard| shard.batches(&plan));
    let part = Part { network, shocks, watch: &watch, plan: &plan, batches, kept: None };
    let bar = progress::bar(part.realizations(), out.silent());
    let mut met = |tally: &Tally| goal.is_some_and(|(goal, place)| goal.is_met(place, tally));
    let enough: Option<&mut dyn FnMut(&Tally) -> bool> = if goal.is_some() { Some(&mut met) } else { None };
    let tally = match run_part(&part, threads, &|n| bar.inc(n), &stop, enough) {
        Ok(tally) => tally,
        Err(EnsembleError::Interrupted(_)) => {
            let n = bar.position();
            bar.finish_and_clear();
            eprintln!("interrupted after {n} realizations; nothing was written");
            return Ok(Outcome::Interrupted);
        }
        Err(error) => return Err(error.into()),
    };
    bar.finish_and_clear();
    let until = goal.map(|(goal, place)| goal.outcome(place, &tally));
    let ended =
        Ended { loaded: &loaded, watch: &watch, plan: &plan, overrides: &sets, tally: &tally, until, inputs, identity, threads, began };
    match a.shard {
        Some(shard) => shard::finish(ended, (shard, &whole), &sets, folder, out),
        None => finish::finish(ended, folder, out, &stop),
    }
}
