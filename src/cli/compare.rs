//! `coercivity compare`: in: scenario files, or one and changes to it. Out: a folder with their paired differences, and a page of words.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::finish::{manifest, write_charts, write_manifest};
use super::folder::Folder;
use super::load::Loaded;
use super::options::{EnsembleOptions, OutputOptions, stop_flag};
use super::variants::{self, Asked};
use super::{Outcome, inputs, progress};
use crate::ensemble::EnsembleError;
use crate::report::{self, versus::MOST};
use crate::results::manifest::{Input, Kind, Made, digest, program};
use crate::scenario::schema::SourceFile;
use crate::study::compare::{Comparison, Subject, compare as run, other_worlds};
use crate::study::compare_tables::{told, write_all};

/// Arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity compare scenarios/heavy-ban.toml scenarios/2025-export-licences.toml
  coercivity compare scenarios/heavy-ban.toml --with 'event.ban.leakage=0.2' --with 'event.ban.leakage=0.2,event.ban.scare=0'
  coercivity compare scenarios/first.toml --with 'facility.CARS.cover_in=16 weeks' --label 'as it is' --label 'twice the stock'

Every variant runs through the same futures: the first file's seed and number of realizations hold for all, and of different
horizons the shortest. A difference is that of variant and first file in the same future.")]
pub(crate) struct CompareArguments {
    /// Scenario files (TOML); the others are held against the first.
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// One variant more: the first file with these fields changed; a comma inside a value needs quotes or brackets (repeatable).
    #[arg(long, value_name = "KEY=VALUE[,KEY=VALUE…]", value_parser = variants::changes, action = clap::ArgAction::Append)]
    with: Vec<std::vec::Vec<(String, String)>>,
    /// What a variant is called in tables and on charts, in the order of variants (repeatable); default: file names and changes.
    #[arg(long, value_name = "NAME")]
    label: Vec<String>,
    #[command(flatten)]
    ensemble: EnsembleOptions,
    #[command(flatten)]
    output: OutputOptions,
}

pub(crate) fn compare(a: &CompareArguments) -> Result<Outcome> {
    let began = Instant::now();
    let out = &a.output;
    let asked = match variants::asked(&a.scenarios, &a.with, &a.label) {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("error: {why}");
            return Ok(Outcome::Wrong);
        }
    };
    if asked.len() > MOST && !out.no_charts {
        eprintln!("error: {} variants, and charts tell {MOST} apart: compare fewer, or give --no-charts", asked.len());
        return Ok(Outcome::Wrong);
    }
    let sets = a.ensemble.overrides();
    let Some(loaded) = variants::compile(&asked, &sets, out.quiet)? else { return Ok(Outcome::Wrong) };
    let files = files(&loaded);
    let listed = inputs::listed(&files);
    let identity = identity(&listed, &asked, &sets, a);
    let stem = inputs::stem(&a.scenarios[0]);
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(format!("compare-{stem}-{}", &identity[..8])));
    let folder = Folder::open(&target, &identity, out.overwrite)?;

    let stop = stop_flag();
    let threads = a.ensemble.threads();
    let subjects: Vec<Subject<'_>> = asked
        .iter()
        .zip(&loaded)
        .map(|(one, l)| Subject { label: one.label.clone(), scenario: &l.scenario, network: &l.network, shocks: &l.shocks })
        .collect();
    let realizations = loaded[0].scenario.run.realizations;
    let bar = progress::bar(realizations * subjects.len() as u64, out.silent());
    let comparison = match run(&subjects, !a.ensemble.no_baseline, threads, &|n| bar.inc(n), &stop) {
        Ok(comparison) => comparison,
        Err(EnsembleError::Interrupted(_)) => {
            let n = bar.position();
            bar.finish_and_clear();
            eprintln!("interrupted after {n} realizations; nothing was written");
            return Ok(Outcome::Interrupted);
        }
        Err(error) => return Err(error.into()),
    };
    bar.finish_and_clear();

    inputs::write(folder.path(), &files)?;
    write_all(&comparison, folder.path()).context("cannot write the tables")?;
    let mut notes = notes(comparison.variants.iter().map(|v| (v.label.as_str(), v.results.notes.as_slice())));
    notes.extend(other_worlds(&subjects));
    if !out.no_charts {
        notes.extend(write_charts(folder.path(), &report::draw_comparison(&comparison))?);
    }
    let run = &loaded[0].scenario.run;
    let baseline = !a.ensemble.no_baseline;
    let made = Made { kind: Kind::Compare, seed: run.seed, realizations, inputs: listed, overrides: sets, baseline, identity };
    let mut manifest = manifest(made, threads, began);
    manifest.mass_error = comparison.mass_error;
    for message in loaded.iter().flat_map(|l| l.warnings.iter().map(|p| &p.message)).chain(&notes) {
        if !manifest.warnings.contains(message) {
            manifest.warnings.push(message.clone());
        }
    }
    write_manifest(&folder, &manifest)?;
    if stop.load(Ordering::Relaxed) {
        eprintln!("interrupted; nothing was written");
        return Ok(Outcome::Interrupted);
    }
    let place = folder.finish()?;
    let seconds = began.elapsed().as_secs_f64();
    if out.json {
        super::print(&(json(&comparison, &asked, &notes, &place, seconds)? + "\n"))?;
    } else if !out.quiet {
        super::print(&report::compare_words::page(&comparison, &notes, Some(&place.display().to_string()), Some(seconds)))?;
    }
    Ok(Outcome::Done)
}

/// What is to be said of the variants: once if it holds for all, else with the name of the one it holds for.
fn notes<'a>(variants: impl Iterator<Item = (&'a str, &'a [String])> + Clone) -> Vec<String> {
    let mut notes: Vec<String> = vec![];
    for (label, own) in variants.clone() {
        for note in own {
            let of_all = variants.clone().all(|(_, notes)| notes.contains(note));
            let said = if of_all { note.clone() } else { format!("{label}: {note}") };
            if !notes.contains(&said) {
                notes.push(said);
            }
        }
    }
    notes
}

/// The files of all variants, each once.
fn files(loaded: &[Loaded]) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = vec![];
    for file in loaded.iter().flat_map(|l| &l.scenario.files) {
        if !files.contains(file) {
            files.push(file.clone());
        }
    }
    files
}

/// What makes two comparisons the same: program, inputs, variants, overrides and the flags that change the files.
fn identity(inputs: &[Input], asked: &[Asked], sets: &[(String, String)], a: &CompareArguments) -> String {
    let mut text = format!("compare {} {} {}\n", program(), a.ensemble.no_baseline, a.output.no_charts);
    for input in inputs {
        text += &format!("{}\n", input.sha256);
    }
    for one in asked {
        text += &format!("{} {} {:?}\n", one.label, one.path.display(), one.changes);
    }
    for (key, value) in sets {
        text += &format!("{key}={value}\n");
    }
    digest(text.as_bytes())
}

fn json(comparison: &Comparison, asked: &[Asked], notes: &[String], place: &Path, seconds: f64) -> Result<String> {
    let label = |v: usize| comparison.variants[v].label.as_str();
    let mut differences = vec![];
    for d in comparison.differences.iter().filter(|d| !d.scope.starts_with("facility:")) {
        for (stat, [value, se, lo95, hi95], n) in told(d) {
            differences.push(serde_json::json!({"metric": d.metric, "scope": d.scope, "variant": label(d.variant), "against": label(0),
                "stat": stat, "value": value, "se": se, "lo95": lo95, "hi95": hi95, "n": n}));
        }
    }
    let mut summary = vec![];
    for variant in &comparison.variants {
        for r in variant.results.summary.iter().filter(|r| !r.scope.starts_with("facility:")) {
            summary.push(serde_json::json!({"variant": variant.label, "metric": r.metric, "scope": r.scope, "stat": r.stat.to_string(),
                "value": r.value, "se": r.se, "lo95": r.lo95, "hi95": r.hi95, "n": r.n}));
        }
    }
    let variants: Vec<serde_json::Value> = asked
        .iter()
        .zip(&comparison.variants)
        .map(|(a, v)| {
            let changes: Vec<String> = a.changes.iter().map(|(k, x)| format!("{k}={x}")).collect();
            serde_json::json!({"label": v.label, "title": v.results.title, "file": a.path.display().to_string(), "changes": changes})
        })
        .collect();
    let value = serde_json::json!({"folder": place.display().to_string(), "realizations": comparison.first().results.realizations,
        "seconds": seconds, "variants": variants, "notes": notes, "differences": differences, "summary": summary});
    Ok(serde_json::to_string_pretty(&value)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_holds_for_one_variant_alone_is_said_with_its_name() {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let (first, second) = (list(&["few"]), list(&["few", "off"]));
        let said = super::notes([("a", first.as_slice()), ("b", second.as_slice())].into_iter());
        assert_eq!(said, ["few", "b: off"]);
    }
}
