//! In: an ensemble that has been run, or merged from its shards. Out: its folder of tables, charts and manifest, and what is said of it.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};

use super::folder::Folder;
use super::load::Loaded;
use super::options::OutputOptions;
use super::{Outcome, inputs};
use crate::ensemble::Plan;
use crate::ensemble::observe::Watch;
use crate::ensemble::tally::Tally;
use crate::report;
use crate::results::manifest::{Input, Kind, Made, Manifest};
use crate::results::until::Until;
use crate::results::{Results, collect, csv};

/// Name of the generator, for manifests.
const GENERATOR: &str = "Philox4x32-10";

/// What was counted, and of what.
pub(crate) struct Ended<'a> {
    pub loaded: &'a Loaded,
    pub watch: &'a Watch,
    pub plan: &'a Plan,
    pub overrides: &'a [(String, String)],
    pub tally: &'a Tally,
    pub until: Option<Until>,
    pub inputs: Vec<Input>,
    pub identity: String,
    pub threads: usize,
    pub began: Instant,
}

/// A manifest of this command; what only some commands know is filled in by them.
pub(crate) fn manifest(made: Made, threads: usize, began: Instant) -> Manifest {
    let mut manifest = Manifest::new(made, GENERATOR, std::env::args().skip(1).collect());
    manifest.threads = threads;
    manifest.wall_seconds = began.elapsed().as_secs_f64();
    manifest
}

/// A manifest of an ensemble, or of a shard of one.
pub(crate) fn manifest_of(e: &Ended<'_>, kind: Kind, realizations: u64) -> Manifest {
    let made = Made {
        kind,
        seed: e.loaded.scenario.run.seed,
        realizations,
        inputs: e.inputs.clone(),
        overrides: e.overrides.to_vec(),
        baseline: e.plan.baseline,
        identity: e.identity.clone(),
    };
    let mut manifest = manifest(made, e.threads, e.began);
    manifest.mass_error = e.tally.mass_error;
    manifest.warnings = e.loaded.warnings.iter().map(|p| p.message.clone()).collect();
    manifest
}

/// Writes the manifest of a folder in the making.
pub(crate) fn write_manifest(folder: &Folder, manifest: &Manifest) -> Result<()> {
    fs::write(folder.path().join("manifest.json"), manifest.to_json()?).context("cannot write manifest.json")
}

/// Fills the folder and puts it in its place; says what came out.
pub(crate) fn finish(e: Ended<'_>, folder: Folder, out: &OutputOptions, stop: &AtomicBool) -> Result<Outcome> {
    let Loaded { scenario, network, shocks, .. } = e.loaded;
    let mut results = collect::collect(scenario, network, shocks, e.watch, e.plan, e.tally);
    results.notes.extend(e.until.as_ref().map(Until::sentence));
    results.until = e.until.clone();
    inputs::write(folder.path(), &scenario.files)?;
    csv::write_all(&results, folder.path()).context("cannot write the tables")?;
    if !out.no_charts {
        results.notes.extend(write_charts(folder.path(), &report::draw_all(&results))?);
    }
    let mut manifest = manifest_of(&e, Kind::Run, e.tally.count);
    manifest.warnings.extend(results.notes.iter().cloned());
    manifest.until = e.until;
    write_manifest(&folder, &manifest)?;
    if stop.load(Ordering::Relaxed) {
        eprintln!("interrupted; nothing was written");
        return Ok(Outcome::Interrupted);
    }
    let place = folder.finish()?;
    let seconds = e.began.elapsed().as_secs_f64();
    if out.json {
        super::print(&(json(&results, &place, seconds)? + "\n"))?;
    } else if !out.quiet {
        let shown = place.display().to_string();
        super::print(&report::words::page(&results, Some(&shown), Some(seconds)))?;
    }
    match results.until.filter(|until| !until.reached) {
        Some(until) => {
            eprintln!("{}", until.sentence());
            Ok(Outcome::Missed)
        }
        None => Ok(Outcome::Done),
    }
}

/// Writes charts, each as SVG, PNG and CSV, and hands on what was said of those left out.
pub(crate) fn write_charts(folder: &Path, drawn: &report::Drawn) -> Result<Vec<String>> {
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
    Ok(drawn.notes.clone())
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
    let mut value = serde_json::json!({"folder": place.display().to_string(), "realizations": results.realizations,
        "seconds": seconds, "notes": results.notes, "summary": rows});
    if let Some(until) = &results.until {
        value["until"] = serde_json::to_value(until)?;
    }
    Ok(serde_json::to_string_pretty(&value)?)
}
