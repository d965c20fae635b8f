//! In: a path and overrides. Out: a scenario with its network and shocks, or every problem shown on standard error.

use std::io::IsTerminal;
use std::path::Path;

use crate::network::Network;
use crate::scenario::problem::Problems;
use crate::scenario::schema::{Scenario, SourceFile};
use crate::scenario::{Failure, load, render};
use crate::shocks::Shocks;

/// A scenario ready to run.
pub(crate) struct Loaded {
    pub scenario: Scenario,
    pub network: Network,
    pub shocks: Shocks,
    pub warnings: Problems,
}

/// Splits `KEY=VALUE`.
pub(crate) fn override_of(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().into(), value.trim().into())),
        _ => Err(format!("`{text}` is not KEY=VALUE; e.g. run.seed=3")),
    }
}

/// Shows problems on standard error, with colour if a person is there to see it.
pub(crate) fn show(problems: &Problems, files: &[SourceFile]) {
    if !problems.is_empty() {
        let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        eprintln!("{}", render(problems, files, colour));
    }
}

/// Loads and compiles; `None`: it is wrong, and has been said.
pub(crate) fn compile(path: &Path, sets: &[(String, String)], quiet: bool) -> anyhow::Result<Option<Loaded>> {
    compiled(load(path, sets), quiet)
}

/// Compiles what was loaded; `None`: it is wrong, and has been said.
pub(crate) fn compiled(read: Result<(Scenario, Problems), Failure>, quiet: bool) -> anyhow::Result<Option<Loaded>> {
    let (scenario, mut problems) = match read {
        Ok(read) => read,
        Err(Failure::Wrong { problems, files }) => {
            show(&problems, &files);
            return Ok(None);
        }
        Err(failure @ Failure::Disk { .. }) => return Err(failure.into()),
    };
    let network = Network::compile(&scenario, &mut problems);
    let shocks = network.as_ref().map(|n| Shocks::compile(&scenario, n, &mut problems));
    if problems.any_error() || !quiet {
        show(&problems, &scenario.files);
    }
    match (network, shocks) {
        (Some(network), Some(shocks)) if !problems.any_error() => Ok(Some(Loaded { scenario, network, shocks, warnings: problems })),
        _ => Ok(None),
    }
}
