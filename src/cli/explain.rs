//! `coercivity explain`: in: a run's folder, or a scenario, and a realization. Out: that future again, in every detail.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use super::finish::{manifest, write_charts, write_manifest};
use super::folder::Folder;
use super::load::{self, Loaded};
use super::options::{EnsembleOptions, OutputOptions};
use super::{Outcome, inputs, kept};
use crate::report;
use crate::results::csv::number;
use crate::results::manifest::{Kind, Made, digest, program};
use crate::study::explain::{Explanation, explain as replay};
use crate::study::explain_tables::write_all;

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity run scenarios/first.toml -o output/futures
  coercivity explain output/futures --realization 17
  coercivity explain scenarios/first.toml --realization 17 --set 'facility.CARS.cover_in=4 weeks'

A run's folder holds all that is needed: the scenario is read from its copies, with the flags of its manifest. Of a scenario file
give the flags of the run.")]
pub(crate) struct ExplainArguments {
    /// Folder of a run, or a scenario file (TOML).
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The realization, as numbered in realizations.csv, from 0.
    #[arg(long, value_name = "K")]
    realization: u64,
    #[command(flatten)]
    ensemble: EnsembleOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// What is explained: a scenario, whether it has a baseline, and the table of the run's realizations.
struct Subject {
    loaded: Loaded,
    stem: String,
    baseline: bool,
    overrides: Vec<(String, String)>,
    rows: Option<PathBuf>,
    realizations: u64,
    /// What tells this run from others.
    identity: String,
}

fn wrong(why: &str) -> Result<Option<Subject>> {
    eprintln!("error: {why}");
    Ok(None)
}

/// Reads what the command line names; `None`: it is wrong, and has been said.
fn subject(a: &ExplainArguments) -> Result<Option<Subject>> {
    let flags = &a.ensemble;
    if !a.run.is_dir() {
        let sets = flags.overrides();
        let Some(loaded) = load::compile(&a.run, &sets, a.output.quiet)? else { return Ok(None) };
        let mut text = format!("{}\n", flags.no_baseline);
        loaded.scenario.files.iter().for_each(|f| text += &digest(f.text.as_bytes()));
        sets.iter().for_each(|(k, v)| text += &format!("\n{k}={v}"));
        let identity = digest(text.as_bytes());
        let realizations = loaded.scenario.run.realizations;
        let (stem, baseline) = (inputs::stem(&a.run), !flags.no_baseline);
        return Ok(Some(Subject { loaded, stem, baseline, overrides: sets, rows: None, realizations, identity }));
    }
    if !flags.overrides().is_empty() || flags.no_baseline {
        return wrong("a run's folder has its own seed, realizations and overrides; give flags with a scenario file only");
    }
    let Some(kept) = kept::read(&a.run)? else { return Ok(None) };
    let rows = Some(a.run.join("realizations.csv")).filter(|p| p.exists());
    let (loaded, m) = (kept.loaded, kept.manifest);
    let stem = m.inputs.first().map(|i| inputs::stem(Path::new(&i.path))).unwrap_or_default();
    let (baseline, overrides, realizations, identity) = (m.baseline, m.overrides, m.realizations, m.identity);
    Ok(Some(Subject { loaded, stem, baseline, overrides, rows, realizations, identity }))
}

pub(crate) fn explain(a: &ExplainArguments) -> Result<Outcome> {
    let began = std::time::Instant::now();
    let out = &a.output;
    let Some(subject) = subject(a)? else { return Ok(Outcome::Wrong) };
    let Loaded { scenario, network, shocks, warnings } = &subject.loaded;
    let (k, of) = (a.realization, subject.realizations);
    if k >= of {
        eprintln!("error: there is no realization {k}: the run has {of}, numbered 0 to {}", of - 1);
        return Ok(Outcome::Wrong);
    }
    let identity = digest(format!("explain {} {} {k} {}", program(), subject.identity, out.no_charts).as_bytes());
    let name = format!("explain-{}-{k}-{}", subject.stem, &identity[..8]);
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(name));
    let folder = Folder::open(&target, &identity, out.overwrite)?;

    let mut explanation = replay(scenario, network, shocks, subject.baseline, k);
    if let Some(rows) = &subject.rows
        && let Err(why) = compare_with(rows, &mut explanation)
    {
        eprintln!("error: {why}");
        return Ok(Outcome::Wrong);
    }
    inputs::write(folder.path(), &scenario.files)?;
    write_all(&explanation, folder.path()).context("cannot write the tables")?;
    let notes = if out.no_charts { vec![] } else { write_charts(folder.path(), &report::draw_explanation(&explanation))? };
    let made = Made {
        kind: Kind::Explain,
        seed: scenario.run.seed,
        realizations: 1,
        inputs: inputs::listed(&scenario.files),
        overrides: subject.overrides.clone(),
        baseline: subject.baseline,
        identity,
    };
    let mut manifest = manifest(made, 1, began);
    manifest.warnings = warnings.iter().map(|p| p.message.clone()).chain(notes).collect();
    write_manifest(&folder, &manifest)?;
    let place = folder.finish()?.display().to_string();
    if out.json {
        super::print(&(json(&explanation, &place)? + "\n"))?;
    } else if !out.quiet {
        super::print(&report::explain_words::page(&explanation, of, Some(&place)))?;
    }
    Ok(Outcome::Done)
}

/// Holds the replay against its row of the run's table, and ranks its outcomes among all.
///
/// # Errors
/// A sentence: the table is not that of this run, or cannot be read.
fn compare_with(path: &Path, explanation: &mut Explanation) -> Result<(), String> {
    let shown = path.display();
    let fail = |e: csv::Error| format!("cannot read {shown}: {e}");
    let mut table = csv::Reader::from_path(path).map_err(fail)?;
    let names = table.headers().map_err(fail)?.clone();
    let mut columns: Vec<Option<usize>> = vec![];
    for o in &explanation.outcomes {
        columns.push(names.iter().position(|n| n == format!("{}:{}", o.metric, o.scope)));
    }
    let (mut less, mut count) = (vec![0_u64; columns.len()], 0_u64);
    let mut found = false;
    for row in table.records() {
        let row = row.map_err(fail)?;
        count += 1;
        let here = row.get(0).is_some_and(|n| n == explanation.realization.to_string());
        found |= here;
        for ((o, column), less) in explanation.outcomes.iter().zip(&columns).zip(&mut less) {
            let Some(text) = column.and_then(|c| row.get(c)) else { continue };
            if here && text != number(o.value) {
                let (metric, scope, value) = (&o.metric, &o.scope, number(o.value));
                return Err(format!(
                    "{shown} has {text} for {metric} of {scope}, and the replay gives {value}: the folder was made by another build; run it again"
                ));
            }
            *less += u64::from(text.parse::<f64>().is_ok_and(|x| number(x) != number(o.value) && x < o.value));
        }
    }
    if !found {
        return Err(format!("{shown} has no row of realization {}", explanation.realization));
    }
    for ((o, column), less) in explanation.outcomes.iter_mut().zip(columns).zip(less) {
        o.more_than = column.map(|_| less as f64 / count as f64);
    }
    Ok(())
}

fn json(explanation: &Explanation, place: &str) -> Result<String> {
    let outcomes: Vec<serde_json::Value> = explanation
        .outcomes
        .iter()
        .filter(|o| !o.scope.starts_with("facility:") || o.metric == "parameter")
        .map(|o| serde_json::json!({"metric": o.metric, "scope": o.scope, "value": o.value, "more_than": o.more_than}))
        .collect();
    let mut bound = vec![];
    for row in &explanation.rows {
        for e in &row.episodes {
            let Some((first, last)) = e.span() else { continue };
            let (worst, amount) = e.worst();
            bound.push(serde_json::json!({"section": row.section, "name": row.name, "kind": e.kind.name(), "what": e.what,
                "weeks": e.weeks(), "first": explanation.date(first).to_string(), "last": explanation.date(last).to_string(),
                "worst": explanation.date(worst).to_string(), "worst_share": amount / row.normal, "amount": e.amounts.iter().sum::<f64>()}));
        }
    }
    let events: Vec<serde_json::Value> = explanation
        .events
        .iter()
        .map(|e| serde_json::json!({"id": e.id, "name": e.name, "start": e.date.to_string(), "end": e.end.map(|d| d.to_string())}))
        .collect();
    let value = serde_json::json!({"folder": place, "realization": explanation.realization, "events": events, "outcomes": outcomes, "bound": bound});
    Ok(serde_json::to_string_pretty(&value)?)
}
