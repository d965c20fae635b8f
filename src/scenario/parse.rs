//! In: the path of a scenario and `--set` overrides. Out: one merged table and the files it came from.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::problem::Problems;
use super::schema::SourceFile;
use super::value::{self, Table, Value};
use super::{Failure, locate, merge, overrides};

/// Largest file that is read, bytes.
pub const LARGEST: u64 = 32 * 1024 * 1024;

/// The merged tables of a scenario.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// All tables, bases below, overrides on top; without `base`.
    pub table: Table,
    /// The scenario, its base, the base's base …
    pub files: Vec<SourceFile>,
    /// Overrides as small files, only for showing where a problem is.
    pub sets: Vec<SourceFile>,
    /// Folder of the file that names `rows`.
    pub rows_folder: PathBuf,
    /// Whether a file of the chain could not be read or is no TOML.
    pub broken: bool,
}

/// Where files are read from.
#[derive(Debug, Clone, Copy)]
pub enum Shelf<'a> {
    /// The disk.
    Disk,
    /// Files that were kept from an earlier run, each under the path it was read from then; the disk is not asked.
    Kept(&'a [SourceFile]),
}

impl Shelf<'_> {
    /// The text of a file. A message is a fault of the user.
    ///
    /// # Errors
    /// [`Failure::Disk`] when the disk fails or forbids reading.
    pub fn read_text(self, path: &Path) -> Result<Result<String, String>, Failure> {
        match self {
            Shelf::Disk => read_text(path),
            Shelf::Kept(files) => {
                let kept = files.iter().find(|f| f.path == path);
                Ok(kept.map(|f| f.text.clone()).ok_or_else(|| format!("{} is not among the files that were kept", path.display())))
            }
        }
    }

    /// The one name of a file that has several.
    fn real(self, path: &Path) -> PathBuf {
        let real = match self {
            Shelf::Disk => fs::canonicalize(path).ok(),
            Shelf::Kept(_) => None,
        };
        real.unwrap_or_else(|| path.to_owned())
    }
}

/// Reads a file that should be text of at most [`LARGEST`] bytes.
///
/// # Errors
/// [`Failure::Disk`] when the disk fails or forbids reading.
pub fn read_text(path: &Path) -> Result<Result<String, String>, Failure> {
    let shown = path.display();
    let disk = |source| Failure::Disk { path: path.to_owned(), source };
    let facts = match fs::metadata(path) {
        Ok(facts) => facts,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Err(format!("there is no file {shown}")));
        }
        Err(e) => return Err(disk(e)),
    };
    if facts.is_dir() {
        return Ok(Err(format!("{shown} is a directory, and a file is needed")));
    }
    if facts.len() > LARGEST {
        return Ok(Err(format!("{shown} has {} MiB, and at most {} are read", facts.len() >> 20, LARGEST >> 20)));
    }
    // A device or pipe has no length: it is read only so far.
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    if read.map_err(disk)? as u64 > LARGEST {
        return Ok(Err(format!("{shown} has more than {} MiB, the most that is read", LARGEST >> 20)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Ok(text)),
        Err(e) => Ok(Err(format!("{shown} is not UTF-8 text (byte {})", e.utf8_error().valid_up_to()))),
    }
}

/// Reads the scenario at `path` and its chain of bases and merges them.
///
/// # Errors
/// [`Failure::Disk`] when a disk fails; faults of the files become problems.
pub fn open(path: &Path, shelf: Shelf<'_>, sets: &[(String, String)], problems: &mut Problems) -> Result<Sources, Failure> {
    let text = match shelf.read_text(path)? {
        Ok(text) => text,
        Err(message) => {
            problems.error("", message);
            return Ok(Sources { broken: true, ..Sources::default() });
        }
    };
    open_text((path, text), shelf, sets, problems)
}

/// The same for a text that is already at hand; `path` is its name, from which bases are found.
///
/// # Errors
/// As [`open`].
pub fn open_text(
    (path, text): (&Path, String),
    shelf: Shelf<'_>,
    sets: &[(String, String)],
    problems: &mut Problems,
) -> Result<Sources, Failure> {
    let mut sources = Sources::default();
    let mut tables: Vec<(Table, PathBuf)> = Vec::new();
    let mut chain: Vec<PathBuf> = Vec::new();
    let mut next = Some((path.to_owned(), text));
    while let Some((path, text)) = next.take() {
        let name = path.display().to_string();
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        chain.push(shelf.real(&path));
        let table = read_table(&name, &text, problems);
        sources.files.push(SourceFile { path, text });
        let Some(mut table) = table else {
            sources.broken = true;
            continue;
        };
        match table.take("base") {
            None => {}
            Some(Value::Text(base)) => {
                next = open_base(&folder.join(base), shelf, &name, &chain, problems)?;
                sources.broken |= next.is_none();
            }
            Some(other) => {
                sources.broken = true;
                problems.error(format!("base in {name}"), format!("`base` is {}, and the path of a file is needed", other.noun()));
            }
        }
        tables.push((table, folder));
    }
    for (table, folder) in tables.into_iter().rev() {
        if table.has("rows") {
            sources.rows_folder = folder;
        }
        merge::merge(&mut sources.table, table, problems);
    }
    overrides::apply(&mut sources, sets, problems);
    Ok(sources)
}

/// The table of one file, its lists tidied.
pub fn read_table(name: &str, text: &str, problems: &mut Problems) -> Option<Table> {
    if text.trim().is_empty() {
        problems.error("", format!("{name} is empty")).help("the least a scenario needs is shown in scenarios/first.toml");
        return None;
    }
    match value::read(text) {
        Ok(mut table) => {
            merge::tidy(&mut table, name, problems);
            Some(table)
        }
        Err(faults) => {
            for fault in faults {
                let help = if fault.message.contains("date") {
                    "a date is year, month and day, e.g. 2025-04-04"
                } else {
                    "texts stand in quotes, lists in [ ], tables in { }; each [section] and key stands on a line of its own"
                };
                problems.error(locate::bytes(name, &fault.span), format!("this is not TOML: {}", fault.message)).help(help);
            }
            None
        }
    }
}

/// Opens the base of a file, unless it is one of those that led here.
fn open_base(
    base: &Path,
    shelf: Shelf<'_>,
    name: &str,
    chain: &[PathBuf],
    problems: &mut Problems,
) -> Result<Option<(PathBuf, String)>, Failure> {
    let text = match shelf.read_text(base)? {
        Ok(text) => text,
        Err(message) => {
            problems.error(format!("base in {name}"), message).help("the path is taken from the folder of the file that names it");
            return Ok(None);
        }
    };
    let real = shelf.real(base);
    if chain.contains(&real) {
        let whom = if chain.last() == Some(&real) { "the file itself" } else { "a file that has this one as its base" };
        problems
            .error(format!("base in {name}"), "these bases go round in a circle")
            .label(format!("this is {whom}"))
            .help("take out one `base`: a world has none, a variant has the world");
        return Ok(None);
    }
    Ok(Some((base.to_owned(), text)))
}
