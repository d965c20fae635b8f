//! `coercivity merge`: in: the folders of all shards of one run or sweep, in any order. Out: the folder that the whole would have left.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use super::finish::{self, Ended};
use super::folder::Folder;
use super::inputs::{self, Flags};
use super::options::{OutputOptions, stop_flag};
use super::{Outcome, load, sweep_merge};
use crate::ensemble::Plan;
use crate::ensemble::batch::scalar_names;
use crate::ensemble::observe::Watch;
use crate::ensemble::tally::Tally;
use crate::results::ticket::{self, Opened, ShardError, Ticket};
use crate::scenario;

/// Arguments of `merge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity run scenarios/first.toml --shard 1/2 -o output/first-1
  coercivity run scenarios/first.toml --shard 2/2 -o output/first-2
  coercivity merge output/first-1 output/first-2 -o output/first
  coercivity sweep scenarios/studies/first-delays.toml --shard 1/2 -o output/one
  coercivity sweep scenarios/studies/first-delays.toml --shard 2/2 -o output/two
  coercivity merge output/one output/two -o output/whole

The tables are those of the whole, byte for byte. Shards of different scenarios, versions, seeds or flags, and incomplete sets,
are refused (exit code 2).")]
pub(crate) struct MergeArguments {
    /// Folders that `--shard` left: all of one whole, in any order.
    #[arg(required = true, value_name = "SHARD")]
    shards: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputOptions,
}

/// Says why the shards cannot be merged.
pub(crate) fn refuse(why: &str) -> Outcome {
    eprintln!("error: {why}");
    Outcome::Wrong
}

/// A shard that cannot be read is wrong input; a disk that cannot be read is a failure.
fn wrong(error: ShardError) -> Result<Outcome> {
    match error {
        ShardError::Disk { .. } => Err(error.into()),
        other => Ok(refuse(&other.to_string())),
    }
}

pub(crate) fn merge(a: &MergeArguments) -> Result<Outcome> {
    // What is neither is told as no shard of a run, or as a stranger among those of a sweep.
    if a.shards.iter().any(|folder| sweep_merge::is_shard(folder)) {
        return sweep_merge::merge(&a.shards, &a.output);
    }
    merge_runs(a)
}

fn merge_runs(a: &MergeArguments) -> Result<Outcome> {
    let began = Instant::now();
    let stop = stop_flag();
    let out = &a.output;
    // Only tickets are kept here: the tallies of all shards at once may be more than the memory holds.
    let mut shards: Vec<(Ticket, &Path)> = vec![];
    for folder in &a.shards {
        match ticket::open(folder) {
            Ok(opened) => shards.push((opened.ticket, folder)),
            Err(error) => return wrong(error),
        }
    }
    shards.sort_by_key(|(ticket, _)| ticket.shard.number);
    let (tickets, folders): (Vec<Ticket>, Vec<&Path>) = shards.into_iter().unzip();
    if let Err(why) = ticket::complete(&tickets, &|i| folders[i].display().to_string()) {
        return Ok(refuse(&why));
    }
    let (ticket, folder) = (&tickets[0], folders[0]);
    let files = match inputs::read(folder, &ticket.inputs) {
        Ok(files) => files,
        Err(why) => return Ok(refuse(&why)),
    };
    let Some(loaded) = load::compiled(scenario::load_kept(&files, &ticket.overrides), out.quiet)? else { return Ok(Outcome::Wrong) };
    let plan =
        Plan { realizations: ticket.realizations, horizon: loaded.scenario.run.horizon, baseline: ticket.baseline, keep: ticket.keep };
    let flags = Flags { baseline: plan.baseline, charts: !out.no_charts, keep: plan.keep, until: None };
    let identity = inputs::identity(&ticket.inputs, &ticket.overrides, &flags);
    let stem = inputs::stem(Path::new(&ticket.inputs[0].path));
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}-{}", &identity[..8])));
    let made = Folder::open(&target, &identity, out.overwrite)?;

    let watch = Watch::new(&loaded.network, &loaded.shocks, &loaded.scenario.run);
    let mut tally = Tally::new(&watch, &plan);
    for folder in &folders {
        if stop.load(Ordering::Relaxed) {
            eprintln!("interrupted; nothing was written");
            return Ok(Outcome::Interrupted);
        }
        let next = match ticket::open(folder).and_then(Opened::tally) {
            Ok(next) => next,
            Err(error) => return wrong(error),
        };
        if let Err(why) = tally.merge(next) {
            return Ok(refuse(&format!("{} does not fit the shard before it: {why}", folder.display())));
        }
    }
    let outcomes = scalar_names(&loaded.network, &loaded.shocks, &watch, &plan).len();
    if !tally.is_whole(&plan, outcomes) {
        return Ok(refuse(&format!("the shards hold {} realizations, and the run has {}", tally.count, plan.realizations)));
    }
    let inputs = ticket.inputs.clone();
    let ended = Ended {
        loaded: &loaded,
        watch: &watch,
        plan: &plan,
        overrides: &ticket.overrides,
        tally: &tally,
        until: None,
        inputs,
        identity,
        threads: 1,
        began,
    };
    finish::finish(ended, made, out, &stop)
}
