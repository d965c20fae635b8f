//! In: arguments that several commands take. Out: overrides, threads, and whether somebody asked to stop.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::load;

/// What is run, and how much of it.
#[derive(Debug, Clone, Args)]
pub(crate) struct EnsembleOptions {
    /// Number of realizations, instead of the scenario's.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub realizations: Option<u64>,
    /// Seed, instead of the scenario's.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Threads; default: all processors. The results do not depend on it.
    #[arg(long, value_name = "T", default_value_t = 0)]
    pub threads: usize,
    /// Override a field by its dotted path, e.g. event.april-licences.controlled_share=0.8 (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = load::override_of)]
    pub sets: Vec<(String, String)>,
    /// Do not run the undisturbed baseline beside each realization; losses are then counted against demand.
    #[arg(long)]
    pub no_baseline: bool,
}

impl EnsembleOptions {
    /// Overrides in their order: what was set, then the number of realizations and the seed.
    pub(crate) fn overrides(&self) -> Vec<(String, String)> {
        let mut sets = self.sets.clone();
        sets.extend(self.realizations.map(|n| ("run.realizations".to_string(), n.to_string())));
        sets.extend(self.seed.map(|s| ("run.seed".to_string(), s.to_string())));
        sets
    }

    /// Threads to use.
    pub(crate) fn threads(&self) -> usize {
        if self.threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { self.threads }
    }
}

/// What is left behind, and what is said.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutputOptions {
    /// Folder of the run; default: output/<scenario>-<hash>.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Replace the folder whatever it holds.
    #[arg(long)]
    pub overwrite: bool,
    /// Draw no charts.
    #[arg(long)]
    pub no_charts: bool,
    /// Print nothing but errors.
    #[arg(long)]
    pub quiet: bool,
    /// Print the summary as JSON instead of the page of words.
    #[arg(long)]
    pub json: bool,
}

impl OutputOptions {
    /// Whether progress is kept from the terminal.
    pub(crate) fn silent(&self) -> bool {
        self.quiet || self.json
    }
}

/// A flag that Ctrl-C raises.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    // A second handler in one process (tests) is refused; the first one serves.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    stop
}
