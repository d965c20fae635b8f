//! `coercivity sweep`: in: a study. Out: a folder with one long table of inputs and outcomes, and charts; finished points survive a kill.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::finish::{manifest, write_charts, write_manifest};
use super::folder::Folder;
use super::inputs;
use super::options::{EnsembleOptions, OutputOptions, stop_flag};
use super::{Outcome, load, progress};
use crate::ensemble::EnsembleError;
use crate::ensemble::shard::Shard;
use crate::report;
use crate::results::collect::fault;
use crate::results::manifest::{Input, Kind, Made, digest, program};
use crate::scenario::schema::SourceFile;
use crate::study::ground::{Bench, Options};
use crate::study::journal::{self, Journal};
use crate::study::table::{self, Entry, Head, Swept};
use crate::study::{Case, StudyError, check, conduct, file};

/// Arguments of `sweep`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coercivity sweep scenarios/studies/first-delays.toml
  coercivity sweep scenarios/studies/licences-sobol.toml --realizations 100 -o output/quick
  coercivity sweep scenarios/studies/licences-sobol.toml --shard 3/16 -o output/shard-3

The same command again goes on where it was stopped, by Ctrl-C or a kill: finished points lie in DIR.partial until all are done.
What a study file may say: docs/sweep.md.")]
pub(crate) struct SweepArguments {
    /// Study file (TOML).
    study: PathBuf,
    #[command(flatten)]
    ensemble: EnsembleOptions,
    #[command(flatten)]
    output: OutputOptions,
    /// Run only one part of the points, e.g. 3/16; `coercivity merge` puts the parts together.
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
}

pub(crate) fn sweep(a: &SweepArguments) -> Result<Outcome> {
    match run(a) {
        Err(error) => match error.downcast::<StudyError>() {
            Ok(StudyError::Wrong { problems, files }) => {
                load::show(&problems, &files);
                Ok(Outcome::Wrong)
            }
            Ok(other) => Err(other.into()),
            Err(other) => Err(other),
        },
        done => done,
    }
}

fn run(a: &SweepArguments) -> Result<Outcome> {
    let began = Instant::now();
    let (out, asked) = (&a.output, &a.ensemble);
    let study = file::load(&a.study).map_err(StudyError::from)?;
    let options = Options { sets: asked.sets.clone(), realizations: asked.realizations, seed: asked.seed, baseline: !asked.no_baseline };
    let (bench, warnings) = Bench::open(study, &options)?;
    if !out.quiet {
        warnings.iter().for_each(|(problems, files)| load::show(problems, files));
    }
    let files = files(&bench);
    let identity = identity(&files, &options);
    let head = Head::new(&bench.study, identity.clone(), (bench.realizations, bench.seed), a.shard);
    let stem = a.study.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let part = a.shard.map(|Shard { number, of }| format!("-{number}of{of}")).unwrap_or_default();
    let target = out.output.clone().unwrap_or_else(|| Path::new("output").join(format!("{stem}-{}{part}", &identity[..8])));
    let identity = identity + &part;
    Folder::check(&target, &identity, out.overwrite)?;
    let partial = partial_of(&target);
    let stop = stop_flag();

    let mut kept = Kept::open(&target, &partial, &head, out.overwrite)?;
    let finished: Vec<usize> = kept.entries.iter().map(|e| e.case).collect();
    let cases: Vec<Case> = head.span().filter(|i| finished.binary_search(i).is_err()).map(|i| bench.study.case(i)).collect();
    let ran = cases.len();
    if let Err(error) = proceed(a, &bench, &cases, &mut kept, &stop) {
        if kept.entries.is_empty() {
            kept.give_up();
        }
        return match error {
            StudyError::Ensemble(EnsembleError::Interrupted(_)) => {
                let (done, all, place) = (kept.entries.len(), head.span().len(), partial.display());
                if done == 0 {
                    eprintln!("interrupted before a point was finished; nothing was kept");
                } else {
                    eprintln!("interrupted: {done} of {all} points are finished and lie in {place}; the same command goes on from there");
                }
                Ok(Outcome::Interrupted)
            }
            error => Err(error.into()),
        };
    }

    let mut swept = Swept { head, entries: std::mem::take(&mut kept.entries) };
    swept.entries.sort_by_key(|e| e.case);
    let folder = Folder::open_within(&target, &partial)?;
    let left = Left {
        swept: &swept,
        inputs: inputs::listed(&files),
        overrides: asked.overrides(),
        baseline: options.baseline,
        identity,
        threads: asked.threads(),
        notes: warnings.iter().flat_map(|(p, _)| p.iter()).map(|p| p.message.clone()).collect(),
        ran,
        began,
    };
    left.finish(folder, &files, out)?;
    kept.give_up();
    Ok(Outcome::Done)
}

/// What a finished sweep leaves, and what is said of it.
pub(crate) struct Left<'a> {
    pub swept: &'a Swept,
    pub inputs: Vec<Input>,
    /// What the command line set, and whether baselines ran.
    pub overrides: Vec<(String, String)>,
    pub baseline: bool,
    pub identity: String,
    pub threads: usize,
    pub notes: Vec<String>,
    /// Cases that were run now.
    pub ran: usize,
    pub began: Instant,
}

impl Left<'_> {
    /// Writes everything, puts the folder in its place, and says so.
    pub(crate) fn finish(mut self, folder: Folder, files: &[SourceFile], out: &OutputOptions) -> Result<()> {
        let head = &self.swept.head;
        inputs::write(folder.path(), files)?;
        let mass_error = self.swept.mass_error();
        self.notes.extend(fault(mass_error));
        self.notes.extend(write_tables(folder.path(), self.swept, !out.no_charts)?);
        let made = Made {
            kind: Kind::Sweep,
            seed: head.seed,
            realizations: head.realizations,
            inputs: self.inputs,
            overrides: self.overrides,
            baseline: self.baseline,
            identity: self.identity,
        };
        let mut manifest = manifest(made, self.threads, self.began);
        manifest.mass_error = mass_error;
        manifest.warnings.clone_from(&self.notes);
        write_manifest(&folder, &manifest)?;
        let place = folder.finish()?;
        let seconds = self.began.elapsed().as_secs_f64();
        if out.json {
            super::print(&(serde_json::to_string_pretty(&json(self.swept, &place, self.ran, seconds, &self.notes))? + "\n"))?;
        } else if !out.quiet {
            let place = place.display().to_string();
            super::print(&report::sweep::words::page(self.swept, &place, (self.ran, seconds), &self.notes))?;
        }
        Ok(())
    }
}

/// Checks and runs the cases, and keeps each as soon as it is finished.
fn proceed(a: &SweepArguments, bench: &Bench, cases: &[Case], kept: &mut Kept, stop: &AtomicBool) -> Result<(), StudyError> {
    let threads = a.ensemble.threads();
    check::check(bench, cases, threads, stop)?;
    let all = kept.entries.len() + cases.len();
    let bar = progress::points(cases.len() as u64 * bench.realizations, (kept.entries.len(), all), a.output.silent());
    let done = &mut |case: Case, ran| {
        kept.add(Entry::new(&bench.study, case, ran))?;
        bar.set_prefix(format!("{} of {all} points", kept.entries.len()));
        Ok(())
    };
    let outcome = conduct::run(bench, cases, threads, &|n| bar.inc(n), stop, done);
    bar.finish_and_clear();
    outcome
}

/// Tables, journal and charts of a sweep or a shard; what could not be drawn is returned.
fn write_tables(folder: &Path, swept: &Swept, charts: bool) -> Result<Vec<String>> {
    type Write = fn(&Swept, fs::File) -> Result<(), ::csv::Error>;
    let tables: [(&str, Write); 3] = [("sweep.csv", table::sweep), ("design.csv", table::design), ("parameters.csv", table::parameters)];
    for (name, write) in tables {
        let context = || format!("cannot write {name}");
        write(swept, fs::File::create(folder.join(name)).with_context(context)?).with_context(context)?;
    }
    fs::write(folder.join(journal::NAME), journal::text(swept)?).with_context(|| format!("cannot write {}", journal::NAME))?;
    if charts && swept.head.shard.is_none() {
        return write_charts(folder, &report::sweep::draw_all(swept));
    }
    Ok(vec![])
}

/// Finished cases and the journal that keeps them.
struct Kept {
    entries: Vec<Entry>,
    journal: Option<Journal>,
    partial: PathBuf,
}

impl Kept {
    /// What is finished already: in the folder in the making, or all of it in the finished one.
    fn open(target: &Path, partial: &Path, head: &Head, overwrite: bool) -> Result<Kept> {
        fs::create_dir_all(partial).with_context(|| format!("cannot make {}", partial.display()))?;
        let path = partial.join(journal::NAME);
        let (mut journal, mut entries) = match Journal::open(&path, head, overwrite) {
            Err(StudyError::Foreign(message)) => {
                let hint = "it was stopped before it was done; finish it, give --overwrite to throw it away, or another folder with -o";
                anyhow::bail!("{message}: {hint}")
            }
            opened => opened?,
        };
        if let Ok(whole) = journal::read_folder(target)
            && whole.head == *head
        {
            // The finished folder is replaced when its tables are written again: until then its points lie in both.
            let known: Vec<usize> = entries.iter().map(|e| e.case).collect();
            let missing: Vec<Entry> = whole.entries.iter().filter(|e| known.binary_search(&e.case).is_err()).cloned().collect();
            journal.add_all(&missing)?;
            entries = whole.entries;
        }
        Ok(Kept { entries, journal: Some(journal), partial: partial.to_path_buf() })
    }

    fn add(&mut self, entry: Entry) -> Result<(), StudyError> {
        if let Some(journal) = &mut self.journal {
            journal.add(&entry)?;
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Takes the folder in the making away: nothing in it is needed any more.
    fn give_up(&mut self) {
        self.journal = None;
        let _ = fs::remove_dir_all(&self.partial);
    }
}

/// Where points lie until all are finished.
fn partial_of(target: &Path) -> PathBuf {
    let name = target.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    target.with_file_name(format!("{name}.partial"))
}

/// Every file that was read, each once.
fn files(bench: &Bench) -> Vec<SourceFile> {
    let mut list: Vec<SourceFile> = vec![];
    for file in bench.study.files.iter().chain(bench.files.iter().flatten()) {
        if !list.iter().any(|f| f.path == file.path) {
            list.push(file.clone());
        }
    }
    list
}

/// What makes two sweeps the same: program, inputs, overrides and the flags that change the numbers.
fn identity(files: &[SourceFile], options: &Options) -> String {
    let mut text = format!("{} {}\n", program(), options.baseline);
    for file in files {
        text += &format!("{}\n", digest(file.text.as_bytes()));
    }
    for (key, value) in &options.sets {
        text += &format!("{key}={value}\n");
    }
    text += &format!("{:?} {:?}\n", options.realizations, options.seed);
    digest(text.as_bytes())
}

/// What `--json` prints.
fn json(swept: &Swept, place: &Path, ran: usize, seconds: f64, notes: &[String]) -> serde_json::Value {
    let head = &swept.head;
    let parameters: Vec<_> =
        head.inputs.iter().map(|i| serde_json::json!({"id": i.id, "path": i.path, "name": i.name, "unit": i.unit})).collect();
    let outcomes: Vec<_> = swept
        .gists()
        .into_iter()
        .map(|g| {
            let ranks: serde_json::Map<_, _> = head.inputs.iter().map(|i| i.id.clone()).zip(g.ranks.iter().map(|r| (*r).into())).collect();
            serde_json::json!({"metric": g.metric, "scope": g.scope, "scenario": g.scenario, "policy": g.policy, "points": g.points,
                "least": g.least.0, "least_at": g.least.1, "median": g.median, "largest": g.largest.0, "largest_at": g.largest.1,
                "rank_correlation": ranks})
        })
        .collect();
    serde_json::json!({"folder": place.display().to_string(), "design": head.design, "points": head.points, "cases": swept.entries.len(),
        "ran": ran, "realizations": head.realizations, "seconds": seconds, "scenarios": head.scenarios, "policies": head.policies,
        "shard": head.shard.map(|s| s.to_string()), "parameters": parameters, "notes": notes, "outcomes": outcomes})
}
