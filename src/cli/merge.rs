//! `coercivity merge`: in: the folders of all shards of one sweep, in any order. Out: the folder that the whole would have left.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::options::OutputOptions;
use super::{Outcome, sweep_merge};

/// Arguments of `merge`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity sweep scenarios/studies/first-delays.toml --shard 1/2 -o output/one
  coercivity sweep scenarios/studies/first-delays.toml --shard 2/2 -o output/two
  coercivity merge output/one output/two -o output/whole")]
pub(crate) struct MergeArguments {
    /// Folders that `--shard` left: all of one whole, in any order.
    #[arg(required = true, value_name = "SHARD")]
    shards: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputOptions,
}

pub(crate) fn merge(a: &MergeArguments) -> Result<Outcome> {
    sweep_merge::merge(&a.shards, &a.output)
}
