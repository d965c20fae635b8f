//! In: the path of a scenario file and overrides. Out: a [`Scenario`], or every problem of the file at once.
//!
//! [`load`] reads the file and its bases, lays the overrides on top, and checks every value and name. How the parts fit
//! together (shares that sum to one, recipes that conserve mass) is checked where they are joined, in the next room.

mod distribution;
mod evidence;
mod locate;
mod merge;
mod names;
mod number;
mod overrides;
mod parse;
pub mod problem;
mod ranges;
mod read;
mod reader;
mod render;
mod rows;
pub mod schema;
mod value;

use std::io;
use std::path::{Path, PathBuf};

pub use names::suggestion;
use parse::Shelf;
use problem::Problems;
pub use render::render;
use schema::{Scenario, SourceFile};
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
    read_all(sources, Shelf::Disk, problems)
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
    read_all(sources, Shelf::Kept(files), problems)
}

/// Loads a scenario from a text; `name` stands for its path in messages, and bases are found from it.
///
/// # Errors
/// As [`load`].
pub fn load_text(name: &str, text: &str) -> Result<(Scenario, Problems), Failure> {
    let mut problems = Problems::default();
    let sources = parse::open_text((Path::new(name), text.to_owned()), Shelf::Disk, &[], &mut problems)?;
    read_all(sources, Shelf::Disk, problems)
}

/// Reads the merged tables, unless a file could not be read: what is missing then would only be told as unknown names.
fn read_all(sources: parse::Sources, shelf: Shelf<'_>, mut problems: Problems) -> Result<(Scenario, Problems), Failure> {
    let parse::Sources { table, mut files, sets, rows_folder, broken } = sources;
    let with_sets = |files: Vec<SourceFile>| files.into_iter().chain(sets.clone()).collect();
    if broken {
        return Err(Failure::Wrong { problems, files: with_sets(files) });
    }
    let (mut rows, mut rows_failed) = (None, false);
    match table.get("rows") {
        None => {}
        Some(Value::Text(name)) => match rows::load(&rows_folder.join(name), shelf, &mut problems)? {
            Some((found, file)) => {
                rows = Some(found);
                files.push(file);
            }
            None => rows_failed = true,
        },
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
