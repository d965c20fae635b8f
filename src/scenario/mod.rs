//! In: the path of a scenario file and overrides. Out: a [`Scenario`], or every problem of the file at once.
//!
//! [`load`] reads the file and its bases, lays the overrides on top, and checks every value and name. How the parts fit
//! together (shares that sum to one, recipes that conserve mass) is checked where they are joined, in the next room.

pub(crate) mod distribution;
pub mod events;
mod evidence;
pub(crate) mod locate;
mod merge;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod overrides;
pub(crate) mod parse;
pub mod problem;
pub(crate) mod ranges;
mod read;
pub(crate) mod reader;
mod render;
mod rows;
pub mod schema;
pub(crate) mod value;

use std::io;
use std::path::{Path, PathBuf};

pub use names::suggestion;
use parse::Shelf;
use problem::Problems;
pub use read::STAGES;
pub use render::render;
use schema::{RowTable, Scenario, SourceFile};
use value::Value;

/// Why a scenario could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The user's files are wrong; `files` are those to show the problems in.
    #[error("the scenario is wrong")]
    Wrong {
        /// Everything found wrong, with at least one error.
        problems: Problems,
        /// The files that were read, and overrides as files named `--set KEY`.
        files: Vec<SourceFile>,
    },
    /// The disk failed, or forbids reading.
    #[error("cannot read {}", path.display())]
    Disk {
        /// What was to be read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Loads the scenario at `path` with overrides such as (`run.seed`, `3`) on top. The problems of a success are warnings.
///
/// # Errors
/// [`Failure::Wrong`] with every problem of the files; [`Failure::Disk`] when the disk fails.
pub fn load(path: &Path, sets: &[(String, String)]) -> Result<(Scenario, Problems), Failure> {
    let mut problems = Problems::default();
    let sources = parse::open(path, Shelf::Disk, sets, &mut problems)?;
    read_all(sources, Shelf::Disk, problems, None)
}

/// Loads a scenario from the files that [`Scenario::files`] held when it was read before, without the disk: the scenario first, each
/// file under the path it had then, from which bases and rows are found again.
///
/// # Errors
/// As [`load`].
pub fn load_kept(files: &[SourceFile], sets: &[(String, String)]) -> Result<(Scenario, Problems), Failure> {
    let mut problems = Problems::default();
    let path = files.first().map(|f| f.path.clone()).unwrap_or_default();
    let sources = parse::open(&path, Shelf::Kept(files), sets, &mut problems)?;
    read_all(sources, Shelf::Kept(files), problems, None)
}

/// Loads a scenario from a text; `name` stands for its path in messages, and bases are found from it.
///
/// # Errors
/// As [`load`].
pub fn load_text(name: &str, text: &str) -> Result<(Scenario, Problems), Failure> {
    let mut problems = Problems::default();
    let sources = parse::open_text((Path::new(name), text.to_owned()), Shelf::Disk, &[], &mut problems)?;
    read_all(sources, Shelf::Disk, problems, None)
}

/// A scenario's files, read once, to be laid under many sets of overrides: the points of a study.
#[derive(Debug)]
pub struct Template {
    sources: parse::Sources,
    problems: Problems,
    rows: Option<(RowTable, SourceFile)>,
}

impl Template {
    /// Reads the scenario at `path` with overrides that hold everywhere.
    ///
    /// # Errors
    /// As [`load`]; the scenario must be right as it stands.
    pub fn open(path: &Path, sets: &[(String, String)]) -> Result<Template, Failure> {
        let mut problems = Problems::default();
        let sources = parse::open(path, Shelf::Disk, sets, &mut problems)?;
        let (scenario, _) = read_all(sources.clone(), Shelf::Disk, problems.clone(), None)?;
        let rows = match (scenario.rows, scenario.files.into_iter().next_back()) {
            (Some(rows), Some(file)) => Some((rows, file)),
            _ => None,
        };
        Ok(Template { sources, problems, rows })
    }

    /// The scenario with more overrides on top, as [`load`] would give it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn with(&self, sets: &[(String, String)]) -> Result<(Scenario, Problems), Failure> {
        let (mut sources, mut problems) = (self.sources.clone(), self.problems.clone());
        overrides::apply(&mut sources, sets, &mut problems);
        read_all(sources, Shelf::Disk, problems, self.rows.as_ref())
    }
}

/// Reads the merged tables, unless a file could not be read: what is missing then would only be told as unknown names.
/// `known` are rows that have been read before, with their file.
fn read_all(
    sources: parse::Sources,
    shelf: Shelf<'_>,
    mut problems: Problems,
    known: Option<&(RowTable, SourceFile)>,
) -> Result<(Scenario, Problems), Failure> {
    let parse::Sources { table, mut files, sets, rows_folder, broken } = sources;
    let with_sets = |files: Vec<SourceFile>| files.into_iter().chain(sets.clone()).collect();
    if broken {
        return Err(Failure::Wrong { problems, files: with_sets(files) });
    }
    let (mut rows, mut rows_failed) = (None, false);
    match table.get("rows") {
        None => {}
        Some(Value::Text(name)) => {
            let path = rows_folder.join(name);
            let loaded = match known.filter(|(_, file)| file.path == path) {
                Some(known) => Some(known.clone()),
                None => rows::load(&path, shelf, &mut problems)?,
            };
            match loaded {
                Some((found, file)) => {
                    rows = Some(found);
                    files.push(file);
                }
                None => rows_failed = true,
            }
        }
        Some(other) => {
            problems.error("rows", format!("`rows` is {}, and the path of a CSV file is needed", other.noun()));
            rows_failed = true;
        }
    }
    let (scenario, reader) = read::scenario(&table, files, rows, rows_failed);
    problems.append(reader.problems);
    if problems.any_error() {
        return Err(Failure::Wrong { problems, files: with_sets(scenario.files) });
    }
    Ok((scenario, problems))
}
