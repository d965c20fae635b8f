//! `coercivity run`: in: a scenario file. Out: a folder with its tables and charts, and a page of words.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::folder::Folder;
use super::options::{EnsembleOptions, OutputOptions, stop_flag};
use super::{Outcome, load, progress};
use crate::ensemble::observe::Watch;
use crate::ensemble::{EnsembleError, Plan};
use crate::report;
use crate::results::manifest::{Input, Manifest, digest};
use crate::results::{Results, collect, csv};
use crate::scenario::schema::SourceFile;

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity run scenarios/first.toml
  coercivity run scenarios/2025-export-licences.toml --realizations 1000 --seed 7
  coercivity run scenarios/heavy-ban.toml --set event.ban.duration='\"26 weeks\"' -o output/half-a-year")]
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
}

pub(crate) fn run(a: &RunArguments) -> Result<Outcome> {
    let began = Instant::now();
    let sets = a.ensemble.overrides();
    let out = &a.output;
    let Some(loaded) = load::compile(&a.scenario, &sets, out.quiet)? else { return Ok(Outcome::Wrong) };
    let (scenario, network, shocks) = (&loaded.scenario, &loaded.network, &loaded.shocks);
    let inputs: Vec<Input> = scenario.files.iter().map(|f| Input::new(f.path.display().to_string(), f.text.as_bytes())).collect();
    let identity = identity(&inputs, &sets, a);
    let stem = a.scenario.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}-{}", &identity[..8])));
    let folder = Folder::open(&target, &identity, out.overwrite)?;

    let stop = stop_flag();
    let threads = a.ensemble.threads();
    let plan = Plan {
        realizations: scenario.run.realizations,
        horizon: scenario.run.horizon,
        baseline: !a.ensemble.no_baseline,
        keep: !a.no_realizations,
    };
    let watch = Watch::new(network, shocks, &scenario.run);
    let bar = progress::bar(plan.realizations, out.silent());
    let tally = match crate::ensemble::run(network, shocks, &watch, &plan, threads, &|n| bar.inc(n), &stop) {
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

    let mut results = collect::collect(scenario, network, shocks, &watch, &plan, &tally);
    write_inputs(folder.path(), &scenario.files)?;
    csv::write_all(&results, folder.path()).context("cannot write the tables")?;
    if !out.no_charts {
        results.notes.extend(write_charts(folder.path(), report::draw_all(&results))?);
    }
    let mut manifest = Manifest::new(scenario.run.seed, "Philox4x32-10", inputs, arguments(), plan.realizations);
    manifest.identity = identity;
    manifest.wall_seconds = began.elapsed().as_secs_f64();
    manifest.threads = threads;
    manifest.mass_error = tally.mass_error;
    manifest.warnings = loaded.warnings.iter().map(|p| p.message.clone()).chain(results.notes.iter().cloned()).collect();
    fs::write(folder.path().join("manifest.json"), manifest.to_json()?).context("cannot write manifest.json")?;
    if stop.load(Ordering::Relaxed) {
        eprintln!("interrupted; nothing was written");
        return Ok(Outcome::Interrupted);
    }
    let place = folder.finish()?;
    if out.json {
        super::print(&(json(&results, &place, began.elapsed().as_secs_f64())? + "\n"))?;
    } else if !out.quiet {
        let shown = place.display().to_string();
        super::print(&report::words::page(&results, Some(&shown), Some(began.elapsed().as_secs_f64())))?;
    }
    Ok(Outcome::Done)
}

/// What makes two runs the same: version, inputs, overrides and the flags that change the files.
fn identity(inputs: &[Input], sets: &[(String, String)], a: &RunArguments) -> String {
    let mut text = format!("{} {} {} {}\n", env!("CARGO_PKG_VERSION"), a.ensemble.no_baseline, a.output.no_charts, a.no_realizations);
    for input in inputs.iter().filter(|i| !i.path.starts_with("--set")) {
        text += &format!("{}\n", input.sha256);
    }
    for (key, value) in sets {
        text += &format!("{key}={value}\n");
    }
    digest(text.as_bytes())
}

/// The command line, without the command's own name.
pub(crate) fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// Copies files that were read into `inputs/`.
pub(crate) fn write_inputs(folder: &Path, files: &[SourceFile]) -> Result<()> {
    let inputs = folder.join("inputs");
    fs::create_dir_all(&inputs).context("cannot make the folder of inputs")?;
    for file in files {
        // Overrides are no file; what was read from one is written even if it has gone since.
        if let Some(name) = file.path.file_name().filter(|_| !file.path.to_string_lossy().starts_with("--set ")) {
            // Bases in different folders may share a name.
            let mut place = inputs.join(name);
            let mut copy = 1;
            while place.exists() {
                copy += 1;
                place = inputs.join(format!("{copy}-{}", name.to_string_lossy()));
            }
            fs::write(place, &file.text).with_context(|| format!("cannot copy {}", file.path.display()))?;
        }
    }
    Ok(())
}

/// Writes each chart into `charts/` as SVG, PNG and CSV.
pub(crate) fn write_charts(folder: &Path, drawn: report::Drawn) -> Result<Vec<String>> {
    use rayon::prelude::*;
    let charts = folder.join("charts");
    fs::create_dir_all(&charts).context("cannot make the folder of charts")?;
    drawn.charts.par_iter().try_for_each(|chart| -> Result<()> {
        let write = |ending: &str, bytes: &[u8]| {
            let path = charts.join(format!("{}.{ending}", chart.name));
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
        };
        write("svg", chart.svg.as_bytes())?;
        write("csv", chart.csv.as_bytes())?;
        write("png", &report::png::png(&chart.svg)?)
    })?;
    Ok(drawn.notes)
}

fn json(results: &Results, place: &Path, seconds: f64) -> Result<String> {
    let rows: Vec<serde_json::Value> = results
        .summary
        .iter()
        .filter(|r| !r.scope.starts_with("facility:"))
        .map(|r| {
            serde_json::json!({"metric": r.metric, "scope": r.scope, "stat": r.stat.to_string(),
                "value": r.value, "se": r.se, "lo95": r.lo95, "hi95": r.hi95, "n": r.n})
        })
        .collect();
    let value = serde_json::json!({"folder": place.display().to_string(), "realizations": results.realizations,
        "seconds": seconds, "notes": results.notes, "summary": rows});
    Ok(serde_json::to_string_pretty(&value)?)
}
